"""Live runs remove what they create where the paths of the document state a query."""

from __future__ import annotations

from pathlib import Path

import pytest
from specwire_codegen.contract.live.plan import Limits, Wishes
from specwire_codegen.contract.live.run import LiveRun, Target
from specwire_codegen.contract.recorder import Recorder
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve

from tests.support.generated_client import generated_client

DOCUMENT = """\
openapi: 3.1.0
info: {title: Betas, version: '1'}
servers: [{url: 'https://betas.example'}]
paths:
  /pets?beta=true:
    get:
      operationId: listPets
      responses:
        '200': {description: d, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}
    post:
      operationId: addPet
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewPet'}}}}
      responses:
        '201': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  /pets/{id}REMOVAL:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getPet
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
    delete: {operationId: deletePet, responses: {'204': {description: d}}}
components:
  schemas:
    NewPet: {type: object, required: [name], properties: {name: {type: string}}}
    Pet: {type: object, required: [id, name], properties: {id: {type: string}, name: {type: string}}}
"""


@pytest.mark.parametrize("query", ["", "?beta=true", "?force=1"])
def test_what_was_created_is_removed_with_the_query_of_its_path(
    query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids come from lists, too."""
    monkeypatch.syspath_prepend(str(tmp_path))
    package = f"betas_{''.join(filter(str.isalnum, query))}"
    subject = generated_client(DOCUMENT.replace("REMOVAL", query), package, tmp_path)
    recorder = Recorder(build(dict(subject.document)))
    with serve(recorder) as url:
        run = LiveRun(subject, Target(url, ""), Wishes(("addPet",), examples=2, limits=Limits(per_second=1000)))
        run.check(lambda *_: None)
    report = run.report()
    assert (report.problems, report.left) == ((), ())
    assert {row.operation_id for row in report.rows if row.checked} == {"listPets", "addPet", "getPet"}
    created = [one for one in recorder.inner.state.requests if one.method == "POST" and one.status == 201]
    removed = [one for one in recorder.inner.state.requests if one.method == "DELETE"]
    assert len(created) == len(removed) > 1
    assert {one.status for one in removed} == {204}
