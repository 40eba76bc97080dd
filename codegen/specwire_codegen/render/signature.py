"""Signatures of builders: their arguments, and the request that each makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import assert_never

import attrs

from specwire_codegen.annotation import into, out
from specwire_codegen.ir import (
    ADDITIONAL,
    BinaryBody,
    BinaryStream,
    Body,
    Empty,
    EventStream,
    FormBody,
    JsonBody,
    JsonPayload,
    LinesBody,
    MultipartBody,
    Operation,
    Text,
    TextBody,
)

MODELS = "models."
"""What stands before the name of a model in a module of operations."""
INPUTS = "inputs."
"""What stands before the name of an input type."""


@attrs.frozen
class Argument:
    """One argument of a builder."""

    name: str
    annotation: str
    required: bool
    doc: str
    positional: bool = False

    def declaration(self) -> str:
        """The argument as a signature holds it."""
        return f"{self.name}: {self.annotation}" if self.required else f"{self.name}: {self.annotation} | Unset = UNSET"

    def shown(self) -> str:
        """The argument as the reference shows it."""
        return f"{self.name}: {self.annotation}" if self.required else f"{self.name}: {self.annotation} = UNSET"


def answer(operation: Operation) -> tuple[str, tuple[str, ...]]:
    """Return the kind of request of an operation, and the types that it is of."""
    match operation.payload:
        case JsonPayload(type_):
            whole = out(type_, MODELS)
            if operation.pagination is not None:
                return "PagedRequest", (whole, out(operation.pagination.item, MODELS))
            return "Request", (whole,)
        case Text():
            return "Request", ("str",)
        case Empty():
            return "Request", ("None",)
        case BinaryStream():
            return "DownloadRequest", ()
        case EventStream(event):
            return "StreamRequest", (out(event, MODELS),)
        case _:
            assert_never(operation.payload)


def arguments_of(operation: Operation) -> Iterator[Argument]:
    """Yield the arguments of an operation, positional ones first, then the required ones."""
    found: list[Argument] = []
    for parameter in operation.parameters:
        annotation = into(parameter.type, INPUTS)
        positional = parameter.place == "path"
        found.append(Argument(parameter.name, annotation, parameter.required or positional, parameter.doc, positional))
    found += _body_arguments(operation.body)
    yield from sorted(found, key=lambda argument: (not argument.positional, not argument.required))


def _body_arguments(body: Body | None) -> Iterator[Argument]:
    match body:
        case None:
            return
        case JsonBody(type_, None, required):
            yield Argument("body", into(type_, INPUTS), required, "The body.")
        case JsonBody(_, fields, required) if fields is not None:
            for field in fields:
                yield Argument(field.name, into(field.type, INPUTS), field.asked and required, field.doc)
        case JsonBody():
            return
        case FormBody(free=True):
            yield Argument("body", "Mapping[str, Any]", False, "The fields.")
        case FormBody(fields):
            for field in fields:
                yield Argument(field.name, into(field.type, INPUTS), field.asked, field.doc)
        case MultipartBody(free=True):
            yield Argument("fields", "Mapping[str, Any]", False, "The fields.")
            yield Argument("files", "Mapping[str, FileInput | Sequence[FileInput]]", False, "The files.")
        case MultipartBody(parts):
            for part in parts:
                kind = {"no": into(part.type, INPUTS), "one": "FileInput", "many": "Sequence[FileInput]"}[part.file]
                if part.wire_name == ADDITIONAL and part.file != "no":
                    kind = f"Mapping[str, {kind}]"
                yield Argument(part.name, kind, part.required, part.doc)
                for header in part.headers:
                    yield Argument(header.name, into(header.type, INPUTS), header.required, header.doc)
        case BinaryBody(_, required):
            yield Argument("body", "FileInput", required, "The bytes, a path or an open binary file.")
        case LinesBody(item, _, _, required):
            value = into(item, INPUTS)
            kind = f"Iterable[{value}] | AsyncIterable[{value}] | FileInput"
            yield Argument("body", kind, required, "The values, encoded as they are sent; or a file that holds them.")
        case TextBody(_, required):
            yield Argument("body", "str", required, "The text.")
        case _:
            assert_never(body)


def signature(
    arguments: Sequence[Argument], written: Callable[[Argument], str], more: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return arguments as `written`, with `more` keywords after them."""
    positional = [written(argument) for argument in arguments if argument.positional]
    keywords = [*(written(argument) for argument in arguments if not argument.positional), *more]
    return (*positional, *(("*", *keywords) if keywords else ()))
