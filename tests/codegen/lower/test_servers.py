"""Servers of a document: their names, variables and keywords of the client."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.ir import Api
from specwire_codegen.lower.naming.environment import server_names
from specwire_codegen.output.audit import audit
from specwire_codegen.project import single
from specwire_codegen.render import render
from specwire_codegen.render.server import own_keywords, servers_note

BEARER = {"type": "http", "scheme": "bearer"}


def api(folder: Path, **more: Any) -> Api:
    """Return the API of a document with one operation."""
    done = {"204": {"description": "Done."}}
    data = {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/x": {"get": {"responses": done}}},
        **more,
    }
    (folder / "t.yaml").write_text(yaml.safe_dump(data), "utf-8")
    target = single(folder / "t.yaml", "acme", folder)
    return api_of(target, document_of(target)[0])


@pytest.mark.parametrize(
    ("servers", "names"),
    [
        ([("https://cn.api.test", "China"), ("https://global.api.test", "Everywhere else")], ["china", "global"]),
        (
            [
                ("https://api.acme.cn", "The platform in China. Its keys work here only."),
                ("https://api.acme.ai", "The global platform. A key from elsewhere is refused."),
            ],
            ["china", "global"],
        ),
        ([("https://api.acme.com", "Production server"), ("https://sandbox.acme.com", "")], ["production", "sandbox"]),
        ([("https://a.acme.com/live", ""), ("https://a.acme.com/test", "")], ["live", "test"]),
        ([("https://e1.acme.com", ""), ("https://e2.acme.com", "")], ["server_1", "server_2"]),
        ([("https://a.test", "Production"), ("https://b.test", "Production")], ["production", "production_"]),
        ([("https://a.test", "US East region"), ("https://b.test", "EU")], ["us_east_region", "eu"]),
        ([("https://[bad", ""), ("https://东京.test", "东京")], ["server_1", "东京"]),
    ],
)
def test_names_of_servers(servers: list[tuple[str, str]], names: list[str]) -> None:
    """They come from the description if it is one word, else from the host."""
    assert names == server_names([{"url": url, "description": text} for url, text in servers])


def test_a_stated_name_of_a_server_is_kept() -> None:
    """OpenAPI 3.2 has a member for it."""
    assert ["my_eu", "us"] == server_names([{"url": "https://a.test", "name": "my-EU"}, {"url": "https://us.b.test"}])


def test_servers_and_their_variables_are_keywords(tmp_path: Path) -> None:
    """A variable that has the name of an option gets an underscore; unusable and relative servers are left out."""
    servers = [
        {"url": "https://prod.test", "description": "Production"},
        {"url": "/relative"},
        {"url": "https://{region}.{timeout}.test", "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}}},
        {
            "url": "https://{region}.{timeout}.test:{port}",
            "description": "Tests",
            "variables": {
                "region": {"default": "eu", "enum": ["eu", "us"]},
                "timeout": {"default": "a"},
                "port": {"default": "443"},
                "unused": {"default": "b"},
            },
        },
    ]
    found = api(tmp_path, servers=servers)
    assert ["production", "tests"] == [server.name for server in found.servers]
    assert "https://{region}.{timeout_}.test:{port}" == found.servers[1].url
    keywords = {each.name: each.annotation for each in own_keywords(found)}
    assert {
        "environment": "_Literal['production', 'tests']",
        "region": "_Literal['eu', 'us']",
        "timeout_": "str",
        "port": "str",
    } == {name: annotation.replace('"', "'") for name, annotation in keywords.items()}
    assert "- `tests`: https://{region}.{timeout_}.test:{port}. Tests." in servers_note(found)


def test_a_single_server_gives_nothing_to_choose(tmp_path: Path) -> None:
    """Unless it has variables."""
    assert () == own_keywords(api(tmp_path, servers=[{"url": "https://a.test"}, {"url": "https://a.test"}]))
    variables = {"a": {"default": "x"}}
    found = api(tmp_path, servers=[{"url": "https://{a}.test", "variables": variables}])
    assert ["a"] == [each.name for each in own_keywords(found)]


def test_further_schemes_have_their_own_keywords(tmp_path: Path) -> None:
    """The key of `client.toml` is for the scheme of the whole document; others are asked for at the call."""
    (tmp_path / "client.toml").write_text('[client]\nkey = "ACME_API_KEY"\n', "utf-8")
    done = {"204": {"description": "Done."}}
    admin = {"operationId": "b", "security": [{"Admin": []}], "responses": done}
    found = api(
        tmp_path,
        security=[{"Main": []}],
        paths={"/a": {"get": {"operationId": "a", "responses": done}}, "/b": {"get": admin}},
        components={"securitySchemes": {"Admin": BEARER, "Main": BEARER}},
    )
    assert found.security is not None
    assert {"Main": "ACME_API_KEY", "Admin": "ACME_ADMIN"} == dict(found.security.variables)
    assert not found.security.required
    assert ["admin"] == [each.name for each in own_keywords(found)]


def test_a_parameter_that_a_scheme_sends_is_optional(tmp_path: Path) -> None:
    """It can still replace the credentials of the client."""
    header = {"name": "x-key", "in": "header", "required": True, "schema": {"type": "string"}}
    other = {**header, "name": "x-other"}
    found = api(
        tmp_path,
        security=[{"Key": []}],
        paths={"/a": {"get": {"parameters": [header, other], "responses": {"204": {"description": "Done."}}}}},
        components={"securitySchemes": {"Key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    )
    assert {"x_key": False, "x_other": True} == {each.name: each.required for each in found.operations[0].parameters}


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    """Names of schemes, descriptions and defaults are in docstrings and literals only."""
    hostile = "\"\"\"\\\nimport os  # {x} '''"
    variables = {"a": {"default": hostile, "enum": [hostile, "y"]}}
    servers = [
        {"url": "https://{a}.test", "description": hostile, "variables": variables},
        {"url": "https://b.test", "description": hostile},
    ]
    done = {"204": {"description": "Done."}}
    paths: dict[str, Any] = {"/a": {"get": {"security": [{"One": []}]}}, "/b": {"get": {"security": [{"Two": []}]}}}
    for item in paths.values():
        item["get"]["responses"] = done
    schemes = {"One": BEARER, "Two": {**BEARER, "description": hostile}}
    found = api(tmp_path, servers=servers, paths=paths, components={"securitySchemes": schemes})
    files = render(found, "t.yaml")
    audit(files)
    assert {"PROVIDER", "Acme", "AsyncAcme"} <= {
        getattr(node, "name", "PROVIDER") for node in ast.parse(files["client.py"]).body
    }
