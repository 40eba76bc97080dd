"""Names of methods of a part of a document: those that they have in the whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml
from specwire_codegen.generate import build
from specwire_codegen.ir import Api
from specwire_codegen.project import Target, single

from tests.support.paths import ROOT

DOCUMENTS = [
    *sorted((ROOT / "specs").glob("*/openapi.yaml")),
    *(
        ROOT / "tests" / "cases" / "positive" / name / "spec.yaml"
        for name in ("names", "operation_ids", "tags", "pages")
    ),
]
OK = {"200": {"description": "ok"}}


def document(paths: Mapping[str, Any], folder: Path) -> Target:
    """Return the target of a document with these paths."""
    spec = folder / "spec.yaml"
    spec.write_text(
        yaml.safe_dump({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}), "utf-8"
    )
    return single(spec, "sample", folder)


def names(api: Api) -> dict[str, str]:
    """Return the methods of operations by id."""
    found: dict[str, str] = {}
    for one in api.operations:
        found.setdefault(one.id, ".".join(one.method))
    return found


@pytest.mark.parametrize("spec", DOCUMENTS, ids=lambda path: path.parent.name)
def test_each_method_alone_has_the_name_that_it_has_in_the_whole(spec: Path, tmp_path: Path) -> None:
    """So that generating more of a document later does not rename what is there."""
    target = single(spec, "sample", tmp_path)
    target = attrs.evolve(target, config=tmp_path / "client.toml", overrides=None)
    whole = names(build(target).api)
    stated = {
        raw["operationId"]
        for item in yaml.safe_load(spec.read_text("utf-8"))["paths"].values()
        for raw in item.values()
        if isinstance(raw, dict) and "operationId" in raw
    }
    known = [each for each in whole if each in stated]
    for id_ in {known[0], known[len(known) // 2], known[-1]}:
        part = names(build(attrs.evolve(target, only_operations=(id_,))).api)
        assert {id_: whole[id_]} == {key: name for key, name in part.items() if key == id_}


def test_a_line_that_leaves_an_operation_out_renames_no_other(tmp_path: Path) -> None:
    """Its name stays free."""
    paths = {
        "/v1/things/{id}/start": {"post": {"operationId": "a", "responses": OK}},
        "/v1/things/{id}/start/again": {"post": {"operationId": "b", "responses": OK}},
        "/v1/things": {"get": {"operationId": "c", "responses": OK}, "post": {"operationId": "d", "responses": OK}},
    }
    target = document(paths, tmp_path)
    whole = names(build(target).api)
    assert names(build(attrs.evolve(target, only_operations=("a",))).api) == {"a": whole["a"]}
    (tmp_path / "client.toml").write_text("[operations]\nb = false\n", "utf-8")
    assert names(build(attrs.evolve(target, config=tmp_path / "client.toml")).api) == {
        id_: name for id_, name in whole.items() if id_ != "b"
    }


def test_a_part_of_a_document_that_is_broken_elsewhere_has_names(tmp_path: Path) -> None:
    """Those of the part alone."""
    broken = {"get": {"operationId": "b", "responses": OK, "x-specwire-stream": {"nonsense": 1}}}
    target = document({"/v1/things": {"get": {"operationId": "a", "responses": OK}}, "/v1/others": broken}, tmp_path)
    assert set(names(build(attrs.evolve(target, only_operations=("a",))).api)) == {"a"}
