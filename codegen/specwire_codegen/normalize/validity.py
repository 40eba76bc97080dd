"""Validity: the document against the rules of OpenAPI, as openapi-spec-validator knows them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV32SpecValidator

from specwire_codegen import pointer as pointers
from specwire_codegen.grammar import Node
from specwire_codegen.normalize.origin import origin_at, strip


def of_source(data: Node) -> Iterator[tuple[str, str]]:
    """Yield a message and the pointer for every object of a Swagger 2.0 document that has the wrong form."""
    yield from _found(OpenAPIV2SpecValidator.schema_validator.iter_errors(data))


def of_form(data: Node) -> Iterator[tuple[str, str]]:
    """Yield a message and the source pointer for every object of stamped OpenAPI 3.2 data that has the wrong form."""
    for message, pointer in _found(OpenAPIV32SpecValidator.schema_validator.iter_errors(strip(data))):
        yield message, origin_at(data, pointer)


def of_whole(data: Node) -> Iterator[tuple[str, str]]:
    """Yield a message and the source pointer for everything in stamped data that breaks the specification."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        problems = list(OpenAPIV32SpecValidator(strip(data)).iter_errors())
    for message, pointer in _found(problems):
        yield message, origin_at(data, pointer)


def _found(problems: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for problem in problems:
        yield str(problem.message).splitlines()[0][:200], pointers.join("", *getattr(problem, "absolute_path", ()))
