"""Sample calls of a client as Python source, from the examples and schemas of its document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import attrs

from specwire_codegen.contract.client.arguments import arguments
from specwire_codegen.contract.values.case import Body, Case, File
from specwire_codegen.ir import (
    Api,
    BinaryBody,
    BinaryStream,
    EventStream,
    FormBody,
    JsonBody,
    JsonLinesBody,
    MultipartBody,
    Operation,
    Part,
    TextBody,
)
from specwire_codegen.ir.requests import Body as RequestBody
from specwire_codegen.mock.document import load_operations
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.failures import MockError
from specwire_codegen.mock.document.operations import MediaType, Operation as Documented, status_code
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.mock.values.sampling import Sampler
from specwire_codegen.openapi import media_types
from specwire_codegen.python_source import expression
from specwire_codegen.render.signature import arguments_of

_CONTENT = b"content"
"""Content of sample files."""
_BOUNDARY = "boundary"
_PARTS = f"--{_BOUNDARY}\r\n\r\ncontent\r\n--{_BOUNDARY}--\r\n".encode()
"""Multipart body of another type than form data, which clients send as it is."""

_VALUES = ("plain", "compat")
"""Kinds of calls that return a value."""


@attrs.frozen
class Call:
    """A sample call of a method, with the arguments that it requires."""

    name: str
    """Dotted path of the method on the client."""
    arguments: str
    """Arguments as Python source."""
    kind: str
    """`stream`, `download`, `pages`, `mixed` or `plain`; `compat` for clients with `[compat]`."""
    status: int
    """Status of a regular response."""
    route: str
    """HTTP method and path."""
    http_method: str

    @property
    def source(self) -> str:
        """The call."""
        return f"client.{self.name}({self.arguments})"


def calls(api: Api, document: Mapping[str, Any]) -> Iterator[Call]:
    """Yield a sample call of each generated method that has one; overrides and impossible calls are left out."""
    served = Document(dict(document))
    try:
        documented = {operation.id: operation for operation in load_operations.read(served)}
    except (MockError, ValueError):
        return  # the mock server cannot serve it, for example under a malformed address
    sampler = Sampler(served, Validators(served, "request"), full=False)
    replaced = {override.method for override in api.overrides if override.kind == "replaces"}
    for operation in api.operations:
        one = documented.get(operation.id)
        if operation.method in replaced or one is None or not _is_allowed(api, operation):
            continue
        try:
            given = _arguments(operation, one, sampler)
        except (KeyError, RecursionError, MockError, ValueError):
            continue  # the schemas of its arguments have no value that can be made up
        success = status_code(one.success)
        route = f"{operation.http_method} {operation.path}"
        kind = _kind(operation)
        if api.compat is not None:
            if kind not in ("plain", "pages"):
                continue
            kind = "compat"
        yield Call(".".join(operation.method), given, kind, success, route, operation.http_method)


def _is_allowed(api: Api, operation: Operation) -> bool:
    """Return whether the document declares the credentials of an operation, or of one of its alternatives."""
    return api.security is None or api.security.declares(api.alternatives(operation))


def first_calls(found: list[Call]) -> list[Call]:
    """Return the calls that introduce a client: a plain one of each sort, pages and a stream, the simplest of each."""
    simplest = sorted(found, key=lambda call: (len(call.arguments), call.name.count("."), call.name))
    wanted = (
        lambda call: call.kind in _VALUES and call.http_method == "GET",
        lambda call: call.kind in _VALUES and call.http_method in ("POST", "PUT", "PATCH"),
        lambda call: call.kind == "pages",
        lambda call: call.kind == "stream",
    )
    first = [next(filter(each, simplest), None) for each in wanted]
    return [call for call in first if call is not None] or simplest[:1]


def _kind(operation: Operation) -> str:
    if isinstance(operation.payload, EventStream):
        return "stream"
    if isinstance(operation.payload, BinaryStream):
        return "mixed" if operation.mixed else "download"
    return "pages" if operation.pagination is not None else "plain"


def _arguments(operation: Operation, one: Documented, sampler: Sampler) -> str:
    """Return the required arguments as source; raise KeyError if one of them has no value."""
    given = arguments(operation, _case(operation, one, sampler))
    required = {each.name for each in arguments_of(operation) if each.required and each.default is None}
    positional = {operation.positional.name} if operation.positional is not None else set[str]()
    if missing := required - positional - given.kwargs.keys():
        raise KeyError(*missing)
    return ", ".join(
        [*map(expression, given.args), *(f"{name}={expression(each)}" for name, each in given.kwargs.items())]
    )


def _case(operation: Operation, one: Documented, sampler: Sampler) -> Case:
    places: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    known = {(each.place, each.name): each for each in one.parameters}
    for parameter in operation.parameters:
        if parameter.place == "path" or (parameter.required and parameter.default is None):
            schema = known[parameter.place, parameter.wire_name].schema
            places[parameter.place][parameter.wire_name] = _value(sampler, schema, _is_empty)
    return Case(**places, body=_body(operation, one, sampler))


def _body(operation: Operation, one: Documented, sampler: Sampler) -> Body | None:
    body = operation.body
    if body is None or one.body is None:
        return None
    match body:
        case (
            JsonBody(media_type=name)
            | TextBody(media_type=name)
            | BinaryBody(media_type=name)
            | JsonLinesBody(media_type=name)
        ):
            media = _media(one, name)
        case FormBody():
            media = _media(one, "application/x-www-form-urlencoded")
        case MultipartBody():
            media = _media(one, "multipart/form-data")
    required = _required(body)
    drawn = {} if media.schema is None else _value(sampler, media.schema, partial(_lacks, _fields_of_form(body)))
    match body:
        case BinaryBody() if media_types.base_type(media.name).startswith("multipart/"):
            return Body(f"{media.name}; boundary={_BOUNDARY}", _PARTS)
        case BinaryBody():
            return Body(media.name, _CONTENT)
        case TextBody():
            return Body(media.name, "text" if media.schema is None else _text(drawn))
        case JsonLinesBody():
            records = [] if media.item_schema is None else [_value(sampler, media.item_schema, lambda _: False)]
            return Body(media.name, records)
        case MultipartBody(parts):
            known = {part.wire_name: part for part in parts}
            needed = _needed(sampler, media, drawn, required)
            return Body(media.name, {wire: _part(known.get(wire), value) for wire, value in needed.items()})
        case JsonBody(fields=fields) | FormBody(fields) if fields is not None and isinstance(drawn, dict):
            return Body(media.name, _needed(sampler, media, drawn, required))
        case _:
            return Body(media.name, drawn)


def _required(body: RequestBody) -> set[str]:
    """Return the names of the members that a request must have."""
    match body:
        case MultipartBody(parts):
            return {part.wire_name for part in parts if part.required and part.default is None}
        case JsonBody(fields=fields) | FormBody(fields) if fields is not None:
            return {field.wire_name for field in fields if field.required_in_request and field.default is None}
        case _:
            return set()


def _fields_of_form(body: RequestBody) -> set[str]:
    """Return the names of the members that a form must have, except for files: an empty list would not be sent."""
    match body:
        case MultipartBody(parts):
            return _required(body) - {part.wire_name for part in parts if part.file != "no"}
        case FormBody():
            return _required(body)
        case _:
            return set()


def _value(sampler: Sampler, schema: Any, refused: Callable[[Any], bool]) -> Any:
    """Return a value that fits a schema and is not refused; raise KeyError without one."""
    for full in (False, True):
        drawn = Sampler(sampler.document, sampler.validators, full=True).draw(schema) if full else sampler.draw(schema)
        if sampler.validators.accepts(schema, drawn) and not refused(drawn):
            return drawn
    raise KeyError("no value fits the schema")


def _is_empty(value: Any) -> bool:
    """Return whether a parameter or a field of a form with this value is not sent, or is empty text."""
    return value in ("", [], {}, None)


def _lacks(names: set[str], form: Any) -> bool:
    return isinstance(form, dict) and any(_is_empty(form.get(name)) for name in names)


def _needed(sampler: Sampler, media: MediaType, drawn: dict[str, Any], required: set[str]) -> dict[str, Any]:
    """Return only the required members of a body, unless they are not enough."""
    reduced = {wire: value for wire, value in drawn.items() if wire in required}
    enough = media.schema is None or sampler.validators.accepts(media.schema, reduced)
    return reduced if enough else drawn


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _part(part: Part | None, value: Any) -> Any:
    """Return the value of a part: a file if it is one."""
    if part is None or part.file == "no":
        return value
    kind = (part.content_type or "").partition(",")[0].strip()
    file = File("file.txt", _CONTENT, kind if kind and "*" not in kind else "text/plain")
    return [file] if part.file == "many" else file


def _media(one: Documented, name: str) -> MediaType:
    found = [] if one.body is None else [media for media in one.body.media if media.name == name]
    if not found and one.body is not None:
        bare = media_types.base_type(name)
        found = [media for media in one.body.media if media_types.base_type(media.name) == bare]
    if not found:
        raise KeyError(name)
    return found[0]
