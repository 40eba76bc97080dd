"""Recorded pins of overrides: if an operation changes, generation stops and shows the difference."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from specwire_codegen.classes.annotation import out
from specwire_codegen.diagnostics import Diagnostic, Location, error
from specwire_codegen.ir import (
    Api,
    BinaryBody,
    BinaryStream,
    Body,
    Empty,
    EventStream,
    FormBody,
    JsonBody,
    JsonLinesBody,
    JsonPayload,
    MultipartBody,
    Operation,
    Override,
    Part,
    Payload,
    Text,
    TextBody,
    TypeExpr,
)
from specwire_codegen.output.paths import inside


def pin_of(operations: tuple[Operation, ...]) -> dict[str, Any]:
    """Return the pin of one document operation: its method and, if present, its stream."""
    first = operations[0]
    return {
        "operationId": first.id,
        "method": first.http_method,
        "path": first.path,
        "parameters": {
            f"{parameter.place} {parameter.wire_name}": _member(parameter.type, parameter.required)
            for parameter in first.parameters
        },
        "body": _body(first.body),
        "responses": dict(sorted(_payload(operation.payload) for operation in operations)),
    }


def _member(type_: TypeExpr, required: bool) -> str:
    return f"{out(type_)}, {'required' if required else 'optional'}"


def _part(part: Part) -> str:
    match part.file:
        case "no":
            return _member(part.type, part.required)
        case kind:
            files = {"one": "file", "many": "files", "any": "file or files"}[kind]
            taken = f"{files} or {out(part.type)}" if part.mixed else files
            return f"{taken}, {'required' if part.required else 'optional'}"


def _body(body: Body | None) -> dict[str, Any] | None:
    match body:
        case None:
            return None
        case JsonBody(type_, fields, required, media_type):
            members = {field.wire_name: _member(field.type, field.required) for field in fields or ()}
            return {media_type: members or _member(type_, required)}
        case FormBody(fields):
            members = {field.wire_name: _member(field.type, field.required) for field in fields}
            return {"application/x-www-form-urlencoded": members}
        case MultipartBody(parts):
            headers = {f"{part.wire_name} {one.wire_name}": one for part in parts for one in part.headers}
            members = {name: _member(header.type, header.required) for name, header in headers.items()}
            return {"multipart/form-data": {**{part.wire_name: _part(part) for part in parts}, **members}}
        case JsonLinesBody(item, _, media_type, required):
            return {media_type: f"{out(item)}, one after the other, {'required' if required else 'optional'}"}
        case BinaryBody(media_type, required) | TextBody(media_type, required):
            return {media_type: "required" if required else "optional"}


def _payload(payload: Payload) -> tuple[str, str]:
    match payload:
        case JsonPayload(type_, media_type, envelope):
            place = "" if envelope is None else f" in {'/'.join(envelope.keys)} of {out(envelope.type)}"
            return media_type, f"{out(type_)}{place}"
        case EventStream(event, _, media_type):
            return media_type, f"events of {out(event)}"
        case BinaryStream(media_type):
            return media_type, "bytes"
        case Text(media_type):
            return media_type, "text"
        case Empty():
            return "nothing", "nothing"


def pins_of(api: Api, overrides: tuple[Override, ...]) -> dict[str, str]:
    """Return the pins that the overrides depend on, as files by operationId."""
    wanted = {override.operation_id for override in overrides}
    by_id: dict[str, tuple[Operation, ...]] = {}
    for operation in api.operations:
        if operation.id in wanted:
            by_id[operation.id] = (*by_id.get(operation.id, ()), operation)
    return {id_: json.dumps(pin_of(operations), indent=2) + "\n" for id_, operations in sorted(by_id.items())}


def check_pins(api: Api, overrides: tuple[Override, ...], folder: Path) -> Iterator[Diagnostic]:
    """Yield the differences between the overrides and the recorded pins."""
    current = pins_of(api, overrides)
    for override in overrides:
        id_, place = override.operation_id, override.location
        path = folder / f"{id_}.json"
        inside(folder, f"{id_}.json")
        what = "class" if override.returns == "Accumulator" else "function"
        accept = f"`specwire accept {shlex.quote(id_)}`"
        recorded = _recorded(path) if path.is_file() else None
        if recorded is None:
            message = f"{override.name} depends on {id_}, whose pin is not recorded"
            if path.is_file():
                message = f"the pin of {id_} cannot be read: {path.as_posix()}"
            yield error("override-unrecorded", message, place, f"review the {what}, then {accept}")
            continue
        changes = list(_differences(_facts(recorded), _facts(json.loads(current[id_]))))
        if changes:
            details = (*_where(api, id_), *(f"    {change}" for change in changes))
            found = error(
                "override-stale", f"{id_} changed under its override", place, f"update the {what}, then {accept}"
            )
            yield attrs.evolve(found, details=details)
    for path in sorted(folder.glob("*.json")):
        if path.stem not in current:
            message = f"records the pin of {path.stem}, which no override depends on"
            yield error("pin-dead", message, Location(path.as_posix()), "remove the file")


def _recorded(path: Path) -> Mapping[str, Any] | None:
    try:
        recorded = json.loads(path.read_text("utf-8"))
    except ValueError:
        return None
    return recorded if isinstance(recorded, dict) else None


def _where(api: Api, id_: str) -> Iterator[str]:
    operation = next(operation for operation in api.operations if operation.id == id_)
    place = operation.location
    if place is not None:
        line = f":{place.line}" if place.line is not None else ""
        yield f"  {place.file}{line} (#{place.pointer})"


def _facts(pin: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return the facts of a pin in readable form, each by its section and name."""
    facts = {(key, ""): f"{key} {pin.get(key)}" for key in ("method", "path")}
    for name, member in _members(pin, "parameters"):
        place, _, wire_name = name.partition(" ")
        facts["parameters", name] = f"{place} parameter {wire_name} ({member})"
    for media_type, members in _members(pin, "body"):
        if not isinstance(members, dict):
            facts["body", ""] = f"body {media_type} ({members})"
            continue
        facts["body", ""] = f"body {media_type}"
        kind = _FIELDS.get(media_type, "field")
        facts |= {("fields", name): f"{kind} {name} ({member})" for name, member in members.items()}
    for media_type, kind in _members(pin, "responses"):
        facts["responses", media_type] = f"response {media_type} ({kind})"
    return facts


_SECTIONS = ("method", "path", "parameters", "body", "fields", "responses")
_FIELDS = {"multipart/form-data": "part", "application/x-www-form-urlencoded": "form field"}


def _members(pin: Mapping[str, Any], key: str) -> list[tuple[str, Any]]:
    members = pin.get(key)
    return list(members.items()) if isinstance(members, dict) else []


def _differences(recorded: Mapping[tuple[str, str], str], current: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for fact in sorted(dict.fromkeys([*recorded, *current]), key=lambda fact: _SECTIONS.index(fact[0])):
        before, after = recorded.get(fact), current.get(fact)
        if before != after:
            yield from (f"- {before}",) if before is not None else ()
            yield from (f"+ {after}",) if after is not None else ()
