"""Words of the generator, collected from its source: text that a document might share with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jinja2
import specwire_codegen

ROOT = Path(specwire_codegen.__file__).parent
EMITTING = ("classes", "ir", "lower", "openapi/identifiers.py", "output", "python_source.py", "render")
"""Modules that names and texts of a document pass through on their way into source."""
_WORD = re.compile(r"[A-Za-z_$#{%<][\w.$#/<>{}%:-]{0,60}")
_PARTS = re.compile(r"[A-Za-z_]\w*")
FORMER = (
    "SpecwireSlot_0_",
    "SpecwireSlot_3_",
    "SpecwireSlot_99_",
    "SpecwireRef_X",
    "SpecwireClassX",
    "a SpecwireClassX",
)
"""Placeholders of an earlier generator, which it searched for in text."""


@cache
def vocabulary() -> tuple[str, ...]:
    """Return all words of the generator: identifiers, numbered prefixes, and parts of templates."""
    found = {*FORMER, *(word for path in _modules() for word in _words(ast.parse(path.read_text("utf-8"))))}
    for path in sorted((ROOT / "templates").rglob("*.jinja*")):
        found |= set(_template(path.read_text("utf-8")))
    return tuple(sorted(found))


def _modules() -> Iterator[Path]:
    for name in EMITTING:
        path = ROOT / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else (path,)


def _words(tree: ast.Module) -> Iterator[str]:
    """Yield the constants that look like names, and those of f-strings with a number for each value."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if _WORD.fullmatch(text):
                yield text
            case ast.Attribute(value=ast.Constant(value=str(text)), attr="split"):
                yield from text.split()
            case ast.JoinedStr(values=values):
                filled = (part.value if isinstance(part, ast.Constant) else "0" for part in values)
                text = "".join(map(str, filled))
                if _WORD.fullmatch(text):
                    yield from (text, text.replace("0", "1"))
            case _:
                continue


def _template(source: str) -> Iterator[str]:
    for _, kind, text in jinja2.Environment().lex(source):
        if kind in ("name", "data", "string"):
            yield from _PARTS.findall(text)
