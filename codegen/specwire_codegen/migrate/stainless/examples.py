"""`readme.example_requests`: calls that the documentation shows."""

from __future__ import annotations

from specwire_codegen.migrate.description import Description, Example
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.media_types import is_json

_IGNORED = ("example_types", "include_stainless_attribution")


def read_examples(config: Node, subject: Subject, description: Description) -> None:
    """Add the example requests to a description, and their arguments to the document as examples."""
    readme = config.get("readme")
    if readme is None:
        return
    readme.only(("example_requests",), _IGNORED)
    requests = readme.get("example_requests")
    routes = subject.routes()
    seen: set[str] = set()
    named = sorted(requests.members(), key=lambda each: each[0] != "headline") if requests is not None else []
    for _, node in named:
        endpoint, params = node.get("endpoint"), node.get("params")
        text = endpoint.text() if endpoint is not None else None
        found = routes.find(text) if text is not None else []
        if endpoint is not None and len(found) != 1:
            endpoint.leave(f"the document has no operation {text!r}", "ignore this if the operation was removed")
            continue
        if found and found[0].route not in seen:
            seen.add(found[0].route)
            values = {key: each.value for key, each in params.members()} if params is not None else {}
            description.examples.append(Example(found[0].route, values))
            if params is not None and values:
                _show(found[0].item, values, params, subject)


def _show(operation: str, values: dict[str, object], node: Node, subject: Subject) -> None:
    """State the arguments as examples where the document has none."""
    rest = dict(values)
    for pointer, parameter in list(subject.parameters(operation)):
        name = str(parameter.get("name"))
        if name in rest:
            value = rest.pop(name)
            if not parameter.keys() & {"example", "examples"} and pointer.startswith("/paths"):
                subject.update(pointer, {"example": value}, node, "readme")
    for media_type, pointer, media in list(subject.bodies(operation)):
        known = subject.properties(pointers.join(pointer, "schema"))
        body = {name: value for name, value in rest.items() if name in known}
        if is_json(media_type) and body and not media.keys() & {"example", "examples"}:
            subject.update(pointer, {"example": body}, node, "readme")
