"""Paths that differ from the path of the request."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import specwire_codegen.ir as ir
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.project import single


def lowered(folder: Path, *paths: str) -> tuple[list[str], list[str]]:
    """Return the request paths of the operations, and the codes of the warnings."""

    def item(path: str) -> dict[str, Any]:
        names = dict.fromkeys(re.findall(r"\{(\w+)\}", path))
        parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
        return {"get": {"parameters": parameters, "responses": {"204": {"description": "done"}}}}

    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://api.test/v1"}],
        "paths": {"/ok": item("/ok"), **{path: item(path) for path in paths}},
    }
    spec = folder / "spec.json"
    spec.write_text(json.dumps(document), "utf-8")
    target = single(str(spec), "sample", folder)
    normalized, warnings = document_of(target)
    sent = [operation.path for operation in api_of(target, normalized).operations]
    return [path for path in sent if path != "/ok"], [each.code for each in warnings]


@pytest.mark.parametrize(
    "path",
    [
        "/..",
        "/.",
        "..",
        "/x/../y",
        "/x/./y",
        "/x/..",
        "/{id}/..",
        "/%2e%2e/x",
        "/.%2E/x",
        "/x/%2e",
        "/x/..?a=1",
        "/x/..#f",
        "/a\\..\\b",
        "/a/x%2F..%2fb",
        "/a/x%5C..",
    ],
)
def test_a_path_with_dot_segments_is_omitted(tmp_path: Path, path: str) -> None:
    """Clients and proxies resolve them, so the request would reach another resource."""
    assert ([], ["unsendable-path"]) == lowered(tmp_path, path)


@pytest.mark.parametrize("path", ["/...", "/.x", "/x..", "/{id}..", "/..;/x", "/x?q=../y", "/%252e%252e"])
def test_dots_inside_a_segment_are_kept(tmp_path: Path, path: str) -> None:
    """Only whole segments are resolved."""
    assert ([path], []) == lowered(tmp_path, path)


@pytest.mark.parametrize("path", ["/a#{id}", "/a#b/{id}", "/{x}#{id}"])
def test_a_parameter_in_a_fragment_is_omitted(tmp_path: Path, path: str) -> None:
    """Its value would never be sent."""
    assert ([], ["unsendable-path"]) == lowered(tmp_path, path)


@pytest.mark.parametrize(("path", "sent"), [("/a#b", "/a"), ("/#Action=Run", "/"), ("/{id}#x", "/{id}"), ("/a#", "/a")])
def test_a_fragment_is_not_sent(tmp_path: Path, path: str, sent: str) -> None:
    """A fragment would include the query that follows the path."""
    assert ([sent], ["path-fragment"]) == lowered(tmp_path, path)


def test_operations_may_differ_in_their_fragments(tmp_path: Path) -> None:
    """Documents of remote procedures distinguish operations on one path so."""
    assert (["/", "/"], ["path-fragment", "path-fragment"]) == lowered(tmp_path, "/#Action=Run", "/#Action=Stop")


@pytest.mark.parametrize(
    ("path", "sent"),
    [("/a\r\nX:y", "/a%0D%0AX:y"), ("/a\tb", "/a%09b"), ("/a\0", "/a%00"), ("/a\x7f", "/a%7F"), ("/a\\b", "/a%5Cb")],
)
def test_invalid_url_characters_are_encoded(tmp_path: Path, path: str, sent: str) -> None:
    """An HTTP library would reject each call."""
    assert ([sent], ["bad-path"]) == lowered(tmp_path, path)


def operation_of(folder: Path, path: str, *parameters: dict[str, Any]) -> ir.Operation:
    """Return the only operation of a document, with these path parameters."""
    full = [{"in": "path", "required": True, "schema": {"type": "string"}, **each} for each in parameters]
    operation = {"operationId": "readFile", "parameters": full, "responses": {"204": {"description": "done"}}}
    document = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": {path: {"get": operation}}}
    spec = folder / "spec.json"
    spec.write_text(json.dumps(document), "utf-8")
    target = single(str(spec), "sample", folder)
    (found,) = api_of(target, document_of(target)[0]).operations
    return found


@pytest.mark.parametrize("name", ["a\0", "a\tb", "a\\b"])
def test_the_name_of_a_path_parameter_is_kept(tmp_path: Path, name: str) -> None:
    """It is not sent, so it may have any characters."""
    found = operation_of(tmp_path, f"/f\t/{{{name}}}", {"name": name})
    assert f"/f%09/{{{name}}}" == found.path
    assert [name] == [each.wire_name for each in found.parameters]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/f/{*path}", "/f/{path}"),
        ("/f/{**path}", "/f/{path}"),
        ("/f/{path*}", "/f/{path}"),
        ("/f/{path**}", "/f/{path}"),
        ("/f/{path+}", "/f/{path}"),
        ("/f/{path:path}", "/f/{path}"),
        ("/f/{path:.*}", "/f/{path}"),
        ("/f/{path:.+}", "/f/{path}"),
        ("/f/{path:[a-z/]{3,}}", "/f/{path}"),
        ("/f/{path=**}", "/f/{path}"),
        ("/f/{path*}/x", "/f/{path}/x"),
        ("/{path=projects/*/jobs/*}:run", "/{path}:run"),
    ],
)
def test_spanning_parameters_of_frameworks_are_recognized(tmp_path: Path, path: str, sent: str) -> None:
    """Their slashes are sent as slashes."""
    operation = operation_of(tmp_path, path, {"name": "path"})

    assert sent == operation.path
    (parameter,) = operation.parameters
    assert parameter.style == ir.Style("simple", False, empty=sent.endswith("}"), spans=True)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/f/{path=*}", "/f/{path}"),
        ("/f/{path:int}", "/f/{path}"),
        ("/f/{path:[0-9]{3}}.json", "/f/{path}.json"),
        ("/f/{path?}", "/f/{path}"),
        ("/f/{path}", "/f/{path}"),
    ],
)
def test_parameters_with_a_type_or_pattern_are_one_segment(tmp_path: Path, path: str, sent: str) -> None:
    """Their slashes are percent-encoded."""
    operation = operation_of(tmp_path, path, {"name": "path"})

    assert sent == operation.path
    assert [None] == [each.style for each in operation.parameters]


@pytest.mark.parametrize("path", ["/f/*", "/f/**"])
@pytest.mark.parametrize("declared", [(), ({"name": "*"},), ({"name": "**"},)])
def test_a_wildcard_is_an_argument(tmp_path: Path, path: str, declared: tuple[dict[str, Any], ...]) -> None:
    """With and without a declaration in the document."""
    operation = operation_of(tmp_path, path, *(each for each in declared if path.endswith(f"/{each['name']}")))

    assert "/f/{path}" == operation.path
    assert [ir.Style("simple", False, empty=True, spans=True)] == [each.style for each in operation.parameters]


def test_reserved_expansion_keeps_reserved_characters(tmp_path: Path) -> None:
    """The operator of RFC 6570 is `allowReserved` for paths."""
    reserved = ir.Style("simple", False, allow_reserved=True, empty=True)

    assert reserved == operation_of(tmp_path, "/f/{+path}", {"name": "path"}).parameters[0].style
    assert reserved == operation_of(tmp_path, "/f/{path}", {"name": "path", "allowReserved": True}).parameters[0].style


def test_an_extension_marks_a_spanning_parameter(tmp_path: Path) -> None:
    """Documents of FastAPI lose this fact; an overlay can add it."""
    operation = operation_of(tmp_path, "/f/{path}", {"name": "path", "x-specwire-spans": True})

    assert ir.Style("simple", False, empty=True, spans=True) == operation.parameters[0].style


def test_wildcards_span_in_every_operation(tmp_path: Path) -> None:
    """Also in operations without responses and in custom methods."""
    rest = {"name": "rest", "in": "path", "required": True, "schema": {"type": "string"}}
    done = {"204": {"description": "done"}}
    item = {
        "get": {"operationId": "read", "parameters": [rest], "responses": done},
        "put": {"operationId": "write", "parameters": [rest]},
        "additionalOperations": {"COPY": {"operationId": "copy", "parameters": [rest], "responses": done}},
    }
    document = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": {"/files/{rest:path}": item}}
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(document), "utf-8")
    target = single(str(spec), "sample", tmp_path)
    styles = {
        operation.http_method: operation.parameters[0].style
        for operation in api_of(target, document_of(target)[0]).operations
    }
    assert ["COPY", "GET", "PUT"] == sorted(styles)
    assert all(style is not None and style.spans for style in styles.values())
