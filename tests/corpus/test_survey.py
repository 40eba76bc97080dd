"""Surveys of clients: missing operations and numbered names."""

from __future__ import annotations

import pytest
from specwire_codegen.openapi.identifiers import LONGEST_CLASS, shortened

from bench.survey import Emitted, is_numbered, missing_operations

LONG = "PutNestedTestRequest" + "F" * LONGEST_CLASS


@pytest.mark.parametrize(
    ("name", "numbered"),
    [
        ("Pet2", True),
        ("SHA256", False),
        (f"{LONG[:62]}_2839a063", True),
        (f"{LONG[:71]}_2839a063", False),
        (f"{LONG[:71]}_2839a063_", False),
        (f"{LONG[:78]}_3", True),
        (shortened(LONG, LONGEST_CLASS), False),
    ],
)
def test_numbered_names(name: str, numbered: bool) -> None:
    """A number of the document is fine; only a shortened class name ends in a digest."""
    assert numbered == is_numbered(name, "sha256")


def test_operations_that_differ_in_their_fragment() -> None:
    """There are as many operations for the path without it; forms of one operation count once."""
    wanted = {("GET", "/cookies"), ("GET", "/cookies#form")}
    standard, form = Emitted("GET", "/cookies", "standard"), Emitted("GET", "/cookies", "form")
    assert [] == missing_operations(wanted, [standard, form])
    assert [("GET", "/cookies#form")] == missing_operations(wanted, [standard, standard])
    assert [("GET", "/cookies"), ("GET", "/cookies#form")] == missing_operations(wanted, [])
    assert [("POST", "/cookies")] == missing_operations({("POST", "/cookies")}, [standard])
