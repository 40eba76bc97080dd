"""The files around the code: `__init__.py` and `api.md`."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from specwire_codegen.ir import Api, Operation
from specwire_codegen.render.module import render_template
from specwire_codegen.render.operations import Builder, builders
from specwire_codegen.source import docstring, markdown, sentence


@attrs.frozen
class Entry:
    """A method as a line of the reference."""

    call: str
    purpose: str
    route: str


def render_init(api: Api, header: str) -> str:
    """Return the source of the package: its clients and models, imported when they are asked for."""
    title = docstring(f"{sentence(api.title)}\n\n{api.description}\n\n{header}")
    return render_template("package.py.jinja", {"title": title, "client": api.class_name})


def render_reference(api: Api, header: str) -> str:
    """Return `api.md`: every method with its signature, its route and its purpose."""
    entries = sorted(_entries(api))
    groups: dict[str, list[Entry]] = {}
    for method, entry in entries:
        groups.setdefault(".".join(method[:-1]), []).append(entry)
    context = {
        "title": markdown(api.title),
        "header": header,
        "client": api.class_name,
        "groups": [(name or "client", list(group)) for name, group in groups.items()],
        "count": len({operation.id for operation in api.operations}),
        "methods": len(entries),
    }
    return render_template("api.md.jinja", context)


def _entries(api: Api) -> Iterator[tuple[tuple[str, ...], Entry]]:
    replaced = {override.method for override in api.overrides if override.kind == "replaces"}
    for operation in api.operations:
        for method, builder in builders(operation):
            if method not in replaced:
                yield method, Entry(_call(method, builder), markdown(sentence(operation.summary)), _route(operation))
    routes = {operation.id: _route(operation) for operation in api.operations}
    for override in api.overrides:
        if override.returns != "Accumulator":
            call = f"client.{'.'.join(override.method)}{override.signature}"
            yield override.method, Entry(call, markdown(override.doc), routes[override.operation_id])


def _call(method: tuple[str, ...], builder: Builder) -> str:
    return f"client.{'.'.join(method)}({builder.signature}) -> {builder.answer}"


def _route(operation: Operation) -> str:
    return f"{operation.http_method} {operation.path}"
