"""`specwire new --from` for Speakeasy: `workflow.yaml`, `gen.yaml`, overlays, and `x-speakeasy-*` of a document."""

from __future__ import annotations

from pathlib import Path

import pytest
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.ir import EventStream, ObjectModel

from tests.codegen.migrate.migrating import DOCUMENT, Migrated, migrated

WORKFLOW = """\
workflowVersion: 1.0.0
speakeasyVersion: latest
sources:
  sea:
    inputs: [{location: openapi.yaml}]
    overlays: [{location: changes.yaml}]
  other:
    inputs: [{location: openapi.yaml}]
    overlays: [{location: nowhere.yaml}]
targets:
  sea-python: {target: python, source: sea}
  other-go: {target: go, source: other}
"""
GEN = """\
configVersion: 2.0.0
generation: {sdkClassName: SeaWorld}
python: {version: 1.0.0, packageName: sea, envVarPrefix: SEA}
"""
OVERLAY = """\
overlay: 1.0.0
x-speakeasy-jsonpath: rfc9535
info: {title: Changes, version: "1"}
actions:
- target: $
  update:
    x-speakeasy-name-override:
    - {operationId: ^make_.*, methodNameOverride: create}
    - {operationId: "^(a|b)+$", methodNameOverride: never}
- target: $.servers[0]
  update: {x-speakeasy-server-id: prod}
- target: $.paths['/v1/tanks'].*
  update: {x-speakeasy-group: water.tanks}
- target: $.paths['/v1/tanks/{tank_id}'].get
  update: {tags: [tanks, rooms], x-speakeasy-name-override: fetch}
- target: $.paths['/v1/internal'].post
  update: {x-speakeasy-ignore: true}
- target: $.paths['/v1/watch'].post.responses['200'].content
  update:
    text/event-stream:
      schema: {$ref: "#/components/schemas/SightEvent"}
      x-speakeasy-sse-sentinel: "[END]"
- target: $.components.schemas.TankV2
  update: {x-speakeasy-name-override: Tank}
- target: $.paths['/v1/other'].get
  update: {x-speakeasy-retries: {strategy: backoff}}
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    """A workflow with settings and an overlay."""
    root = tmp_path_factory.mktemp("speakeasy")
    (root / ".speakeasy").mkdir()
    (root / ".speakeasy/gen.yaml").write_text(GEN)
    (root / "changes.yaml").write_text(OVERLAY)
    return migrated(WORKFLOW, root, file=".speakeasy/workflow.yaml")


def test_methods_have_the_names_of_speakeasy(whole: Migrated) -> None:
    """Groups and overrides, tags and operationIds; an operation with two tags has two names."""
    assert {
        "GET /v1/health": ["health.list"],
        "GET /v1/tanks": ["water.tanks.tanks"],
        "POST /v1/tanks": ["water.tanks.create"],
        "GET /v1/tanks/{tank_id}": ["tanks.fetch", "rooms.fetch"],
        "DELETE /v1/tanks/{tank_id}": ["drain"],
        "GET /v1/tanks/{tank_id}/fish": ["fish"],
        "GET /v1/shoals": ["shoals"],
        "GET /v1/feeds": ["feeds"],
        "POST /v1/watch": ["watch", "watch_stream"],
        "GET /v1/other": ["other"],
    } == {**whole.methods, "GET /v1/health": ["health.list"]}
    assert "POST /v1/internal" not in whole.methods


def test_settings_name_the_client(whole: Migrated) -> None:
    """Its class and its environment variables."""
    assert {"class": "SeaWorld", "key": "SEA_KEY", "base_url": "SEA_SERVER_URL"} == whole.client["client"]
    assert {"TankV2": "Tank"} == whole.client["models"]


def test_streams_end_with_their_sentinel(whole: Migrated) -> None:
    """As the media type states."""
    (stream,) = (one for one in whole.api.operations if isinstance(one.payload, EventStream))
    assert "[END]" in str(stream.payload)


def test_what_is_left_has_a_place(whole: Migrated) -> None:
    """Patterns that are more than a text with anything around it, and retries."""
    assert 2 == len(whole.left)
    assert "the pattern '^(a|b)+$' is not applied" in whole.left[0] and "changes.yaml:9" in whole.left[0]
    assert "retries of an operation" in whole.left[1]


def test_settings_alone_are_a_configuration(tmp_path: Path) -> None:
    """Without an overlay."""
    found = migrated(GEN, tmp_path, file="gen.yaml")
    assert "SeaWorld" == found.client["client"]["class"]
    assert ["drain"] == found.methods["DELETE /v1/tanks/{tank_id}"]


def test_a_document_with_hints_is_a_configuration(tmp_path: Path) -> None:
    """Operations without hints keep their default names."""
    text = DOCUMENT.read_text().replace("operationId: feeds", "operationId: feeds\n      x-speakeasy-group: a.b")
    spec = tmp_path / "spec.yaml"
    spec.write_text(text)
    assert {"GET /v1/feeds": "a.b.feeds"} == migrated(spec, tmp_path, spec).client["operations"]


def test_stated_names_of_properties_and_parameters_are_carried_over(tmp_path: Path) -> None:
    """The field of a model, the argument of its body, and the argument of a parameter."""
    hint = "x-speakeasy-name-override"
    text = DOCUMENT.read_text("utf-8")
    for plain in ("{name: take, in: query, ", "volume: {type: string}, size"):
        assert text.count(plain) == 1
    text = text.replace("{name: take, in: query, ", f"{{name: take, in: query, {hint}: most, ")
    text = text.replace("volume: {type: string}, size", f"volume: {{type: string, {hint}: litres}}, size")
    spec = tmp_path / "spec.yaml"
    spec.write_text(text, "utf-8")
    found = migrated(spec, tmp_path, spec)
    assert not found.left
    arguments = [each.name for one in found.api.operations for each in one.parameters]
    assert "most" in arguments and "take" not in arguments
    models = [each for each in found.api.models if isinstance(each, ObjectModel)]
    fields = {field.wire_name: field.name for model in models for field in model.fields}
    assert fields["volume"] == "litres"


def test_a_prefix_that_cannot_begin_a_variable_is_refused(tmp_path: Path) -> None:
    """The error has its place."""
    with pytest.raises(DiagnosticError, match="gen.yaml:3"):
        migrated(GEN.replace("envVarPrefix: SEA", "envVarPrefix: S-E"), tmp_path, file="gen.yaml")
