"""Text of a document is data, also if it has words of the generator."""

from __future__ import annotations

import json
import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from specwire_codegen.python_source import clean

from tests.codegen.hostile.document import (
    BASE,
    POSITIONS,
    TEXTS,
    VALUES,
    Position,
    is_harmless,
    is_named,
    rendered,
    replaced,
    shape,
    with_values,
)
from tests.codegen.hostile.vocabulary import vocabulary

from .check import Check

NAMED = tuple(position for position in POSITIONS if is_named(position))
SIGNS = (*"\"'\\\n\r#{}()[];:=`", '"""', "{{", "{%", ", ", " | ")
TEXT = (
    st.sampled_from((*vocabulary(), *TEXTS))
    | st.lists(st.sampled_from((*vocabulary(), *SIGNS)), min_size=1, max_size=6).map("".join)
    | st.text(min_size=1, max_size=40)
)


def client_of(document: Any) -> dict[str, str] | str:
    """Return the client of a document, or the message that rejects it."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "spec.json"
        spec.write_text(json.dumps(document), "utf-8")
        return rendered(spec)


@cache
def twin() -> dict[str, object]:
    """Return the shape of the client with harmless words."""
    found = client_of(with_values([f"word{number}" for number in range(len(VALUES))]))
    assert isinstance(found, dict)
    return shape(found)


def values_change_constants_only(drawn: tuple[int, list[str]]) -> None:
    """Raise unless texts as values give the syntax of harmless words."""
    seed, texts = drawn
    kept = [text for text in texts if clean(text) and text not in ("", " ")]
    words = [*kept, *(f"word{number}" for number in range(len(VALUES) - len(kept)))]
    random.Random(seed).shuffle(words)
    found = client_of(with_values(words))
    assert isinstance(found, dict) and is_harmless(found), found
    assert shape(found) == twin()


def names_are_harmless(changes: list[tuple[Position, str]]) -> None:
    """Raise unless a document with these names and values is rejected or becomes a client that passes the audit."""
    document = BASE
    for position, text in changes:
        document = replaced(document, position, text)
    assert is_harmless(client_of(document))


CHECKS = (
    Check(
        values_change_constants_only,
        st.tuples(st.integers(0, 2**32), st.lists(TEXT, min_size=1, max_size=12, unique=True)),
    ),
    Check(names_are_harmless, st.lists(st.tuples(st.sampled_from(NAMED), TEXT), min_size=1, max_size=4)),
)
