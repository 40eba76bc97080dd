"""A harness and a run report a client that differs from its document, and what was checked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from specwire_codegen.contract.harness import Harness
from specwire_codegen.contract.reports.report import Count, Report, Row, summary
from specwire_codegen.contract.run import check_mock
from specwire_codegen.contract.strategies.property_check import Violation
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.contract.values.finding import Finding
from specwire_codegen.contract.values.redaction import redactor
from specwire_codegen.ir import JsonBody, Operation

from tests.support.generated_client import generated_client


def operation_of(subject: Subject, operation_id: str) -> Operation:
    """Return the method of an operation."""
    return next(one for one in subject.api.operations if one.id == operation_id)


def silent(step: str, done: int = 0, total: int = 0) -> None:
    """Ignore progress."""


DOCUMENT = """\
openapi: 3.1.0
info: {title: Shop, version: '1'}
security: [{key: []}]
paths:
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getPet
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  /pets:
    post:
      operationId: addPet
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses:
        '201': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  schemas:
    Pet: {type: object, required: [name], properties: {name: {type: string}, born: {type: string, format: date-time}}}
"""


def test_a_run_on_the_mock_server_covers_every_operation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each operation has a row, with requests of schemathesis, calls and responses, and no problem."""
    monkeypatch.syspath_prepend(str(tmp_path))
    subject = generated_client(DOCUMENT, "contract_run", tmp_path)
    report = check_mock(subject, 2, silent)
    assert report.problems == ()
    assert [row.operation_id for row in report.rows] == ["getPet", "addPet"]
    assert [row.operation_id for row in report.rows if not all(count.tried for count in row.counts)] == []
    assert summary(report) == "contract_run on its mock server: 2 of 2 operations conform to the document"


def test_a_wrong_method_is_reported_for_both_clients(
    harness_of: Callable[[Subject], Harness], moonshot: Subject
) -> None:
    """A client that sends another HTTP method than documented."""
    wrong = attrs.evolve(operation_of(moonshot, "get_balance"), http_method="PUT")
    with pytest.raises(Violation) as caught:
        harness_of(moonshot).sends(wrong, 1)
    assert str(caught.value).splitlines()[0] == "sync and async: method: PUT expected, not GET"


def test_swapped_fields_are_reported(harness_of: Callable[[Subject], Harness], moonshot: Subject) -> None:
    """A client that sends one field's value under another's name."""
    operation = operation_of(moonshot, "create_batch")
    assert isinstance(operation.body, JsonBody) and operation.body.fields is not None
    names = {"input_file_id": "endpoint", "endpoint": "input_file_id"}
    fields = tuple(attrs.evolve(one, name=names.get(one.name, one.name)) for one in operation.body.fields)
    swapped = attrs.evolve(operation, body=attrs.evolve(operation.body, fields=fields))
    with pytest.raises(Violation, match=r"body \$\.endpoint: .* expected"):
        harness_of(moonshot).sends(swapped, 5)


def test_an_unknown_response_is_reported(moonshot: Subject) -> None:
    """A client generated from another document than the server's is reported with the difference and the response."""
    schema: dict[str, Any] = {"type": "object", "required": ["code"], "properties": {"code": {"type": "boolean"}}}
    schemas = {**moonshot.document["components"]["schemas"], "BalanceResponse": schema}
    components = {**moonshot.document["components"], "schemas": schemas}
    with Harness(attrs.evolve(moonshot, document={**moonshot.document, "components": components})) as harness:
        with pytest.raises(Violation, match=r"\$\.code") as caught:
            harness.reads(operation_of(moonshot, "get_balance"), 3)
    assert str(caught.value).splitlines()[-1] == 'for 200 application/json {"code": false}'


def test_a_report_counts_skipped_operations_and_hides_the_key() -> None:
    """The last line counts what was checked, what is right, and what was skipped."""
    wrong = Finding("client", "sends", "the key k-1 is wrong", Exchange("GET", "http://x/?a=k-1"), "call('k-1')")
    rows = (
        Row("a", (Count(1),)),
        Row("b", (Count(1, 1),), (wrong,)),
        Row("c", (Count(),), note="no", checked=False),
    )
    chains = (Finding("server", "use_after_free", "k-1 again"),)
    report = Report("x", ("read",), rows, (), chains).redacted(redactor(["k-1"]))
    assert summary(report) == "x: 1 of 2 operations conform to the document, 1 not called"
    assert report.problems == (
        "b: client: sends: the key *** is wrong",
        "calls in a row: server: use_after_free: *** again",
    )
    assert "k-1" not in repr(report)
