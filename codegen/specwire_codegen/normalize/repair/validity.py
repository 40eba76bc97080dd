"""Validation against the OpenAPI specification with openapi-spec-validator."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV32SpecValidator

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


def problems(data: Node) -> Iterator[Problem]:
    """Yield every schema violation in stamped OpenAPI 3.2 data.

    Components whose name is still a pointer are not violations.
    """
    plain = strip(data)
    for found in OpenAPIV32SpecValidator.schema_validator.iter_errors(plain):
        place, rule = _exact(plain, found.absolute_path), list(found.absolute_schema_path)
        problem = Problem(_first_line(found), place, str(rule[-1]) if rule else "")
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
    yield from _located(OpenAPIV2SpecValidator.schema_validator.iter_errors(data))


def apply(data: Node, report: Report) -> Node:
    """Report everything that is invalid, and what was and no longer is."""
    invalid = list(of_whole(data))
    for message, pointer in invalid:
        report.error("invalid-document", message, pointer, "correct the document, or an overlay for it")
    reported = {each.location for each in report.diagnostics}
    for message, pointer in report.doubts:
        if (message, pointer) not in invalid and report.locate(pointer) not in reported:
            report.warning("invalid-document", f"{message}; repaired", pointer, "correct the document")
    return data


def of_whole(data: Node) -> Iterator[tuple[str, str]]:
    """Yield a message and source pointer for every violation in stamped data.

    The rules beyond the schema hold by construction, and checking them takes longer than everything else together. They
    are checked only if the schema or the tags raise a doubt. The tests use `validate_strictly`.
    """
    plain = strip(data)
    if _depth(plain) > MAX_DEPTH:
        raise RecursionError
    names = [tag.get("name") for tag in plain.get("tags", [])]
    flat = len(names) == len(set(names)) and not any("parent" in tag for tag in plain.get("tags", []))
    if flat and OpenAPIV32SpecValidator.schema_validator.is_valid(plain):
        return
    for message, pointer in validate_strictly(plain):
        yield message, origin_at(data, pointer)


def validate_strictly(data: Node) -> Iterator[tuple[str, str]]:
    """Yield a message and pointer for every violation in plain data, with all rules of the validator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            problems = list(OpenAPIV32SpecValidator(patterns.forget(data)).iter_errors())
        except ValueError:  # it reads path templates as Python format strings, and not all of them are
            problems = list(OpenAPIV32SpecValidator.schema_validator.iter_errors(data))
    yield from _located(problems)


def _located(problems: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for problem in problems:
        yield _first_line(problem), pointers.join("", *getattr(problem, "absolute_path", ()))


def _first_line(problem: Any) -> str:
    return str(problem.message).splitlines()[0][:200]


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [below for each in level if isinstance(each, (dict, list)) for below in _children(each)]
    return depth


def _children(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value
