"""Methods: names, and what their operations do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specwire_codegen.documents.routes import Routed
from specwire_codegen.migrate.description import Description
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.stainless.casing import class_name
from specwire_codegen.migrate.stainless.pagination import Scheme, extension_of, scheme_of
from specwire_codegen.migrate.stainless.resources import Method
from specwire_codegen.migrate.stainless.streaming import Rules, apply_streaming
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi.casing import snake


def read_methods(
    methods: Sequence[Method],
    subject: Subject,
    description: Description,
    models: Mapping[str, str],
    schemes: Sequence[Scheme],
    rules: Rules,
) -> None:
    """Add the names of methods to a description; apply their pages and streams to the document."""
    by_route: dict[str, list[Method]] = {}
    for method in methods:
        description.add_method(method.operation.route, method.name, method.node)
        by_route.setdefault(method.operation.route, []).append(method)
    for several in by_route.values():
        operation = several[0].operation
        _page(several, operation, schemes, subject, description)
        for each in several:
            if apply_streaming(each.node, operation.item, rules, models, subject):
                break
        _deprecate(several, operation, subject)
        for method in several:
            _arguments(method, subject, description)


def _page(
    several: Sequence[Method],
    operation: Routed[str],
    schemes: Sequence[Scheme],
    subject: Subject,
    description: Description,
) -> None:
    """State the pagination of an operation that one of its methods pages through."""
    raw = subject.get(operation.item)
    if isinstance(raw, dict) and "x-specwire-pagination" in raw:
        return
    for method in several:
        scheme = scheme_of(method.node, operation.item, schemes, subject)
        extension = extension_of(scheme, operation.item, subject) if scheme is not None else None
        if scheme is not None and extension is not None:
            value = {"x-specwire-pagination": extension}
            subject.update(operation.item, value, method.node, f"pagination: {scheme.name}")
            if description.compat is not None:
                description.compat.pages[operation.route] = class_name(scheme.name, description.casing)
            return


def _deprecate(several: Sequence[Method], operation: Routed[str], subject: Subject) -> None:
    """Mark an operation all of whose methods are deprecated."""
    stated = [each.node.get("deprecated") if isinstance(each.node.value, dict) else None for each in several]
    marks = [each for each in stated if each is not None and each.value is not False]
    raw = subject.get(operation.item)
    if len(marks) == len(several) and isinstance(raw, dict) and raw.get("deprecated") is not True:
        subject.replace(f"{operation.item}/deprecated", True, marks[0], _message(marks[0]))
    elif marks and len(marks) < len(several):
        marks[0].leave("only one of several methods for an operation is deprecated", "say so in your changelog")


def _message(node: Node) -> str:
    if isinstance(node.value, str):
        return node.value
    stated = node.get("python") or node.get("default")
    return (stated.text() or "deprecated") if stated is not None else "deprecated"


def _arguments(method: Method, subject: Subject, description: Description) -> None:
    """Name the argument for the body, and order those that may be passed by position."""
    node, operation = method.node, method.operation
    if not isinstance(node.value, dict):
        return
    if (stated := node.get("default_request_options")) is not None:
        stated.leave("a method has no options of its own", "pass timeout= or max_retries= to with_options")
    placed = node.get("positional_params")
    if placed is not None and isinstance(placed.value, list) and description.compat is not None:
        names = placed.texts()
        known = {str(each.get("name")) for _, each in subject.parameters(operation.item)}
        known |= {
            name for _, body, _ in subject.bodies(operation.item) for name in subject.properties(f"{body}/schema")
        }
        if unknown := [name for name in names if name not in known]:
            placed.leave(f"the operation has no argument {unknown[0]!r}", "use the names of the document")
        description.compat.positional[operation.route] = tuple(name for name in names if name in known)
    whole = node.get("body_param_name")
    text = whole.text() if whole is not None else None
    if whole is None or text is None or text == "body":
        return
    if node.get("streaming") is not None:
        whole.leave("the body of a stream is not one argument, because its field selects the stream", "pass its fields")
    else:
        subject.update(operation.item, {"x-specwire-name": {"body": snake(text)}}, whole, "body_param_name")
