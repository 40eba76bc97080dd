"""Arguments of a client's method for a generated call, by the names in the IR."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from specwire_codegen.contract.values.case import Case, File
from specwire_codegen.ir import (
    ADDITIONAL,
    BinaryBody,
    FormBody,
    JsonBody,
    JsonLinesBody,
    MultipartBody,
    Operation,
    TextBody,
)


@attrs.frozen
class Arguments:
    """Arguments of a method."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


def arguments(operation: Operation, case: Case) -> Arguments:
    """Return the arguments that make a method send a call. Raise `KeyError` for an unknown wire name."""
    positional = operation.positional
    places = case.places
    keywords = {
        parameter.name: places[parameter.place][parameter.wire_name]
        for parameter in operation.parameters
        if parameter is not positional and parameter.wire_name in places[parameter.place]
    }
    args = (case.path[positional.wire_name],) if positional is not None else ()
    return Arguments(args, {**keywords, **_body(operation, case)})


def shared_with(override: Callable[..., Any], operation: Operation, case: Case) -> tuple[Case, Arguments] | None:
    """Return the call with the values and arguments that an override accepts, or None if it cannot be made."""
    taken = inspect.signature(override).parameters
    places = {
        place: {
            one.wire_name: values[one.wire_name]
            for one in operation.parameters
            if one.place == place and one.wire_name in values and (place == "path" or one.name in taken)
        }
        for place, values in (
            ("path", case.path),
            ("query", case.query),
            ("header", case.header),
            ("cookie", case.cookie),
        )
    }
    body = case.body
    if body is not None and isinstance(body.value, Mapping):
        kept = {wire: one for wire, one in body.value.items() if _name_of(operation, wire) in taken}
        body = attrs.evolve(body, value=kept)
    shared = Case(**places, body=body)
    made = arguments(operation, shared)
    try:
        inspect.signature(override).bind(*made.args, **made.kwargs)
    except TypeError:
        return None
    return shared, made


def _name_of(operation: Operation, wire: str) -> str | None:
    match operation.body:
        case JsonBody(fields=fields) | FormBody(fields) if fields is not None:
            return next((field.name for field in fields if field.wire_name == wire), None)
        case MultipartBody(parts):
            return next((part.name for part in parts if part.wire_name == wire), None)
        case _:
            return None


def _body(operation: Operation, case: Case) -> dict[str, Any]:
    if case.body is None:
        return {}
    value = case.body.value
    match operation.body:
        case FormBody(free=True):
            return {operation.body_argument: value}
        case MultipartBody(free=True):
            return {"fields": value}
        case JsonBody(fields=fields) | FormBody(fields) if fields is not None:
            names = {field.wire_name: field.name for field in fields}
            named = {names[wire]: one for wire, one in value.items() if wire in names or ADDITIONAL not in names}
            rest = {wire: one for wire, one in value.items() if wire not in names}
            return {**named, **({names[ADDITIONAL]: rest} if rest else {})}
        case MultipartBody(parts):
            names = {part.wire_name: part.name for part in parts}
            headers = {
                header.name: case.body.headers[part.wire_name][header.wire_name]
                for part in parts
                for header in part.headers
                if part.wire_name in value and header.wire_name in case.body.headers[part.wire_name]
            }
            named = {names[wire]: _part(one) for wire, one in value.items() if wire in names}
            rest = {wire: _part(one) for wire, one in value.items() if wire not in names}
            return {**named, **headers, **({names[ADDITIONAL]: rest} if rest else {})}
        case BinaryBody(media_type) if "*" in media_type or case.body.media_type.startswith("multipart/"):
            return {operation.body_argument: (None, value, case.body.media_type)}
        case BinaryBody() | TextBody() | JsonBody() | JsonLinesBody():
            return {operation.body_argument: value}
        case _:
            return {}


def _part(value: Any) -> Any:
    match value:
        case File(filename, content, content_type):
            return filename, content, content_type
        case [File(), *_]:
            return [_part(one) for one in value]
        case _:
            return value
