"""Coverage of the contract tests: every operation and every method of each document."""

import re

from specwire_codegen.contract.subject import Subject
from specwire_codegen.ir import EventStream

from tests.support.paths import SPECS


def test_every_operation_of_the_original_document_has_a_method(subject: Subject) -> None:
    """The tests of this folder run for every operationId in its text."""
    text = (SPECS / subject.name / "openapi.yaml").read_text("utf-8")
    written = re.findall(r"^\s+operationId:\s*(\S+)", text, re.MULTILINE)
    assert sorted(written) == sorted({operation.id for operation in subject.api.operations})


def test_every_stream_has_its_own_method(subject: Subject) -> None:
    """An operation with JSON or a stream as response is tested as two methods."""
    offered = [
        raw["operationId"]
        for item in subject.document["paths"].values()
        for raw in item.values()
        if "text/event-stream" in raw["responses"]["200"].get("content", {})
    ]
    streams = [operation.id for operation in subject.api.operations if isinstance(operation.payload, EventStream)]
    assert sorted(streams) == sorted(offered)
