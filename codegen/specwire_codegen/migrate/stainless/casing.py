"""Class names as Stainless spells them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from specwire_codegen.migrate.node import Node
from specwire_codegen.openapi.casing import pascal, respelled

_INITIALISMS = (
    "3ds ach acl ai api ats cpu crm db dns e2e eeoc gb gpu hd hris html http https id ip iso jsonl kb kyb kyc lfs mb "
    "mp3 mp4 nft saml sdk sku sms ss ssh sso url"
).split()
_BRANDS = {"openai": "OpenAI", "openapi": "OpenAPI"}
"""Words that Stainless spells in a way of their own."""
_SPELLING = re.compile(r"[A-Z][A-Za-z0-9]*")
_FORMS = ("pascal", "camel", "snake", "capital", "kebab", "singular", "plural", "initialism")


def class_name(name: str, casing: Mapping[str, str]) -> str:
    """Return the class name of a model, a client or a response."""
    usual = {word: word.upper() for word in _INITIALISMS} | {f"{word}s": f"{word.upper()}s" for word in _INITIALISMS}
    return respelled(pascal(name), usual | _BRANDS | {key.lower(): value for key, value in casing.items()})


def casing_of(config: Node) -> dict[str, str]:
    """Return the spelling of words in class names that a configuration chooses."""
    stated = config.get("custom_casings")
    if stated is None:
        return {}
    nodes = list(stated.items()) if isinstance(stated.value, list) else [stated]
    found: dict[str, str] = {}
    for word, node in (pair for each in nodes for pair in each.members()):
        spelling = _spelling(word, node)
        if spelling is None:
            continue
        if _SPELLING.fullmatch(spelling):
            found[word] = spelling
        else:
            node.leave(f"{spelling!r} cannot be part of a class name", "choose another spelling in [casing]")
    return found


def _spelling(word: str, node: Node) -> str | None:
    if isinstance(node.value, str):
        return node.text()
    node.only(_FORMS)
    form = node.get("pascal") or node.at("singular", "pascal")
    if form is not None:
        return form.text()
    abbreviation = node.get("initialism")
    return word.upper() if abbreviation is not None and abbreviation.flag() else None
