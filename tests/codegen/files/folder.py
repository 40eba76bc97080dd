"""Folders of small documents: written from one text, loaded, with their findings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.diagnostics import Diagnostic, DiagnosticError
from specwire_codegen.files.access import Access
from specwire_codegen.files.load import load
from specwire_codegen.normalize import Normalized, normalize

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\nservers: [{url: 'https://x.test'}]\n"
PET = "type: object\nrequired: [id]\nproperties:\n  id: {type: integer}\n  name: {type: string}\n"


def ok(schema: str) -> str:
    """Return a response with a schema, as YAML in one line."""
    return f"responses: {{'200': {{description: ok, content: {{application/json: {{schema: {schema}}}}}}}}}"


def get(schema: str, path: str = "/pets") -> str:
    """Return paths with one operation whose response has a schema."""
    return f"paths:\n  {path}: {{get: {{operationId: getPet, {ok(schema)}}}}}\n"


def write(folder: Path, text: str) -> Path:
    """Write files, each headed by `--- # name`, and return the path of the first; a root gets its required fields."""
    names: list[Path] = []
    parts = re.split(r"^--- # (.+)\n", text, flags=re.M)[1:]
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        is_root = not names and not body.startswith(("openapi:", "swagger:", "{"))
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((HEAD if is_root else "") + body, "utf-8")
        names.append(path)
    return names[0]


def normalized(path: Path | str, access: Access | None = None) -> Normalized:
    """Return the normalized document at a path."""
    return normalize(load(path, access))


def facts(path: Path | str, access: Access | None = None) -> Any:
    """Return the data of a document that must have no warning."""
    found = normalized(path, access)
    assert () == found.warnings, "\n".join(map(str, found.warnings))
    return found.data


def findings(path: Path | str, access: Access | None = None) -> tuple[Diagnostic, ...]:
    """Return the warnings or errors of a document."""
    try:
        return normalized(path, access).warnings
    except DiagnosticError as problem:
        return problem.diagnostics


def rejection(path: Path | str, access: Access | None = None) -> str:
    """Return the error of a document, as a user sees it."""
    with pytest.raises(DiagnosticError) as raised:
        normalized(path, access)
    return str(raised.value)


def as_yaml(value: Any) -> str:
    """Return a value as JSON, which is YAML."""
    return json.dumps(value, ensure_ascii=False)
