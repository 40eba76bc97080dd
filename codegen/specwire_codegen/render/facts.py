"""Source of `Operation` constants, and of the constants for values that several operations share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, assert_never

import attrs

from specwire_codegen.classes.annotation import out
from specwire_codegen.ir import (
    BinaryStream,
    Empty,
    ErrorEnvelope,
    Errors,
    EventStream,
    Formats,
    FormBody,
    JsonPayload,
    MultipartBody,
    Operation,
    PageNumber,
    Pagination,
    Payload,
    Polling,
    Style,
    Text,
)
from specwire_codegen.python_source import literal, literal_set
from specwire_codegen.render.signature import MODELS

Styles: TypeAlias = tuple[tuple[str, Style], ...]
"""Styles by wire name."""

_STYLE_NAMES = {
    Style("form", False): "_COMMA_SEPARATED",
    Style("spaceDelimited", False): "_SPACE_SEPARATED",
    Style("pipeDelimited", False): "_PIPE_SEPARATED",
    Style("deepObject", True): "_DEEP_OBJECT",
}
"""Names for the constants of common styles; others are called `_STYLE`."""
_SHORT = 20
"""Maximum length of a repeated value that stays inline."""


@attrs.frozen
class Constant:
    """A constant of a module, ready to be rendered."""

    name: str
    value: str
    annotation: str = ""


@attrs.frozen
class _Value:
    """A value that operations may share, and the name of its constant."""

    wish: str
    text: str
    annotation: str = ""


def constant_name(operation: Operation) -> str:
    """Return the name of the constant with the facts of an operation."""
    return f"_{operation.name.upper()}"


class Facts:
    """Facts of the operations of one module; repeated values become constants."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._taken = {constant_name(operation) for operation in operations}
        self._names: dict[_Value, str] = {}
        first: dict[Styles, Operation] = {}
        for operation in operations:
            for styles in _all_styles(operation):
                first.setdefault(styles, operation)
        self._base = _common_errors(operations)
        self._share((_errors(self._base), operation) for operation in operations if operation.errors == self._base)
        # A repeated table of styles becomes one constant, so count its styles only once.
        self._share((_style(style), user) for styles, user in first.items() for _, style in styles)
        self._share((value, operation) for operation in operations for value in self._values(operation))

    @property
    def constants(self) -> list[Constant]:
        """The constants for repeated values."""
        return [Constant(name, value.text, value.annotation) for value, name in self._names.items()]

    def of(self, operation: Operation) -> Constant:
        """Return the constant with the facts of an operation."""
        facts = ", ".join(f"{name}={value}" for name, value in self._facts(operation))
        return Constant(constant_name(operation), f"Operation({facts})")

    def styles(self, styles: Styles) -> str:
        """Return the source of a table of styles."""
        return self._written(self._styles(styles))

    def formats(self, formats: Formats) -> str:
        """Return the source of formats."""
        return self._written(_formats(formats))

    def _written(self, value: _Value) -> str:
        return self._names.get(value, value.text)

    def _share(self, uses: Iterable[tuple[_Value, Operation]]) -> None:
        first: dict[_Value, Operation] = {}
        counts: Counter[_Value] = Counter()
        for value, user in uses:
            first.setdefault(value, user)
            counts[value] += 1
        for value, count in counts.most_common():
            if count > 1 and len(value.text) > _SHORT and value not in self._names:
                self._names[value] = self._free(value.wish, first[value])

    def _free(self, wish: str, user: Operation) -> str:
        name = f"{constant_name(user)}{wish}" if wish in self._taken else wish
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def _values(self, operation: Operation) -> Iterator[_Value]:
        """Yield the values of an operation that others may share."""
        yield from map(self._styles, _all_styles(operation))
        if operation.errors.by_status:
            yield self._errors(operation.errors)
        if operation.formats != Formats():
            yield from [_formats(operation.formats)] * (2 if isinstance(operation.body, MultipartBody) else 1)
        if operation.pagination is not None:
            yield _pagination(operation.pagination)
        if operation.polling is not None:
            yield _polling(operation.polling)
        if operation.error_envelope is not None:
            yield _error_envelope(operation.error_envelope)

    def _errors(self, errors: Errors) -> _Value:
        """Return the table of errors: the most common one of the module with additions, or a table of its own."""
        base = self._names.get(_errors(self._base))
        if base is None or errors == self._base or not _extends(errors, self._base):
            return _errors(errors)
        added = Errors(tuple(entry for entry in errors.by_status if entry not in self._base.by_status))
        return attrs.evolve(_errors(errors), text=f"{base} | {_errors(added).text}")

    def _styles(self, styles: Styles) -> _Value:
        pairs = (f"{literal(name)}: {self._written(_style(style))}" for name, style in styles)
        return _Value("_STYLES", f"{{{', '.join(pairs)}}}")

    def _facts(self, operation: Operation) -> Iterator[tuple[str, str]]:
        yield "id", literal(operation.id)
        yield "method", literal(operation.http_method)
        yield "path", literal(operation.path)
        yield "returns", _payload(operation.payload)
        if operation.payloads_by_status:
            others = (f"{literal(status)}: {_payload(payload)}" for status, payload in operation.payloads_by_status)
            yield "returns_by_status", f"{{{', '.join(others)}}}"
        if operation.errors.by_status:
            yield "errors", self._written(self._errors(operation.errors))
        if styles := operation_styles(operation):
            yield "styles", self.styles(styles)
        if operation.server is not None:
            yield "server", literal(operation.server)
        if operation.formats != Formats():
            yield "formats", self.formats(operation.formats)
        if operation.safe:
            yield "safe", "True"
        if operation.billed:
            yield "billed", "True"
        if not operation.secure:
            yield "secure", "False"
        if operation.security is not None:
            yield "security", literal(operation.security)
        if operation.pagination is not None:
            yield "pagination", self._written(_pagination(operation.pagination))
        if operation.polling is not None:
            yield "polling", self._written(_polling(operation.polling))
        if operation.error_envelope is not None:
            yield "error_envelope", self._written(_error_envelope(operation.error_envelope))


