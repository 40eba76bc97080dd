"""Growth: time is proportional to the number of things in a document, and the client can be linted and imported."""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.generate import Built, build
from specwire_codegen.project import single

from tests.sampling import sampled

Schema: TypeAlias = dict[str, Any]
TEXT: Schema = {"type": "string"}
SCHEMAS = "#/components/schemas/"


def document(schemas: dict[str, Schema], **operation: Any) -> dict[str, Any]:
    """Return a document that sends and returns the schema `A`."""
    content = {"application/json": {"schema": {"$ref": f"{SCHEMAS}A"}}}
    response = {"200": {"description": "d", "content": content}}
    get = {"operationId": "getA", "responses": response, **operation}
    post = {"operationId": "sendA", "requestBody": {"content": content}, "responses": response}
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": get, "post": post}},
        "components": {"schemas": {"A": TEXT, **schemas}},
    }


def variants(count: int, tagged: bool = False) -> dict[str, Schema]:
    """Return objects for a union, distinguished by a constant or by their required keys."""
    return {
        f"V{number}": {
            "type": "object",
            "required": ["kind" if tagged else f"p{number}"],
            "properties": {**({"kind": {"const": f"v{number}"}} if tagged else {}), f"p{number}": TEXT},
        }
        for number in range(count)
    }


def refs(count: int) -> list[Schema]:
    return [{"$ref": f"{SCHEMAS}V{number}"} for number in range(count)]


def union(count: int) -> dict[str, Any]:
    return document({"A": {"oneOf": refs(count)}, **variants(count)})


def tagged(count: int) -> dict[str, Any]:
    whole = {"oneOf": refs(count), "discriminator": {"propertyName": "kind"}}
    return document({"A": whole, **variants(count, tagged=True)})


def lists(count: int) -> dict[str, Any]:
    either = {"anyOf": [{"type": "array", "items": ref} for ref in refs(count)]}
    return document({"A": {"type": "object", "properties": {"either": either}}, **variants(count)})


def values(count: int) -> dict[str, Any]:
    return document({"A": {"type": "object", "properties": {"value": {"enum": [f"v{n}" for n in range(count)]}}}})


def fields(count: int) -> dict[str, Any]:
    return document({"A": {"type": "object", "properties": {f"p{number}": TEXT for number in range(count)}}})


def parameters(count: int) -> dict[str, Any]:
    return document({}, parameters=[{"name": f"p{n}", "in": "query", "schema": TEXT} for n in range(count)])


def statuses(count: int) -> dict[str, Any]:
    whole = document(variants(count))
    for number, ref in enumerate(refs(count)):
        response = {"description": "d", "content": {"application/json": {"schema": ref}}}
        whole["paths"]["/a"]["get"]["responses"][str(400 + number)] = response
    return whole


def operations(count: int) -> dict[str, Any]:
    whole = document({})
    done = {"204": {"description": "d"}}
    whole["paths"] |= {f"/a{n}": {"get": {"operationId": f"get{n}", "responses": done}} for n in range(count)}
    return whole


def segments(count: int) -> dict[str, Any]:
    whole = document({})
    whole["paths"] = {"/a" * count: whole["paths"]["/a"]}
    return whole


