"""Repeated warnings: one per cause, with its first places and a count."""

from __future__ import annotations

import pytest
from specwire_codegen.diagnostics import Diagnostic, DiagnosticError, Location, error, merged, raise_errors, warning
from specwire_codegen.documents.document import Document
from specwire_codegen.normalize import normalize


def place(line: int) -> Location:
    """Return a place of a document."""
    return Location("x.yaml", f"/a/{line}", line, 1)


def document(version: str) -> Document:
    """Return a document whose schemas have keywords that OpenAPI does not know."""
    properties = {f"p{index}": {"type": "integer", "step": 1} for index in range(9)}
    schema = {"type": "object", "ui_type": "card", "properties": properties}
    response = {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}
    paths = {"/a": {"get": {"operationId": "getA", "responses": response}}}
    return Document({"openapi": version, "info": {"title": "T", "version": "1"}, "paths": paths}, "x.yaml")


@pytest.mark.parametrize("version", ["3.1.0", "3.1.1", "3.2.0", "v3.1.0"])
def test_unknown_keywords_are_annotations_since_3_1(version: str) -> None:
    """Newer versions allow them, so there is no warning."""
    assert () == normalize(document(version)).warnings


@pytest.mark.parametrize("version", ["3.0.0", "3.0.4"])
def test_unknown_keywords_of_3_0_are_reported_once(version: str) -> None:
    """One warning each, however often they occur."""
    found = normalize(document(version)).warnings
    assert [("unknown-field", 8), ("unknown-field", 0)] == [(each.code, len(each.also)) for each in found] or [
        ("unknown-field", 0),
        ("unknown-field", 8),
    ] == [(each.code, len(each.also)) for each in found]


def test_equal_findings_are_one() -> None:
    """Findings that differ in their place only are one, in the order of the first places."""
    found = merged(
        [
            warning("a", "one", place(1), "help"),
            warning("b", "two", place(2)),
            Diagnostic("warning", "a", "one", place(3), "help", (place(1), place(4))),
            warning("a", "other", place(5), "help"),
        ]
    )
    assert [("one", (place(3), place(4))), ("two", ()), ("other", ())] == [(each.message, each.also) for each in found]


def test_a_warning_counts_its_places() -> None:
    """A warning names two more places and counts the others; an error names twenty."""
    places = [place(line) for line in range(1, 31)]
    (found,) = raise_errors([warning("a", "one", each) for each in places])
    assert "  also at 27 more places" in str(found).splitlines()
    with pytest.raises(DiagnosticError) as raised:
        raise_errors([error("a", "one", each) for each in places])
    assert "  also at 9 more places" in str(raised.value).splitlines()
