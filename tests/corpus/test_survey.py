"""What a survey takes for missing or numbered, and what not."""

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
    """A number is of the document; a digest is at the end of nothing but a class name that was cut."""
    assert numbered == is_numbered(name, "sha256")


def test_operations_that_a_fragment_tells_apart() -> None:
    """As many operations have the path without a fragment; forms of one operation are no more than it."""
    wanted = {("GET", "/cookies"), ("GET", "/cookies#form")}
    standard, form = Emitted("GET", "/cookies", "standard"), Emitted("GET", "/cookies", "form")
    assert [] == missing_operations(wanted, [standard, form])
    assert [("GET", "/cookies#form")] == missing_operations(wanted, [standard, standard])
    assert [("GET", "/cookies"), ("GET", "/cookies#form")] == missing_operations(wanted, [])
    assert [("POST", "/cookies")] == missing_operations({("POST", "/cookies")}, [standard])
