"""Models in pydantic and FastAPI, and their conversions to builtins and JSON."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.testclient import TestClient
from hypothesis import given, strategies as st
from msgspec import field
from pydantic import BaseModel, TypeAdapter, ValidationError
from specwire import UNSET, Unset, WireModel, from_dict, from_json, to_dict, to_json
from specwire.support import ADDITIONAL, OpenModel, union


class Leaf(WireModel, tag_field="type", tag="leaf", kw_only=True):
    """An end."""

    color: str | Unset = field(default=UNSET, name="leafColor")


class Branch(WireModel, tag_field="type", tag="branch", kw_only=True):
    """A part with parts."""

    children: list[Branch | Leaf]


class Note(OpenModel, kw_only=True):
    """An object with more properties."""

    text: str
    additional_properties: dict[str, Any] = field(default_factory=dict, name=ADDITIONAL)


Either: Any = union(__name__, "Either", lambda: (Note, Branch))


class Tree(WireModel, kw_only=True):
    """A recursive structure."""

    root: Branch
    other: Either | Unset = UNSET
    parent: Tree | None | Unset = UNSET


class Forest(BaseModel):
    """A model of pydantic with models of a client."""

    trees: list[Tree]
    best: Tree | None = None


DATA: dict[str, Any] = {
    "root": {"type": "branch", "children": [{"type": "leaf", "leafColor": "red"}, {"type": "branch", "children": []}]},
    "other": {"text": "a", "more": [1]},
    "parent": {"root": {"type": "branch", "children": []}, "parent": None},
}
trees = st.recursive(
    st.fixed_dictionaries({"type": st.just("leaf")}, optional={"leafColor": st.text()}),
    lambda parts: st.fixed_dictionaries({"type": st.just("branch"), "children": st.lists(parts, max_size=3)}),
)


@given(st.lists(trees, max_size=3))
def test_conversions_are_inverse(parts: list[Any]) -> None:
    """Builtins and JSON text by wire name become a model and come back, as functions and as methods."""
    data = {"root": {"type": "branch", "children": parts}}
    tree = Tree.from_dict(data)
    assert (
        tree == from_dict(Tree, data) == from_json(Tree, json.dumps(data)) == Tree.from_json(json.dumps(data).encode())
    )
    assert data == tree.to_dict() == to_dict(tree) == json.loads(tree.to_json()) == json.loads(to_json(tree))
    assert data == vars(tree) == jsonable_encoder(tree)
    assert tree.to_json(indent=2).startswith('{\n  "root": {\n    "')
    assert data == json.loads(tree.to_json(indent=2))


def test_completion_offers_fields_and_methods_only() -> None:
    """Wire names, which `vars()` has, aren't attributes."""
    names = dir(Leaf(color="red"))
    assert {"color", "to_dict", "to_json", "from_dict", "from_json"} <= set(names)
    assert "leafColor" not in names


def test_models_are_fields_of_pydantic_models() -> None:
    """A field accepts a model or an object by wire name, and serializes by wire name."""
    tree = Tree.from_dict(DATA)
    mixed: list[Any] = [tree, DATA]
    forest = Forest(trees=mixed)
    assert forest.trees == [tree, tree]
    assert {"trees": [DATA, DATA], "best": None} == forest.model_dump() == json.loads(forest.model_dump_json())
    assert forest == Forest.model_validate_json(forest.model_dump_json())


@pytest.mark.parametrize(
    ("wrong", "place"), [({"root": {"type": "branch"}}, "$.root"), ([], "`object`"), ("x", "`object`")]
)
def test_values_that_do_not_fit_are_validation_errors(wrong: Any, place: str) -> None:
    """The error of pydantic names the place in the object."""
    with pytest.raises(ValidationError) as caught:
        Forest(trees=[wrong])
    assert ("trees", 0) == caught.value.errors()[0]["loc"]
    assert place in str(caught.value)


def test_the_json_schema_describes_models_as_definitions() -> None:
    """Each model in a model is one definition, named as its class, also in recursion."""
    definitions = TypeAdapter(Forest).json_schema()["$defs"]
    assert {"Tree", "Branch", "Leaf", "Note", "Either"} == set(definitions)
    assert {"$ref": "#/$defs/Branch"} == definitions["Tree"]["properties"]["root"]
    assert ["root"] == definitions["Tree"]["required"]
    assert "leafColor" in definitions["Leaf"]["properties"]
    assert {"$ref": "#/$defs/Tree"} in definitions["Tree"]["properties"]["parent"]["anyOf"]
    assert [{"$ref": "#/$defs/Note"}, {"$ref": "#/$defs/Branch"}] == definitions["Either"]["anyOf"]
    assert (["text"], True) == (list(definitions["Note"]["properties"]), definitions["Note"]["additionalProperties"])


def test_models_are_bodies_and_responses_of_fastapi() -> None:
    """An operation of FastAPI reads and returns models, and documents them."""
    app = FastAPI()

    @app.post("/trees")
    def plant(tree: Annotated[Tree, Body()]) -> Tree:
        return tree

    client = TestClient(app)
    assert DATA == client.post("/trees", json=DATA).json()
    refused = client.post("/trees", json={"root": 1})
    assert (422, ["body"]) == (refused.status_code, refused.json()["detail"][0]["loc"])
    document = client.get("/openapi.json").json()
    operation = document["paths"]["/trees"]["post"]
    # FastAPI documents recursive models twice, also its own.
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert "#/components/schemas/Tree-Input" == schema["$ref"]
    assert {"Leaf", "Note", "Tree-Input", "Tree-Output"} <= set(document["components"]["schemas"])