def operation_styles(operation: Operation) -> Styles:
    """Return the styles of the parameters of an operation and of its form fields, except default ones."""
    styles = {parameter.wire_name: parameter.style for parameter in operation.parameters if parameter.style is not None}
    if isinstance(operation.body, FormBody):
        styles |= dict(operation.body.styles)
    return tuple(styles.items())


def part_styles(body: MultipartBody) -> Styles:
    """Return the styles of the parts of a body, except default ones."""
    return tuple((part.wire_name, part.style) for part in body.parts if part.style is not None)


def header_styles(body: MultipartBody) -> Iterator[tuple[str, Styles]]:
    """Yield each part with the styles of its headers, except default ones."""
    for part in body.parts:
        styles = tuple((header.wire_name, header.style) for header in part.headers if header.style is not None)
        if styles:
            yield part.wire_name, styles


def _all_styles(operation: Operation) -> Iterator[Styles]:
    """Yield each table of styles in the source of an operation."""
    if styles := operation_styles(operation):
        yield styles
    if isinstance(operation.body, MultipartBody):
        if styles := part_styles(operation.body):
            yield styles
        for _, styles in header_styles(operation.body):
            yield styles


def _style(style: Style) -> _Value:
    usual = attrs.asdict(Style(style.style, True))
    facts = [f"{name}={value}" for name, value in attrs.asdict(style).items() if value != usual[name]]
    if style.content_json:
        return _Value("_JSON", "Style(content_json=True)")
    return _Value(_STYLE_NAMES.get(style, "_STYLE"), f"Style({', '.join([literal(style.style), *facts])})")


def _errors(errors: Errors) -> _Value:
    entries = (f"{literal(status)}: {out(type_, MODELS)}" for status, type_ in errors.by_status)
    return _Value("_ERRORS", f"{{{', '.join(entries)}}}", "dict[int | str, Any]")


