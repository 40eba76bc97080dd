"""Source of the request that a builder returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import assert_never

import attrs

from specwire_codegen.ir import (
    ADDITIONAL,
    BinaryBody,
    Field,
    Formats,
    FormBody,
    JsonBody,
    JsonLinesBody,
    LiteralValue,
    MultipartBody,
    Operation,
    Parameter,
    Part,
    TextBody,
)
from specwire_codegen.openapi.identifiers import HELPERS
from specwire_codegen.python_source import literal
from specwire_codegen.render.facts import Facts, header_styles, part_styles
from specwire_codegen.render.signature import Argument

_PLACES = (("path", "path"), ("query", "query"), ("header", "headers"), ("cookie", "cookies"))
_WRITES = ("POST", "PUT", "PATCH")


def calling(arguments: Iterable[Argument]) -> Callable[[str], str]:
    """Return the way a builder calls its helpers: by the private name if an argument has the public one."""
    taken = {argument.name for argument in arguments} & HELPERS
    return lambda helper: f"_{helper}" if helper in taken else helper


@attrs.frozen
class RequestSource:
    """Request of an operation, as the arguments of its constructor."""

    operation: Operation
    arguments: Sequence[Argument]
    facts: Facts

    def keywords(self) -> Iterator[str]:
        """Yield the keywords of the request with their values."""
        for place, keyword in _PLACES:
            values = [parameter for parameter in self.operation.parameters if parameter.place == place]
            fixed = _literals(self.operation.fixed_query) if place == "query" else []
            if values or fixed:
                mapping = self._mapping(values, fixed)
                yield f"{keyword}={mapping}" if place == "path" else f"{keyword}={self._called('given')}({mapping})"
        if body := self._body():
            yield f"body={body}"

    def copied(self) -> Iterator[str]:
        """Yield the keywords of a request that extends `request` with the fixed fields."""
        places = {parameter.place for parameter in self.operation.parameters}
        yield from (f"{keyword}=request.{keyword}" for place, keyword in _PLACES if place in places)
        if self.operation.fixed:
            yield f"body=with_fields(request.body, {_dict(self._fixed())})"
        elif self.operation.body is not None:
            yield "body=request.body"

    def _called(self, helper: str) -> str:
        return calling(self.arguments)(helper)

    def _fixed(self) -> list[tuple[str, str]]:
        return _literals(self.operation.fixed)

    def _body(self) -> str:
        whole = self.operation.body_argument
        match self.operation.body:
            case None:
                return ""
            case JsonBody(fields=None) as body:
                return self._json_value(body, self.body_value(body))
            case JsonBody() as body:
                return self._json_object(body)
            case FormBody(free=True):
                return self._optional(f"FormBody({whole})", False)
            case FormBody(fields):
                return f"FormBody({self._called('given')}({self._mapping(fields, self._fixed())}))"
            case MultipartBody(free=True):
                return "multipart_body(fields=fields or None, files=files or {})"
            case MultipartBody() as body:
                return f"{self._called('multipart_body')}({', '.join(self._multipart(body))})"
            case BinaryBody(media_type, required, others):
                rest = f", {literal(others)}" if others else ""
                return self._optional(f"BinaryBody({whole}, {literal(media_type)}{rest})", required)
            case JsonLinesBody(_, framing, media_type, required):
                rest = "" if framing == "jsonl" else f", {literal(framing)}"
                lines = f"{self._called('lines_body')}({whole}, {literal(media_type)}{rest})"
                return self._optional(lines, required)
            case TextBody(media_type, required):
                return self._optional(f"TextBody({whole}, {literal(media_type)})", required)
            case _:
                assert_never(self.operation.body)

    def _json_object(self, body: JsonBody) -> str:
        fields = body.fields or ()
        # An empty object equals no body, and also suits servers that do not declare their body as required.
        whole = body.required or (
            self.operation.http_method in _WRITES and not any(field.required_in_request for field in fields)
        )
        required = "" if whole else ", required=False"
        return f"{self._called('json_body')}({self._mapping(fields, self._fixed())}{_typed(body)}{required})"

    def _multipart(self, body: MultipartBody) -> Iterator[str]:
        yield f"fields={self._mapping([part for part in body.parts if part.file == 'no'], self._fixed())}"
        yield f"files={self._mapping([part for part in body.parts if part.file != 'no' and not part.mixed])}"
        if mixed := [part for part in body.parts if part.mixed]:
            yield f"mixed={self._mapping(mixed)}"
        types = {part.wire_name: part.content_type for part in body.parts if part.content_type is not None}
        if types:
            yield f"types={literal(types)}"
        if styles := part_styles(body):
            yield f"styles={self.facts.styles(styles)}"
        headers = [(part.wire_name, self._mapping(part.headers)) for part in body.parts if part.headers]
        if headers:
            yield f"headers={_dict(headers)}"
        if tables := [(wire, self.facts.styles(styles)) for wire, styles in header_styles(body)]:
            yield f"header_styles={_dict(tables)}"
        if self.operation.formats != Formats():
            yield f"formats={self.facts.formats(self.operation.formats)}"

    def _mapping(self, members: Iterable[Parameter | Field | Part], more: Iterable[tuple[str, str]] = ()) -> str:
        """Return the source of a dictionary of arguments by wire name, in the order of the signature."""
        order = {argument.name: index for index, argument in enumerate(self.arguments)}
        ordered = sorted(members, key=lambda member: order[member.name])
        return _dict([*((member.wire_name, self.value(member)) for member in ordered), *more])

    def value(self, member: Parameter | Field | Part) -> str:
        """Return the source of the value of an argument."""
        return member.name

    def body_value(self, body: JsonBody) -> str:
        """Return the source of a body that is one value."""
        return self.operation.body_argument

    def _json_value(self, body: JsonBody, given: str) -> str:
        whole = self.operation.body_argument
        value = f"{{}} if {whole} is UNSET else {given}" if body.required and body.blank else given
        return self._optional(f"JsonBody({value}{_typed(body)})", body.required)

    def _optional(self, made: str, required: bool) -> str:
        return made if required else f"None if {self.operation.body_argument} is UNSET else {made}"


def _typed(body: JsonBody) -> str:
    return "" if body.media_type == "application/json" else f", {literal(body.media_type)}"


def _literals(values: Iterable[tuple[str, LiteralValue]]) -> list[tuple[str, str]]:
    return [(wire, literal(value)) for wire, value in values]


def _dict(pairs: Iterable[tuple[str, str]]) -> str:
    keyed = (("ADDITIONAL" if wire == ADDITIONAL else literal(wire), value) for wire, value in pairs)
    return "{" + ", ".join(f"{key}: {value}" for key, value in keyed) + "}"
