"""Trees of the heads and members of classes, as datamodel-code-generator returns them.

Importing it takes longer than all other work for a small document. What it returned for common heads and members is
therefore kept in `emitted.json`, which `tools/emitted_classes.py` writes and a test compares with new output. The file
counts for the version of datamodel-code-generator that it names; heads and members that it lacks are made when needed.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from specwire_codegen.classes.outline import Head, Kind, Member, Outline

Part: TypeAlias = Head | Member

KEPT = Path(__file__).with_name("emitted.json")
EMITTER = "datamodel-code-generator"


class Emitter:
    """Source of heads and members, which documents share; trees are never modified."""

    def __init__(self, kept: Path | None = KEPT) -> None:
        self._path = kept
        self._made: dict[Kind, dict[Part, Sequence[ast.stmt]]] = {}

    def emit(self, kind: Kind, outlines: Iterable[Outline]) -> Mapping[Part, Sequence[ast.stmt]]:
        """Return at least the heads and members of these outlines, as statements."""
        made = self._made.setdefault(kind, {})
        parts: dict[Part, None] = {}
        for outline in outlines:
            parts |= dict.fromkeys((outline.head, *(member for member, _ in outline.members)))
        kept = self.kept.get(kind, {})
        for part in parts.keys() - made.keys():
            if (source := kept.get(repr(part))) is not None:
                made[part] = ast.parse(source).body
        missing = [part for part in parts if part not in made]
        if missing:
            from specwire_codegen.classes import dcg

            made |= dcg.emitted(kind, missing)
        return made

    @cached_property
    def kept(self) -> Mapping[str, Mapping[str, str]]:
        """The source of common heads and members, by kind and representation."""
        content = json.loads(self._path.read_bytes()) if self._path is not None and self._path.is_file() else {}
        return content if content.get(EMITTER) == emitter_version() else {}


def emitter_version() -> str:
    """Return the installed version of datamodel-code-generator, if possible from the name of a folder.

    To import `importlib.metadata` takes a twentieth of the run of a small document.
    """
    package = EMITTER.replace("-", "_")
    spec = find_spec(package)
    if spec is not None and spec.origin is not None:
        found = [*Path(spec.origin).parents[1].glob(f"{package}-*.dist-info")]
        if len(found) == 1:
            return found[0].stem.partition("-")[2]
    from importlib import metadata

    return metadata.version(EMITTER)


EMITTED = Emitter()
"""The emitter of this process."""
