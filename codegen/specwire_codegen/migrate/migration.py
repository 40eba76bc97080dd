"""Migration: from the configuration of another generator to the files of this one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location, failure, raise_errors
from specwire_codegen.documents.document import Document
from specwire_codegen.documents.filter import without
from specwire_codegen.documents.parse import parse
from specwire_codegen.files import fetch
from specwire_codegen.migrate import stainless
from specwire_codegen.migrate.client_toml import client_toml
from specwire_codegen.migrate.description import Description
from specwire_codegen.migrate.fitting import fit_methods, fit_models
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.overlay_yaml import overlay_yaml
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.normalize import Normalized, normalize


@attrs.frozen
class Migration:
    """The files that a configuration becomes, the document that they describe, and what is not carried over."""

    files: Mapping[str, str]
    normalized: Normalized
    findings: tuple[Diagnostic, ...]


def migrate(path: Path, document: Document, name: str) -> Migration:
    """Return what the configuration at a path becomes, for a document and the provider of this name."""
    file = path.as_posix()
    value, source = parse(fetch.read_file(path, file), file)
    findings: list[Diagnostic] = []
    config = Node(value, source, "", findings)
    subject = Subject(document)
    description = _read(config, subject)
    raise_errors(findings)
    fit_methods(description)
    omitted = {route: Location(file) for route in description.omitted}
    normalized = normalize(without(subject.document, omitted))
    fit_models(description, normalized.data)
    files = {"client.toml": client_toml(description, name)}
    if subject.actions:
        title = str(normalized.data["info"]["title"])
        files["overlay.yaml"] = overlay_yaml(title, description.format, subject.actions)
    return Migration(files, normalized, raise_errors(findings))


def _read(config: Node, subject: Subject) -> Description:
    if not isinstance(config.value, dict):
        raise failure("bad-config", "the configuration is not an object", config.place, "is it the right file?")
    if config.value.keys() & {"resources", "client_settings", "organization"}:
        return stainless.read(config, subject)
    help_ = "pass a stainless.yml"
    raise failure("unknown-config", "this is not a configuration of a known generator", config.place, help_)
