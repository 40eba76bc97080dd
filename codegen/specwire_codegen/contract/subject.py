"""Subject of a test: a provider's document, its IR, and its generated client, imported by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
from specwire import AsyncClient, Client

from specwire_codegen.clients.generated import generated_client
from specwire_codegen.clients.targets import import_client, imported
from specwire_codegen.config import read_config
from specwire_codegen.files.access import Access
from specwire_codegen.generate import document_of, overridden
from specwire_codegen.ir import Api, Operation
from specwire_codegen.openapi import pointer as pointers, walk
from specwire_codegen.output.package import holds
from specwire_codegen.project import Target
from specwire_codegen.python_source import json_text
from specwire_codegen.render.operations import function_name


@attrs.frozen(eq=False)
class Subject:
    """A provider: document, IR and client classes."""

    name: str
    package: str
    document: Mapping[str, Any]
    """The normalized document."""
    api: Api
    sync_client: type[Client]
    async_client: type[AsyncClient]
    prices: Mapping[str, float] = attrs.field(factory=dict)
    """Price of one request, by operationId or method and path."""
    currency: str = ""
    stale: bool = False
    """True if the client was generated from another version of the document."""

    @property
    def operation_ids(self) -> tuple[str, ...]:
        """The operations of the document, each once, in document order."""
        return tuple(raw["operationId"] for _, _, raw in operations_of(self.document))

    @property
    def schemas(self) -> Mapping[str, Any]:
        """The component schemas."""
        schemas: Mapping[str, Any] = self.document.get("components", {}).get("schemas", {})
        return schemas

    def raw(self, operation_id: str) -> Mapping[str, Any]:
        """Return an operation's object in the document."""
        return next(raw for _, _, raw in operations_of(self.document) if raw["operationId"] == operation_id)

    def resolve(self, schema: Mapping[str, Any] | bool) -> Mapping[str, Any]:
        """Return the component that a schema refers to, other schemas unchanged; boolean ones as empty."""
        found: Mapping[str, Any] = {} if isinstance(schema, bool) else schema
        while "$ref" in found:
            found = self.schemas[component_name(found["$ref"])]
        return found

    def builder(self, operation: Operation) -> Callable[..., Any]:
        """Return the generated function that makes an operation's request."""
        module = importlib.import_module(f"{self.package}.operations.{self.api.modules[operation.resource]}")
        found: Callable[..., Any] = getattr(module, function_name(operation.name))
        return found


def component_name(reference: str) -> str:
    """Return the name of the component in a reference."""
    return pointers.unescape(reference.rpartition("/")[2])


def operations_of(document: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return method, path and object of every operation of the document."""
    return [
        (method, path, raw)
        for path, item in document.get("paths", {}).items()
        for method, _, raw in walk.operations_of(item)
    ]


def subject_of(target: Target, access: Access | None = None) -> Subject:
    """Load a client of a project. Raise `SpecwireCodegenError` if it has not been generated."""
    document, _ = document_of(target, access)
    return _configured(
        subject_in(import_client(target), target.name, document.data, overridden(target, document)), target
    )


def subject_of_document(source: str, access: Access, folder: Path) -> Subject:
    """Generate the client of a file, a URL or standard input into a folder, and load both."""
    made = generated_client(source, access, folder)
    return _configured(subject_in(made.target.name, made.target.name, made.document, made.api), made.target)


def _configured(subject: Subject, target: Target) -> Subject:
    """Return a subject with the prices of `client.toml`, and whether its recorded document is out of date."""
    config = read_config(target.config, target.name)
    recorded = target.normalized if target.normalized is not None and target.normalized.is_file() else None
    stale = recorded is not None and not holds(recorded, json_text(subject.document))
    return attrs.evolve(subject, prices=config.prices, currency=config.currency, stale=stale)


def subject_in(package: str, name: str, document: Mapping[str, Any], api: Api) -> Subject:
    """Return the subject of a normalized document and its package. Raise `SpecwireCodegenError` without one."""
    client = imported(package, f"the client of {name}", "run specwire generate")
    return Subject(
        name=name,
        package=package,
        document=document,
        api=api,
        sync_client=getattr(client, api.class_name),
        async_client=getattr(client, f"Async{api.class_name}"),
    )


def operation_label(operation: Operation) -> str:
    """Return the method of an operation as users write it."""
    return ".".join(operation.method)
