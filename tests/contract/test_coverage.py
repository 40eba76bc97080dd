"""No operation of a document is without contract tests: they run for every method, and every operation has one."""

import re

from specwire_codegen.contract.subject import Subject
from specwire_codegen.ir import EventStream

from tests.support.paths import SPECS


def test_every_operation_of_the_document_as_it_was_written_has_a_method(subject: Subject) -> None:
    """The tests of this folder run for every operationId that stands in the document's own text."""
    text = (SPECS / subject.name / "openapi.yaml").read_text("utf-8")
    written = re.findall(r"^\s+operationId:\s*(\S+)", text, re.MULTILINE)
    assert sorted(written) == sorted({operation.id for operation in subject.api.operations})


def test_every_stream_has_a_method_of_its_own(subject: Subject) -> None:
    """An operation that answers JSON or a stream is tested as two methods."""
    offered = [
        raw["operationId"]
        for item in subject.document["paths"].values()
        for raw in item.values()
        if "text/event-stream" in raw["responses"]["200"].get("content", {})
    ]
    streams = [operation.id for operation in subject.api.operations if isinstance(operation.payload, EventStream)]
    assert sorted(streams) == sorted(offered)
