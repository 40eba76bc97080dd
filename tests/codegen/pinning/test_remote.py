"""`specwire update` of documents on servers: moved, redirected, gone, secret, or something else."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.files import fetch

from tests.codegen.files.test_network import Site
from tests.support.command_line import Specwire, exit_code, specwire

from .test_update import NEW, OLD, tree

__all__ = ["specwire"]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Server with the first version of a document, at one URL and behind a redirect."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    server = Site()
    server.text("/v1/openapi.yaml", OLD)
    server.text("/v2/openapi.yaml", NEW)
    server.pages["/latest"] = (302, {"location": "/v1/openapi.yaml"}, b"")
    yield server
    server.server.shutdown()
    server.server.server_close()


def facts() -> dict[str, Any]:
    return tomllib.loads(Path("specs/shop/source.toml").read_text("utf-8"))


def test_a_new_version_at_the_same_url(site: Site, specwire: Specwire) -> None:
    """The URL is fetched once."""
    address = f"http://{site.host}/v1/openapi.yaml"
    assert 0 == exit_code("new", "shop", "--spec", address)
    assert 0 == exit_code("update", "shop", "--check")
    site.text("/v1/openapi.yaml", NEW)
    site.asked.clear()
    code, out, err = specwire("update", "shop", "--yes")
    assert (0, "") == (code, err)
    assert f"shop: {address} has version 2.0, after 1.0\n" in out
    assert ["/v1/openapi.yaml"] == site.asked
    assert address == facts()["url"]


def test_a_redirect_is_followed_again(site: Site) -> None:
    """The URL that the user named is recorded next to the one that it leads to."""
    assert 0 == exit_code("new", "shop", "--spec", f"http://{site.host}/latest")
    assert f"http://{site.host}/v1/openapi.yaml" == facts()["url"]
    assert f"http://{site.host}/latest" == facts()["from"]
    site.pages["/latest"] = (302, {"location": "/v2/openapi.yaml"}, b"")
    assert 1 == exit_code("update", "shop", "--check")
    assert 0 == exit_code("update", "shop", "--yes")
    assert f"http://{site.host}/v2/openapi.yaml" == facts()["url"]
    assert f"http://{site.host}/latest" == facts()["from"]
    assert 0 == exit_code("generate", "shop")


def test_another_origin_is_not_followed_unless_named(site: Site, specwire: Specwire) -> None:
    """As for `specwire new`."""
    other = Site()
    elsewhere = other.text("/openapi.yaml", NEW)
    assert 0 == exit_code("new", "shop", "--spec", f"http://{site.host}/latest")
    site.pages["/latest"] = (301, {"location": elsewhere}, b"")
    assert "ref-not-allowed" in specwire("update", "shop", "--yes")[2]
    assert [] == other.asked
    assert 0 == exit_code("update", "shop", "--yes", "--allow-remote", other.host)
    assert elsewhere == facts()["url"]
    other.server.shutdown()
    other.server.server_close()


@pytest.mark.parametrize("status", [401, 404, 410, 500])
def test_a_document_that_is_gone_changes_nothing(site: Site, specwire: Specwire, status: int) -> None:
    """The error names status and URL, and what to do."""
    assert 0 == exit_code("new", "shop", "--spec", f"http://{site.host}/v1/openapi.yaml")
    site.pages["/v1/openapi.yaml"] = (status, {}, OLD.encode())
    before = tree(Path("specs"))
    code, _, err = specwire("update", "shop", "--yes")
    assert 1 == code
    assert f"error[not-fetched] http://{site.host}/v1/openapi.yaml: the server returned HTTP {status}" in err
    assert "--from FILE or URL" in err
    assert before == tree(Path("specs"))


def test_a_server_that_is_gone_changes_nothing(site: Site, specwire: Specwire) -> None:
    """Nobody listens."""
    assert 0 == exit_code("new", "shop", "--spec", f"http://{site.host}/v1/openapi.yaml")
    site.server.shutdown()
    site.server.server_close()
    assert "error[not-fetched]" in specwire("update", "shop", "--yes")[2]


@pytest.mark.parametrize("status", [401, 404, 429, 503])
def test_a_check_tells_a_failure_from_a_new_version(site: Site, specwire: Specwire, status: int) -> None:
    """A scheduled job can try again later."""
    assert 0 == exit_code("new", "shop", "--spec", f"http://{site.host}/v1/openapi.yaml")
    site.pages["/v1/openapi.yaml"] = (status, {}, NEW.encode())
    code, out, err = specwire("update", "shop", "--check")
    assert (3, "") == (code, out)
    assert f"the server returned HTTP {status}" in err
    site.text("/v1/openapi.yaml", NEW)
    assert 1 == exit_code("update", "shop", "--check")
    site.server.shutdown()
    site.server.server_close()
    assert 3 == exit_code("update", "shop", "--check")


def test_a_sign_in_page_is_no_document(site: Site, specwire: Specwire) -> None:
    """With status 200, as many sites answer."""
    assert 0 == exit_code("new", "shop", "--spec", f"http://{site.host}/v1/openapi.yaml")
    site.text("/v1/openapi.yaml", "<!doctype html><title>Sign in</title>")
    assert "error[web-page]" in specwire("update", "shop", "--yes")[2]


def test_a_document_without_end_is_given_up(site: Site, specwire: Specwire, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read completely."""
    assert 0 == exit_code("new", "shop", "--spec", f"http://{site.host}/v1/openapi.yaml")
    site.text("/v1/openapi.yaml", OLD + "#" * 10_000)
    monkeypatch.setattr(fetch, "MAX_BYTES", 5_000)
    assert "error[too-large]" in specwire("update", "shop", "--yes")[2]


