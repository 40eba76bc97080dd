"""Text of a document: whatever it says, in our own words too, it is data."""

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
    """Return the client of a document, or the message that refuses it."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "spec.json"
        spec.write_text(json.dumps(document), "utf-8")
        return rendered(spec)


@cache
def twin() -> dict[str, object]:
    """Return the shape of the client that harmless words give."""
    found = client_of(with_values([f"word{number}" for number in range(len(VALUES))]))
    assert isinstance(found, dict)
    return shape(found)


def a_value_changes_nothing_but_constants(drawn: tuple[int, list[str]]) -> None:
    """Raise unless texts in places of values give the syntax that harmless words give."""
    seed, texts = drawn
    kept = [text for text in texts if clean(text) and text not in ("", " ")]
    words = [*kept, *(f"word{number}" for number in range(len(VALUES) - len(kept)))]
    random.Random(seed).shuffle(words)
    found = client_of(with_values(words))
    assert isinstance(found, dict) and is_harmless(found), found
    assert shape(found) == twin()


def a_name_is_a_name(changes: list[tuple[Position, str]]) -> None:
    """Raise unless a document with such names and values is refused or becomes a client that the audit passes."""
    document = BASE
    for position, text in changes:
        document = replaced(document, position, text)
    assert is_harmless(client_of(document))


CHECKS = (
    Check(
        a_value_changes_nothing_but_constants,
        st.tuples(st.integers(0, 2**32), st.lists(TEXT, min_size=1, max_size=12, unique=True)),
    ),
    Check(a_name_is_a_name, st.lists(st.tuples(st.sampled_from(NAMED), TEXT), min_size=1, max_size=4)),
)
