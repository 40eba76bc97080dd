"""TOML files, with the location of errors."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from specwire_codegen.diagnostics import Location, failure


def read_toml(path: Path) -> tuple[dict[str, Any], str] | None:
    """Return the content of a file and its text, or None if it does not exist; raise DiagnosticError."""
    here = Location(str(path))
    if not path.exists() and not path.is_symlink():
        return None
    if not path.is_file():
        raise failure("not-a-file", "this is not a regular file", here, "put a TOML file there, or remove it")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text), text
    except OSError as problem:
        message = f"the file cannot be read: {problem.strerror}"
        raise failure("not-readable", message, here, "check its permissions") from problem
    except UnicodeDecodeError as problem:
        message = f"byte {problem.start} is not UTF-8"
        raise failure("bad-toml", message, here, "save the file as UTF-8") from problem
    except RecursionError as problem:
        raise failure("bad-toml", "values are nested too deeply", here, "flatten them") from problem
    except ValueError as problem:
        found = re.search(r"line (\d+), column (\d+)", str(problem))
        place = Location(str(path), "", int(found[1]), int(found[2])) if found else here
        raise failure("bad-toml", f"{problem}", place, "correct the TOML") from problem
