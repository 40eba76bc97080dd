"""Builders of further forms of an operation."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from specwire import UNSET, BaseRequest, Request, StreamRequest, Unset
from specwire._operations.request import Body
from specwire.support import (
    EventsPayload,
    FormBody,
    JsonBody,
    JsonPayload,
    Operation,
    TextBody,
    json_body,
    same_arguments,
    with_fields,
)

ASK = Operation(id="ask", method="POST", path="/ask/{room}", returns=JsonPayload(str))
ASK_STREAM = Operation(id="ask", method="POST", path="/ask/{room}", returns=EventsPayload(str))


def ask(room: str, *, text: str, size: int | Unset = UNSET) -> Request[str]:
    """Ask."""
    return Request(ASK, path={"room": room}, body=json_body({"text": text, "size": size}))


@same_arguments(ask)
def ask_stream(request: BaseRequest) -> StreamRequest[str]:
    """Streaming form of `ask`."""
    return StreamRequest(ASK_STREAM, path=request.path, body=with_fields(request.body, {"stream": True}))


def test_a_form_has_path_and_body_of_its_base() -> None:
    """The fixed fields are added."""
    request = ask_stream("den", text="hello")
    assert StreamRequest(ASK_STREAM, {"room": "den"}, body=JsonBody({"text": "hello", "stream": True})) == request


def test_a_form_has_the_signature_of_its_base() -> None:
    """Name, docstring and result are its own."""
    shown = inspect.signature(ask_stream)
    assert inspect.signature(ask).parameters == shown.parameters
    assert "StreamRequest[str]" == shown.return_annotation
    assert ("ask_stream", "Streaming form of `ask`.") == (ask_stream.__name__, ask_stream.__doc__)
    assert "<function ask_stream>" == repr(ask_stream)


def test_a_wrong_argument_is_a_type_error() -> None:
    """A missing or unknown argument is named, as for the base."""
    called: Any = ask_stream
    with pytest.raises(TypeError, match="'text'"):
        called("den")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, JsonBody({"stream": True})),
        (
            JsonBody({"a": 1, "stream": False}, "x/x+json"),
            JsonBody({"a": 1, "stream": True}, "x/x+json"),
        ),
        (FormBody({"a": "1"}), FormBody({"a": "1", "stream": True})),
    ],
)
def test_fields_are_added_to_a_copy(body: Any, expected: Body) -> None:
    """Fields are added to JSON objects and forms, and take precedence; the given body does not change."""
    before = repr(body)
    assert expected == with_fields(body, {"stream": True})
    assert before == repr(body)


def test_a_body_without_fields_is_rejected() -> None:
    """Fields cannot be added to a text."""
    with pytest.raises(TypeError, match="TextBody has no fields"):
        with_fields(TextBody("x"), {"stream": True})
