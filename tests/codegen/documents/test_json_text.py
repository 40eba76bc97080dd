"""Lines and columns in JSON texts."""

from __future__ import annotations

import pytest
from specwire_codegen.documents.json_text import Offsets


@pytest.mark.parametrize("text", ["", "a", "\n", "one\ntwo\n\nfour", "\r\nx\n", "no line break"])
def test_lines_and_columns_are_counted_from_one(text: str) -> None:
    offsets = Offsets(text)
    for at in range(len(text) + 1):
        before = text[:at].split("\n")
        assert offsets.line_and_column(at) == (len(before), len(before[-1]) + 1)
