"""Subject of a test: a provider's document, its IR, and its generated client, imported by name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
from specwire import AsyncClient, Client

from specwire_codegen.config import read_config
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files.access import Access
from specwire_codegen.generate import document_of, overridden
from specwire_codegen.ir import Api, Operation
from specwire_codegen.openapi import walk
from specwire_codegen.output.package import holds
from specwire_codegen.project import Target
from specwire_codegen.python_source import json_text
from specwire_codegen.render.operations import function_name, module_name


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
        module = importlib.import_module(f"{self.package}.operations.{module_name(operation)}")
        found: Callable[..., Any] = getattr(module, function_name(operation.name))
        return found


def component_name(reference: str) -> str:
    """Return the name of the component in a reference."""
    return reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def operations_of(document: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return method, path and object of every operation of the document."""
    return [
        (method, path, raw)
        for path, item in document.get("paths", {}).items()
        for method, _, raw in walk.operations_of(item)
    ]


def subject_of(target: Target, access: Access | None = None) -> Subject:
    """Load a provider. Raise `SpecwireCodegenError` if its client has not been generated."""
    document, _ = document_of(target, access)
    make_importable(target.output.parents[1])
    if target.overrides is not None:
        make_importable(target.overrides.parents[1])
    package = f"{target.output.parent.name}.{target.output.name}"
    config = read_config(target.config, target.name)
    found = subject_in(package, target.name, document.data, overridden(target, document))
    recorded = target.normalized if target.normalized is not None and target.normalized.is_file() else None
    stale = recorded is not None and not holds(recorded, json_text(document.data))
    return attrs.evolve(found, prices=config.prices, currency=config.currency, stale=stale)


def make_importable(folder: Path) -> None:
    """Make the packages of a project importable, before others with the same name."""
    path = str(folder.resolve())
    if path not in sys.path:
        sys.path.insert(0, path)
    importlib.invalidate_caches()


def subject_in(package: str, name: str, document: Mapping[str, Any], api: Api) -> Subject:
    """Return the subject of a normalized document and its package. Raise `SpecwireCodegenError` without one."""
    try:
        client = importlib.import_module(f"{package}.client")
    except ModuleNotFoundError as problem:
        raise SpecwireCodegenError(
            f"the client of {name} cannot be imported, for {problem.name} is missing: run specwire generate"
        ) from problem
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
