"""Calls as Python source, for reports."""

from __future__ import annotations

from specwire_codegen.contract.client.arguments import Arguments, arguments
from specwire_codegen.contract.drawn_responses import DrawnResponse
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.case import Case
from specwire_codegen.ir import EventStream, Operation

_WIDTH = 88


def call_source(subject: Subject, operation: Operation, given: Arguments) -> str:
    """Return a program that makes a call with the client."""
    name = subject.api.class_name
    return "\n".join(
        [f"from {subject.package} import {name}", "", f"client = {name}()", _call(operation, given)],
    )


def case_source(subject: Subject, operation: Operation, case: Case) -> str:
    """Return a program that makes a generated call; empty if the client's method cannot be called so."""
    try:
        return call_source(subject, operation, arguments(operation, case))
    except (AttributeError, KeyError, TypeError):  # an invalid case need not have the shape of arguments
        return ""


def response_source(subject: Subject, operation: Operation, given: Arguments, response: DrawnResponse) -> str:
    """Return a program in which the client gets a generated response."""
    name = subject.api.class_name
    headers = {"content-type": response.content_type} if response.content_type else {}
    content = b"".join(response.chunks)
    made = f"httpx2.Response({response.status}, headers={headers!r}, content={content!r})"
    return "\n".join(
        [
            "import httpx2",
            f"from {subject.package} import {name}",
            "",
            f"response = {made}",
            "transport = httpx2.MockTransport(lambda request: response)",
            f"client = {name}(http_client=httpx2.Client(transport=transport))",
            _call(operation, given),
        ]
    )


def _call(operation: Operation, given: Arguments) -> str:
    method = ".".join(("client", *operation.method))
    named = [f"{key}={value!r}" for key, value in given.kwargs.items()]
    parts = [*map(repr, given.args), *named]
    call = f"{method}({', '.join(parts)})"
    if len(call) > _WIDTH:
        call = f"{method}(\n" + "".join(f"    {part},\n" for part in parts) + ")"
    return f"events = list({call})" if isinstance(operation.payload, EventStream) else call
