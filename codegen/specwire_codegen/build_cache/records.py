"""Records of runs in the user's cache folder."""

from __future__ import annotations

import json
import os

from specwire_codegen.build_cache.fingerprint import digest, fingerprint

TYPE_CHECKING = False  # `typing` would take longer to import than this module
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


def cache_folder() -> str | None:
    """Return the cache folder of specwire, which may not exist, or None for a user without a home folder."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return None if base.startswith("~") else os.path.join(base, "specwire")


def record_path(kind: str, key: str) -> str | None:
    """Return the path of the record of a target or a command, or None for a user without a home folder."""
    folder = cache_folder()
    return None if folder is None else os.path.join(folder, f"{kind}-{digest(key)[:24]}.json")


def read_record(path: str | None) -> dict[str, Any]:
    """Return a record, or an empty one if it is missing or damaged."""
    try:
        if path is None or not os.path.isfile(path):
            return {}
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def write_record(path: str | None, record: Mapping[str, object]) -> None:
    """Write a record; without a cache folder, or if it cannot be written, do nothing."""
    from contextlib import suppress
    from pathlib import Path

    from specwire_codegen.diagnostics import SpecwireCodegenError
    from specwire_codegen.output.files import replace_file

    if path is not None:
        with suppress(OSError, SpecwireCodegenError):
            replace_file(Path(path), json.dumps(record))


def watched(paths: Iterable[str | os.PathLike[str]]) -> dict[str, str]:
    """Return the fingerprints of files and folders, by absolute path; the path of what does not exist has none."""
    return {path: fingerprint(path) for path in sorted({os.path.abspath(path) for path in paths})}


def is_unchanged(stated: object) -> bool:
    """Return whether files and folders have the fingerprints that a record states."""
    return isinstance(stated, dict) and all(fingerprint(path) == value for path, value in stated.items())
