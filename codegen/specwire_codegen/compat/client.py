"""Modules of clients and resources, each in six kinds with other return types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from specwire_codegen.classes.annotation import out
from specwire_codegen.compat.imports import COMPAT
from specwire_codegen.compat.pages import page_name
from specwire_codegen.compat.shape import switched_to
from specwire_codegen.ir import Api, BinaryStream, Compat, EventStream, Operation
from specwire_codegen.openapi.casing import pascal
from specwire_codegen.python_source import docstring, literal
from specwire_codegen.render.client import provider
from specwire_codegen.render.module import import_block, rendered
from specwire_codegen.render.operations import function_name
from specwire_codegen.render.prose import api_name, resource_title, summary_of
from specwire_codegen.render.signature import MODELS

Path = tuple[str, ...]


@attrs.frozen
class Kind:
    """Kind of a resource."""

    prefix: str
    suffix: str
    base: str
    """Class of the runtime."""


KINDS = (
    Kind("", "", "Resource"),
    Kind("Async", "", "AsyncResource"),
    Kind("", "WithRawResponse", "RawResource"),
    Kind("Async", "WithRawResponse", "AsyncRawResource"),
    Kind("", "WithStreamingResponse", "OpenResource"),
    Kind("Async", "WithStreamingResponse", "AsyncOpenResource"),
)


def _kinds(api: Api) -> tuple[Kind, ...]:
    """Return the kinds of resources of a client."""
    if api.compat is None or not api.compat.legacy_responses:
        return KINDS
    return tuple(attrs.evolve(kind, base=kind.base.replace("Raw", "LegacyRaw")) for kind in KINDS)


@attrs.frozen
class Member:
    """A method as a line of a class."""

    name: str
    value: str
    doc: str


@attrs.frozen
class Child:
    """A resource as an attribute of another."""

    name: str
    kind: str
    module: str
    doc: str


def render_clients(api: Api, header: str) -> Iterator[tuple[str, str]]:
    """Yield path and source of the module of the clients and of each module of resources."""
    selected = [stream.method for one in api.operations if (stream := switched_to(one, api)) is not None]
    methods = {
        method: operation
        for operation in api.operations
        if operation.method not in selected
        for method in (operation.method, *operation.aliases)
    }
    groups = {(), *(method[:depth] for method in methods for depth in range(len(method)))}
    paths = sorted(groups, key=lambda path: (-len(path), path))
    members = {
        path: [_member(api, methods[method], method[-1]) for method in sorted(methods) if method[:-1] == path]
        for path in paths
    }
    yield "client.py", _client(api, members[()], paths, header)
    if len(paths) > 1:
        title = docstring(f"Resources of the client, each imported on first use.\n\n{header}")
        yield "resources/__init__.py", f"{title}\n"
    for path in paths:
        if path:
            yield (
                f"resources/{api.modules[path]}.py",
                _resource(api, path, members[path], paths, header),
            )


def class_name(path: Path) -> str:
    """Return the name of the class of a resource."""
    return f"{''.join(map(pascal, path))}Resource"


def _children(api: Api, path: Path, paths: Sequence[Path]) -> list[Child]:
    here = "." if path else ".resources."
    return [
        Child(
            child[-1], class_name(child), f"{here}{api.modules[child]}", docstring(resource_title(api, child), indent=4)
        )
        for child in sorted(paths)
        if child and child[:-1] == path
    ]


def _resource(api: Api, path: Path, members: Sequence[Member], paths: Sequence[Path], header: str) -> str:
    title = resource_title(api, path)
    context = {
        "title": docstring(f"{title}\n\n{header}"),
        "name": class_name(path),
        "module": f".{api.modules[path]}",
        "doc": docstring(title, indent=4),
        "kinds": _kinds(api),
        "members": members,
        "children": _children(api, path, paths),
    }
    return _module("compat_resources.py.jinja", context, api, "..")


def _client(api: Api, members: Sequence[Member], paths: Sequence[Path], header: str) -> str:
    compat = api.compat
    assert compat is not None
    context = {
        "title": docstring(f"Clients for {api_name(api)}.\n\n{header}"),
        "name": api.class_name,
        "doc": docstring(f"Synchronous client for {api_name(api)}.", indent=4),
        "async_doc": docstring(f"Asynchronous client for {api_name(api)}.", indent=4),
        "provider": provider(api),
        "arguments": _arguments(compat),
        "keys": [one.name for one in compat.arguments],
        "environments": ", ".join(literal(server.name) for server in api.servers),
        "timeout": literal(compat.timeout),
        "headers": literal(dict(compat.headers)),
        "max_retries": "DEFAULT_MAX_RETRIES" if compat.max_retries is None else literal(compat.max_retries),
        "headers_variable": literal(compat.headers_variable),
        "kinds": _kinds(api)[2:],
        "members": members,
        "children": _children(api, (), paths),
    }
    return _module("compat_client.py.jinja", context, api, ".")


_FACTS = ("scheme", "header", "query", "server", "role", "variable", "default")


def _arguments(compat: Compat) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for one in compat.arguments:
        facts = {name: getattr(one, name) for name in _FACTS}
        stated = [f"{name}={literal(value)}" for name, value in facts.items() if value is not None]
        found[one.name] = f"KeyArgument({', '.join([*stated, *(() if one.required else ['required=False'])])})"
    return found


def _member(api: Api, operation: Operation, name: str) -> Member:
    built = f"_{api.modules[operation.resource]}.{function_name(operation.name)}"
    selected = switched_to(operation, api)
    if selected is not None and operation.switch is not None:
        stream = f"_{api.modules[selected.resource]}.{function_name(selected.name)}"
        value = f"switched({built}, {stream}, {literal(operation.switch[0])})"
    elif operation.pagination is not None:
        item, page = out(operation.pagination.item, MODELS), page_name(operation, api)
        value = f"paginated({built}, Sync{page}[{item}], Async{page}[{item}])"
    elif isinstance(operation.payload, EventStream):
        value = f"streamed({built})"
    elif isinstance(operation.payload, BinaryStream):
        value = f"downloaded({built})"
    else:
        value = f"endpoint({built})"
    marked = f"deprecated({value})" if operation.deprecated else value
    return Member(name, marked, docstring(summary_of(operation), indent=4))


def _module(template: str, context: Mapping[str, object], api: Api, here: str) -> str:
    used = {
        f"_{module}": f"from {here}operations import {module} as _{module}"
        for module in {api.modules[operation.resource] for operation in api.operations}
    }
    used["models"] = f"from {here} import models"
    for name in {page_name(one, api) for one in api.operations if one.pagination is not None}:
        used |= {f"{kind}{name}": f"from {here}pagination import {kind}{name}" for kind in ("Sync", "Async")}
    children = context["children"]
    assert isinstance(children, list)
    types = sorted(
        f"from {child.module} import {kind.prefix}{child.kind}{kind.suffix}" for child in children for kind in KINDS
    )
    bound = {f"{kind.prefix}{child.kind}{kind.suffix}" for child in children for kind in KINDS}
    extra = ["from typing import TYPE_CHECKING"] if types else []
    return rendered(
        template,
        {**context, "types": types},
        lambda names: "\n".join([*extra, import_block(names - bound, used, COMPAT)]),
    )
