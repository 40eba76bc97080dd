"""Hostile text for every string of a document, and checks of the client that results."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from specwire_codegen.config import default_config
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files.load import load
from specwire_codegen.lower import lower
from specwire_codegen.normalize import normalize
from specwire_codegen.output.audit import audit
from specwire_codegen.render import render

Position: TypeAlias = tuple[tuple[str | int, ...], bool]
"""Path through the document, and whether its last step is the key itself instead of its value."""

CANARY = "SPECWIRE_CANARY"
"""Environment variable that hostile text sets if it is ever executed."""
RUN = f"__import__('os').environ.__setitem__('{CANARY}', '1')"

TEXTS = (
    f'"""\n{RUN}\n"""',
    f"'''\n{RUN}\n'''",
    f'"); {RUN}; ("',
    f'x", {RUN}, "',
    f"\\\n{RUN}",
    f'\\"""\n    {RUN}\n    """',
    f"x\r{RUN}\r",
    f"x\u2028{RUN}\u2029x",
    f"x\x00{RUN}",
    f"\x0c\n{RUN}\x0b",
    f"{{{{ {RUN} }}}}{{% for x in y %}}{{#",
    f"{{{RUN}}}",
    f"]; {RUN} #",
    f"-->\n```\n{RUN}\n```",
    RUN,
    "\u202e\u2066 import os \u2069\u061c\u200b",
    "../../etc/passwd",
    "/etc/passwd",
    "..\\..\\windows",
    "http://169.254.169.254/latest",
    "#/components/schemas/Pet",
    "#/paths/~1pets/get",
    "",
    " ",
    "None",
    "self",
    "class",
    "__init__",
    "__class__",
    "mro",
    "models",
    "Unset",
    "Any",
    "\U0001f600 \u00e9\u0301 \u65e5\u672c",
    "%s %(x)s {x} ${x}",
    "\t: - &a *a !!python/object/apply:os.system [x]",
    "9" * 400,
    "a" * 100_000,
    "a, b; c=d\"e'f",
)
HALF = "\ud800"
"""Lone surrogate, which JSON can express and UTF-8 cannot."""


def base() -> dict[str, Any]:
    """Return the document that hostile text is inserted into."""
    document: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "document.yaml").read_text("utf-8"))
    return document


def positions(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Position]:
    """Yield every position of a text: values and keys."""
    if isinstance(value, str):
        yield path, False
    elif isinstance(value, dict):
        for key, member in value.items():
            yield (*path, key), True
            yield from positions(member, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from positions(item, (*path, index))


def replaced(value: Any, position: Position, text: Any) -> Any:
    """Return a document with a text (or another value) at a position; the rest and its order do not change."""
    path, is_key = position
    if not path:
        return text
    step, rest = path[0], (path[1:], is_key)
    if isinstance(value, list):
        return [replaced(item, rest, text) if index == step else item for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if len(path) == 1 and is_key:
        return {text if key == step else key: member for key, member in value.items()}
    return {key: replaced(member, rest, text) if key == step else member for key, member in value.items()}


def written(folder: Path, document: Any) -> Path:
    """Write a document as JSON, which can express more than YAML, and return its path."""
    path = folder / "spec.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


def rendered(spec: Path) -> dict[str, str] | str:
    """Return the unformatted files of a document, or the message that rejects it."""
    try:
        document = load(spec)
        document = type(document)(normalize(document).data, document.file, document.places)
        return render(lower(document, default_config("sample"), "sample"), spec.name)
    except SpecwireCodegenError as problem:
        return str(problem)


def is_harmless(found: Mapping[str, str] | str) -> bool:
    """Tell whether a document was rejected, or became a client with valid file names that passes the audit."""
    if isinstance(found, dict):
        audit(found)
    return isinstance(found, str) or all(map(is_safe_path, found))


def is_safe_path(name: str) -> bool:
    """Tell whether the name of a file is one that the generator chooses."""
    parts = name.removesuffix(".py").split("/")
    known = {"py.typed", "api.md", "MANIFEST.json"}
    return name in known or name.endswith(".py") and all(part.isidentifier() and len(part) <= 120 for part in parts)


def shape(files: Mapping[str, str]) -> dict[str, object]:
    """Return the structure of all modules: their syntax without constants, and with numbers for names."""
    return {name: _shape(ast.parse(source), {}) for name, source in files.items() if name.endswith(".py")}


def _shape(node: object, names: dict[str, int]) -> object:
    match node:
        case ast.Constant(value=value):
            return type(value).__name__
        case ast.AST():
            fields = (getattr(node, field, None) for field in node._fields)
            return (type(node).__name__, *(_shape(field, names) for field in fields))
        case list():
            return tuple(_shape(item, names) for item in node)
        case str():
            return names.setdefault(node, len(names))
        case _:
            return node


_PROSE = frozenset({"title", "summary", "description"})
_MAPS = frozenset(
    "callbacks content encoding examples headers links mapping parameters paths properties responses schemas scopes "
    "securitySchemes variables webhooks".split()
)


def is_prose(position: Position) -> bool:
    """Tell whether a position is a value for people, which is never invalid."""
    path, is_key = position
    is_member = len(path) > 1 and path[-2] in _MAPS
    return not is_key and path[-1] in _PROSE and not is_member and "value" not in path


def is_named(position: Position) -> bool:
    """Tell whether a position is a value, or a key that is not a keyword of OpenAPI."""
    path, is_key = position
    return not is_key or str(path[-1]).startswith(("x-", "{")) or (len(path) > 1 and path[-2] in _MAPS)


_VALUES = frozenset("attention const default enum equals example examples failure success terminator values".split())


def is_value(position: Position) -> bool:
    """Tell whether a position is prose or data that does not affect a client's structure."""
    path, is_key = position
    steps = [step for step in path if isinstance(step, str)]
    return not is_key and (is_prose(position) or steps[-1] in _VALUES) and "variables" not in steps


BASE = base()
POSITIONS = tuple(positions(BASE))
VALUES = tuple(position for position in POSITIONS if is_value(position))


def with_values(texts: Iterable[str]) -> Any:
    """Return the document with one of these texts at each of the positions in `VALUES`."""
    document: Any = BASE
    for position, text in zip(VALUES, texts, strict=True):
        document = replaced(document, position, text)
    return document
