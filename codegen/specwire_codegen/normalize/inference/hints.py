"""Pagination declared in extensions of other generators, translated to ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from specwire_codegen.normalize.guess import Guess
from specwire_codegen.normalize.inference.reading import (
    Schemas,
    body_fields,
    reaches,
    resolved,
    response_schema,
    source_of,
)
from specwire_codegen.openapi import pointer as pointers

_SPEAKEASY = "x-speakeasy-pagination"
_STAINLESS = "x-stainless-pagination-property"
_FERN = "x-fern-pagination"
_AZURE = "x-ms-pageable"
_STEP = re.compile(r"\.([\w$-]+)|\['([^']+)'\]|(\[-1\])")
_LAST = "[-1]"
_FERN_REQUEST = re.compile(r"\$request\.(?:query_parameters\.|queryParameters\.|body\.)?([\w$\[\]-]+)")
_PLACES = {"parameters": "query", "requestBody": "body"}


def stated_pages(
    target: str, operation: Mapping[str, Any], schemas: Schemas, source: Mapping[str, Any]
) -> tuple[Guess, ...]:
    """Return the pagination that an operation declares for another generator, if its response has these places."""
    stated = source_of(operation, source)
    whole = response_schema(operation, schemas)
    for name, value in (
        (_SPEAKEASY, _speakeasy(stated.get(_SPEAKEASY))),
        (_FERN, _fern(stated.get(_FERN), source.get(_FERN))),
        (_AZURE, _azure(stated.get(_AZURE))),
        (_STAINLESS, _stainless(operation, schemas, source)),
    ):
        if value is not None and _holds(value, whole, schemas):
            placed = _placed(value, operation, schemas)
            return (Guess(target, "x-specwire-pagination", placed, f"the extension {name!r}"),)
    return ()


def _placed(value: dict[str, Any], operation: Mapping[str, Any], schemas: Schemas) -> dict[str, Any]:
    """Return a pagination with the place of its parameter, where the operation has it."""
    name = next((value[key] for key in ("cursor", "offset", "page") if key in value), None)
    rest = {key: each for key, each in value.items() if key != "in"}
    if any(each["in"] == "query" and each["name"] == name for each in operation.get("parameters", ())):
        return rest
    return {**rest, "in": "body"} if name in body_fields(operation, schemas) else value


def _holds(value: Mapping[str, Any], whole: Mapping[str, Any], schemas: Schemas) -> bool:
    """Return whether a response has the items of a pagination, and every place that it points to."""
    places = [value[key] for key in ("next", "total", "pages", "more") if key in value]
    if reaches(whole, value["items"], schemas, "array") is None:
        return False
    if "next_from_last_item" in value:
        element = resolved(reaches(whole, value["items"], schemas, "array") or {}, schemas).get("items", {})
        if reaches(resolved(element, schemas), value["next_from_last_item"], schemas) is None:
            return False
    return all(reaches(whole, place, schemas) is not None for place in places)


def _speakeasy(stated: Any) -> dict[str, Any] | None:
    if not isinstance(stated, Mapping):
        return None
    given = [each for each in stated.get("inputs", ()) if isinstance(each, Mapping) and each.get("in") in _PLACES]
    inputs = {str(each.get("type")): str(each.get("name")) for each in given}
    in_body = {_PLACES[each["in"]] for each in given} == {"body"}
    outputs = stated.get("outputs") or {}
    items = _pointer(outputs.get("results"))
    if items is None or _LAST in items:
        return None
    value: dict[str, Any] = {"items": items}
    following, _, last = (_pointer(outputs.get("nextCursor")) or "").partition(f"/{_LAST}")
    if stated.get("type") == "url" and (url := _pointer(outputs.get("nextUrl"))):
        value |= {"style": "url", "next": url}
    elif "cursor" in inputs and following:
        value |= {"style": "cursor", "cursor": inputs["cursor"]}
        value |= {"next_from_last_item": last} if last else {"next": following}
    elif "offset" in inputs:
        value |= {"style": "offset", "offset": inputs["offset"]}
    elif "page" in inputs:
        value |= {"style": "page", "page": inputs["page"], "first": "unknown"}
        if pages := _pointer(outputs.get("numPages")):
            value["pages"] = pages
    else:
        return None
    return value | ({"size": inputs["limit"]} if "limit" in inputs else {}) | ({"in": "body"} if in_body else {})


def _pointer(path: Any) -> str | None:
    """Return a JSON path of plain steps as a pointer, `[-1]` as a separate step; None for others."""
    if not isinstance(path, str) or not path.startswith("$"):
        return None
    rest, steps = path[1:], []
    while rest:
        hit = _STEP.match(rest)
        if hit is None:
            return None
        steps.append(pointers.escape(hit[1] or hit[2]) if not hit[3] else _LAST)
        rest = rest[hit.end() :]
    return "".join(f"/{step}" for step in steps)


def _fern(stated: Any, common: Any) -> dict[str, Any] | None:
    """Return the pagination of an operation, or that of all operations if it is only `true`."""
    stated = common if stated is True else stated
    if not isinstance(stated, Mapping):
        return None
    items = _of_response(stated.get("results"))
    if items is None:
        return None
    in_body = any(str(each).startswith("$request.body.") for each in stated.values())
    following = _of_response(stated.get("next_cursor"))
    more = _of_response(stated.get("has-next-page"))
    value: dict[str, Any] = {"items": items}
    if (cursor := _of_request(stated.get("cursor"))) and following:
        value |= {"style": "cursor", "cursor": cursor, "next": following}
    elif (url := _of_response(stated.get("next_uri"))) is not None:
        value |= {"style": "url", "next": url}
    elif (offset := _of_request(stated.get("offset"))) is not None:
        size = _of_request(stated.get("step"))
        value |= {"style": "offset", "offset": offset} if size else {"style": "page", "page": offset}
        value |= {"size": size} if size else {"first": "unknown"}
    else:
        return None
    value |= {"more": more} if more is not None and value["style"] != "url" else {}
    return value | ({"in": "body"} if in_body else {})


def _of_request(path: Any) -> str | None:
    hit = _FERN_REQUEST.fullmatch(path) if isinstance(path, str) else None
    return hit[1] if hit else None


def _of_response(path: Any) -> str | None:
    if not isinstance(path, str) or not path.startswith("$response"):
        return None
    found = _pointer("$" + path.removeprefix("$response"))
    return None if found is None or _LAST in found else found


def _azure(stated: Any) -> dict[str, Any] | None:
    if not isinstance(stated, Mapping) or not isinstance(stated.get("nextLinkName"), str):
        return None
    items = str(stated.get("itemName") or "value")
    return {"items": pointers.below("", items), "style": "url", "next": pointers.below("", stated["nextLinkName"])}


def _stainless(operation: Mapping[str, Any], schemas: Schemas, source: Mapping[str, Any]) -> dict[str, Any] | None:
    cursor = next(
        (
            each["name"]
            for each in operation.get("parameters", ())
            if "next_cursor_param" in (_purpose(each, source), _purpose(each.get("schema", {}), source))
        ),
        None,
    )
    if cursor is None:
        return None
    properties = response_schema(operation, schemas).get("properties", {})
    fields: dict[str | None, str] = {}
    for name, each in properties.items():
        fields.setdefault(_purpose(each, source) or _purpose(resolved(each, schemas), source), name)
    if "items" not in fields or "next_cursor_field" not in fields:
        return None
    items, following = (pointers.below("", fields[purpose]) for purpose in ("items", "next_cursor_field"))
    return {"items": items, "style": "cursor", "cursor": cursor, "next": following}


def _purpose(schema: Any, source: Mapping[str, Any]) -> str | None:
    """Return the purpose of a parameter or field that the source declares."""
    stated = source_of(schema, source).get(_STAINLESS)
    purpose = stated.get("purpose") if isinstance(stated, Mapping) else None
    return purpose if isinstance(purpose, str) else None
