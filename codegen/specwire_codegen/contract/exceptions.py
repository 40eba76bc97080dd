"""Findings of schemathesis that are not faults of the server or of the document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from json import dumps
from typing import Any, TypeAlias

import jsonschema_rs
import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CoverageScenario
from schemathesis.openapi.checks import AllowHeaderMismatch

from specwire_codegen.contract.subject import operations_of
from specwire_codegen.mock.document.document import Document
from specwire_codegen.openapi.media_types import base_type, is_json

EXCEPTIONS = {
    "the event that ends a stream": "OpenAPI cannot describe it, so schemathesis treats it as a normal event",
    "a wrong type in a form": "a form part is text, so the number 1 and the text 1 are the same",
    "an empty text in a query that may be null": "null is sent as the empty text",
    "a wrong value in a body that is neither JSON nor a form": "a schema does not describe its bytes",
    "an unknown header, cookie or query parameter": "servers ignore what they do not know",
    "a body that the document has for 204, 205 or 304": "HTTP has none",
    "a rejected form or query with an empty or nested value, or text": "schemathesis has no form of its own for it",
    "a rejected body with a text without its format": "schemathesis completes objects with such texts",
    "a tag that is not listed, with `defaultMapping`": "the default takes it, and its schema is checked",
    "other methods of a path": "another path of the document may match the address too",
}
"""Findings that are ignored, and why."""
MARK = "x-specwire-contract"
"""Header of the responses that do not come from the server."""

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_BODILESS = (204, 205, 304)
_ABOUT_RESPONSES = frozenset(
    "UndefinedStatusCode UndefinedContentType JsonSchemaError MissingHeaders MissingContentType "
    "ContentDeserializationError MalformedMediaType DiscriminatorMismatch MalformedJson".split()
)
"""Failures of responses that differ from the document."""
_ABOUT_CONTENT = _ABOUT_RESPONSES - {"UndefinedStatusCode", "MissingHeaders"}
_IGNORED_HEADERS = frozenset(
    "accept accept-encoding authorization connection content-length content-type host transfer-encoding user-agent".split()
)
"""Header parameters that OpenAPI ignores, or that every HTTP client sends."""
_EVENT_END = re.compile(rb"(?:\r\n|\r(?!\n)|\n){2,}")
Validators: TypeAlias = tuple[jsonschema_rs.Draft202012Validator, jsonschema_rs.Draft202012Validator]
_VARIABLE = re.compile(r"\{[^{}]+\}")


class FailureFilter:
    """Filter of findings that are not faults: see `EXCEPTIONS`."""

    def __init__(self, document: Mapping[str, Any], own: frozenset[int], *, is_mock: bool) -> None:
        """Filter the failures of a server; `own` are statuses that it may return without being documented.

        Bodies of the mock server's own rejections say nothing about the document.
        """
        self._own = own
        self._is_mock = is_mock
        self._nullable = _nullable_queries(document)
        self._unsuccessful = _without_success(document)
        self._has_defaults = '"defaultMapping"' in dumps(document)
        self._document = document
        self._validators: dict[tuple[str, str, str], Validators] = {}
        self._paths = [(path, _pattern(path), methods) for path, methods in _methods(document).items()]

    def __call__(
        self, context: Any, failure: Failure, case: schemathesis.Case[Any], response: schemathesis.Response
    ) -> bool:
        """Return True for a fault."""
        if MARK in response.headers:
            return False
        kind = type(failure).__name__
        status = response.status_code
        if status in self._own and kind in (_ABOUT_RESPONSES if self._is_mock else ("UndefinedStatusCode",)):
            return False
        if kind in _ABOUT_CONTENT and status in _BODILESS:
            return False
        if kind == "DiscriminatorMismatch" and self._has_defaults:
            return False
        if kind == "UndefinedStatusCode" and self._is_mock and self._own and 200 <= status < 300:
            return (case.method.lower(), case.path) not in self._unsuccessful
        if isinstance(failure, AllowHeaderMismatch):
            return bool(failure.missing_methods) or not self._have(case, failure.undocumented_methods)
        if kind == "UnsupportedMethodResponse":
            return not self._have(case, [str(response.request.method)])
        if kind == "RejectedPositiveData":
            return not _is_unsendable(case) and not self._has_wrong_format(case)
        return kind != "AcceptedNegativeData" or self._is_clearly_invalid(case)

    def _have(self, case: schemathesis.Case[Any], methods: Sequence[str]) -> bool:
        """Return True if other paths of the document that match the address have these methods."""
        address = case.formatted_path
        others = {
            method
            for path, pattern, known in self._paths
            if path != case.path and pattern.fullmatch(address)
            for method in known
        }
        return {*map(str.lower, methods)} <= others

    def _has_wrong_format(self, case: schemathesis.Case[Any]) -> bool:
        """Return True if a JSON body is valid but for the formats of its texts."""
        media_type = case.media_type or ""
        if not is_json(media_type):
            return False
        place = case.method.lower(), case.path, media_type
        if place not in self._validators:
            self._validators[place] = _validators(self._document, *place)
        lenient, strict = self._validators[place]
        return lenient.is_valid(case.body) and not strict.is_valid(case.body)

    def _is_clearly_invalid(self, case: schemathesis.Case[Any]) -> bool:
        """Return True if a request is invalid also as the server reads it."""
        query = case.query or {}
        if any(
            value == "" and (case.method.lower(), case.path, name) in self._nullable for name, value in query.items()
        ):
            return False
        if case.meta is None:
            return True
        data = case.meta.phase.data
        scenario = getattr(data, "scenario", None)
        place = getattr(data, "parameter_location", None)
        if scenario is CoverageScenario.OBJECT_UNEXPECTED_PROPERTIES and place is not ParameterLocation.BODY:
            return False
        negated = {one for one in case.meta.components if case.meta.is_negative_at(one)}
        if negated != {ParameterLocation.BODY} and place is not ParameterLocation.BODY:
            return True
        if case.media_type not in _FORMS:
            return is_json(case.media_type or "application/json")
        mutations = getattr(data, "mutations", ())
        if not mutations:
            return scenario is not CoverageScenario.INCORRECT_TYPE
        return any(mutation.keywords != ("type",) for mutation in mutations)


def _validators(document: Mapping[str, Any], method: str, path: str, media_type: str) -> Validators:
    """Return a validator of a request body without formats, and one with them."""
    raw = next(raw for one, at, raw in operations_of(document) if (one.lower(), at) == (method, path))
    content = raw.get("requestBody", {}).get("content", {})
    media: Mapping[str, Any] = next(
        (media for name, media in content.items() if base_type(name) == base_type(media_type)), {}
    )
    schema = {"components": document.get("components", {}), "allOf": [media.get("schema", {})]}
    without, within = (
        jsonschema_rs.Draft202012Validator(schema, validate_formats=formats) for formats in (False, True)
    )
    return without, within


def _is_unsendable(case: schemathesis.Case[Any]) -> bool:
    """Return True if a form, a query or a body of another type has a value that schemathesis cannot write."""
    media_type = case.media_type or "application/json"
    if media_type not in _FORMS and (not is_json(media_type) or media_type.startswith("text/")):
        return True
    holders = [case.query, case.body if case.media_type in _FORMS else None]
    values = [value for holder in holders if isinstance(holder, Mapping) for value in holder.values()]
    return any(
        value in ([], {}, None, [""], "")
        or (isinstance(value, list | dict) and any(isinstance(one, list | dict) for one in _members(value)))
        for value in values
    )


def _members(value: list[Any] | dict[str, Any]) -> list[Any]:
    return [*value.values()] if isinstance(value, dict) else value


def without_ignored_headers(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document without the header parameters that OpenAPI ignores."""
    paths = {
        path: {key: _without(one) if isinstance(one, Mapping) else one for key, one in item.items()}
        for path, item in document.get("paths", {}).items()
    }
    return {**document, "paths": paths}


