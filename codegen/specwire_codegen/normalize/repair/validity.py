"""Validation against the schemas of the OpenAPI specification.

openapi-spec-validator ships the schemas; jsonschema-rs validates with them. The package itself is imported only to name
all violations of a document that is in doubt, since importing it takes longer than generating a small document.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs

from specwire_codegen.normalize.repair import patterns
from specwire_codegen.normalize.source_map import Report, origin_at, strip
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node

MAX_DEPTH = 150
"""Deepest level of a normalized document; deeper ones exceed the recursion limit of later steps."""


class Problem(NamedTuple):
    """Violation of the specification's schema."""

    message: str
    place: tuple[str | int, ...]
    keyword: str
    """Keyword of the specification's schema that failed."""


@cache
def _schema(version: str) -> jsonschema_rs.Validator:
    """Return the schema of a version of the specification."""
    package = find_spec("openapi_spec_validator")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("No module named 'openapi_spec_validator'", name="openapi_spec_validator")
    file = Path(package.origin).parent / "resources" / "schemas" / version / "schema.json"
    schema = json.loads(file.read_bytes())
    return jsonschema_rs.validator_cls_for(schema)(schema)


def problems(data: Node) -> Iterator[Problem]:
    """Yield every schema violation in stamped OpenAPI 3.2 data.

    Components whose name is still a pointer are not violations.
    """
    plain = strip(data)
    for found in _schema("v3.2").iter_errors(plain):
        place, rule = _exact(plain, found.instance_path), found.schema_path
        problem = Problem(_first_line(found.message), place, str(rule[-1]) if rule else "")
        if not (len(place) == 2 and problem.message.startswith('"/')):
            yield problem


def _exact(data: Any, place: Iterable[str | int]) -> tuple[str | int, ...]:
    """Return the path of a place in the data; the validator reports digit keys as list indices."""
    way = list[str | int]()
    for token in place:
        way.append(str(token) if isinstance(data, dict) else token)
        data = data[way[-1]]
    return tuple(way)


def of_source(data: Node) -> Iterator[tuple[str, str]]:
    """Yield a message and pointer for every schema violation in a Swagger 2.0 document."""
    for found in _schema("v2.0").iter_errors(data):
        yield _first_line(found.message), pointers.join("", *found.instance_path)


def apply(data: Node, report: Report) -> Node:
    """Return the document without private keys; report everything that is invalid, and what was and no longer is."""
    plain: Node = strip(data)
    invalid = [(message, origin_at(data, pointer)) for message, pointer in _of_whole(plain)]
    for message, pointer in invalid:
        report.error("invalid-document", message, pointer, "correct the document, or an overlay for it")
    reported = {each.location for each in report.diagnostics}
    for message, pointer in report.doubts:
        if (message, pointer) not in invalid and report.locate(pointer) not in reported:
            report.warning("invalid-document", f"{message}; repaired", pointer, "correct the document")
    return plain


def _of_whole(plain: Node) -> Iterator[tuple[str, str]]:
    """Yield a message and pointer for every violation in plain data.

    The rules beyond the schema hold by construction, and checking them takes longer than everything else together. They
    are checked only if the schema or the tags raise a doubt. The tests use `validate_strictly`.
    """
    if _depth(plain) > MAX_DEPTH:
        raise RecursionError
    names = [tag.get("name") for tag in plain.get("tags", [])]
    flat = len(names) == len(set(names)) and not any("parent" in tag for tag in plain.get("tags", []))
    if flat and _schema("v3.2").is_valid(plain):
        return
    yield from validate_strictly(plain)


def validate_strictly(data: Node) -> Iterator[tuple[str, str]]:
    """Yield a message and pointer for every violation in plain data, with all rules of openapi-spec-validator."""
    from openapi_spec_validator import OpenAPIV32SpecValidator

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            problems: list[Any] = list(OpenAPIV32SpecValidator(patterns.forget(data)).iter_errors())
        except ValueError:  # it reads path templates as Python format strings, and not all of them are
            problems = list(OpenAPIV32SpecValidator.schema_validator.iter_errors(data))
    for problem in problems:
        yield _first_line(str(problem.message)), pointers.join("", *getattr(problem, "absolute_path", ()))


def _first_line(message: str) -> str:
    return message.splitlines()[0][:200]


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [below for each in level if isinstance(each, (dict, list)) for below in _children(each)]
    return depth


def _children(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value
