"""Migration: from the configuration of another generator to the files of this one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location, failure, raise_errors
from specwire_codegen.documents.document import Document
from specwire_codegen.documents.filter import without
from specwire_codegen.documents.parse import parse
from specwire_codegen.files import fetch
from specwire_codegen.migrate import fern, speakeasy, stainless
from specwire_codegen.migrate.client_toml import client_toml
from specwire_codegen.migrate.description import Description
from specwire_codegen.migrate.fitting import fit_methods, fit_models
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.overlay_yaml import overlay_yaml
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.normalize import Normalized, normalize


@attrs.frozen
class Migration:
    """The files made from a configuration, the document that they describe, and findings about parts that are not carried over."""

    files: Mapping[str, str]
    normalized: Normalized
    findings: tuple[Diagnostic, ...]


def migrate(path: Path, document: Document, name: str) -> Migration:
    """Return the migration of the configuration at a path, for a document and a provider name."""
    file = path.as_posix()
    value, source = parse(fetch.read_file(path, file), file)
    findings: list[Diagnostic] = []
    config = Node(value, source, "", findings)
    subject = Subject(document)
    description = _read(config, subject, path)
    raise_errors(findings)
    fit_methods(description)
    omitted = {route: Location(file) for route in description.omitted}
    normalized = normalize(without(subject.document, omitted))
    fit_models(description, normalized.data)
    files = {"client.toml": client_toml(description, name, _operation_ids(normalized))}
    if subject.actions:
        title = str(normalized.data["info"]["title"])
        files["overlay.yaml"] = overlay_yaml(title, description.format, subject.actions)
    return Migration(files, normalized, raise_errors(findings))


def _operation_ids(normalized: Normalized) -> dict[str, str]:
    """Return the operationIds of a document by route."""
    return {
        f"{method.upper()} {path}": str(operation["operationId"])
        for path, item in normalized.data.get("paths", {}).items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "operationId" in operation
    }


def _read(config: Node, subject: Subject, path: Path) -> Description:
    if not isinstance(config.value, dict):
        raise failure(
            "bad-config",
            "the configuration is not an object",
            config.place,
            "pass the configuration of another generator",
        )
    keys = config.value.keys()
    if keys & {"resources", "client_settings", "organization"}:
        return stainless.read(config, subject)
    if keys & {"workflowVersion", "configVersion", "generation"}:
        return speakeasy.read(config, subject, path)
    if keys & {"openapi", "swagger"}:
        prefix = next((each for each in ("x-fern-", "x-speakeasy-") if _mentions(config.value, each)), None)
        if prefix is not None:
            return (
                fern.read(config, subject, path.parent) if "fern" in prefix else speakeasy.read(config, subject, path)
            )
        help_ = "leave --from out: the document has no extension of Fern or Speakeasy"
        raise failure("unknown-config", "this is a document", config.place, help_)
    if keys & {"groups", "api", "auth-schemes", "default-group"}:
        return fern.read(config, subject, path.parent)
    help_ = (
        "pass stainless.yml, generators.yml of Fern, workflow.yaml or gen.yaml of Speakeasy, or a document with hints"
    )
    raise failure("unknown-config", "this is not a configuration of a known generator", config.place, help_)


def _mentions(value: Any, prefix: str) -> bool:
    """Return whether a key anywhere in a value begins with a prefix."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if any(str(key).startswith(prefix) for key in each):
                return True
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return False
