"""Names that `client.toml` chooses: keys, aliases, omitted operations, spelling."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.documents.routes import Routed, Routes, route_of
from specwire_codegen.generate import build
from specwire_codegen.openapi.casing import respelled
from specwire_codegen.project import single

PLAIN = {"200": {"description": "ok"}}


def methods(folder: Path, names: str, paths: object) -> dict[str, list[str]]:
    """Return the methods of each operation of a client with these names."""
    (folder / "openapi.json").write_text(
        json.dumps({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths})
    )
    (folder / "client.toml").write_text(names)
    api = build(single(folder / "openapi.json", "sample", folder)).api
    return {
        f"{one.http_method} {one.path}": [".".join(each) for each in (one.method, *one.aliases)]
        for one in api.operations
    }


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("GET /a/{id}", ("GET", "/a/{id}")),
        ("  post   /a ", ("POST", "/a")),
        ("listPets", None),
        ("GET", None),
        ("GET /a /b", None),
    ],
)
def test_a_route_is_a_method_and_a_path(text: str, route: tuple[str, str] | None) -> None:
    """Whatever the case of the method; other texts are operationIds."""
    assert route == route_of(text)


def test_a_route_prefers_the_exact_path() -> None:
    """Names of parameters matter only between paths that differ in nothing else."""
    routes = Routes([Routed("a", "GET", "/x/{a}", "a"), Routed("b", "GET", "/x/{b}", "b")])
    assert ["b"] == [each.item for each in routes.find("GET /x/{b}")]
    assert ["a", "b"] == [each.item for each in routes.find("GET /x/{c}")]
    assert "GET /x/{a}, GET /x/{b}" in routes.help("GET /x/{c}", 2)
    assert "did you mean 'GET /x/{" in routes.help("GET /x", 0)


def test_an_operation_id_takes_precedence_over_a_route(tmp_path: Path) -> None:
    """An operationId may look like the route of another operation."""
    paths = {"/a": {"get": {"operationId": "GET /b", "responses": PLAIN}}, "/b": {"get": {"responses": PLAIN}}}
    assert ["mine"] == methods(tmp_path, '[operations]\n"GET /b" = "mine"\n', paths)["GET /a"]


def test_an_omitted_operation_takes_its_models_along(tmp_path: Path) -> None:
    """Other operations of its path stay."""
    schema = {"$ref": "#/components/schemas/Secret"}
    body = {"content": {"application/json": {"schema": schema}}}
    item = {"get": {"operationId": "read", "responses": PLAIN}, "put": {"requestBody": body, "responses": PLAIN}}
    (tmp_path / "client.toml").write_text('[operations]\n"PUT /a" = false\n')
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": item},
        "components": {"schemas": {"Secret": {"type": "object", "properties": {"a": {"type": "string"}}}}},
    }
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    built = build(single(tmp_path / "openapi.json", "sample", tmp_path))
    assert ["read"] == [one.id for one in built.api.operations]
    assert "Secret" not in built.normalized and () == built.api.models


@pytest.mark.parametrize("raw", [{"operationId": ["a"]}, {"operationId": 7}, {}])
def test_operations_are_omitted_from_documents_with_flaws(raw: dict[str, object], tmp_path: Path) -> None:
    """Only operationIds are compared with operationIds."""
    paths = {"/a": {"get": {**raw, "responses": PLAIN}}, "/b": {"get": {"responses": PLAIN}}, "/c": None}
    assert ["GET /b"] == [*methods(tmp_path, '[operations]\n"GET /a" = false\n', paths)]


def test_an_id_that_two_operations_have_omits_neither(tmp_path: Path) -> None:
    """The error names the routes to choose from."""
    paths = {path: {"get": {"operationId": "twice", "responses": PLAIN}} for path in ("/a", "/b")}
    with pytest.raises(DiagnosticError, match="2 operations are named so") as raised:
        methods(tmp_path, "[operations]\ntwice = false\n", paths)
    assert "GET /a, GET /b" in (raised.value.diagnostics[0].help or "")


def test_an_alias_takes_the_name_from_operations_without_one(tmp_path: Path) -> None:
    """Default names give way to all chosen names."""
    paths = {
        "/pets": {"get": {"operationId": "listPets", "tags": ["pets"], "responses": PLAIN}},
        "/all": {"get": {"operationId": "everything", "responses": PLAIN}},
    }
    names = methods(tmp_path, '[operations]\neverything = ["everything", "pets.list"]\n', paths)
    assert ["everything", "pets.list"] == names["GET /all"]
    assert ["pets.list"] != names["GET /pets"]


def test_an_alias_that_is_a_resource_is_refused(tmp_path: Path) -> None:
    """As a method and a resource of the same name would hide each other."""
    paths = {path: {"get": {"operationId": path[1:], "responses": PLAIN}} for path in ("/a", "/b")}
    with pytest.raises(DiagnosticError, match="which is also a resource"):
        methods(tmp_path, '[operations]\na = ["x.read", "y"]\nb = "y.read"\n', paths)


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("Openai", "OpenAI"),
        ("OpenaiModelList", "OpenAIModelList"),
        ("MyOpenaiId", "MyOpenAIID"),
        ("OpenIdConnect", "OpenIDConnect"),
        ("Idea", "Idea"),
        ("Pet_Openai", "Pet_Openai"),
    ],
)
def test_words_of_class_names_are_spelled_as_chosen(name: str, spelled: str) -> None:
    """Whole words, and the longest run of words that has a spelling."""
    assert spelled == respelled(name, {"openai": "OpenAI", "id": "ID", "open_id": "OpenID"})
