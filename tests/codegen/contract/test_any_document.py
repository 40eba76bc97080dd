"""Contract runs on documents of any kind: every success, every place of a key, ambiguous and contradictory schemas."""

from __future__ import annotations

from pathlib import Path

import pytest
from specwire_codegen.contract.reports.report import Report
from specwire_codegen.contract.run import check_mock
from specwire_codegen.contract.subject import subject_of_document
from specwire_codegen.files.access import Access

HEAD = "openapi: 3.1.0\ninfo: {title: Any, version: '1'}\n"
PET = "{type: object, required: [id], properties: {id: {type: string}, name: {type: string}}}"


def report_of(text: str, folder: Path, examples: int = 2) -> Report:
    """Check a document against its own mock server, as `specwire contract FILE` does."""
    (folder / "openapi.yaml").write_text(HEAD + text, "utf-8")
    subject = subject_of_document(str(folder / "openapi.yaml"), Access(), folder / "generated")
    return check_mock(subject, examples, lambda step, done=0, total=0: None)


def test_every_documented_success_conforms(tmp_path: Path) -> None:
    """The statuses 200, 201, 202 and 204 with GET, POST and DELETE, also where the document lists no rejection."""
    paths = [
        f"  /{status}: {{{', '.join(_operation(method, status) for method in ('get', 'post', 'delete'))}}}"
        for status in (200, 201, 202, 204)
    ]
    schemes = "components: {securitySchemes: {key: {type: http, scheme: bearer}}}\nsecurity: [{key: []}]\n"
    report = report_of(f"{schemes}paths:\n" + "\n".join(paths), tmp_path, examples=1)
    assert report.problems == ()
    assert report.checked == 12


def _operation(method: str, status: int) -> str:
    content = "" if status == 204 else f", content: {{application/json: {{schema: {PET}}}}}"
    return f"{method}: {{operationId: {method}{status}, responses: {{'{status}': {{description: d{content}}}}}}}"


def test_a_deleted_item_is_not_flaky(tmp_path: Path) -> None:
    """Each example starts with a new mock server, so that 404 after DELETE does not depend on the one before."""
    text = f"""
paths:
  /orders:
    get:
      operationId: listOrders
      responses: {{'200': {{description: d, content: {{application/json: {{schema: {{type: array, items: {PET}}}}}}}}}}}
    post:
      operationId: addOrder
      requestBody: {{required: true, content: {{application/json: {{schema: {PET}}}}}}}
      responses: {{'201': {{description: d, content: {{application/json: {{schema: {PET}}}}}}}}}
  /orders/{{id}}:
    parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
    get:
      operationId: getOrder
      responses: {{'200': {{description: d, content: {{application/json: {{schema: {PET}}}}}}}}}
    put:
      operationId: putOrder
      requestBody: {{required: true, content: {{application/json: {{schema: {PET}}}}}}}
      responses: {{'200': {{description: d, content: {{application/json: {{schema: {PET}}}}}}}}}
    delete: {{operationId: deleteOrder, responses: {{'204': {{description: d}}}}}}
"""
    report = report_of(text, tmp_path, examples=8)
    assert report.problems == ()
    assert [row.operation_id for row in report.rows if not all(count.tried for count in row.counts)] == []


@pytest.mark.parametrize(
    "scheme",
    [
        "{type: apiKey, in: query, name: key}",
        "{type: apiKey, in: cookie, name: key}",
        "{type: apiKey, in: header, name: X-Key}",
        "{type: http, scheme: basic}",
        "{type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://a.example/token', scopes: {}}}}",
    ],
)
def test_every_place_of_a_key_works(scheme: str, tmp_path: Path) -> None:
    """Both schemathesis and the client are accepted."""
    paths = "paths: {/a: {get: {operationId: getA, responses: {'200': {description: d}}}}}\n"
    report = report_of(f"{paths}security: [{{k: []}}]\ncomponents: {{securitySchemes: {{k: {scheme}}}}}", tmp_path, 1)
    assert report.problems == ()
    assert dict(report.coverage.operations["getA"].statuses) == {"200": True}


