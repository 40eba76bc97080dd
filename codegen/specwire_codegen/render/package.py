"""Package files other than code modules: `__init__.py` and `api.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs
from specwire._abi import ABI

from specwire_codegen.ir import Api, Operation
from specwire_codegen.openapi.plurals import counted
from specwire_codegen.python_source import code, comment, docstring, markdown, sentence
from specwire_codegen.render.module import render_template
from specwire_codegen.render.operations import Method
from specwire_codegen.render.prose import streaming_note


@attrs.frozen
class Entry:
    """A method as a line of the reference."""

    call: str
    purpose: str
    route: str
    """Markdown."""


def render_init(api: Api, header: str) -> str:
    """Return the source of the package: its clients and models, imported lazily."""
    title = docstring(f"{sentence(api.title)}\n\n{api.description}\n\n{header}")
    return render_template("package.py.jinja", {"title": title, "client": api.class_name, "abi": ABI})


def render_reference(api: Api, header: str, methods: Iterable[Method]) -> str:
    """Return `api.md`: every method with its signature, its route and its summary."""
    entries = sorted(_entries(api, methods))
    groups: dict[str, list[Entry]] = {}
    for method, entry in entries:
        groups.setdefault(".".join(method[:-1]), []).append(entry)
    ids = {operation.id for operation in api.operations}
    context = {
        "title": markdown(api.title),
        "header": comment(header),
        "client": api.class_name,
        "groups": [(name or "client", list(group)) for name, group in groups.items()],
        "size": f"{counted(len(entries), 'method')} for {counted(len(ids), 'operation')}",
    }
    return render_template("api.md.jinja", context)


def _entries(api: Api, methods: Iterable[Method]) -> Iterator[tuple[tuple[str, ...], Entry]]:
    replaced = {override.method for override in api.overrides if override.kind == "replaces"}
    for operation, method, builder in methods:
        if method not in replaced:
            call = _call(method, builder.arguments, _result(builder.kind, builder.type_arguments))
            purpose = f"{builder.summary} {streaming_note(operation)}"
            yield method, Entry(call, markdown(purpose), _route(operation))
    routes = {operation.id: _route(operation) for operation in api.operations}
    for override in api.overrides:
        if override.returns != "Accumulator":
            call = _call(override.method, override.arguments, _result(override.returns, override.type_arguments))
            yield override.method, Entry(call, markdown(override.doc), routes[override.operation_id])


def _call(method: tuple[str, ...], arguments: Sequence[str], result: str) -> str:
    """Return a call in ordinary layout: on one line, or with one argument per line."""
    name = f"client.{'.'.join(method)}"
    line = f"{name}({', '.join(arguments)}) -> {result}"
    if len(line) <= 100:
        return line
    return "\n".join([f"{name}(", *(f"    {argument}," for argument in arguments), f") -> {result}"])


def _result(kind: str, types: Sequence[str]) -> str:
    """Return the result of a call, by the kind of request that its builder returns."""
    match kind, types:
        case "StreamRequest", (event,):
            return f"EventStream[{event}]"
        case "DownloadRequest", _:
            return "Download"
        case "MixedRequest", (other,):
            return f"Download | {other}"
        case "PagedRequest", (page, item):
            return f"{page}  # pages of {item}"
        case _:
            return ", ".join(types)


def _route(operation: Operation) -> str:
    return code(f"{operation.http_method} {operation.path}")
