"""`[tool.specwire]` in pyproject.toml: the clients of a project, for commands without arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location, error, raise_errors
from specwire_codegen.documents.toml_text import read_toml
from specwire_codegen.files import fetch
from specwire_codegen.files.reach import is_near, is_within
from specwire_codegen.openapi.suggest import did_you_mean
from specwire_codegen.project import Hook, Target, single

_FILE = "pyproject.toml"
_TABLE = "tool.specwire"
_TOP: Mapping[str, type] = {"output": str, "hook": str, "clients": dict}
_CLIENT: Mapping[str, type] = {
    **dict.fromkeys(("document", "output", "config", "hook"), str),
    **dict.fromkeys(("overlays", "only-tags", "only-operations"), list),
}
_PATHS = frozenset(("document", "output", "config", "hook", "overlays"))
_EXAMPLES: Mapping[type, str] = {str: '"..."', list: '["..."]', dict: "a table"}
_HOOK = re.compile(r"([^:]+\.py):([A-Za-z_]\w*)")


def project_targets(root: Path) -> dict[str, Target]:
    """Return the clients that a project states, by package; raise `DiagnosticError` with all problems."""
    found = read_toml(root / _FILE)
    tool = found[0].get("tool") if found is not None else None
    stated = tool.get("specwire") if isinstance(tool, dict) else None
    if found is None or stated is None:
        return {}
    place = _Places((root / _FILE).as_posix(), found[1])
    if not isinstance(stated, dict):
        raise_errors(
            [error("bad-value", "specwire must be a table", place.of("tool", "specwire"), "write [tool.specwire]")]
        )
    raise_errors(
        [*_problems(stated, _TOP, _TABLE, place, root), *_client_problems(stated.get("clients", {}), place, root)]
    )
    return {name: _target(root, name, each, stated) for name, each in stated.get("clients", {}).items()}


@attrs.frozen
class _Places:
    """Places of keys in the file."""

    file: str
    text: str

    def of(self, table: str, key: str) -> Location:
        """Return the place of a key of a table, or of the table's heading."""
        current, heading = "", None
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*\[([^\]]+)\]", line):
                current = header[1].replace('"', "").replace(" ", "")
                heading = number if current == table else heading
            elif current == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return Location(self.file, "", number, 1)
        return Location(self.file, "", heading, 1 if heading else None)


def _problems(
    stated: Mapping[str, Any], keys: Mapping[str, type], table: str, place: _Places, root: Path
) -> Iterator[Diagnostic]:
    for key, value in stated.items():
        if key not in keys:
            help_ = did_you_mean(key, keys, f"use one of {', '.join(keys)}")
            yield error("unknown-key", f"[{table}] has no key {key!r}", place.of(table, key), help_)
        elif not isinstance(value, keys[key]) or (
            isinstance(value, list) and not all(isinstance(each, str) for each in value)
        ):
            help_ = f"write {key} = {_EXAMPLES[keys[key]]}"
            yield error("bad-value", f"{key} has the wrong type", place.of(table, key), help_)
        elif key == "hook" and not _HOOK.fullmatch(str(value)):
            help_ = 'write hook = "tools/hook.py:change", a file of this project and a function in it'
            yield error("bad-value", f"{value!r} is not a hook", place.of(table, key), help_)
        elif far := _far(key, value, root):
            help_ = f"name a path of this project: {_FILE} cannot allow others, which somebody else may have written"
            yield error("outside-project", f"{far!r} is outside of the project", place.of(table, key), help_)


def _far(key: str, value: Any, root: Path) -> str | None:
    """Return a path of a value that a project may not name: outputs stay in its repository, inputs near it."""
    paths = value if isinstance(value, list) else [value.partition(":")[0] if key == "hook" else value]
    allowed = is_within if key in ("output", "hook") else is_near
    named = paths if key in _PATHS else ()
    return next(
        (
            each
            for each in named
            if not fetch.is_remote(each) and ("\0" in each or not allowed(root / each, root / _FILE))
        ),
        None,
    )


def _client_problems(clients: object, place: _Places, root: Path) -> Iterator[Diagnostic]:
    for name, stated in clients.items() if isinstance(clients, dict) else ():
        table = f"{_TABLE}.clients.{name}"
        if not isinstance(stated, dict):
            yield error("bad-value", f"{name} must be a table", place.of(_TABLE, name), f"write [{table}]")
            continue
        yield from _problems(stated, _CLIENT, table, place, root)
        document = stated.get("document")
        if document is None:
            yield error(
                "missing-key", f"[{table}] has no document", place.of(table, ""), 'add document = "openapi.yaml"'
            )
        elif isinstance(document, str) and not fetch.is_remote(document) and not _is_file(root / document):
            help_ = f"paths are relative to {_FILE}"
            yield error("no-such-file", f"{document} does not exist", place.of(table, "document"), help_)


def _is_file(path: Path) -> bool:
    return "\0" not in str(path) and path.is_file()


def _target(root: Path, name: str, stated: Mapping[str, Any], table: Mapping[str, Any]) -> Target:
    document: str = stated["document"]
    source = document if fetch.is_remote(document) else root / document
    target = single(source, name, root / stated.get("output", table.get("output", ".")))
    hook = _HOOK.fullmatch(stated.get("hook", table.get("hook", "")))
    return attrs.evolve(
        target,
        config=root / stated["config"] if "config" in stated else target.config,
        overlay=None if "overlays" in stated else target.overlay,
        overlays=tuple(root / each for each in stated.get("overlays", ())),
        only_tags=tuple(stated.get("only-tags", ())),
        only_operations=tuple(stated.get("only-operations", ())),
        hook=None if hook is None else Hook(root / hook[1], hook[2]),
    )