def test_what_the_wire_cannot_show_is_not_reported(tmp_path: Path) -> None:
    """Empty arrays in a query, floats that are integers, ignored headers, bodies of 204, shared paths, no success."""
    text = """
paths:
  /a/{id}:
    get:
      operationId: getA
      parameters:
      - {name: id, in: path, required: true, schema: {type: integer, format: int32}}
      - {name: many, in: query, required: true, schema: {type: array, items: {type: string}, minItems: 1}}
      - {name: few, in: query, explode: false, schema: {type: array, items: {type: string}}}
      - {name: Authorization, in: header, required: true, schema: {type: string}}
      - {name: User-Agent, in: header, required: true, schema: {type: string}}
      responses: {'204': {description: d, content: {application/json: {schema: {type: object}}}}}
    delete: {operationId: deleteA, parameters: [{name: id, in: path, required: true, schema: {type: integer}}],
      responses: {'400': {description: d}}}
  /a/all:
    post:
      operationId: postAll
      requestBody: {content: {application/xml: {schema: {type: object, properties: {n: {type: integer}}}}}}
      responses: {'302': {description: d}}
"""
    assert report_of(text, tmp_path).problems == ()


def test_any_media_type_with_an_object_is_json(tmp_path: Path) -> None:
    """The mock server writes what the client reads."""
    content = "content: {'*/*': {schema: {type: object, required: [a], properties: {a: {type: string}}}}}"
    text = f"paths: {{/a: {{get: {{operationId: getA, responses: {{'200': {{description: d, {content}}}}}}}}}}}"
    assert report_of(text, tmp_path).problems == ()


def test_an_example_without_declared_fields_is_not_reported(tmp_path: Path) -> None:
    """JSON Schema allows it, and the client only suspects that it is something else."""
    text = """
paths:
  /a:
    get:
      operationId: getA
      responses:
        '200':
          description: d
          content:
            application/json:
              schema: {type: object, required: [of], properties: {of: {$ref: '#/components/schemas/Wrong'}}}
components:
  schemas: {Wrong: {type: object, example: {input: x}, properties: {Input: {type: string}, Other: {type: string}}}}
"""
    assert report_of(text, tmp_path).problems == ()


def test_a_contradiction_of_a_document_is_blamed_on_it(tmp_path: Path) -> None:
    """A response that must match exactly one of two schemas, and matches both or none."""
    text = """
paths:
  /a:
    get:
      operationId: getA
      responses:
        '200':
          description: d
          content:
            application/json:
              schema:
                oneOf:
                - {type: object, properties: {month: {type: integer}}}
                - {type: object, properties: {week: {type: integer}}}
"""
    report = report_of(text, tmp_path)
    assert {(finding.side, finding.check) for _, finding in report.findings} == {
        ("document", "response_schema_conformance")
    }


def test_a_schema_without_values_is_noted(tmp_path: Path) -> None:
    """The operation is checked with values that ignore the bounds; the run ends."""
    text = """
paths:
  /a:
    post:
      operationId: postA
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [n], properties: {n: {type: string, minLength: 5, maxLength: 2}}}
      responses: {'200': {description: d}}
"""
    (row,) = report_of(text, tmp_path).rows
    assert row.counts[1].tried > 0


@pytest.mark.parametrize("document", ["", "servers: [{url: 'https://api.example/v1'}]\n"])
@pytest.mark.parametrize("holder", ["path", "operation"])
def test_an_operation_with_a_server_path_of_its_own_conforms(document: str, holder: str, tmp_path: Path) -> None:
    """It follows the base URL; a server with a host is replaced by it."""
    own, other = "servers: [{url: /v2}]", "servers: [{url: 'https://files.example/v3/'}]"
    places = (f"{own}, ", "") if holder == "path" else ("", f"{own}, ")
    responses = "responses: {'200': {description: d}}"
    text = f"""
paths:
  /a: {{{places[0]}get: {{{places[1]}operationId: getA, {responses}}}}}
  /b/{{id}}:
    get:
      {other}
      operationId: getB
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      {responses}
"""
    report = report_of(document + text, tmp_path)
    assert (report.problems, report.checked) == ((), 2)


