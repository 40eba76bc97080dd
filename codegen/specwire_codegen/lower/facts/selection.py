"""Selection between a stream and another response of an operation, by a field or parameter of the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.ir import LiteralValue
from specwire_codegen.lower.media import Components


@attrs.frozen
class Switch:
    """Selector of a stream: a body field or a query parameter, and its value for streams and for other responses."""

    name: str
    value: LiteralValue
    in_query: bool
    otherwise: LiteralValue | None = None
    """Value for other responses; None if they need none."""
    kept: bool = False
    """True if it also selects between other responses, so that it remains an argument of their method."""


def switch_of(operation: Mapping[str, Any], components: Components) -> Switch | None:
    """Return the selector of the stream of an operation."""
    for response in operation.get("responses", {}).values():
        for media in response.get("content", {}).values():
            if stated := media.get("x-specwire-stream", {}).get("switch"):
                return _switch(stated, operation, components)
    return None


def _switch(stated: Mapping[str, Any], operation: Mapping[str, Any], components: Components) -> Switch:
    name, value, in_query = stated["field"], stated["value"], stated.get("in") == "query"
    if in_query:
        found: Mapping[str, Any] = next((each for each in operation.get("parameters", ()) if each["name"] == name), {})
        schema, required = components.resolve(found.get("schema", {})), bool(found.get("required"))
    else:
        content = operation.get("requestBody", {}).get("content", {})
        bodies = [components.resolve(media.get("schema", {})) for media in content.values()]
        body: Mapping[str, Any] = next((each for each in bodies if name in each.get("properties", {})), {})
        schema = components.resolve(body.get("properties", {}).get(name, {}))
        required = name in body.get("required", ())
    others = [each for each in schema.get("enum", [not value] if isinstance(value, bool) else []) if each != value]
    others = [each for each in others if each is not None]
    needed = required or schema.get("default") == value
    return Switch(
        name,
        value,
        in_query,
        others[0] if needed and others else None,
        kept=bool(others) and not isinstance(value, bool),
    )


@attrs.frozen
class Selection:
    """Value that a method sends to select its response, and the argument that it replaces."""

    hidden: str | None = None
    hidden_query: str | None = None
    fixed: tuple[tuple[str, LiteralValue], ...] = ()
    fixed_query: tuple[tuple[str, LiteralValue], ...] = ()


def selected(switch: Switch | None) -> Selection:
    """Return the selection of a stream."""
    if switch is None:
        return Selection()
    sent = ((switch.name, switch.value),)
    return Selection(None, switch.name, (), sent) if switch.in_query else Selection(switch.name, None, sent)


def unselected(switch: Switch | None) -> Selection:
    """Return the selection of another response than a stream."""
    if switch is None or switch.kept:
        return Selection()
    sent = ((switch.name, switch.otherwise),) if switch.otherwise is not None else ()
    return Selection(None, switch.name, (), sent) if switch.in_query else Selection(switch.name, None, sent)
