"""Names of servers, from their descriptions and hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from specwire_codegen.openapi.casing import words
from specwire_codegen.openapi.identifiers import distinct

_SILENT = frozenset(
    """
    a an and api apis base default endpoint endpoints environment for http https in is main of on our platform primary
    server servers service the this to url use used using
    """.split()
)
"""Words of descriptions that do not tell servers apart."""
_LONGEST = 3
"""Maximum number of words in a name."""


def server_names(servers: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a distinct name for each server: as stated, from its description, or from its host."""
    labels = [_labels(server["url"]) for server in servers]
    common = set.intersection(*map(set, labels)) if len(labels) > 1 else set()
    wishes = []
    for index, (server, label) in enumerate(zip(servers, labels, strict=True)):
        own = [each for each in label if each not in common and re.fullmatch(r"[a-z][a-z_-]+", each)]
        described = _telling_words(server.get("description", ""))
        choices = _choices(str(server.get("name", "")), described, own, server.get("variables", {}))
        wishes.append((f"{index}", next(choices, f"server_{index + 1}")))
    return list(distinct(wishes).values())


def _choices(stated: str, described: list[str], own: list[str], variables: Mapping[str, Any]) -> Iterator[str]:
    if words(stated):
        yield _name(stated)
    if len(described) == 1:
        yield _name(described[0])
    for label in own[:1]:
        yield _name(label)
    if 0 < len(described) <= _LONGEST:
        yield _name(" ".join(described))
    for variable in variables:
        yield _name(variable)


def _name(text: str) -> str:
    return "_".join(word.lower() for word in words(text))


def _telling_words(description: str) -> list[str]:
    """Return the telling words of the first sentence of a description."""
    sentence = re.split(r"[.:;(\n]", description, maxsplit=1)[0]
    return [word for word in words(sentence) if word.lower() not in _SILENT]


def _labels(url: str) -> list[str]:
    """Return the labels of a host, and the segments of a path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    host = re.sub(r"\{[^{}]*\}", "", parts.netloc.rpartition("@")[2].partition(":")[0]).lower()
    return [*filter(None, host.split(".")), *filter(None, parts.path.lower().split("/"))]