def letters(count: int) -> dict[str, Any]:
    return document({}, operationId="get_" * (count // 4))


def nested(wrap: Callable[[Schema], Schema]) -> Callable[[int], dict[str, Any]]:
    def nest(depth: int) -> dict[str, Any]:
        schema = TEXT
        for _ in range(depth):
            schema = wrap(schema)
        return document({"A": schema})

    return nest


SERIES: dict[str, tuple[Callable[[int], dict[str, Any]], int]] = {
    "members of a union": (union, 250),
    "members of a tagged union": (tagged, 250),
    "members of a union in a field": (lists, 250),
    "values of an enumeration": (values, 5_000),
    "fields of an object": (fields, 250),
    "parameters": (parameters, 250),
    "statuses": (statuses, 25),
    "operations": (operations, 100),
    "segments of a path": (segments, 1_000),
    "letters of an operationId": (letters, 250),
    "nested lists": (nested(lambda inner: {"type": "array", "items": inner}), 20),
    "nested maps": (nested(lambda inner: {"type": "object", "additionalProperties": inner}), 20),
    "nested objects": (nested(lambda inner: {"type": "object", "properties": {"a": inner}}), 20),
    "nested unions": (nested(lambda inner: {"anyOf": [{"type": "array", "items": inner}, {"type": "integer"}]}), 10),
}


def generated(folder: Path, data: dict[str, Any]) -> Built:
    """Build the client of a document; formatting and the audit parse every module of it."""
    path = folder / "spec.json"
    path.write_text(json.dumps(data), "utf-8")
    return build(single(path, "sample", folder / "out"))


@pytest.mark.parametrize("name", sampled(SERIES, 7))
def test_time_is_linear_in_size(name: str, tmp_path: Path) -> None:
    """Four times as many take about four times as long; ten times and a second of noise are allowed."""
    make, size = SERIES[name]
    seconds: list[float] = []
    for count in (size, 2 * size, 4 * size):
        started = time.process_time()
        generated(tmp_path, make(count))
        seconds.append(time.process_time() - started)
    assert seconds[2] <= 10 * seconds[0] + 1, seconds


LARGE = {
    "members of a union": 2_000,
    "members of a tagged union": 2_000,
    "members of a union in a field": 2_000,
    "values of an enumeration": 20_000,
    "fields of an object": 5_000,
    "nested lists": 95,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sampled(LARGE, 2))
def test_a_wide_or_deep_client_parses_and_runs(name: str, tmp_path: Path) -> None:
    """Neither ruff nor Python overflows, and no expression is nested deeper than pyright allows (256 levels)."""
    built = generated(tmp_path, SERIES[name][0](LARGE[name]))
    for path, text in built.files.items():
        if path.endswith(".py"):
            assert max(depths(ast.parse(text))) < 256, path
            compile(text, path, "exec")


def depths(tree: ast.AST) -> Iterator[int]:
    """Yield the depth of each node of a tree."""
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield depth
        waiting += [(child, depth + 1) for child in ast.iter_child_nodes(node)]


INSANE: dict[str, tuple[Callable[[], dict[str, Any]], str, str]] = {
    "operationId": (lambda: document({}, operationId="a" * 1_001), "an operationId of 1,001", "/paths/~1a/get"),
    "vast operationId": (lambda: document({}, operationId="a" * 20_000_000), "an operationId of 20,000,000", "/paths/"),
    "path": (lambda: segments(4_001), "a path of 8,002", "/paths/~1a~1a"),
    "vast path": (lambda: segments(2_500_000), "a path of 5,000,000", "/paths/~1a~1a"),
    "tag": (lambda: document({}, tags=["a" * 1_001]), "a tag of 1,001", "/paths/~1a/get"),
    "declared tag": (
        lambda: {**document({}), "tags": [{"name": "a" * 1_001}]},
        "the name of a tag of 1,001",
        "/tags/0",
    ),
    "component": (lambda: document({"a" * 1_001: TEXT}), "the name of a component of 1,001", "/components/schemas/aa"),
}


@pytest.mark.parametrize("name", INSANE)
def test_an_extremely_long_name_is_rejected_quickly(name: str, tmp_path: Path) -> None:
    """Names and paths have a limit, and the error has their place."""
    make, what, pointer = INSANE[name]
    data = make()
    started = time.process_time()
    with pytest.raises(DiagnosticError) as raised:
        generated(tmp_path, data)
    assert time.process_time() - started < 5
    (problem,) = raised.value.diagnostics
    assert "too-long" == problem.code
    assert f"{what} characters is too long" in problem.message
    assert problem.location is not None and problem.location.pointer.startswith(pointer)
    assert len(str(problem)) < 3_000


def test_names_up_to_the_limit_are_accepted(tmp_path: Path) -> None:
    """The longest names and paths that are allowed become a client."""
    data = document({"a" * 1_000: {"type": "object", "properties": {"a": TEXT}}}, operationId="b" * 1_000)
    data["paths"] = {"/a" * 4_000: data["paths"]["/a"]}
    assert generated(tmp_path, data).api.operations
