"""Clients of documents, generated and imported for a test."""

from __future__ import annotations

import json
from pathlib import Path

from specwire_codegen.contract.subject import Subject, subject_in
from specwire_codegen.generate import build
from specwire_codegen.output.package import write
from specwire_codegen.project import single


def generated_client(document: Path | str, package: str, folder: Path) -> Subject:
    """Generate a package from a document, given as a file or text, in a folder on the import path."""
    if isinstance(document, str):
        (folder / f"{package}.yaml").write_text(document, "utf-8")
        document = folder / f"{package}.yaml"
    target = single(document, package, folder)
    built = build(target)
    write(target.output, built.files)
    return subject_in(package, package, json.loads(built.normalized), built.api)
