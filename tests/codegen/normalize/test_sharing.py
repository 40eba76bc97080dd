"""Equal schemas that stand inline in several places: one type, named after what the places have in common."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.ir import Api
from specwire_codegen.project import single

USER = {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
MODE = {"type": "string", "enum": ["x", "y"]}
NULL = {"type": "null"}


def lowered(folder: Path, paths: dict[str, Any], schemas: dict[str, Any] | None = None) -> Api:
    """Return the client of a document."""
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    spec = folder / "spec.json"
    spec.write_text(json.dumps({**document, "components": {"schemas": schemas or {}}}), "utf-8")
    target = single(str(spec), "sample", folder)
    return api_of(target, document_of(target)[0])


def names(api: Api) -> list[str]:
    """Return the names of all models."""
    return [model.name for model in api.models]


def answering(operation_id: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a GET operation with this schema in its answer."""
    content = {"application/json": {"schema": schema}}
    return {
        "get": {"operationId": operation_id, "responses": {"200": {"description": "ok", "content": content}}, **more}
    }


def taking(operation_id: str, schema: dict[str, Any], answer: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a POST operation with this schema in its request."""
    found = answering(operation_id, answer or {})["get"]
    return {"post": {**found, "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}}


def asking(operation_id: str, *parameters: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a GET operation with these query parameters."""
    found = [{"name": name, "in": "query", "schema": schema} for name, schema in parameters]
    return {"get": {"operationId": operation_id, "parameters": found, "responses": {"204": {"description": "ok"}}}}


@pytest.mark.parametrize("schema", [MODE, {"anyOf": [MODE, NULL]}, {**MODE, "description": "How."}])
def test_equal_enums_are_one(tmp_path: Path, schema: dict[str, Any]) -> None:
    """An enumeration is named after the field that has it, wherever it is."""
    paths = {
        "/a": asking("getA", ("mode", schema)),
        "/b": asking("getB", ("mode", MODE), ("other", MODE)),
        "/c": answering("getC", {"type": "object", "properties": {"mode": {"type": "array", "items": schema}}}),
    }

    assert ["GetCResponse", "Mode"] == names(lowered(tmp_path, paths))


def test_an_enum_of_a_component_is_that_component(tmp_path: Path) -> None:
    """The name that the author gave is the best."""
    paths = {"/a": asking("getA", ("mode", MODE)), "/b": asking("getB", ("kind", {"$ref": "#/components/schemas/Way"}))}

    assert ["Way"] == names(lowered(tmp_path, paths, {"Way": MODE}))


def test_different_enums_of_one_field_are_apart(tmp_path: Path) -> None:
    """The one that is used most has the plain name."""
    other = {"type": "string", "enum": ["y", "z"]}
    paths = {
        "/a": asking("getA", ("mode", other)),
        "/b": asking("getB", ("mode", MODE)),
        "/c": asking("getC", ("mode", MODE)),
    }

    assert ["GetAMode", "Mode"] == names(lowered(tmp_path, paths))


def test_a_field_with_a_general_name_does_not_name_an_enum(tmp_path: Path) -> None:
    """`Status` would say nothing."""
    paths = {
        path: answering(name, {"type": "object", "properties": {"status": MODE, "n": {"type": kind}}})
        for path, name, kind in (("/a", "getJob", "string"), ("/b", "getRun", "integer"))
    }

    assert ["GetJobResponse", "GetJobResponseStatus", "GetRunResponse"] == names(lowered(tmp_path, paths))


def test_equal_objects_about_one_thing_are_one(tmp_path: Path) -> None:
    """What is read can be handed on to where it is asked for."""
    paths = {
        "/users": answering("listUsers", {"type": "array", "items": USER}),
        "/users/new": taking("createUser", USER, USER),
        "/users/{id}": answering("get_user", {**USER, "description": "A user."}),
        "/groups": answering(
            "getGroup", {"type": "object", "properties": {"user": USER, "users": {"type": "array", "items": USER}}}
        ),
    }

    assert ["GetGroupResponse", "User"] == names(lowered(tmp_path, paths))


def test_equal_requests_are_one(tmp_path: Path) -> None:
    """They are named as what is sent."""
    paths = {"/a": taking("createUser", USER), "/b": taking("updateUser", USER)}

    assert ["UserRequest"] == names(lowered(tmp_path, paths))


def test_equal_pages_are_one(tmp_path: Path) -> None:
    """A page of users is no user."""
    page = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "string"}}}}
    paths = {"/a": answering("listUsers", page), "/b": answering("searchUsers", page)}

    assert ["UsersResponse"] == names(lowered(tmp_path, paths))


def test_equal_objects_about_different_things_are_apart(tmp_path: Path) -> None:
    """No one name would fit them."""
    done = {"type": "object", "properties": {"done": {"type": "boolean"}}}
    paths = {"/a": answering("deleteUser", done), "/b": answering("deletePet", done)}

    assert ["DeletePetResponse", "DeleteUserResponse"] == names(lowered(tmp_path, paths))


@pytest.mark.parametrize("owner", ["readOnly", "writeOnly"])
def test_objects_that_differ_in_who_sends_a_property_are_apart(tmp_path: Path, owner: str) -> None:
    """A property that only the server sends is no argument; elsewhere it may be one."""
    mine = {"type": "object", "properties": {"id": {"type": "string", owner: True}, "name": {"type": "string"}}}
    paths = {"/a": taking("createUser", USER), "/b": taking("updateUser", mine)}
    api = lowered(tmp_path, paths)

    assert ["CreateUserRequest", "UpdateUserRequest"] == names(api)


def test_a_component_of_that_name_keeps_it(tmp_path: Path) -> None:
    """An equal inline schema becomes the component; another one does not take its name."""
    member = {"type": "array", "items": {"type": "object", "properties": {"since": {"type": "string"}}}}
    both: dict[str, Any] = {"type": "object", "properties": {"u": {"$ref": "#/components/schemas/User"}}}
    both["properties"]["g"] = {"$ref": "#/components/schemas/Group"}
    paths = {
        "/a": answering("getUser", USER),
        "/b": answering("listGroups", member),
        "/c": answering("searchGroups", member),
        "/d": answering("getBoth", both),
    }
    schemas = {"User": USER, "Group": {"type": "object", "properties": {"g": {"type": "string"}}}}

    assert ["GetBothResponse", "Group", "ListGroupsResponseItem", "User"] == names(lowered(tmp_path, paths, schemas))


def test_operation_ids_made_of_paths_name_nothing(tmp_path: Path) -> None:
    """They end in parameters: `attributes__code_` is not about a code."""
    paths = {"/a/{code}": answering("get_attributes__code_", USER), "/b": answering("patch_attributes__code_", USER)}
    paths["/a/{code}"]["parameters"] = [{"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}]

    assert ["GetAttributesCodeResponse", "PatchAttributesCodeResponse"] == names(lowered(tmp_path, paths))


def test_normalizing_again_changes_nothing(tmp_path: Path) -> None:
    """Names do not depend on how often they were looked for."""
    paths = {
        "/a": asking("getA", ("mode", MODE)),
        "/b": asking("getB", ("mode", MODE)),
        "/c": answering("getUser", USER),
    }
    lowered(tmp_path, paths)
    once = document_of(single(str(tmp_path / "spec.json"), "sample", tmp_path))[0].data
    (tmp_path / "spec.json").write_text(json.dumps(once), "utf-8")

    assert once == document_of(single(str(tmp_path / "spec.json"), "sample", tmp_path))[0].data
