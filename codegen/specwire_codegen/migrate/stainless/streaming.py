"""`streaming`: rules for events, and the operations that stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.migrate.events import state_stream
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers

_RULE = ("event_type", "data_starts_with", "kind", "handle", "error_property")
_METHOD = ("stream_event_model", "param_discriminator", "params_type_name", "event_type")


@attrs.frozen
class Rules:
    """Terminator and error events, as members of `x-specwire-stream`."""

    members: Mapping[str, Any]


def read_rules(config: Node) -> Rules:
    """Return the rules for events of a configuration."""
    stated = config.at("streaming", "on_event")
    if (streaming := config.get("streaming")) is not None:
        streaming.only(("on_event",), ("on_event_error", "python"))
    found: dict[str, Any] = {}
    errors: list[str] = []
    for node in stated.items() if stated is not None else ():
        node.only(_RULE)
        handle = node.get("handle")
        how = handle.text() if handle is not None else None
        data, kind, member = node.get("data_starts_with"), node.get("event_type"), node.get("error_property")
        if how == "done" and data is not None and (text := data.text()):
            found.setdefault("terminator", text)
        elif how == "done" and kind is not None:
            found.setdefault("last", []).extend(kind.texts())
        elif how == "ignore" and kind is not None:
            found.setdefault("ignore", []).extend(kind.texts())
        if member is not None and (name := member.text()):
            errors.append("".join(pointers.join("", step) for step in name.split(".")))
        elif how == "error" and kind is not None and (others := [each for each in kind.texts() if each != "error"]):
            kind.leave(f"events {', '.join(others)} are not raised", "check their type where you read the events")
    if errors:
        found["error"] = errors[0] if len(errors) == 1 else list(dict.fromkeys(errors))
    return Rules(found)


def apply_streaming(method: Node, operation: str, rules: Rules, models: Mapping[str, str], subject: Subject) -> bool:
    """Make an operation stream as its method declares; return whether it does."""
    stated = method.get("streaming") if isinstance(method.value, dict) else None
    if stated is None or stated.value is False:
        return False
    if isinstance(stated.value, dict):
        stated.only(_METHOD)
    extension: dict[str, Any] = dict(rules.members)
    switch = _switch(stated, operation, subject)
    if switch is not None:
        extension["switch"] = switch
    schema = _event_schema(stated, operation, models, subject)
    named = isinstance(stated.value, dict) and "stream_event_model" in stated.value
    return state_stream(subject, operation, stated, schema, extension, replace=named)


def _switch(stated: Node, operation: str, subject: Subject) -> dict[str, Any] | None:
    """Return the parameter that asks for events, or None if the operation always streams."""
    node = stated.get("param_discriminator") if isinstance(stated.value, dict) else None
    name = node.text() if node is not None else None
    if node is None or not name:
        return None
    if any(name in subject.properties(pointers.join(each, "schema")) for _, each, _ in subject.bodies(operation)):
        return {"field": name, "value": True}
    if any(each.get("name") == name and each.get("in") == "query" for _, each in subject.parameters(operation)):
        return {"field": name, "value": True, "in": "query"}
    node.leave(f"the operation has no field {name!r}", "correct the document, or set the switch in overlay.yaml")
    return None


def _event_schema(stated: Node, operation: str, models: Mapping[str, str], subject: Subject) -> dict[str, Any] | None:
    """Return the schema of an event: the model that the method names, else the response."""
    node = stated.get("stream_event_model") if isinstance(stated.value, dict) else None
    name = node.text() if node is not None else None
    if node is not None and name:
        if name in models:
            return {"$ref": f"#{pointers.to_fragment(models[name])}"}
        node.leave(f"there is no model {name!r}", "name the schema of the events in overlay.yaml")
    response_schema = subject.response_schema(operation)
    return response_schema[1] if response_schema is not None else None
