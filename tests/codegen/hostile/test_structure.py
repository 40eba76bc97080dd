"""Hostile structure: bombs, cycles, depths, sizes, encodings and references are rejected or processed in seconds."""

from __future__ import annotations

import json
import sys
import sysconfig
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.generate import Built, build
from specwire_codegen.new import new
from specwire_codegen.openapi.identifiers import class_names, distinct
from specwire_codegen.project import single

HEAD = 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\n'
SCHEMAS = "#/components/schemas/"
SECONDS = 20.0
"""Limit of the slowest test on a busy machine; an idle one takes a tenth."""

_watched: list[list[str]] = []


_INSTALLED = f"file://{sysconfig.get_path('purelib')}/"
"""Files that the validator reads when it first needs the schemas of OpenAPI."""


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if (
        event.startswith("socket.")
        or (event == "urllib.Request" and not str(arguments[0]).startswith(_INSTALLED))
        or (event == "open" and str(arguments[0]) == "/etc/passwd")
    ):
        for seen in _watched:
            seen.append(f"{event} {arguments}")


sys.addaudithook(_watch)


@contextmanager
def nothing_fetched() -> Iterator[None]:
    """Fail if any code resolves a host, connects, or reads a file outside."""
    seen: list[str] = []
    _watched.append(seen)
    try:
        yield
    finally:
        _watched.remove(seen)
    assert [] == seen


def document(schemas: Any, **more: Any) -> bytes:
    """Return a document with an operation that returns the schema `A`."""
    schema = {"$ref": f"{SCHEMAS}A"}
    response = {"description": "d", "content": {"application/json": {"schema": schema}}}
    paths = {"/a": {"get": {"operationId": "a", "responses": {"200": response}}}}
    data = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }
    return json.dumps({**data, **more}).encode()


def nested(levels: int, keyword: str = "properties") -> Any:
    """Return nested schemas of this depth."""
    schema: Any = {"type": "string"}
    for _ in range(levels):
        match keyword:
            case "properties":
                schema = {"type": "object", "properties": {"a": schema}}
            case "items":
                schema = {"type": "array", "items": schema}
            case _:
                schema = {keyword: [schema, {"type": "object", "properties": {"b": {"type": "string"}}}]}
    return schema


def outcome(raw: bytes, folder: Path) -> Built | tuple[str, ...]:
    """Return the client of a document, or the codes of the diagnostics that reject it, within the time limit."""
    spec = folder / ("spec.json" if raw.lstrip()[:1] == b"{" else "spec.yaml")
    spec.write_bytes(raw)
    started = time.process_time()
    try:
        with nothing_fetched():
            return build(single(spec, "sample", folder / "out"))
    except DiagnosticError as problem:
        assert len(str(problem)) < 10_000
        return tuple(dict.fromkeys(each.code for each in problem.diagnostics if each.severity == "error"))
    finally:
        assert time.process_time() - started < SECONDS