def test_secrets_of_a_url_are_never_recorded(site: Site, specwire: Specwire) -> None:
    """They are named again with --from."""

    def guarded(handler: Any) -> None:
        allowed = "token=s3cret" in handler.path
        handler.send_response(200 if allowed else 403)
        handler.end_headers()
        handler.wfile.write(NEW.encode() if allowed else b"")

    site.pages["/private"] = guarded
    words = ("--spec", f"http://user:pass@{site.host}/private?token=s3cret")
    assert 0 == exit_code("new", "shop", *words)
    code, out, err = specwire("update", "shop")
    assert (1, True) == (code, "HTTP 403" in err)
    assert 0 == exit_code("update", "shop", "--from", words[1])
    seen = out + err + Path("specs/shop/source.toml").read_text("utf-8")
    assert "s3cret" not in seen and "pass@" not in seen
    assert f"http://{site.host}/private" == facts()["url"]


def test_swagger_can_become_openapi(site: Site, specwire: Specwire) -> None:
    """Only changes of the client count."""
    swagger = (
        '{"swagger": "2.0", "info": {"title": "Shop", "version": "1.0"}, "host": "shop.test", "schemes": ["https"],'
    )
    swagger += ' "paths": {"/orders": {"get": {"operationId": "orders.list", "produces": ["application/json"],'
    swagger += (
        ' "responses": {"200": {"description": "d", "schema": {"type": "array", "items": {"type": "string"}}}}}}}}'
    )
    site.text("/v1/openapi.yaml", swagger)
    assert 0 == exit_code("new", "shop", "--spec", f"http://{site.host}/v1/openapi.yaml")
    assert Path("specs/shop/openapi.json").is_file()
    newer = "openapi: 3.1.0\ninfo: {title: Shop, version: '1.0'}\nservers: [{url: 'https://shop.test'}]\npaths:\n"
    newer += "  /orders: {get: {operationId: orders.list, responses: {'200': {description: d, content:\n"
    newer += "    {application/json: {schema: {type: array, items: {type: string}}}}}}}}\n"
    site.text("/v1/openapi.yaml", newer)
    code, out, err = specwire("update", "shop", "--yes")
    assert (0, "") == (code, err)
    assert out.startswith("no changes for users of the client between shop 1.0 and shop 1.0 (new)\n")
    assert "has changed, and is still called version 1.0\n" in out
    assert ["client.toml", "openapi.yaml", "source.toml"] == sorted(tree(Path("specs/shop")))
    assert 0 == exit_code("generate", "shop")
