"""Lowering of the normalized document to the IR, one module for each OpenAPI object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from specwire_codegen.config import ClientConfig
from specwire_codegen.diagnostics import Diagnostic, error, raise_errors, warning
from specwire_codegen.documents.document import Document
from specwire_codegen.ir import (
    Api,
    Compat,
    EventStream,
    FormBody,
    JsonBody,
    JsonLinesBody,
    JsonPayload,
    Model,
    MultipartBody,
    Operation,
    Retry,
    TypeExpr,
)
from specwire_codegen.lower.media import Components
from specwire_codegen.lower.model import all_refs, has_union, is_representable, lower_models, name_unions, reachable
from specwire_codegen.lower.naming.class_name import chosen_class_names
from specwire_codegen.lower.operation import lower_operations
from specwire_codegen.lower.querystring import unsent_query_strings
from specwire_codegen.lower.security import lower_security
from specwire_codegen.lower.server import named_servers, server_flaws, server_url
from specwire_codegen.openapi.casing import pascal, respelled, snake, titled
from specwire_codegen.openapi.pointer import join, of, split
from specwire_codegen.openapi.walk import walk
from specwire_codegen.python_source import sentence


def lower(document: Document, config: ClientConfig, package: str) -> Api:
    """Return the client that a normalized document describes."""
    data = document.data
    stated = data.get("components", {}).get("schemas", {})
    schemas = {name: schema if isinstance(schema, Mapping) else {} for name, schema in stated.items()}
    components = Components(schemas, chosen_class_names(schemas, config))
    by_name = {model.name: model for model in lower_models(schemas, components.names)}
    operations = tuple(
        _with_named_unions(operation, by_name, config) for operation in lower_operations(document, components, config)
    )
    models = tuple(sorted(by_name.values(), key=lambda model: model.name))
    info = data["info"]
    security, operations, warnings = lower_security(document, operations, config, package)
    return Api(
        package=package,
        class_name=config.class_name if config.names_class else titled(config.class_name, info["title"]),
        casing=config.casing,
        title=info["title"],
        version=info["version"],
        description=info.get("description", info.get("summary", "")),
        base_url=None if config.requires_base_url else _base_url(data),
        base_url_variable=config.base_url_variable,
        servers=() if config.requires_base_url else named_servers(data.get("servers", [])),
        security=security,
        retry=_retry(data),
        open_enums=config.open_enums,
        open_unions=config.open_unions,
        operations=operations,
        models=models,
        inputs=reachable(_input_refs(operations), models),
        webhooks=reachable(_webhook_refs(data, components, _payloads), models),
        webhook_responses=reachable(_webhook_refs(data, components, _responses), models),
        warnings=(
            *_unrepresentable(document, schemas),
            *unsent_query_strings(document),
            *server_flaws(document),
            *warnings,
        ),
        compat=_compat(config, components.names),
        tags=tuple((snake(tag["name"]), sentence(tag.get("description", ""))) for tag in data.get("tags", [])),
    )


def _unrepresentable(document: Document, schemas: Mapping[str, Mapping[str, Any]]) -> Iterator[Diagnostic]:
    for component, schema in schemas.items():
        for wire in schema.get("properties", {}):
            if not is_representable(wire):
                yield warning(
                    "unrepresentable-property",
                    f"the property {wire!r} cannot be a field of its model: "
                    "its name contains quotes, backslashes or control characters",
                    document.locate(join("/components/schemas", component, "properties", wire)),
                    "read it from `additional_properties`, or rename it",
                )


def _with_named_unions(operation: Operation, models: dict[str, Model], config: ClientConfig) -> Operation:
    payload = operation.payload
    if not any(map(has_union, _response_types(operation))):
        return operation
    wish = respelled(pascal(operation.id), config.casing)
    match payload:
        case JsonPayload(type_):
            payload = attrs.evolve(payload, type=name_unions(type_, f"{wish}Response", models))
        case EventStream(event):
            payload = attrs.evolve(payload, event=name_unions(event, f"{wish}Event", models))
        case _:
            pass
    payloads = tuple(
        (status, attrs.evolve(one, type=name_unions(one.type, f"{wish}Response{status}", models)))
        if isinstance(one, JsonPayload)
        else (status, one)
        for status, one in operation.payloads_by_status
    )
    errors = tuple((status, name_unions(type_, f"{wish}Error", models)) for status, type_ in operation.errors.by_status)
    return attrs.evolve(
        operation, payload=payload, payloads_by_status=payloads, errors=attrs.evolve(operation.errors, by_status=errors)
    )


def _response_types(operation: Operation) -> Iterator[TypeExpr]:
    if isinstance(operation.payload, EventStream):
        yield operation.payload.event
    for payload in (operation.payload, *(each for _, each in operation.payloads_by_status)):
        if isinstance(payload, JsonPayload):
            yield payload.type
    yield from (type_ for _, type_ in operation.errors.by_status)


def _input_refs(operations: tuple[Operation, ...]) -> Iterator[str]:
    for operation in operations:
        types: list[TypeExpr] = [parameter.type for parameter in operation.parameters]
        match operation.body:
            case JsonBody(type_, fields):
                types += [type_, *(field.type for field in fields or ())]
            case JsonLinesBody(item):
                types.append(item)
            case FormBody(fields):
                types += [field.type for field in fields]
            case MultipartBody(parts):
                types += [part.type for part in parts]
                types += [header.type for part in parts for header in part.headers]
            case _:
                pass
        for type_ in types:
            yield from all_refs(type_)


def _webhook_refs(
    data: Mapping[str, Any], components: Components, bodies: Callable[[Mapping[str, Any]], Iterable[Mapping[str, Any]]]
) -> Iterator[str]:
    """Yield the models in bodies of webhooks and callbacks."""
    for operation, _, trail in walk(data, "openapi", kinds=frozenset({"operation"})):
        if not {"webhooks", "callbacks"}.isdisjoint(split(of(trail))):
            for body in bodies(operation):
                for media in body.get("content", {}).values():
                    yield from all_refs(components.type_of(media.get("schema", {})))


def _payloads(operation: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield operation.get("requestBody", {})


def _responses(operation: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = operation.get("responses", {})
    return found.values()


def _compat(config: ClientConfig, names: Mapping[str, str]) -> Compat | None:
    """Return the settings of a published client, whose types are classes instead of components."""
    compat = config.compat
    if compat is None:
        return None
    raise_errors(
        [
            error(
                "unused-name",
                f"[compat.types] {name}: no component has the name {component!r}",
                config.locate("compat.types", name),
                "remove the line, or correct the name of the component",
            )
            for name, component in compat.types.items()
            if component not in names
        ]
    )
    return attrs.evolve(compat, types={name: names[component] for name, component in compat.types.items()})


def _base_url(data: Mapping[str, Any]) -> str | None:
    url = server_url(data.get("servers", []))
    return url if url is not None and not url.startswith("/") else None


def _retry(data: Mapping[str, Any]) -> Retry | None:
    raw = data.get("x-specwire-retry")
    if raw is None:
        return None
    never = raw.get("never", {})
    return Retry(
        tuple(raw.get("statuses", ())),
        split(never.get("pointer", "")),
        tuple(never.get("values", ())),
        raw.get("idempotency_header"),
    )
