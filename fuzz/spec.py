"""Fuzz target: a document of any bytes is rejected with a message or becomes a harmless client.

`python -m fuzz.spec` runs it (see README.md); `one(data)` is one input.
"""

from __future__ import annotations

import importlib.util
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from tests.codegen.hostile.document import TEXTS, base, is_harmless, positions, rendered, replaced

BASE = base()
POSITIONS = tuple(positions(BASE))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40) | st.sampled_from(TEXTS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["$ref", "type", "allOf", "oneOf", "enum", "properties", "items", "x"]), inner
        )
    ),
    max_leaves=6,
)
CHANGES = st.lists(st.tuples(st.sampled_from(POSITIONS), VALUES), min_size=1, max_size=4)


def check(text: bytes) -> None:
    """Raise unless a document, as the bytes of a file, is rejected or harmless."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "spec.yaml"
        spec.write_bytes(text)
        assert is_harmless(rendered(spec))


@settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(CHANGES)
def changed(changes: list[tuple[Any, Any]]) -> None:
    """Check the base document with a few of its strings replaced by anything."""
    document: Any = BASE
    for (path, is_key), value in changes:
        is_text = isinstance(value, str)
        document = replaced(document, (path, is_key and is_text), value)
    check(json.dumps(document).encode())


def one(data: bytes) -> None:
    """Run one input: as a file, depending on its first byte, else as choices of changes of the base document."""
    if data[:1] < b"\x20":
        check(data[1:])
    else:
        fuzz: Callable[[bytes], object] = vars(changed)["hypothesis"].fuzz_one_input
        fuzz(data[1:])


def main(seconds: float = 60.0, seed: int = 0) -> int:
    """Try random inputs for some seconds; return their number."""
    choices, count, end = random.Random(seed), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        one(b" " + choices.randbytes(choices.randrange(4, 400)))
        count += 1
    return count


if __name__ == "__main__":
    if importlib.util.find_spec("atheris") is not None:
        atheris = import_module("atheris")
        atheris.Setup(sys.argv, one)
        atheris.Fuzz()
    print(f"{main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)} inputs, nothing found")
