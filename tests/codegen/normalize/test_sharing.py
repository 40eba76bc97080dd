"""Equal inline schemas in several places: one type, named after what the places have in common."""

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


def returning(operation_id: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a GET operation with this schema in its response."""
    content = {"application/json": {"schema": schema}}
    return {
        "get": {"operationId": operation_id, "responses": {"200": {"description": "ok", "content": content}}, **more}
    }


def accepting(operation_id: str, schema: dict[str, Any], response: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a POST operation with this schema in its request."""
    found = returning(operation_id, response or {})["get"]
    return {"post": {**found, "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}}


def querying(operation_id: str, *parameters: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a GET operation with these query parameters."""
    found = [{"name": name, "in": "query", "schema": schema} for name, schema in parameters]
    return {"get": {"operationId": operation_id, "parameters": found, "responses": {"204": {"description": "ok"}}}}


@pytest.mark.parametrize("schema", [MODE, {"anyOf": [MODE, NULL]}, {**MODE, "description": "How."}])
def test_equal_enums_are_one(tmp_path: Path, schema: dict[str, Any]) -> None:
    """An enumeration is named after its field."""
    paths = {
        "/a": querying("getA", ("mode", schema)),
        "/b": querying("getB", ("mode", MODE), ("other", MODE)),
        "/c": returning("getC", {"type": "object", "properties": {"mode": {"type": "array", "items": schema}}}),
    }

    assert ["GetCResponse", "Mode"] == names(lowered(tmp_path, paths))


def test_an_enum_of_a_component_is_that_component(tmp_path: Path) -> None:
    """The author's name is the best one."""
    paths = {
        "/a": querying("getA", ("mode", MODE)),
        "/b": querying("getB", ("kind", {"$ref": "#/components/schemas/Way"})),
    }

    assert ["Way"] == names(lowered(tmp_path, paths, {"Way": MODE}))


def test_different_enums_of_one_field_have_different_names(tmp_path: Path) -> None:
    """The most used one has the plain name."""
    other = {"type": "string", "enum": ["y", "z"]}
    paths = {
        "/a": querying("getA", ("mode", other)),
        "/b": querying("getB", ("mode", MODE)),
        "/c": querying("getC", ("mode", MODE)),
    }

    assert ["GetAMode", "Mode"] == names(lowered(tmp_path, paths))


def test_a_field_with_a_general_name_does_not_name_an_enum(tmp_path: Path) -> None:
    """`Status` would be meaningless."""
    paths = {
        path: returning(name, {"type": "object", "properties": {"status": MODE, "n": {"type": kind}}})
        for path, name, kind in (("/a", "getJob", "string"), ("/b", "getRun", "integer"))
    }

    assert ["GetJobResponse", "GetJobResponseStatus", "GetRunResponse"] == names(lowered(tmp_path, paths))


def test_equal_objects_of_one_resource_are_one(tmp_path: Path) -> None:
    """A received value can be sent."""
    paths = {
        "/users": returning("listUsers", {"type": "array", "items": USER}),
        "/users/new": accepting("createUser", USER, USER),
        "/users/{id}": returning("get_user", {**USER, "description": "A user."}),
        "/groups": returning(
            "getGroup", {"type": "object", "properties": {"user": USER, "users": {"type": "array", "items": USER}}}
        ),
    }

    assert ["GetGroupResponse", "User"] == names(lowered(tmp_path, paths))


def test_equal_requests_are_one(tmp_path: Path) -> None:
    """They are named after their content."""
    paths = {"/a": accepting("createUser", USER), "/b": accepting("updateUser", USER)}

    assert ["UserRequest"] == names(lowered(tmp_path, paths))


def test_equal_pages_are_one(tmp_path: Path) -> None:
    """A page of users is not a user."""
    page = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "string"}}}}
    paths = {"/a": returning("listUsers", page), "/b": returning("searchUsers", page)}

    assert ["UsersResponse"] == names(lowered(tmp_path, paths))


def test_equal_objects_of_different_resources_are_separate(tmp_path: Path) -> None:
    """No common name would fit."""
    done = {"type": "object", "properties": {"done": {"type": "boolean"}}}
    paths = {"/a": returning("deleteUser", done), "/b": returning("deletePet", done)}

    assert ["DeletePetResponse", "DeleteUserResponse"] == names(lowered(tmp_path, paths))


@pytest.mark.parametrize("owner", ["readOnly", "writeOnly"])
def test_objects_that_differ_in_read_only_properties_are_separate(tmp_path: Path, owner: str) -> None:
    """A read-only property is not an argument."""
    mine = {"type": "object", "properties": {"id": {"type": "string", owner: True}, "name": {"type": "string"}}}
    paths = {"/a": accepting("createUser", USER), "/b": accepting("updateUser", mine)}
    api = lowered(tmp_path, paths)

    assert ["CreateUserRequest", "UpdateUserRequest"] == names(api)


def test_a_component_of_that_name_keeps_it(tmp_path: Path) -> None:
    """An equal inline schema becomes the component; another one gets another name."""
    member = {"type": "array", "items": {"type": "object", "properties": {"since": {"type": "string"}}}}
    both: dict[str, Any] = {"type": "object", "properties": {"u": {"$ref": "#/components/schemas/User"}}}
    both["properties"]["g"] = {"$ref": "#/components/schemas/Group"}
    paths = {
        "/a": returning("getUser", USER),
        "/b": returning("listGroups", member),
        "/c": returning("searchGroups", member),
        "/d": returning("getBoth", both),
    }
    schemas = {"User": USER, "Group": {"type": "object", "properties": {"g": {"type": "string"}}}}

    assert ["GetBothResponse", "Group", "ListGroupsResponseItem", "User"] == names(lowered(tmp_path, paths, schemas))


def test_operation_ids_made_of_paths_do_not_name_schemas(tmp_path: Path) -> None:
    """`attributes__code_` ends in a parameter."""
    paths = {"/a/{code}": returning("get_attributes__code_", USER), "/b": returning("patch_attributes__code_", USER)}
    paths["/a/{code}"]["parameters"] = [{"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}]

    assert ["GetAttributesCodeResponse", "PatchAttributesCodeResponse"] == names(lowered(tmp_path, paths))


def test_normalizing_again_changes_nothing(tmp_path: Path) -> None:
    """Names do not depend on the number of runs."""
    paths = {
        "/a": querying("getA", ("mode", MODE)),
        "/b": querying("getB", ("mode", MODE)),
        "/c": returning("getUser", USER),
    }
    lowered(tmp_path, paths)
    once = document_of(single(str(tmp_path / "spec.json"), "sample", tmp_path))[0].data
    (tmp_path / "spec.json").write_text(json.dumps(once), "utf-8")

    assert once == document_of(single(str(tmp_path / "spec.json"), "sample", tmp_path))[0].data