def _common_errors(operations: Sequence[Operation]) -> Errors:
    """Return the most common table of errors; the one that most others extend if there are several."""
    counts = Counter(operation.errors for operation in operations if len(operation.errors.by_status) > 1)
    extended = {one: sum(_extends(other, one) for other in counts) for one in counts}
    return max(counts, key=lambda one: (counts[one] > 1, extended[one], counts[one]), default=Errors())


def _extends(errors: Errors, base: Errors) -> bool:
    """Return whether a table has all entries of another one, and at most as many of its own."""
    return {*errors.by_status} >= {*base.by_status} and len(errors.by_status) <= 2 * len(base.by_status)


def _formats(formats: Formats) -> _Value:
    named = (("base64", formats.base64), ("decimal", formats.decimal), ("number", formats.number))
    return _Value("_FORMATS", f"Formats({', '.join(f'{name}={literal_set(names)}' for name, names in named if names)})")


def _polling(polling: Polling) -> _Value:
    sets = ("success", "failure", "attention", "progress")
    stated = [f"{name}={literal_set(getattr(polling, name))}" for name in sets if getattr(polling, name)]
    facts = [f"status={literal(polling.status)}", *stated, f"interval={polling.interval}"]
    return _Value("_POLLING", f"Polling({', '.join(facts)})")


def _error_envelope(envelope: ErrorEnvelope) -> _Value:
    message = f", message={literal(envelope.message)}" if envelope.message else ""
    facts = f"code={literal(envelope.code)}, accepted={literal_set(envelope.accepted)}{message}"
    return _Value("_ERROR_ENVELOPE", f"ErrorEnvelope({facts})")


def _pagination(pagination: Pagination) -> _Value:
    facts: Mapping[str, object] = {
        attribute.name: getattr(pagination, attribute.name)
        for attribute in attrs.fields(type(pagination))
        if attribute.name != "item"
    }
    needed = {"items", *(["first"] if isinstance(pagination, PageNumber) and pagination.first is None else [])}
    written = ", ".join(f"{name}={literal(value)}" for name, value in facts.items() if value or name in needed)
    return _Value("_PAGINATION", f"{type(pagination).__name__}({written})")


def _payload(payload: Payload) -> str:
    match payload:
        case JsonPayload(type_, media_type, envelope):
            facts = [out(type_ if envelope is None else envelope.type, MODELS)]
            facts += [literal(media_type)] if media_type != "application/json" else []
            facts += [f"item={literal(envelope.path)}"] if envelope is not None else []
            return f"JsonPayload({', '.join(facts)})"
        case Text(media_type):
            return f"TextPayload({literal(media_type)})"
        case BinaryStream(media_type):
            return f"BinaryPayload({literal(media_type)})"
        case Empty():
            return "EmptyPayload()"
        case EventStream():
            return f"EventsPayload({', '.join(_events(payload))})"
        case _:
            assert_never(payload)


def _events(payload: EventStream) -> Iterator[str]:
    yield out(payload.event, MODELS)
    if payload.framing != "sse":
        yield f"framing={literal(payload.framing)}"
    if payload.terminator is not None:
        yield f"terminator={literal(payload.terminator)}"
    if payload.last:
        yield f"last={literal_set(payload.last)}"
    if payload.ignored:
        yield f"ignored={literal_set(payload.ignored)}"
    if payload.errors:
        errors = (
            f"EventError({literal(error.path)}{'' if error.equals is None else f', equals={literal(error.equals)}'})"
            for error in payload.errors
        )
        yield f"errors=({', '.join(errors)},)"
    if payload.media_type != "text/event-stream":
        # Gateways that wrap events label their lines as JSON.
        accept = f"{payload.media_type}, application/json" if payload.item else payload.media_type
        yield f"accept={literal(accept)}"
    if payload.resumable:
        yield "resumable=True"
    if payload.finish:
        yield f"finish={literal(payload.finish)}"
    if payload.item:
        yield f"item={literal(payload.item)}"
