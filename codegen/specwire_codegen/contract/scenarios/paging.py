"""Scenarios of lists in two pages: all items are returned, and the second request asks for the second page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from specwire_codegen.contract import drawn_responses
from specwire_codegen.contract.client.calls import Outcome
from specwire_codegen.contract.drawn_responses import DrawnResponse
from specwire_codegen.contract.scenarios.scenarios import Scenario, repeated_problems
from specwire_codegen.contract.strategies.schemas import Schema
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.types import Types
from specwire_codegen.contract.wire.expected_request import Arrival
from specwire_codegen.contract.wire.parameters import is_text_of, query_pairs
from specwire_codegen.ir import Field, JsonBody, JsonPayload, ListOf, NextURL, Operation, Parameter
from specwire_codegen.normalize.extensions import UNKNOWN
from specwire_codegen.openapi import pointer as pointers

_HEADER_TOKENS = st.from_regex(r"[A-Za-z0-9_=./+-]{1,24}", fullmatch=True)
"""Cursors that a header can hold."""
_NEXT = "?page=2&mark=a%20b"
"""The address of the second page, relative to the first."""


@attrs.frozen
class _Place:
    """A place in a page: property names, and the schema there."""

    path: tuple[str, ...]
    schema: Schema
    above: tuple[Schema, ...] = ()
    """The schemas of the enclosing objects, from the page inwards."""


def pages(subject: Subject, types: Types, operation: Operation) -> SearchStrategy[Scenario] | None:
    """Return a strategy of scenarios with a list in two pages, or None for an operation without pages."""
    pagination = operation.pagination
    if pagination is None or not isinstance(operation.payload, JsonPayload):
        return None
    in_body = not isinstance(pagination, NextURL) and pagination.in_body
    if in_body and not (isinstance(operation.body, JsonBody) and operation.body.fields is not None):
        return None  # a body in one argument is drawn whole, with or without a cursor of its own
    return _Pages(subject, types, operation).strategy()


class _Pages:
    """The two pages of an operation, by the pagination facts of its document."""

    def __init__(self, subject: Subject, types: Types, operation: Operation) -> None:
        self._subject = subject
        self._types = types
        self._operation = operation
        self._stated: Mapping[str, Any] = subject.raw(operation.id)["x-specwire-pagination"]
        self._status, self._media_type, self._schema = next(drawn_responses.successes(subject, operation))
        self._items = self._place(self._stated["items"])
        self._item: Schema = self._items.schema["items"]

    def strategy(self) -> SearchStrategy[Scenario]:
        """Return a strategy of the scenarios."""
        page = self._filled(self._values(self._schema), self._items)
        page = page.filter(lambda one: not drawn_responses.has_error_envelope(self._operation, one))
        items = st.lists(self._values(self._item), min_size=1, max_size=3)
        # A repeated page is a server fault, which the client reports as an error.
        both = st.tuples(items, items).filter(lambda pair: pair[0] != pair[1])
        # The cursor comes first: where it has no value, nothing else is drawn in vain.
        return st.builds(self._scene, self._token(), st.tuples(page, page), both)

    def _place(self, pointer: str, schema: Schema | None = None) -> _Place:
        """Return the place at a pointer in a page or in another schema."""
        place = _Place((), self._object(self._schema if schema is None else schema))
        for key in pointers.split(pointer):
            properties = place.schema.get("properties", {})
            found = properties[key] if key in properties else place.schema["additionalProperties"]
            place = _Place((*place.path, key), self._object(found), (*place.above, place.schema))
        return place

    def _object(self, schema: Schema) -> Schema:
        """Return a schema without its null variant."""
        found = self._subject.resolve(schema)
        for key in ("anyOf", "oneOf"):
            if key in found:
                return self._object(next(one for one in found[key] if one.get("type") != "null"))
        return found

    def _values(self, schema: Schema) -> SearchStrategy[Any]:
        return drawn_responses.values_of(self._subject, schema)

    def _filled(self, page: SearchStrategy[Any], place: _Place) -> SearchStrategy[Any]:
        """Return a strategy of pages with the objects around a place, required or not."""
        for depth in range(1, len(place.path)):
            holder = self._values(place.above[depth]).filter(lambda one: isinstance(one, dict))
            page = st.builds(_put_missing, page, st.just(place.path[:depth]), holder)
        return page

    def _token(self) -> SearchStrategy[Any]:
        """Return a strategy of the cursor of the second page; it yields None without a cursor."""
        if self._stated["style"] != "cursor":
            return st.none()
        if "next_header" in self._stated:
            return _HEADER_TOKENS
        place = self._place(self._stated["next"]) if "next" in self._stated else self._last()
        drawn = self._values(place.schema)
        return drawn.filter(lambda one: isinstance(one, str | int) and not isinstance(one, bool) and one != "")

    def _last(self) -> _Place:
        """Return the place of the next cursor in an item."""
        return self._place(self._stated["next_from_last_item"], self._item)

    def _first(self) -> int:
        """Return the number of the first page; a server whose first number is unknown counts from 0 here."""
        first: int | str = self._stated.get("first", 0)
        return 0 if first == UNKNOWN else int(first)

    def _scene(self, token: Any, drawn: tuple[Any, Any], items: tuple[list[Any], list[Any]]) -> Scenario:
        first, second = (_put(page, self._items.path, some) for page, some in zip(drawn, items, strict=True))
        count = len(items[0])
        headers: tuple[tuple[str, str], ...] = ()
        follows: dict[str, Any] = {}
        sized: dict[str, Any] = {}
        exact = False
        match self._stated["style"]:
            case "page" | "offset" as style:
                parameter = self._stated[style]
                follows = {parameter: self._first() + 1 if style == "page" else count}
                sized = self._sized(count)
                if "total" in self._stated:
                    total = count + len(items[1])
                    first, second = self._set(first, "total", total), self._set(second, "total", total)
            case "cursor":
                follows = {self._stated["cursor"]: token}
                exact = bool({"next", "next_header"} & self._stated.keys())
                if "next_header" in self._stated:
                    headers = ((self._stated["next_header"].lower(), token),)
                elif "next" in self._stated:
                    first, second = self._set(first, "next", token), self._ended(second, token)
                else:
                    last = _put(items[0][-1], self._last().path, token)
                    first = _put(first, self._items.path, [*items[0][:-1], last])
            case _:
                exact = True
                if "next" in self._stated:
                    first, second = self._set(first, "next", _NEXT), self._ended(second, None)
                else:
                    headers = (("link", f'<{_NEXT}>; rel="next"'),)
        if "more" in self._stated:
            exact = True
            first, second = self._set(first, "more", True), self._set(second, "more", False)
        expected = [*_at(first, self._items.path), *_at(second, self._items.path)]
        made = [
            self._response(first, headers),
            self._response(second),
            self._response(_put(second, self._items.path, [])),
        ]

        def check(outcome: Outcome, arrivals: Sequence[Arrival]) -> Iterator[str]:
            if outcome.error is not None:
                yield f"{type(outcome.error).__name__}: {outcome.error} after {len(arrivals)} requests"
                return
            # Without a flag or a count from the server, only an empty page ends the list.
            if not 2 <= len(arrivals) <= (2 if exact else 3):
                yield f"2 requests expected for two pages, not {len(arrivals)}"
            else:
                yield from self._asked(arrivals[0], arrivals[1], follows)
            assert self._operation.pagination is not None
            yield from drawn_responses.result_problems(
                self._types, ListOf(self._operation.pagination.item), expected, outcome.value
            )

        left_out = frozenset(self._argument(name).name for name in follows)
        return Scenario("items", tuple(made), check, sized, left_out)

    def _asked(self, first: Arrival, second: Arrival, follows: Mapping[str, Any]) -> Iterator[str]:
        """Yield the differences of the second request from the first, except for the parameter of its page."""
        if not follows:
            wanted = _NEXT.removeprefix("?").split("&")
            missing = [pair for pair in wanted if pair not in second.query.split("&")]
            yield from (
                f"request 2: query {pair} of the next page's URL expected, not {second.query!r}" for pair in missing
            )
            yield from repeated_problems(first, attrs.evolve(second, query=first.query))
            return
        if self._in_body:
            yield from _body_problems(first, second, follows)
            return
        for name, value in follows.items():
            texts = [unquote(text) for key, text in query_pairs(second.query) if unquote(key) == name]
            if len(texts) != 1 or not is_text_of(texts[0], value):
                yield f"request 2: query parameter {name}: {value!r} expected, not {texts!r}"
        rest = [_without(one.query, frozenset(follows)) for one in (first, second)]
        yield from repeated_problems(attrs.evolve(first, query=rest[0]), attrs.evolve(second, query=rest[1]))

    def _response(self, page: Any, headers: tuple[tuple[str, str], ...] = ()) -> DrawnResponse:
        return attrs.evolve(drawn_responses.json_response(self._status, self._media_type, page), headers=headers)

    @property
    def _in_body(self) -> bool:
        return self._stated.get("in") == "body"

    def _argument(self, wire: str) -> Field | Parameter:
        """Return the query parameter, or the field of the body, with a name."""
        body = self._operation.body
        if self._in_body and isinstance(body, JsonBody):
            return next(one for one in body.fields or () if one.wire_name == wire)
        return next(one for one in self._operation.parameters if (one.place, one.wire_name) == ("query", wire))

    def _sized(self, count: int) -> dict[str, int]:
        size = self._stated.get("size")
        return {} if size is None else {self._argument(size).name: count}

    def _set(self, page: Any, what: str, value: Any) -> Any:
        return _put(page, self._place(self._stated[what]).path, value)

    def _ended(self, page: Any, token: Any) -> Any:
        """Return a page without a next one, in a form that its schema allows."""
        place = self._place(self._stated["next"])
        *above, name = place.path
        if not isinstance(_at(page, above), dict):
            return page
        if name not in place.above[-1].get("required", ()):
            return _put(page, place.path, _ABSENT)
        return _put(page, place.path, token if isinstance(token, int) else "")


_ABSENT = object()


def _at(value: Any, path: Sequence[str]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _put(value: Any, path: Sequence[str], new: Any) -> Any:
    """Return a JSON value with a new value at a place; `_ABSENT` removes the property."""
    if not path:
        return new
    name, *rest = path
    held = dict(value) if isinstance(value, dict) else {}
    held[name] = _put(held.get(name), rest, new)
    return {key: one for key, one in held.items() if one is not _ABSENT}


def _put_missing(page: Any, path: Sequence[str], holder: Any) -> Any:
    return page if isinstance(_at(page, path), dict) else _put(page, path, holder)


def _body_problems(first: Arrival, second: Arrival, follows: Mapping[str, Any]) -> Iterator[str]:
    """Yield the differences of the second body from the first, except for the fields of its page."""
    before, after = (json.loads(one.body or b"{}") for one in (first, second))
    for name, value in follows.items():
        if name not in after or after[name] != value or isinstance(after[name], bool):
            yield f"request 2: body field {name}: {value!r} expected, not {after.get(name)!r}"
    rest = {name: value for name, value in after.items() if name not in follows}
    if rest != before:
        yield f"request 2: body {before!r} expected again, not {rest!r}"
    leaving = frozenset({"content-length"} if first.body else {"content-length", "content-type"})
    yield from repeated_problems(first, attrs.evolve(second, body=first.body), leaving=leaving)


def _without(query: str, names: frozenset[str]) -> str:
    pairs = [pair for pair in query.split("&") if unquote(pair.partition("=")[0]) not in names]
    return "&".join(pairs)
