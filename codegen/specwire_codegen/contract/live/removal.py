"""Removal of what a live run created, by the document's own DELETE operations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import attrs

from specwire_codegen.contract.subject import Subject, operations_of
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.mock.document.operations import path_and_query
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.casing import snake

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_ITEM = re.compile(r"(?P<collection>.*)/\{(?P<name>[^/{}]+)\}/?")
_GONE = (404, 410)
_EXPRESSION = re.compile(r"\$response\.body#(?P<pointer>/.*)")


@attrs.frozen
class Created:
    """A resource that the run created."""

    operation_id: str
    """The operation that created it."""
    path: str | None
    """Path of its DELETE, below the base URL; None if the document has none."""
    headers: tuple[tuple[str, str], ...] = attrs.field(repr=False)
    """Headers of the request that created it, which have the credentials."""
    query: str = attrs.field(repr=False)
    shown: str
    """Name for the user."""


class Journal:
    """List of what a run created and has not removed."""

    def __init__(self, subject: Subject) -> None:
        """Read how the document removes things."""
        self.created: list[Created] = []
        self._operations = {
            raw["operationId"]: (method.upper(), path_and_query(path)[0], raw)
            for method, path, raw in operations_of(subject.document)
        }
        deletes = [
            path_and_query(path) for method, path, _ in operations_of(subject.document) if method.upper() == "DELETE"
        ]
        self._removers = dict(sorted(deletes, key=lambda one: not one[1]))
        """Query that the path of each DELETE states, by its path without it; none if another states none."""

    def note(self, operation_id: str, values: Mapping[str, str], exchange: Exchange) -> None:
        """Note what a request created or removed; `values` are its path parameters, still percent-encoded."""
        method, path, raw = self._operations[operation_id]
        if exchange.status is None or not 200 <= exchange.status < 300:
            return
        if method == "DELETE":
            gone = _filled(path, values)
            self.created = [one for one in self.created if one.path != gone]
        elif method == "PUT" and exchange.status == 201 and path in self._removers:
            made = _filled(path, values)
            query = self._query(path, exchange)
            self.created.append(Created(operation_id, made, exchange.headers, query, f"DELETE {made}"))
        elif method == "POST":
            self.created += self._created(operation_id, path, raw, values, exchange)

    def _created(
        self, operation_id: str, path: str, raw: Mapping[str, Any], values: Mapping[str, str], exchange: Exchange
    ) -> Iterator[Created]:
        body = _json(exchange.response_body)
        paths = [*self._paths(path, raw, values, exchange, body)]
        for target, one in paths[:1]:
            yield Created(operation_id, one, exchange.headers, self._query(target, exchange), f"DELETE {one}")
        identifier = body.get("id") if isinstance(body, Mapping) else None
        if not paths and (identifier is not None or exchange.status == 201):
            named = f" {identifier!r}" if identifier is not None else ""
            shown = f"what {operation_id} created{named}: the document has no DELETE for it"
            yield Created(operation_id, None, exchange.headers, "", shown)

    def _query(self, target: str, exchange: Exchange) -> str:
        """Return the query of a DELETE: that of the request, which has the credentials, and what its path states."""
        given = urlsplit(exchange.url).query.split("&")
        return "&".join(dict.fromkeys(pair for pair in (*given, *self._removers.get(target, "").split("&")) if pair))

    def _paths(
        self, path: str, raw: Mapping[str, Any], values: Mapping[str, str], exchange: Exchange, body: Any
    ) -> Iterator[tuple[str, str]]:
        """Yield the DELETEs of a new resource and their paths, the most certain first."""
        response = raw.get("responses", {}).get(str(exchange.status), {})
        for link in response.get("links", {}).values():
            method, target, _ = self._operations.get(str(link.get("operationId", "")), ("", "", None))
            if method == "DELETE":
                given = {name: _evaluated(one, body, values) for name, one in link.get("parameters", {}).items()}
                found = {name.rpartition(".")[2]: str(one) for name, one in given.items() if one is not None}
                if set(_VARIABLE.findall(target)) <= found.keys():
                    yield target, _filled(target, {name: quote(one, safe="") for name, one in found.items()})
        for target in self._removers:
            hit = _ITEM.fullmatch(target)
            if hit is None or _bare(hit["collection"]) != _bare(path):
                continue
            identifier = _identifier(body, hit["name"], exchange.response_header("location"))
            if identifier is not None:
                # Both paths have the same shape, so the values are those of the request, by position.
                known = [values[name] for name in _VARIABLE.findall(path)]
                names = _VARIABLE.findall(target)
                yield target, _filled(target, dict(zip(names, [*known, quote(identifier, safe="")], strict=True)))

    def pending(self) -> list[Created]:
        """Return what is still there, the newest first."""
        return self.created[::-1]

    def ids(self, path: str) -> list[str]:
        """Return the ids of what the run created and has not removed, for a path with one variable."""
        pattern = re.compile("([^/]+)".join(map(re.escape, _VARIABLE.split(path_and_query(path)[0])[::2])))
        hits = (pattern.fullmatch(one.path) for one in self.pending() if one.path is not None)
        return [unquote(hit[1]) for hit in hits if hit is not None]

    def removed(self, created: Created, status: int | None) -> bool:
        """Note the outcome of a DELETE, and return True if the resource is gone."""
        gone = status is not None and (200 <= status < 300 or status in _GONE)
        if gone:
            self.created.remove(created)
        return gone


def _bare(path: str) -> str:
    return _VARIABLE.sub("{}", path).rstrip("/")


def _filled(path: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda hit: values.get(hit[1], hit[0]), path)


def _identifier(body: Any, name: str, location: str) -> str | None:
    """Return the id of a new resource from its representation, also within an envelope, or from `Location`."""
    holders = [body, *(body.values() if isinstance(body, Mapping) else ())]
    for holder in holders:
        if not isinstance(holder, Mapping):
            continue
        for key in (name, snake(name), "id", "uuid", "key", "name"):
            value = holder.get(key)
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                return str(value)
    tail = urlsplit(location).path.rstrip("/").rpartition("/")[2]
    return tail or None


def _evaluated(expression: Any, body: Any, values: Mapping[str, str]) -> Any:
    """Return the value of a runtime expression of a link; None if it is not there."""
    if not isinstance(expression, str) or not expression.startswith("$"):
        return expression
    hit = _EXPRESSION.fullmatch(expression)
    if hit is None:
        return values.get(expression.removeprefix("$request.path."))
    for step in pointers.split(hit["pointer"]):
        body = body.get(step) if isinstance(body, Mapping) else None
    return body


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
