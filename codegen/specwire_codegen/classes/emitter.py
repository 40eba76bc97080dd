"""Trees of the heads and members of classes, as datamodel-code-generator returns them.

Importing it takes longer than all other work for a small document. What it returned for common heads and members is
therefore kept in `emitted.json`, which `tools/emitted_classes.py` writes and a test compares with new output. The file
counts for the version of datamodel-code-generator that it names; heads and members that it lacks are made when needed.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from specwire_codegen.classes.outline import Head, Kind, Member, Outline

Part: TypeAlias = Head | Member

KEPT = Path(__file__).with_name("emitted.json")
EMITTER = "datamodel-code-generator"

_MADE: dict[Kind, dict[Part, Sequence[ast.stmt]]] = {}
"""Cache of heads and members, which documents share. Trees are never modified."""


def emit(kind: Kind, outlines: Iterable[Outline]) -> Mapping[Part, Sequence[ast.stmt]]:
    """Return at least the heads and members of these outlines, as statements."""
    made = _MADE.setdefault(kind, {})
    parts: dict[Part, None] = {}
    for outline in outlines:
        parts |= dict.fromkeys((outline.head, *(member for member, _ in outline.members)))
    kept = _kept(kind)
    for part in parts.keys() - made.keys():
        if (source := kept.get(repr(part))) is not None:
            made[part] = ast.parse(source).body
    missing = [part for part in parts if part not in made]
    if missing:
        from specwire_codegen.classes import dcg

        made |= dcg.emitted(kind, missing)
    return made


@cache
def _kept(kind: Kind) -> Mapping[str, str]:
    """Return the source of common heads and members by their representation."""
    content = json.loads(KEPT.read_bytes()) if KEPT.is_file() else {}
    known: dict[str, str] = content[kind] if content.get(EMITTER) == version(EMITTER) else {}
    return known
