"""What an override stands on, pinned: if the document moves under it, generation stops and shows the difference."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from specwire_codegen.annotation import out
from specwire_codegen.diagnostics import Diagnostic, error
from specwire_codegen.ir import (
    Api,
    BinaryBody,
    BinaryStream,
    Body,
    Empty,
    EventStream,
    FormBody,
    JsonBody,
    JsonPayload,
    MultipartBody,
    Operation,
    Override,
    Payload,
    Text,
    TextBody,
    TypeExpr,
)


def contract_of(operations: tuple[Operation, ...]) -> dict[str, Any]:
    """Return the contract of one operation of the document (its method and, where it has one, its stream)."""
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
        "answers": dict(sorted(_payload(operation.payload) for operation in operations)),
    }


def _member(type_: TypeExpr, required: bool) -> str:
    return f"{out(type_)}, {'required' if required else 'optional'}"


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
            kinds = {"no": "", "one": "file, ", "many": "files, "}
            members = {part.wire_name: kinds[part.file] + _member(part.type, part.required) for part in parts}
            return {"multipart/form-data": members}
        case BinaryBody(media_type, required) | TextBody(media_type, required):
            return {media_type: "required" if required else "optional"}


def _payload(payload: Payload) -> tuple[str, str]:
    match payload:
        case JsonPayload(type_, media_type):
            return media_type, out(type_)
        case EventStream(event, _, media_type):
            return media_type, f"events of {out(event)}"
        case BinaryStream(media_type):
            return media_type, "bytes"
        case Text(media_type):
            return media_type, "text"
        case Empty():
            return "nothing", "nothing"


def contracts_of(api: Api, overrides: tuple[Override, ...]) -> dict[str, str]:
    """Return the contracts that the overrides stand on, as files by operationId."""
    wanted = {override.operation_id for override in overrides}
    by_id: dict[str, tuple[Operation, ...]] = {}
    for operation in api.operations:
        if operation.id in wanted:
            by_id[operation.id] = (*by_id.get(operation.id, ()), operation)
    return {id_: json.dumps(contract_of(operations), indent=2) + "\n" for id_, operations in sorted(by_id.items())}


def check_contracts(api: Api, overrides: tuple[Override, ...], folder: Path) -> Iterator[Diagnostic]:
    """Yield what is wrong between the overrides and the recorded contracts."""
    current = contracts_of(api, overrides)
    for override in overrides:
        path = folder / f"{override.operation_id}.json"
        accept = f"look at the override, then record it: specwire accept {override.operation_id}"
        if not path.is_file():
            message = f"{override.name} stands on {override.operation_id}, whose contract is not recorded"
            yield error("override-unrecorded", message, override.location, accept)
            continue
        recorded = json.loads(path.read_text("utf-8"))
        changes = list(_differences(recorded, json.loads(current[override.operation_id])))
        if changes:
            shown = "".join(f"\n    {change}" for change in changes)
            operation = next(one for one in api.operations if one.id == override.operation_id)
            where = f"\n  {operation.location}" if operation.location is not None else ""
            message = f"{override.operation_id} changed under its override {override.name}{where}{shown}"
            help_ = f"update the override, then specwire accept {override.operation_id}"
            yield error("override-stale", message, override.location, help_)
    for path in sorted(folder.glob("*.json")):
        if path.stem not in current:
            message = f"{path} records the contract of an operation that no override stands on"
            yield error("contract-dead", message, None, "remove the file")


def _differences(recorded: Any, current: Any, place: str = "") -> Iterator[str]:
    if isinstance(recorded, Mapping) and isinstance(current, Mapping):
        for key in dict.fromkeys([*recorded, *current]):
            yield from _differences(recorded.get(key), current.get(key), f"{place} {key}".strip())
    elif recorded != current:
        if recorded is not None:
            yield f"- {place}: {_shown(recorded)}"
        if current is not None:
            yield f"+ {place}: {_shown(current)}"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
