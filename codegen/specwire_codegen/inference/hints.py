"""Pagination declared in extensions of other generators, translated to ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from specwire_codegen.inference.guess import Guess, Schemas, answer, resolved
from specwire_codegen.openapi import pointer as pointers

_SPEAKEASY = "x-speakeasy-pagination"
_STAINLESS = "x-stainless-pagination-property"
_STEP = re.compile(r"\.([\w$-]+)|\['([^']+)'\]|(\[-1\])")
_LAST = "[-1]"


def stated_pages(target: str, operation: Mapping[str, Any], schemas: Schemas) -> Iterator[Guess]:
    """Yield the pagination that an operation declares for another generator."""
    if isinstance(stated := operation.get(_SPEAKEASY), Mapping):
        value, name = _speakeasy(stated), _SPEAKEASY
    else:
        value, name = _stainless(operation, schemas), _STAINLESS
    if value is not None:
        yield Guess(target, "x-specwire-pagination", value, f"the extension {name!r}")


def _speakeasy(stated: Mapping[str, Any]) -> dict[str, Any] | None:
    inputs = {
        str(each.get("type")): str(each.get("name"))
        for each in stated.get("inputs", ())
        if isinstance(each, Mapping) and each.get("in") == "parameters"
    }
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
    return value | ({"size": inputs["limit"]} if "limit" in inputs else {})


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


def _stainless(operation: Mapping[str, Any], schemas: Schemas) -> dict[str, Any] | None:
    cursor = next(
        (
            each["name"]
            for each in operation.get("parameters", ())
            if "next_cursor_param" in (_purpose(each), _purpose(each.get("schema", {})))
        ),
        None,
    )
    fields = {_purpose(each): name for name, each in answer(operation, schemas).get("properties", {}).items()}
    fields |= {
        _purpose(resolved(each, schemas)): name
        for name, each in answer(operation, schemas).get("properties", {}).items()
        if _purpose(each) is None
    }
    if cursor is None or "items" not in fields or "next_cursor_field" not in fields:
        return None
    items, following = (pointers.below("", fields[purpose]) for purpose in ("items", "next_cursor_field"))
    return {"items": items, "style": "cursor", "cursor": cursor, "next": following}


def _purpose(schema: Any) -> str | None:
    stated = schema.get(_STAINLESS) if isinstance(schema, Mapping) else None
    purpose = stated.get("purpose") if isinstance(stated, Mapping) else None
    return purpose if isinstance(purpose, str) else None