@pytest.mark.parametrize("shared", ["{type: http, scheme: basic}", "{type: http, scheme: bearer}"])
def test_schemes_that_share_a_header_need_only_one_credential(shared: str, tmp_path: Path) -> None:
    """A request has one Authorization header, even if a requirement names two schemes for it."""
    text = f"""
paths: {{/a: {{get: {{operationId: getA, responses: {{'200': {{description: d}}}}}}}}}}
security: [{{key: [], shared: [], oauth: []}}]
components:
  securitySchemes:
    key: {{type: apiKey, in: header, name: X-Key}}
    shared: {shared}
    oauth: {{type: oauth2, flows: {{clientCredentials: {{tokenUrl: 'https://a.example/token', scopes: {{}}}}}}}}
"""
    assert report_of(text, tmp_path).problems == ()


SENT = "put: {operationId: send, requestBody: {required: true, content: %s}, responses: {'204': {description: d}}}"


@pytest.mark.parametrize(
    "content",
    [
        # schemathesis completes such objects with an empty text in place of the instant
        "{application/json: {schema: {type: object, properties: {at: {anyOf: [{type: string, format: date-time}, "
        "{type: 'null'}]}, name: {anyOf: [{type: string}, {type: 'null'}]}, data: {anyOf: [{type: object, "
        "additionalProperties: true}, {type: array, items: {type: object, additionalProperties: true}}, "
        "{type: 'null'}]}}}}}",
        # objects in a list are JSON
        "{application/x-www-form-urlencoded: {schema: {type: object, required: [a], properties: {a: {type: string}, "
        "fields: {type: array, items: {type: object}}, hidden: {type: object, additionalProperties: {type: array, "
        "items: {}}}}}}}",
        # a part is a file of a stated type
        "{multipart/form-data: {schema: {type: object, required: [picture], properties: {picture: {type: string, "
        "format: binary}, lists: {type: array, items: {type: integer}}}}, encoding: {picture: {contentType: "
        "'image/png, image/*'}, lists: {contentType: application/json}}}}",
        # a part is a file or a text
        "{multipart/form-data: {schema: {type: object, required: [file], properties: {file: {oneOf: [{type: string, "
        "format: binary}, {type: string, format: uri}]}}}}}",
        # a part is one file or several, or else an object
        "{multipart/form-data: {schema: {type: object, required: [files], properties: {files: {anyOf: [{type: string, "
        "format: binary}, {type: array, items: {type: string, format: binary}}]}, video: {oneOf: [{type: object, "
        "required: [id], properties: {id: {type: string}}}, {type: string, format: binary}]}}}}}",
    ],
)
def test_what_few_documents_have_in_bodies_is_not_reported(content: str, tmp_path: Path) -> None:
    """Calls are drawn as they can be sent, and the mock server reads them as clients write them."""
    report = report_of(f"paths: {{/a: {{{SENT % content}}}}}", tmp_path, examples=8)
    assert report.problems == ()
    assert all(count.tried for count in report.rows[0].counts[1:])


def test_a_request_that_schemathesis_cannot_write_is_noted(tmp_path: Path) -> None:
    """The document is not blamed for it."""
    file = "{oneOf: [{type: string, format: binary}, {type: string, format: uri}]}"
    content = f"{{multipart/form-data: {{schema: {{type: object, required: [f], properties: {{f: {file}}}}}}}}}"
    report = report_of(f"paths: {{/a: {{{SENT % content}}}}}", tmp_path)
    assert "document: schemathesis cannot write some of its requests" in report.rows[0].note


def test_examples_of_schemas_may_be_example_objects(tmp_path: Path) -> None:
    """As they are for media types and parameters."""
    schema = (
        "{type: object, properties: {video: {type: string}}, examples: [{summary: Video, value: {video: a}}, "
        "{summary: None, value: {}}]}"
    )
    listed = f"{{type: object, required: [all], properties: {{all: {{type: array, items: {schema}}}}}}}"
    got = f"get: {{operationId: list, responses: {{'200': {{description: d, content: {{application/json: {{schema: {listed}}}}}}}}}}}"
    assert report_of(f"paths: {{/a: {{{got}}}}}", tmp_path).problems == ()
