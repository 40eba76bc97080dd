"""Write the heads and members of classes that most documents need, as datamodel-code-generator returns them.

    .venv/bin/python tools/emitted_classes.py

The generator reads the file instead of importing datamodel-code-generator. A test compares it with new output.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from importlib.metadata import version
from itertools import product
from typing import get_args

from specwire_codegen.classes.dcg import emitted
from specwire_codegen.classes.emitter import EMITTER, KEPT, Part
from specwire_codegen.classes.outline import Form, Head, Kind, Member
from specwire_codegen.ir import AnyJson, ListOf, MapOf, ModelRef, Nullable, Primitive, TypeExpr, UnionOf
from specwire_codegen.ir.types import PrimitiveName

BOTH = (False, True)
PLAIN: tuple[PrimitiveName, ...] = ("str", "int", "float", "bool", "bytes")
LONGEST = 12
"""Number of variants of the longest common union."""
FORMATS: tuple[PrimitiveName, ...] = ("datetime", "date", "time", "timedelta", "UUID", "Decimal")


def types(kind: Kind) -> Iterator[TypeExpr]:
    """Yield common types of fields."""
    # In requests, the types of formats are slots.
    scalars = (*PLAIN, *FORMATS) if kind == "struct" else PLAIN
    inner: list[TypeExpr] = [*(Primitive(each) for each in scalars), ModelRef("T0")]
    outer = [*inner]
    for each in (*inner, AnyJson()):
        outer += [ListOf(each), MapOf(each)]
    outer += [UnionOf(tuple(ModelRef(f"T{number}") for number in range(size))) for size in range(2, LONGEST + 1)]
    for type_ in outer:
        yield from (type_, Nullable(type_))
    yield AnyJson()


def parts(kind: Kind) -> Iterator[Part]:
    """Yield common heads and members."""
    if kind == "typed dict":
        yield from (Head(documented, functional=functional) for documented, functional in product(BOTH, BOTH))
    else:
        for documented, open_, secret in product(BOTH, BOTH, BOTH):
            for tagged, renamed in ((False, False), (True, False), (True, True)):
                yield Head(documented, open_, tagged, renamed, secret)
    forms: tuple[Form, ...] = get_args(Form) if kind == "struct" else ("required", "optional")
    for form, documented, type_ in product(forms, BOTH, types(kind)):
        if (form != "additional" or isinstance(type_, MapOf)) and (
            not form.startswith("constant") or type_ == ModelRef("T0")
        ):
            yield Member(type_, form, documented)


def text() -> str:
    """Return the content of the file."""
    content: dict[str, object] = {EMITTER: version(EMITTER)}
    for kind in get_args(Kind):
        made = emitted(kind, parts(kind))
        content[kind] = {repr(part): "\n".join(map(ast.unparse, statements)) for part, statements in made.items()}
    return json.dumps(content, indent=0) + "\n"


if __name__ == "__main__":
    KEPT.write_text(text(), "utf-8")
