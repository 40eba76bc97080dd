"""From a drawn call to the arguments of the client's method, by the names of the IR."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.conformance.case import Case, File
from specwire_codegen.ir import (
    ADDITIONAL,
    BinaryBody,
    FormBody,
    JsonBody,
    LinesBody,
    MultipartBody,
    Operation,
    TextBody,
)


@attrs.frozen
class Arguments:
    """What a method is called with."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


def arguments(operation: Operation, case: Case) -> Arguments:
    """Return the arguments that make a method send a call; raises `KeyError` for a wire name that it does not know."""
    positional = [parameter for parameter in operation.parameters if parameter.place == "path"]
    places = {"query": case.query, "header": case.header, "cookie": case.cookie}
    keywords = {
        parameter.name: places[parameter.place][parameter.wire_name]
        for parameter in operation.parameters
        if parameter.place != "path" and parameter.wire_name in places[parameter.place]
    }
    return Arguments(
        tuple(case.path[parameter.wire_name] for parameter in positional), {**keywords, **_body(operation, case)}
    )


def _body(operation: Operation, case: Case) -> dict[str, Any]:
    if case.body is None:
        return {}
    value = case.body.value
    match operation.body:
        case FormBody(free=True):
            return {"body": value}
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
        case BinaryBody(media_type) if "*" in media_type and case.body is not None:
            return {"body": (None, value, case.body.media_type)}
        case BinaryBody() | TextBody() | JsonBody() | LinesBody():
            return {"body": value}
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
