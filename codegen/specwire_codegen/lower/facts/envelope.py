"""Lowering of `x-specwire-unwrap`: the value inside a response that a method returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from specwire_codegen.diagnostics import failure
from specwire_codegen.ir import AnyJson, Envelope, JsonPayload, Nullable, Payload, Status
from specwire_codegen.lower.path import Paths
from specwire_codegen.lower.schema import union_of
from specwire_codegen.openapi.pointer import split

ByStatus: TypeAlias = tuple[tuple[Status, Payload], ...]


def unwrapped(
    payload: JsonPayload, by_status: ByStatus, raw: Mapping[str, Any], paths: Paths
) -> tuple[JsonPayload, ByStatus]:
    """Return the payloads of an operation with the types of the values that it returns."""
    pointer = raw.get("x-specwire-unwrap")
    if pointer is None:
        return payload, by_status
    if "x-specwire-pagination" in raw or "x-specwire-polling" in raw:
        message = "x-specwire-unwrap cannot be combined with pagination or polling, which need the whole response"
        raise failure("bad-extension", message, paths.location, "remove one of them")
    keys = split(pointer)
    opened = tuple(
        (status, _opened(one, keys, paths) if isinstance(one, JsonPayload) else one) for status, one in by_status
    )
    whole = _opened(payload, keys, paths)
    types = [one.type if isinstance(one, JsonPayload) else Nullable(AnyJson()) for _, one in opened]
    return (attrs.evolve(whole, type=union_of(types)) if types else whole), opened


def _opened(payload: JsonPayload, keys: tuple[str, ...], paths: Paths) -> JsonPayload:
    inside = paths.below(payload.type)
    path, type_ = inside.follow(keys)
    is_required = inside.are_required(keys) or isinstance(type_, Nullable)
    return attrs.evolve(
        payload, type=type_ if is_required else Nullable(type_), envelope=Envelope(payload.type, path, keys)
    )