def _without(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    parameters = raw.get("parameters", ())
    kept = [one for one in parameters if not (one.get("in") == "header" and _is_ignored(one.get("name")))]
    return {**raw, "parameters": kept} if len(kept) < len(parameters) else raw


def _is_ignored(name: object) -> bool:
    return isinstance(name, str) and name.lower() in _IGNORED_HEADERS


def _nullable_queries(document: Mapping[str, Any]) -> frozenset[tuple[str, str, str]]:
    """Return method, path and name of the query parameters that may be null."""
    types = Document(dict(document)).types
    return frozenset(
        (method.lower(), path, parameter["name"])
        for method, path, raw in operations_of(document)
        for parameter in raw.get("parameters", ())
        if parameter.get("in") == "query" and "null" in types(parameter.get("schema", {}))
    )


def _without_success(document: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Return method and path of the operations for which the document names no success."""
    return frozenset(
        (method.lower(), path)
        for method, path, raw in operations_of(document)
        if not any(status[:1] == "2" or status.lower() == "default" for status in raw.get("responses", {}))
    )


def _methods(document: Mapping[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for method, path, _ in operations_of(document):
        found.setdefault(path, set()).add(method.lower())
    return found


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, _VARIABLE.split(path))))


def _terminators(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield media type and data of the final event of each stream."""
    for _, _, raw in operations_of(document):
        for response in raw.get("responses", {}).values():
            for media_type, media in response.get("content", {}).items():
                if "terminator" in media.get("x-specwire-stream", {}):
                    yield media_type, media["x-specwire-stream"]["terminator"]


class EndOfStream:
    """Hook that removes the final event of a stream from its response."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Read the final events of a document's streams."""
        self._terminators = dict(_terminators(document))

    def __call__(self, context: Any, case: schemathesis.Case[Any], response: schemathesis.Response) -> None:
        """Shorten one response."""
        media_type = base_type((response.headers.get("content-type") or [""])[0])
        terminator = self._terminators.get(media_type)
        if terminator is not None:
            response.content = _without_event(response.content, terminator.encode())


def _without_event(content: bytes, data: bytes) -> bytes:
    """Return a stream without the events that have these data, whatever its line breaks."""
    kept: list[bytes] = []
    blocks = _EVENT_END.split(content)
    for block, end in zip(blocks, [*_EVENT_END.findall(content), b""], strict=True):
        lines = [line for line in re.split(rb"\r\n|\r|\n", block) if line.startswith(b"data:")]
        if [line.removeprefix(b"data:").removeprefix(b" ") for line in lines] != [data]:
            kept += (block, end)
    return b"".join(kept)
