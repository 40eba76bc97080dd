"""Validity: the document against the rules of OpenAPI, as openapi-spec-validator knows them."""

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
"""Levels of a normalized document; what is deeper could not be followed by all that reads it."""


class Problem(NamedTuple):
    """Something of the wrong form."""

    message: str
    place: tuple[str | int, ...]
    keyword: str
    """The rule that is broken, by the keyword of the specification's own schema."""


def problems(data: Node) -> Iterator[Problem]:
    """Yield everything that has the wrong form in stamped OpenAPI 3.2 data.

    Components that have a pointer for a name until they get a better one are no mistake of the document.
    """
    plain = strip(data)
    for found in OpenAPIV32SpecValidator.schema_validator.iter_errors(plain):
        place, rule = _exact(plain, found.absolute_path), list(found.absolute_schema_path)
        problem = Problem(_first_line(found), place, str(rule[-1]) if rule else "")
        if not (len(place) == 2 and problem.message.startswith('"/')):
            yield problem


def _exact(data: Any, place: Iterable[str | int]) -> tuple[str | int, ...]:
    """Return the way to a place as the data has it: the validator takes a key of digits for an index."""
    way = list[str | int]()
    for token in place:
        way.append(str(token) if isinstance(data, dict) else token)
        data = data[way[-1]]
    return tuple(way)


def of_source(data: Node) -> Iterator[tuple[str, str]]:
    """Yield a message and the pointer for every object of a Swagger 2.0 document that has the wrong form."""
    yield from _found(OpenAPIV2SpecValidator.schema_validator.iter_errors(data))


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
    """Yield a message and the source pointer for everything in stamped data that breaks the specification.

    The rules beyond form hold by construction, and checking them takes longer than all else together: they are asked
    only where form or tags already raise a doubt. `by_all_rules` is what the tests ask.
    """
    plain = strip(data)
    if _depth(plain) > MAX_DEPTH:
        raise RecursionError
    names = [tag.get("name") for tag in plain.get("tags", [])]
    flat = len(names) == len(set(names)) and not any("parent" in tag for tag in plain.get("tags", []))
    if flat and OpenAPIV32SpecValidator.schema_validator.is_valid(plain):
        return
    for message, pointer in by_all_rules(plain):
        yield message, origin_at(data, pointer)


def by_all_rules(data: Node) -> Iterator[tuple[str, str]]:
    """Yield a message and the pointer for everything in plain data that breaks any rule that the validator knows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            problems = list(OpenAPIV32SpecValidator(patterns.forget(data)).iter_errors())
        except ValueError:  # it reads the templates of paths as Python's format strings, and not all of them are
            problems = list(OpenAPIV32SpecValidator.schema_validator.iter_errors(data))
    yield from _found(problems)


def _found(problems: Iterable[Any]) -> Iterator[tuple[str, str]]:
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
