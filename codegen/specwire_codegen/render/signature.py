"""Signatures of builders: their arguments and their request types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import assert_never

import attrs

from specwire_codegen.classes.annotation import into, out
from specwire_codegen.ir import (
    ADDITIONAL,
    AnyJson,
    BinaryBody,
    BinaryStream,
    Body,
    DefaultValue,
    Empty,
    EventStream,
    FormBody,
    JsonBody,
    JsonLinesBody,
    JsonPayload,
    MultipartBody,
    Nullable,
    Operation,
    Part,
    Primitive,
    Text,
    TextBody,
    TypeExpr,
)
from specwire_codegen.lower.schema import union_of
from specwire_codegen.python_source import literal

MODELS = "models."
"""Prefix of model names in a module of operations."""
INPUTS = "inputs."
"""Prefix of input type names."""


@attrs.frozen
class Argument:
    """One argument of a builder."""

    name: str
    annotation: str
    required: bool
    doc: str
    positional: bool = False
    default: DefaultValue | None = None
    """Default value of an argument that the API requires."""

    def declaration(self) -> str:
        """Return the argument as written in a signature."""
        return self._written(f"{self.annotation} | Unset")

    def shown(self) -> str:
        """Return the argument as written in the reference."""
        return self._written(self.annotation)

    def _written(self, optional: str) -> str:
        if not self.required:
            return f"{self.name}: {optional} = UNSET"
        default = "" if self.default is None else f" = {literal(self.default)}"
        return f"{self.name}: {self.annotation}{default}"


def request_type(operation: Operation) -> tuple[str, tuple[str, ...]]:
    """Return the kind of request of an operation, and its type arguments."""
    match operation.payload:
        case JsonPayload(type_):
            whole = out(type_, MODELS)
            if operation.pagination is not None:
                return "PagedRequest", (whole, out(operation.pagination.item, MODELS))
            return "Request", (whole,)
        case Text():
            return "Request", ("str",)
        case Empty(open):
            return "Request", ("Any" if open else "None",)
        case BinaryStream() if operation.mixed:
            return "MixedRequest", (_other_types(operation),)
        case BinaryStream():
            return "DownloadRequest", ()
        case EventStream(event):
            return "StreamRequest", (out(event, MODELS),)
        case _:
            assert_never(operation.payload)


def _other_types(operation: Operation) -> str:
    """Return the response type of an operation that does not return bytes."""
    types: list[TypeExpr] = []
    for _, payload in operation.payloads_by_status:
        match payload:
            case JsonPayload(type_):
                types.append(type_)
            case Text():
                types.append(Primitive("str"))
            case Empty():
                types.append(Nullable(AnyJson()))
            case _:
                pass
    return out(union_of(types), MODELS)


def arguments_of(operation: Operation) -> Iterator[Argument]:
    """Yield the arguments of an operation, the positional one first, then the required ones.

    Only the last parameter of the path is positional: ids in the wrong order would address another item.
    """
    found: list[Argument] = []
    for parameter in operation.parameters:
        annotation = into(parameter.type, INPUTS)
        required = parameter.required or parameter.place == "path"
        positional = parameter is operation.positional
        found.append(Argument(parameter.name, annotation, required, parameter.doc, positional, parameter.default))
    found += _body_arguments(operation.body, operation.body_argument)
    last = max((index for index, each in enumerate(found) if each.positional and each.default is None), default=-1)
    found = [attrs.evolve(each, default=None) if index < last else each for index, each in enumerate(found)]
    yield from sorted(found, key=lambda each: (not each.positional, not each.required or each.default is not None))


def _body_arguments(body: Body | None, whole: str) -> Iterator[Argument]:
    match body:
        case None:
            return
        case JsonBody(type_, None, required, _, blank):
            yield Argument(whole, into(type_, INPUTS), required and not blank, "Request body.")
        case JsonBody(_, fields, required) if fields is not None:
            for field in fields:
                is_required = field.required_in_request and (required or field.default is not None)
                yield Argument(field.name, into(field.type, INPUTS), is_required, field.doc, default=field.default)
        case JsonBody():
            return
        case FormBody(free=True):
            yield Argument(whole, "Mapping[str, Any]", False, "Form fields by name.")
        case FormBody(fields):
            for field in fields:
                yield Argument(
                    field.name, into(field.type, INPUTS), field.required_in_request, field.doc, default=field.default
                )
        case MultipartBody(free=True):
            yield Argument("fields", "Mapping[str, Any]", False, "Form fields by name.")
            yield Argument("files", "Mapping[str, FileInput | Sequence[FileInput]]", False, "Files by field name.")
        case MultipartBody(parts):
            for part in parts:
                yield Argument(part.name, _part_type(part), part.required, part.doc, default=part.default)
                for header in part.headers:
                    annotation = into(header.type, INPUTS)
                    yield Argument(header.name, annotation, header.required, header.doc, default=header.default)
        case BinaryBody(media_type, required):
            yield Argument(whole, "FileInput", required, _described(media_type))
        case JsonLinesBody(item, _, _, required):
            value = into(item, INPUTS)
            kind = f"Iterable[{value}] | AsyncIterable[{value}] | FileInput"
            yield Argument(whole, kind, required, "Values, encoded as they are sent, or a file of them.")
        case TextBody(_, required):
            yield Argument(whole, "str", required, "Text to send.")
        case _:
            assert_never(body)


def _described(media_type: str) -> str:
    """Return the documentation of a body of bytes."""
    if not media_type.startswith("multipart/"):
        return "Bytes, a path or a binary file object."
    return f'Encoded parts, with their boundary: (None, content, "{media_type}; boundary=...").'


def signature(
    arguments: Sequence[Argument], written: Callable[[Argument], str], more: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return arguments as `written`, with `more` keywords after them."""
    positional = [written(argument) for argument in arguments if argument.positional]
    keywords = [*(written(argument) for argument in arguments if not argument.positional), *more]
    return (*positional, *(("*", *keywords) if keywords else ()))


def _part_type(part: Part) -> str:
    """Return the annotation of a part of a form."""
    if part.file == "no":
        return into(part.type, INPUTS)
    kind = {"one": "FileInput", "many": "Sequence[FileInput]", "any": "FileInput | Sequence[FileInput]"}[part.file]
    if part.mixed:
        kind += f" | {into(part.type, INPUTS)}"
    elif isinstance(part.type, Nullable):
        kind += " | None"
    return f"Mapping[str, {kind}]" if part.wire_name == ADDITIONAL else kind
