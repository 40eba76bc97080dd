"""Diagnostics: rendered with place, cause and advice, and raised together."""

from __future__ import annotations

import attrs
import pytest
from specwire_codegen.diagnostics import (
    Diagnostic,
    DiagnosticError,
    Location,
    SpecwireCodegenError,
    error,
    raise_errors,
    warning,
)


def test_a_full_diagnostic_has_three_lines() -> None:
    """It has severity, code, place, message, pointer and advice."""
    where = Location("specs/x/openapi.yaml", "/paths/~1a/get/responses/200", 41, 9)
    found = error("unresolved-ref", "'#/components/schemas/Foo' does not exist", where, "declare the schema")
    expected = (
        "error[unresolved-ref] specs/x/openapi.yaml:41:9: '#/components/schemas/Foo' does not exist\n"
        "  at #/paths/~1a/get/responses/200\n"
        "  help: declare the schema"
    )
    assert expected == str(found)


def test_unknown_parts_of_a_diagnostic_are_omitted() -> None:
    """For example line, pointer and advice."""
    assert "warning[odd] a.yaml: strange" == str(warning("odd", "strange", Location("a.yaml")))
    assert "error[odd]: strange" == str(Diagnostic("error", "odd", "strange"))
    assert "error[odd] a.yaml:7: strange" == str(error("odd", "strange", Location("a.yaml", "", 7)))


def test_settle_returns_warnings_once() -> None:
    """Warnings alone do not fail, and duplicates are dropped."""
    one, two = warning("a", "first"), warning("b", "second")
    assert (one, two) == raise_errors([one, two, one])


def test_settle_raises_everything_together() -> None:
    """One error fails the stage with all findings, warnings included."""
    one, two = warning("a", "first"), error("b", "second")
    with pytest.raises(DiagnosticError) as raised:
        raise_errors([one, two])
    assert (one, two) == raised.value.diagnostics
    assert "warning[a]: first\nerror[b]: second" == str(raised.value)
    assert isinstance(raised.value, SpecwireCodegenError)


@pytest.mark.parametrize(
    "character", ["\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\ufe0f", "\U000e0041", "\r", "\x7f"]
)
def test_quoted_text_has_no_control_characters(character: str) -> None:
    """Messages, pointers and other places show hidden characters as escapes."""
    place = Location(f"{character}.yaml", f"/paths/x{character}y")
    finding = error("odd", f"the title {character}[2J is odd", place, f"call it {character}")
    finding = attrs.evolve(finding, also=(place,))
    assert character not in str(finding)
    assert 6 == str(finding).count(ascii(character)[1:-1])


@pytest.mark.parametrize("text", ["x" * 5000, "a\nerror[b]: c\n" * 500, "\U000e0041" * 400, "\x1b" * 299])
def test_each_line_of_a_finding_is_short(text: str) -> None:
    """Place, message, pointer, other places and advice have one line each, of at most 300 characters."""
    finding = attrs.evolve(error("odd", text, Location(text, text, 41, 9), text), also=(Location(text, text),))
    head, *others = str(finding).split("\n")
    assert ["  at #", "  also", "  help"] == [line[:6] for line in others]
    assert all(len(line) <= 300 for line in (head, *others))
    assert ":41:9: " in head


def test_a_message_of_300_characters_is_not_shortened() -> None:
    """Up to 300 characters nothing is left out."""
    head = "error[odd] a.yaml: "
    message = "m" * (300 - len(head))
    assert head + message == str(error("odd", message, Location("a.yaml")))