BOMB = f"x-0: &x0 [{', '.join('x' * 9)}]\n" + "".join(
    f"x-{level}: &x{level} [{', '.join([f'*x{level - 1}'] * 9)}]\n" for level in range(1, 10)
)
DOUBLING = "components:\n  schemas:\n    A: &x0 {type: object, properties: {x: {type: string}}}\n" + "".join(
    f"    A{level}: &x{level} {{type: object, properties: {{x: *x{level - 1}, y: *x{level - 1}}}}}\n"
    for level in range(1, 15)
)
REFUSED: dict[str, tuple[bytes, str]] = {
    "billion laughs": (f"{HEAD}{BOMB}paths: {{}}\n".encode(), "too-many-values"),
    "doubling": (f"{HEAD}{DOUBLING}paths: {{}}\n".encode(), "too-many-values"),
    "merge bomb": (
        f"{HEAD}x-a: &a {{b: 1}}\nx-b: {{<<: [{', '.join(['*a'] * 20_000)}]}}\n".encode(),
        "too-many-values",
    ),
    "recursive alias": (f"{HEAD}x-a: &a [*a]\npaths: {{}}\n".encode(), "recursive-alias"),
    "1,000 levels of YAML": (f"{HEAD}x-a: {'[' * 1000}{']' * 1000}\npaths: {{}}\n".encode(), "too-deep"),
    "100,000 levels of JSON": (b'{"openapi": "3.1.0", "x-a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too-deep"),
    "190 levels of arrays": (document({"A": nested(190, "items")}), "too-deep"),
    "cyclic allOf": (document({"A": {"allOf": [{"$ref": f"{SCHEMAS}A"}]}}), "ref-cycle"),
    "cyclic $ref": (document({"A": {"$ref": f"{SCHEMAS}B"}, "B": {"$ref": f"{SCHEMAS}A"}}), "ref-cycle"),
    "$ref to itself": (document({"A": {"$ref": f"{SCHEMAS}A"}}), "ref-cycle"),
    "path to itself": (document({}, paths={"/a": {"$ref": "#/paths/~1a"}}), "ref-cycle"),
    "list as a key": (f"{HEAD}? [a, b]\n: c\npaths: {{}}\n".encode(), "complex-key"),
    "key twice in JSON": (b'{"openapi": "3.1.0", "openapi": "3.1.0"}', "duplicate-key"),
    "key twice in YAML": (f"{HEAD}paths: {{}}\npaths: {{}}\n".encode(), "duplicate-key"),
    "tab": (b"openapi: 3.1.0\ninfo:\n\ttitle: T\n", "broken-yaml"),
    "NUL": (f"{HEAD}x-a: a\0b\n".encode(), "broken-yaml"),
    "NUL in a key": (b'{"openapi": "3.1.0", "x-\\u0000origin": "y"}', "bad-key"),
    "half a character in YAML": (f'{HEAD}x-a: "\\ud800"\n'.encode(), "broken-yaml"),
    "NaN": (b'{"openapi": "3.1.0", "x-a": NaN}', "not-json"),
    "Infinity": (b'{"openapi": "3.1.0", "x-a": -Infinity}', "not-json"),
    "number of 5,000 digits": (b'{"openapi": "3.1.0", "x-a": ' + b"9" * 5000 + b"}", "broken-json"),
    "Latin-1": (f"{HEAD}x-a: \xe9\n".encode("latin-1"), "not-utf8"),
    "UTF-16 without a mark": (document({}).decode().encode("utf-16-le"), "broken-json"),
    "bytes": (bytes(range(256)), "not-utf8"),
    "nothing": (b"", "empty-file"),
    "Python's own tag": (f"{HEAD}x-a: !!python/object/apply:os.system [x]\npaths: {{}}\n".encode(), "unknown-tag"),
    "file address": (document({"A": {"$ref": "file:///etc/passwd"}}), "ref-not-allowed"),
    "absolute path": (document({"A": {"$ref": "/etc/passwd"}}), "ref-not-allowed"),
    "path upwards": (document({"A": {"$ref": "../../../../../../etc/passwd#/a"}}), "ref-not-allowed"),
    "device": (document({"A": {"$ref": "/dev/zero"}}), "ref-not-allowed"),
    "share of another machine": (document({"A": {"$ref": "\\\\169.254.169.254\\latest"}}), "unresolved-ref"),
    "broken address": (document({"A": {"$ref": "http://[x/y"}}), "unresolved-ref"),
    "dynamic address": (document({"A": {"$dynamicRef": "http://169.254.169.254/x"}}), "external-ref"),
    "path with NUL": (document({"A": {"$ref": "a\0b"}}), "unresolved-ref"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_unreadable_document_is_rejected_quickly(name: str, tmp_path: Path) -> None:
    """One without a meaning, or with forbidden references, has a diagnostic."""
    raw, code = REFUSED[name]
    found = outcome(raw, tmp_path)
    assert not isinstance(found, Built)
    assert code in found


WORD = {"type": "string"}
DONE: dict[str, bytes] = {
    "ftp address": document({"A": {"$ref": "ftp://169.254.169.254/latest"}}),
    "ADDRESS": document({"A": {"$ref": "HTTP://169.254.169.254/latest"}}),
    "address": document({"A": {"$ref": "http://169.254.169.254/latest"}}),
    "address without a scheme": document({"A": {"$ref": "//169.254.169.254/latest"}}),
    "95 levels of objects": document({"A": nested(95)}),
    "60 levels of anyOf": document({"A": nested(60, "anyOf")}),
    "60 levels of allOf": document({"A": nested(60, "allOf")}),
    "10 MB of description": document(
        {"A": WORD}, info={"title": "T", "version": "1", "description": "word " * 2_000_000}
    ),
    "10 MB of quotes": document({"A": WORD}, info={"title": "T", "version": "1", "description": '"\\' * 5_000_000}),
    "10 MB of title": document({"A": WORD}, info={"title": "T" * 10_000_000, "version": "1"}),
    "allOf in a circle": document(
        {
            "A": {"allOf": [{"$ref": f"{SCHEMAS}B"}, {"properties": {"a": WORD}}]},
            "B": {"allOf": [{"$ref": f"{SCHEMAS}A"}, {"properties": {"b": WORD}}]},
        }
    ),
    "union of itself": document({"A": {"oneOf": [{"$ref": f"{SCHEMAS}A"}, WORD]}}),
    "unions in a circle": document(
        {
            "A": {"oneOf": [{"$ref": f"{SCHEMAS}B"}, WORD]},
            "B": {"anyOf": [{"$ref": f"{SCHEMAS}A"}, {"type": "integer"}]},
        }
    ),
    "array of itself": document({"A": {"type": "array", "items": {"$ref": f"{SCHEMAS}A"}}}),
    "keys that are not strings": f"{HEAD}paths: {{/a: {{get: {{responses: {{200: {{description: d}}}}}}}}}}\n".encode(),
    "byte order mark": b"\xef\xbb\xbf" + document({"A": WORD}),
    "UTF-16": document({"A": WORD}).decode().encode("utf-16"),
    "infinite numbers": document({"A": {"type": "number", "maximum": 5}}).replace(b": 5", b": 1e999"),
    "number of 4,000 digits": document(
        {"A": {"properties": {"a": {"type": "integer", "default": 10**4000, "enum": [10**4000]}}}}
    ),
    "50,000 values": document({"A": {"type": "string", "enum": [f"v{number}" for number in range(50_000)]}}),
    "2,000 properties": document(
        {"A": {"type": "object", "properties": {f"p{number}": WORD for number in range(2000)}}}
    ),
    "one name 300 times": document(
        {"A": {"type": "object", "properties": {"a" + "-" * number: WORD for number in range(300)}}}
    ),
    "pattern without end": document(
        {"A": {"properties": {"a": {**WORD, "pattern": "^(a+)+$", "default": "a" * 40 + "!"}}}}
    ),
    "addresses that nobody follows": document(
        {
            "A": {
                "oneOf": [{"$ref": f"{SCHEMAS}B"}],
                "discriminator": {"propertyName": "k", "mapping": {"x": "http://127.0.0.1:9/"}},
            },
            "B": {
                "$schema": "http://127.0.0.1:9/",
                "properties": {"k": WORD},
                "externalDocs": {"url": "http://127.0.0.1:9/"},
            },
        },
        servers=[{"url": "http://127.0.0.1:9/"}],
        jsonSchemaDialect="http://127.0.0.1:9/",
    ),
}


@pytest.mark.parametrize("name", DONE)
def test_an_unusual_document_is_generated_quickly(name: str, tmp_path: Path) -> None:
    """Large, deep or odd documents with a meaning become clients, and nothing is fetched."""
    found = outcome(DONE[name], tmp_path)
    assert isinstance(found, Built), found
    assert sum(map(len, found.files.values())) < 10_000_000


@pytest.mark.slow
@pytest.mark.parametrize("count", [4_000, pytest.param(20_000, marks=pytest.mark.exhaustive)])
def test_thousands_of_properties_take_linear_time(tmp_path: Path, count: int) -> None:
    """The time for a class grows with its fields, and no faster."""
    raw = document({"A": {"type": "object", "properties": {f"p{number}": WORD for number in range(count)}}})
    (tmp_path / "spec.json").write_bytes(raw)
    started = time.process_time()
    build(single(tmp_path / "spec.json", "sample", tmp_path / "out"))
    assert time.process_time() - started < count * 0.006


def test_a_symbolic_link_to_another_folder_is_not_read(tmp_path: Path) -> None:
    """Even if the link is next to the document."""
    folder = tmp_path / "outer" / "inner" / "specs"
    folder.mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("A: {type: string}\n", "utf-8")
    (folder / "beside.yaml").symlink_to(tmp_path / "secret.yaml")
    assert ("ref-not-allowed",) == outcome(document({"A": {"$ref": "beside.yaml#/A"}}), folder)


def test_frequent_collisions_of_names_are_resolved_by_digest() -> None:
    """The seventh equal name gets a digest of what it names, which does not depend on the others."""
    wires = ["a" + "-" * number for number in range(30)]
    names = distinct((wire, "a") for wire in wires)
    assert 30 == len(set(names.values()))
    assert max(map(len, names.values())) <= 10
    assert "a______" not in names.values()
    assert 30 == len(set(class_names(["A" + "." * number for number in range(30)]).values()))


@pytest.mark.parametrize("title", ["\U0001f600", "a\x7fb", '"; x = "', "a\nb", "\\"])
def test_new_accepts_any_title(title: str, tmp_path: Path) -> None:
    """The files that `new` writes can be read again."""
    (tmp_path / "api.json").write_bytes(document({"A": WORD}, info={"title": title, "version": "1"}))
    made = new(tmp_path, "acme", str(tmp_path / "api.json"), today=date(2025, 1, 1))
    assert title == tomllib.loads((made.folder / "source.toml").read_text("utf-8"))["title"]
