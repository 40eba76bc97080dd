"""Modules of clients and resources: one line for each operation, shared by the sync and the async client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

import attrs

from specwire_codegen.ir import (
    Api,
    ApiKeyScheme,
    BinaryStream,
    Empty,
    EventStream,
    JsonPayload,
    Operation,
    Override,
    Text,
)
from specwire_codegen.openapi.casing import pascal, respelled
from specwire_codegen.openapi.identifiers import RESERVED_CLIENTS
from specwire_codegen.python_source import docstring, literal, literal_set
from specwire_codegen.render.module import import_block, rendered
from specwire_codegen.render.operations import Method, function_name, selected_name, switched_to
from specwire_codegen.render.prose import api_name, resource_title
from specwire_codegen.render.security import security_facts
from specwire_codegen.render.server import constructor_doc, own_keywords, server_facts, servers_note

_DESCRIPTORS = {
    "Request": "endpoint",
    "PagedRequest": "paginated",
    "StreamRequest": "streamed",
    "DownloadRequest": "downloaded",
    "Workflow": "workflow",
}


@attrs.frozen
class Member:
    """A method or a resource as a line of a class."""

    name: str
    value: str
    doc: str
    late: bool = False
    """True if its value refers to another method of its class."""


@attrs.frozen
class Child:
    """A resource as an attribute of a client or of another resource."""

    name: str
    kind: str
    module: str
    doc: str


@attrs.frozen
class ResourceClass:
    """A resource: its methods, and the resources below it."""

    name: str
    doc: str
    methods: tuple[Member, ...]
    children: tuple[Child, ...]


def render_clients(api: Api, header: str, methods: Iterable[Method]) -> Iterator[tuple[str, str]]:
    """Yield path and source of the module of the clients and of each module of resources."""
    named = dict(_methods(api, methods))
    groups = {(), *(path[:depth] for path in named for depth in range(len(path)))}
    paths = sorted(groups, key=lambda path: (-len(path), path))
    names = _class_names(api, paths)
    members, children = _members(named), _children(paths)
    classes = {path: _class(api, path, members.get(path, ()), children.get(path, ()), names) for path in paths}
    context = {
        "title": docstring(f"Clients for {api_name(api)}.\n\n{header}"),
        "provider": provider(api),
        "root": classes[()],
        "client": api.class_name,
        "keywords": own_keywords(api),
        "constructor_doc": constructor_doc(own_keywords(api)),
        "doc": docstring(f"Synchronous client for {api_name(api)}.{_whole_key(api)}{servers_note(api)}", indent=4),
        "async_doc": docstring(
            f"Asynchronous client for {api_name(api)}.{_whole_key(api)}{servers_note(api)}", indent=4
        ),
    }
    yield "client.py", _module("client.py.jinja", context, classes[()], _used(api, "."))
    if len(classes) > 1:
        title = docstring(f"Resources of the client, each imported on first use.\n\n{header}")
        yield "resources/__init__.py", f"{title}\n"
    used = _used(api, "..")
    for path in paths:
        if path:
            title = docstring(f"{resource_title(api, path)}\n\n{header}")
            context = {"title": title, "class": classes[path]}
            yield f"resources/{api.modules[path]}.py", _module("resources.py.jinja", context, classes[path], used)


def _whole_key(api: Api) -> str:
    """Return a note for a key that goes into `Authorization` unchanged, without a word such as `Bearer`."""
    schemes = [scheme for _, scheme in api.security.schemes] if api.security is not None else []
    bare = any(
        isinstance(one, ApiKeyScheme) and (one.place, one.name.lower(), one.prefix) == ("header", "authorization", "")
        for one in schemes
    )
    return "\n\nThe key is the whole `Authorization` header, including any word before it." if bare else ""


def _module(template: str, context: Mapping[str, object], resource: ResourceClass, used: Mapping[str, str]) -> str:
    types = sorted(f"from {child.module} import Async{child.kind}, {child.kind}" for child in resource.children)
    bound = {f"{prefix}{child.kind}" for child in resource.children for prefix in ("", "Async")}
    extra = ["from typing import TYPE_CHECKING"] if types else []
    return rendered(
        template,
        {**context, "types": types},
        lambda names: "\n".join([*extra, import_block(names - bound, used)]),
    )


def _used(api: Api, here: str) -> dict[str, str]:
    """Return the names that methods refer to, each with its import line; `here` is the relative path to the package."""
    operations = {api.modules[operation.resource] for operation in api.operations}
    overrides = {override.module for override in api.overrides}
    return {
        **{f"_{module}": f"from {here}operations import {module} as _{module}" for module in operations},
        **{
            f"_{module}_overrides": f"from {api.overrides_package} import {module} as _{module}_overrides"
            for module in overrides
        },
    }


def _members(methods: Mapping[tuple[str, ...], Member]) -> dict[tuple[str, ...], list[Member]]:
    """Return the methods of each resource, by its path."""
    found: dict[tuple[str, ...], list[Member]] = {}
    for method, member in sorted(methods.items(), key=lambda item: (item[1].late, item[0])):
        found.setdefault(method[:-1], []).append(member)
    return found


def _children(paths: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the paths of the resources below each resource, by its path."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for path in sorted(path for path in paths if path):
        found.setdefault(path[:-1], []).append(path)
    return found


def _class_names(api: Api, paths: list[tuple[str, ...]]) -> Mapping[tuple[str, ...], str]:
    taken = {api.class_name, f"Async{api.class_name}", *RESERVED_CLIENTS}
    names: dict[tuple[str, ...], str] = {}
    for path in paths:
        name = respelled("".join(map(pascal, path)), api.casing)
        while name in taken or f"Async{name}" in taken:
            name += "Resource"
        taken |= {name, f"Async{name}"}
        names[path] = name
    return names


def _class(
    api: Api,
    path: tuple[str, ...],
    members: Iterable[Member],
    children: Iterable[tuple[str, ...]],
    names: Mapping[tuple[str, ...], str],
) -> ResourceClass:
    here = "." if path else ".resources."
    return ResourceClass(
        names[path],
        docstring(resource_title(api, path), indent=4),
        tuple(members),
        tuple(
            Child(
                child[-1], names[child], f"{here}{api.modules[child]}", docstring(resource_title(api, child), indent=4)
            )
            for child in children
        ),
    )


def _methods(api: Api, methods: Iterable[Method]) -> Iterator[tuple[tuple[str, ...], Member]]:
    replaced = {override.operation_id: override for override in api.overrides if override.kind == "replaces"}
    sums = {override.operation_id: override for override in api.overrides if override.returns == "Accumulator"}
    for operation, method, builder in methods:
        doc = docstring(builder.summary, indent=4)
        if builder.kind == "Workflow":
            value = f"workflow(_{api.modules[operation.resource]}.{function_name(method[-1])})"
            yield method, Member(method[-1], _marked(value, operation), doc)
            continue
        built = f"_{api.modules[operation.resource]}.{function_name(operation.name)}"
        if isinstance(operation.payload, EventStream) and operation.id in sums:
            value = f"accumulated({built}, {_override(sums[operation.id])})"
        elif operation.id in replaced and not isinstance(operation.payload, EventStream):
            override = replaced[operation.id]
            value = f"{_DESCRIPTORS[override.returns]}({_override(override)})"
        elif (stream := _stream_beside(operation, method, api)) is not None:
            yield (
                method,
                Member(method[-1], _marked(_switched(api, operation, built, stream), operation), doc, late=True),
            )
            continue
        else:
            value = f"{_descriptor(operation)}({built})"
        yield method, Member(method[-1], _marked(value, operation), doc)
    for override in api.overrides:
        if override.kind == "adds" and override.returns != "Accumulator":
            value = f"{_DESCRIPTORS[override.returns]}({_override(override)})"
            yield override.method, Member(override.method[-1], value, docstring(override.doc, indent=4))


def _stream_beside(operation: Operation, method: tuple[str, ...], api: Api) -> str | None:
    """Return the method of the same class that an argument of a method selects."""
    if switched_to(operation, api.operations) is None:
        return None
    return next((stream[-1] for stream in operation.streams if stream[:-1] == method[:-1]), None)


def _switched(api: Api, operation: Operation, built: str, stream: str) -> str:
    assert operation.switch is not None
    name, value = operation.switch
    descriptor = "downloaded_or_streamed" if isinstance(operation.payload, BinaryStream) else "switched"
    selected = f"_{api.modules[operation.resource]}.{selected_name(operation)}"
    return f"{descriptor}({built}, {stream}, {selected}, {literal(name)}, {literal(value)})"


def _marked(value: str, operation: Operation) -> str:
    return f"deprecated({value})" if operation.deprecated else value


def _override(override: Override) -> str:
    return f"_{override.module}_overrides.{override.name}"


def _descriptor(operation: Operation) -> str:
    match operation.payload:
        case JsonPayload():
            return "paginated" if operation.pagination is not None else "endpoint"
        case Text() | Empty():
            return "endpoint"
        case BinaryStream():
            return "mixed" if operation.mixed else "downloaded"
        case EventStream():
            return "streamed"


def provider(api: Api) -> str:
    """Return the source of the provider of an API."""
    facts = [
        f"name={literal(api.package)}",
        f"version={literal(api.version)}",
        f"base_url={literal(api.base_url)}",
    ]
    if api.base_url_variable:
        facts.append(f"base_url_variable={literal(api.base_url_variable)}")
    if api.servers:
        facts += server_facts(api)
    if prefix := _common_prefix(api):
        facts.append(f"prefix={literal(prefix)}")
    if api.security is not None:
        facts += security_facts(api.security)
    if api.retry is not None:
        if api.retry.statuses:
            facts.append(f"retry_statuses={literal_set(api.retry.statuses)}")
        if api.retry.non_retryable_path:
            values = literal_set(api.retry.non_retryable_values)
            facts.append(
                f"non_retryable=NonRetryableErrors(path={literal(api.retry.non_retryable_path)}, values={values})"
            )
        if api.retry.idempotency_header:
            facts.append(f"idempotency_header={literal(api.retry.idempotency_header)}")
    return f"Provider({', '.join(facts)})"


def _common_prefix(api: Api) -> str:
    """Return the segments shared by all paths of the API's server, without the last segment and without parameters."""
    paths = [operation.path.split("/")[:-1] for operation in api.operations if operation.server is None]
    alike = takewhile(lambda row: len(set(row)) == 1 and "{" not in row[0], zip(*paths, strict=False))
    return "/".join(row[0] for row in alike)
