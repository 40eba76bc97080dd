"""Pins of each kind of body and response, so that a change stops an override."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from specwire_codegen.ir import (
    BinaryBody,
    BinaryStream,
    Body,
    Empty,
    Errors,
    EventStream,
    Field,
    FormBody,
    JsonBody,
    JsonLinesBody,
    JsonPayload,
    ListOf,
    ModelRef,
    MultipartBody,
    Operation,
    Parameter,
    Part,
    Payload,
    Primitive,
    Text,
    TextBody,
)
from specwire_codegen.overrides.pins import pin_of

STR, INT, PET = Primitive("str"), Primitive("int"), ModelRef("Pet")
PLAIN = Operation(
    id="op",
    method=("things", "op"),
    http_method="POST",
    path="/things",
    summary="",
    description="",
    deprecated=False,
    parameters=(),
    body=None,
    fixed=(),
    payload=Empty(),
    payloads_by_status=(),
    errors=Errors(),
    safe=False,
    secure=True,
    security=None,
)
TRACE = Parameter("trace", "X-Trace", "header", STR, required=True)


@pytest.mark.parametrize(
    ("body", "recorded"),
    [
        (None, None),
        (JsonBody(PET, None, True, "application/json"), {"application/json": "Pet, required"}),
        (JsonBody(PET, None, False, "application/json"), {"application/json": "Pet, optional"}),
        (
            JsonBody(PET, (Field("a_b", "aB", INT, True), Field("c", "c", STR, False)), True, "application/json"),
            {"application/json": {"aB": "int, required", "c": "str, optional"}},
        ),
        (
            FormBody((Field("a", "a", STR, True),)),
            {"application/x-www-form-urlencoded": {"a": "str, required"}},
        ),
        (
            MultipartBody(
                (
                    Part("a", "a", STR, False),
                    Part("f", "f", STR, True, "one", headers=(TRACE,)),
                    Part("g", "g", STR, False, "many"),
                )
            ),
            {
                "multipart/form-data": {
                    "a": "str, optional",
                    "f": "file, required",
                    "g": "files, optional",
                    "f X-Trace": "str, required",
                }
            },
        ),
        (BinaryBody("image/png", True), {"image/png": "required"}),
        (BinaryBody("image/png", False), {"image/png": "optional"}),
        (TextBody("text/plain", True), {"text/plain": "required"}),
        (
            JsonLinesBody(PET, "jsonl", "application/jsonl", True),
            {"application/jsonl": "Pet, one after the other, required"},
        ),
    ],
)
def test_a_body_is_recorded(body: Body | None, recorded: Any) -> None:
    """Media type, members or type, and whether it is required."""
    assert recorded == pin_of((attrs.evolve(PLAIN, body=body),))["body"]


@pytest.mark.parametrize(
    ("payload", "recorded"),
    [
        (JsonPayload(ListOf(PET)), {"application/json": "list[Pet]"}),
        (EventStream(PET, "sse", "text/event-stream"), {"text/event-stream": "events of Pet"}),
        (BinaryStream("audio/mpeg"), {"audio/mpeg": "bytes"}),
        (Text("text/plain"), {"text/plain": "text"}),
        (Empty(), {"nothing": "nothing"}),
    ],
)
def test_a_response_is_recorded(payload: Payload, recorded: dict[str, str]) -> None:
    """Media type and type, also of bytes, text and empty responses."""
    assert recorded == pin_of((attrs.evolve(PLAIN, payload=payload),))["responses"]


def test_the_request_line_and_all_responses_are_recorded() -> None:
    """Method, path, parameters, and the response of each method, sorted by media type."""
    operation = attrs.evolve(PLAIN, parameters=(TRACE,), payload=EventStream(PET, "sse", "text/event-stream"))
    found = pin_of((operation, attrs.evolve(operation, payload=JsonPayload(PET))))
    assert ("op", "POST", "/things") == (found["operationId"], found["method"], found["path"])
    assert {"header X-Trace": "str, required"} == found["parameters"]
    assert ["application/json", "text/event-stream"] == list(found["responses"])
