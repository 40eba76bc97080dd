"""`pagination`: schemes, and the operations that they fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers

_PROPERTY = "x-stainless-pagination-property"
_USED = ("name", "type", "request", "response", "param_location")
_IGNORED = ("description", "continue_on_empty_items", "python")
_DEPTH = 10
_CURSORS = ("next_cursor_param", "next_cursor_id_param")
_SIZES = ("limit", "page_size", "per_page", "pagesize", "perpage", "size", "take", "count", "max_results")
_PARAMETERS = {
    "cursor": ("cursor", "after", "page_token", "next_token", "next_cursor", "page_cursor", "token"),
    "cursor_id": ("after", "starting_after", "after_id", "cursor"),
    "offset": ("offset", "skip", "start"),
    "page_number": ("page", "page_number", "page_num"),
}
"""Usual names of the parameter that selects a page, where none has that purpose."""
_FOLLOWING = {
    "cursor": ("next_cursor", "next_page_token", "next_token", "nextCursor", "nextPageToken", "nextToken", "next_page"),
    "cursor_url": ("next", "next_url", "next_page_url", "nextUrl", "nextPageUrl", "next_page"),
}
"""Usual names of the field that leads to the next page, where none has that purpose."""


@attrs.frozen
class Field:
    """A field of a scheme: a request parameter, or a place in the response."""

    pointer: str
    purpose: str | None
    types: frozenset[str]
    header: str | None = None

    @property
    def name(self) -> str:
        """Name of a request parameter."""
        return pointers.split(self.pointer)[0]


@attrs.frozen
class Scheme:
    """A way of paging through lists."""

    name: str
    kind: str
    node: Node
    request: tuple[Field, ...]
    response: tuple[Field, ...]
    item_key: str
    """Pointer of the key in an item, for schemes that continue after the last item."""
    top_level: bool
    in_body: bool

    def parameter(self, *purposes: str) -> str | None:
        """Return the parameter that selects the next page."""
        stated = next((each.name for each in self.request if each.purpose in purposes), None)
        usual = _PARAMETERS.get(self.kind, ())
        return stated or next((name for name in usual if any(name == each.name for each in self.request)), None)

    def field(self, *purposes: str) -> Field | None:
        """Return the field of the response with a purpose."""
        return next((each for each in self.response if each.purpose in purposes), None)

    @property
    def following(self) -> Field | None:
        """Field that leads to the next page: the cursor, or the URL."""
        stated = self.field("next_cursor_field", "cursor_url_field", "next_cursor_url_field", "next_url_field")
        usual = _FOLLOWING.get(self.kind, ())
        named = (each for name in usual for each in self.response if pointers.split(each.pointer)[-1] == name)
        return stated or next(named, None)

    @property
    def size(self) -> str | None:
        """Parameter for the size of a page."""
        selecting = {self.parameter(*_CURSORS, "offset_count_param", "page_number_param")}
        names = [each.name for each in self.request if each.purpose is None and each.name not in selecting]
        return next((name for name in names if name.lower() in _SIZES), None)

    @property
    def items(self) -> str | None:
        """Pointer of the items."""
        if self.top_level:
            return ""
        if (stated := self.field("items")) is not None:
            return stated.pointer
        arrays = [each.pointer for each in self.response if "array" in each.types]
        return next((each for each in arrays if each in ("/data", "/items", "/results")), arrays[0] if arrays else None)


def read_schemes(config: Node) -> list[Scheme]:
    """Return the schemes of a configuration."""
    stated = config.get("pagination")
    if stated is None:
        return []
    nodes = list(stated.items()) if isinstance(stated.value, list) else [stated]
    return [scheme for node in nodes if (scheme := _scheme(node)) is not None]


def _scheme(node: Node) -> Scheme | None:
    node.only(_USED, _IGNORED)
    named, kind = node.get("name"), node.get("type")
    name = (named.text() if named is not None else None) or "pagination"
    what = kind.text() if kind is not None else None
    if what not in ("cursor", "cursor_id", "cursor_url", "offset", "page_number", "fake_page"):
        node.fail(f"the type {what!r} of {name} is not a kind of pagination", "use cursor, offset, page_number, ...")
        return None
    request, response = node.get("request"), node.get("response")
    fields = list(_fields(response, "")) if response is not None else []
    place = node.get("param_location")
    asked = [_field(each, pointers.join("", key)) for key, each in request.members()] if request is not None else []
    return Scheme(
        name,
        what,
        node,
        tuple(asked),
        tuple(each for each in fields if not each.pointer.startswith("*")),
        next((each.pointer[1:] for each in fields if each.pointer.startswith("*")), "/id"),
        any(_property(each).get("is_top_level_array") is True for _, each in _members(response)),
        place is not None and place.value == "body",
    )


def _members(node: Node | None) -> Sequence[tuple[str, Node]]:
    return list(node.members()) if node is not None else []


def _property(node: Node) -> Mapping[str, Any]:
    stated = node.value.get(_PROPERTY) if isinstance(node.value, dict) else None
    return stated if isinstance(stated, dict) else {}


def _field(node: Node, pointer: str) -> Field:
    stated = _property(node)
    type_ = node.value.get("type") if isinstance(node.value, dict) else None
    types = [type_] if isinstance(type_, str) else type_ if isinstance(type_, list) else []
    purpose, header = stated.get("purpose"), stated.get("from_header")
    return Field(
        pointer,
        purpose if isinstance(purpose, str) else None,
        frozenset(each for each in types if isinstance(each, str)),
        header if isinstance(header, str) else None,
    )


def _fields(node: Node, pointer: str, depth: int = 0) -> list[Field]:
    """Return the fields of a response, nested ones included; the key of an item has a pointer that starts with `*`."""
    found: list[Field] = []
    for name, each in node.members() if depth < _DEPTH else ():
        place = pointers.join(pointer, name)
        found.append(_field(each, place))
        nested = each.get("properties")
        if nested is not None:
            found += _fields(nested, place, depth + 1)
        inside = each.at("items", "properties")
        for key, item in inside.members() if inside is not None else ():
            if _property(item).get("purpose") == "cursor_item_id":
                found.append(Field("*" + pointers.join("", key), "cursor_item_id", frozenset()))
    return found


def scheme_of(method: Node, operation: str, schemes: Sequence[Scheme], subject: Subject) -> Scheme | None:
    """Return the scheme that pages through the list of an operation, or None."""
    stated = method.get("paginated") if isinstance(method.value, dict) else None
    if stated is not None and stated.value is False:
        return None
    if stated is not None and isinstance(stated.value, str):
        named = next((each for each in schemes if each.name == stated.value), None)
        if named is None:
            stated.leave(f"there is no pagination scheme {stated.value!r}", "describe it with x-specwire-pagination")
        return named
    fitting = next((each for each in schemes if _fits(each, operation, subject)), None)
    if stated is not None and stated.value is True and fitting is None:
        stated.leave("no pagination scheme fits the operation", "describe it with x-specwire-pagination")
    return fitting


def _fits(scheme: Scheme, operation: str, subject: Subject) -> bool:
    """Return whether an operation has the parameters and the response of a scheme."""
    if scheme.items is None or scheme.kind == "fake_page" and not scheme.response:
        return False
    known = _asked(scheme, operation, subject)
    if not all(each.name in known for each in scheme.request):
        return False
    response_schema = subject.response_schema(operation)
    if response_schema is None:
        return False
    if scheme.top_level:
        return "array" in subject.types(response_schema[0])
    return all(each.header is not None or _at(response_schema[0], each.pointer, subject) for each in scheme.response)


def _asked(scheme: Scheme, operation: str, subject: Subject) -> set[str]:
    """Return the names of the parameters, or of the fields of the body."""
    if not scheme.in_body:
        return {str(each.get("name")) for _, each in subject.parameters(operation) if each.get("in") == "query"}
    bodies = [pointers.join(pointer, "schema") for _, pointer, _ in subject.bodies(operation)]
    return {name for each in bodies for name in subject.properties(each)}


def _at(schema: str, pointer: str, subject: Subject) -> bool:
    """Return whether a response schema has a place."""
    for token in pointers.split(pointer):
        properties = subject.properties(schema)
        if token not in properties:
            return False
        schema = properties[token]
    return True


def extension_of(scheme: Scheme, operation: str, subject: Subject) -> dict[str, Any] | None:
    """Return `x-specwire-pagination` for an operation, or None if it cannot be expressed, which is recorded."""
    node, items = scheme.node, scheme.items
    if items is None:
        node.leave(f"{scheme.name} has no items", "describe its lists with x-specwire-pagination")
        return None
    size = {"size": scheme.size} if scheme.size is not None else {}
    place = {"in": "body"} if scheme.in_body else {}
    flag = scheme.field("has_next_page") or next(
        (each for each in scheme.response if each.pointer == "/has_more"), None
    )
    more = {"more": flag.pointer} if flag is not None and flag.header is None else {}
    match scheme.kind:
        case "cursor" if (parameter := scheme.parameter(*_CURSORS)) and (following := scheme.following):
            source = {"next_header": following.header} if following.header else {"next": following.pointer}
            return {"style": "cursor", **place, "cursor": parameter, **size, "items": items, **source, **more}
        case "cursor_id" if parameter := scheme.parameter(*_CURSORS):
            last = {"next_from_last_item": scheme.item_key}
            return {"style": "cursor", **place, "cursor": parameter, **size, "items": items, **last, **more}
        case "offset" if parameter := scheme.parameter("offset_count_param"):
            total = scheme.field("offset_total_count_field")
            known = {"total": total.pointer} if total is not None and total.header is None else {}
            return {"style": "offset", **place, "offset": parameter, **size, "items": items, **known, **more}
        case "page_number" if parameter := scheme.parameter("page_number_param"):
            pages = scheme.field("total_page_count_field")
            known = {"pages": pages.pointer} if pages is not None and pages.header is None else {}
            first = _first_page(parameter, operation, subject)
            return {
                "style": "page",
                **place,
                "page": parameter,
                **size,
                "first": first,
                "items": items,
                **known,
                **more,
            }
        case "cursor_url" if following := scheme.following:
            if following.header is not None:
                return {"style": "link", **size, "items": items}
            return {"style": "url", **size, "items": items, "next": following.pointer}
        case "fake_page":  # the only page, unless the server sends a link to another
            return {"style": "link", "items": items}
    node.leave(f"{scheme.name} does not say how the next page is requested", "describe it with x-specwire-pagination")
    return None


def _first_page(name: str, operation: str, subject: Subject) -> int:
    """Return the number of the first page: the default or the minimum of the parameter, else 1."""
    for pointer, parameter in subject.parameters(operation):
        if parameter.get("name") == name:
            _, schema = subject.schema(pointers.join(pointer, "schema"))
            for key in ("default", "minimum"):
                stated = schema.get(key)
                if isinstance(stated, int) and not isinstance(stated, bool) and stated in (0, 1):
                    return stated
    return 1
