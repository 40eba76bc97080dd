"""`unwrap_response_fields`: methods that return a field of their response."""

from __future__ import annotations

from collections.abc import Sequence

from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.stainless.resources import Method
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers

_EXTENSIONS = ("x-specwire-unwrap", "x-specwire-pagination", "x-specwire-polling")
"""Extensions of an operation that keep its response whole."""


def unwrap(methods: Sequence[Method], config: Node, subject: Subject) -> None:
    """State the field that each method returns, in the document.

    By default, a response is unwrapped if a listed field is its only one. A list in pages stays whole.
    """
    settings = config.get("settings")
    listed = settings.get("unwrap_response_fields") if settings is not None else None
    several = settings.get("unwrap_multiproperty_response_fields") if settings is not None else None
    fields = listed.texts() if listed is not None and listed.value is not False else []
    for method in methods:
        raw = subject.get(method.operation.item)
        own = method.node.get("unwrap_response") if isinstance(method.node.value, dict) else None
        node = listed if own is None or own.value is True else own
        if node is None or node.value is False or not isinstance(raw, dict) or raw.keys() & {*_EXTENSIONS}:
            continue
        names = [own.text() or ""] if own is not None and isinstance(own.value, str) else fields
        alone = own is None and not (several is not None and several.flag())
        found = _field(method.operation.item, names, alone, subject)
        if found is not None:
            subject.update(method.operation.item, {"x-specwire-unwrap": found}, node, "unwrapped response")
        elif own is not None:
            own.leave("the response has no field to unwrap", "correct unwrap_response, or read the response whole")


def _field(operation: str, names: Sequence[str], alone: bool, subject: Subject) -> str | None:
    """Return the pointer of the field that every response in JSON has; with `alone`, as its only one."""
    schemas = [each for each, _ in subject.response_schemas(operation)]
    known = [subject.properties(each).keys() for each in schemas]
    return next(
        (
            pointers.join("", name)
            for name in names
            if known and all(name in keys and (len(keys) == 1 or not alone) for keys in known)
        ),
        None,
    )
