"""Files of a distribution that its owner may edit: an edited or deleted file stays as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.output.files import replace_file
from specwire_codegen.output.package import holds
from specwire_codegen.output.paths import digest, inside

RECORD = ".specwire.json"
"""What the last run wrote, by SHA-256, and its options."""


@attrs.frozen
class Record:
    """The last run of `specwire package` in a folder."""

    files: Mapping[str, str] = attrs.field(factory=dict)
    """SHA-256 of each file as it was written."""
    options: Mapping[str, Any] = attrs.field(factory=dict)
    config: str = ""
    """Text of `client.toml`, by whose names the next version is compared."""

    def text(self) -> str:
        """Return the record as JSON."""
        return json.dumps({"options": self.options, "files": self.files, "client.toml": self.config}, indent=2) + "\n"


def read_record(folder: Path) -> Record:
    """Return the record of a folder; an empty one if there is none."""
    path = folder / RECORD
    if not path.is_file():
        return Record()
    try:
        found = json.loads(path.read_text("utf-8"))
        return Record(dict(found["files"]), dict(found["options"]), str(found["client.toml"]))
    except (ValueError, RecursionError, KeyError, TypeError):
        raise SpecwireCodegenError(f"{path.as_posix()} is not a record of specwire: restore it, or delete it") from None


def place(folder: Path, files: Mapping[str, str], last: Record, *, force: bool) -> tuple[list[str], list[str]]:
    """Write files, except those that were edited or deleted; return the changed and the kept ones."""
    changed, kept = list[str](), list[str]()
    for name, text in files.items():
        path = inside(folder, name)
        if holds(path, text):
            continue
        if not force and _is_owned(path, last.files.get(name)):
            kept.append(name)
            continue
        replace_file(path, text)
        changed.append(name)
    return changed, kept


def _is_owned(path: Path, recorded: str | None) -> bool:
    """Return whether a file is no longer as it was written, or never was."""
    if not path.exists():
        return recorded is not None
    return not path.is_file() or digest(path.read_bytes()) != recorded
