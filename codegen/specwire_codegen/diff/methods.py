"""Methods of a client with their arguments, independent of how the document places these in requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from specwire_codegen.ir import (
    Api,
    BinaryBody,
    BinaryStream,
    Body,
    Empty,
    EventStream,
    FileKind,
    FormBody,
    JsonBody,
    JsonLinesBody,
    JsonPayload,
    ListOf,
    MultipartBody,
    Nullable,
    Operation,
    Part,
    Payload,
    Primitive,
    Text,
    TypeExpr,
    UnionOf,
)
from specwire_codegen.render.signature import Argument, arguments_of

Path = tuple[str, ...]
_FILE = Primitive("bytes")


@attrs.frozen
class Method:
    """A method of a client."""

    path: Path
    operation: Operation
    waits: bool = False
    """True if it repeats the operation until a job ends."""

    @property
    def shown(self) -> str:
        """The method as users write it."""
        return f"client.{'.'.join(self.path)}()"

    @property
    def endpoint(self) -> str:
        """HTTP method and path."""
        return f"{self.operation.http_method.upper()} {self.operation.path}"


def methods(api: Api) -> Iterator[Method]:
    """Yield the methods that the document describes, with those that wait for jobs and with other names of methods."""
    for operation in api.operations:
        for path in (operation.method, *operation.aliases):
            yield Method(path, operation)
        if operation.polling is not None and operation.polling.method is not None:
            yield Method(operation.polling.method, operation, waits=True)


def arguments(operation: Operation) -> dict[str, Argument]:
    """Return the arguments of an operation by name, in the order of its signature."""
    return {argument.name: argument for argument in arguments_of(operation)}


def argument_types(operation: Operation) -> Mapping[str, TypeExpr]:
    """Return the types of the arguments of an operation; files are bytes."""
    types = {parameter.name: parameter.type for parameter in operation.parameters}
    return types | dict(_body_types(operation.body, operation.body_argument))


def _body_types(body: Body | None, whole: str) -> Iterator[tuple[str, TypeExpr]]:
    match body:
        case JsonBody(type_, None):
            yield whole, type_
        case JsonBody(_, fields) if fields is not None:
            yield from ((field.name, field.type) for field in fields)
        case FormBody(fields):
            yield from ((field.name, field.type) for field in fields)
        case MultipartBody(parts):
            for part in parts:
                yield part.name, part.type if part.file == "no" else _files(part)
                yield from ((header.name, header.type) for header in part.headers)
        case JsonLinesBody(item):
            yield whole, ListOf(item)
        case BinaryBody():
            yield whole, _FILE


def _files(part: Part) -> TypeExpr:
    """Return the type of a part that takes files."""
    kinds: dict[FileKind, tuple[TypeExpr, ...]] = {
        "one": (_FILE,),
        "many": (ListOf(_FILE),),
        "any": (_FILE, ListOf(_FILE)),
    }
    variants = kinds[part.file]
    if part.mixed:
        variants += (part.type.type if isinstance(part.type, Nullable) else part.type,)
    type_ = variants[0] if len(variants) == 1 else UnionOf(variants)
    return Nullable(type_) if isinstance(part.type, Nullable) else type_


def response_type(operation: Operation) -> TypeExpr | None:
    """Return the type of a JSON response, or of an event of a stream; None for other responses."""
    match operation.payload:
        case JsonPayload(type_):
            return type_
        case EventStream(event):
            return event
        case _:
            return None


_KINDS: Mapping[type[Payload], str] = {
    JsonPayload: "JSON",
    EventStream: "a stream of events",
    BinaryStream: "bytes",
    Text: "text",
    Empty: "nothing",
}


def response_kind(operation: Operation) -> str:
    """Return the kind of the response of an operation, in words."""
    return "bytes or JSON" if operation.mixed else _KINDS[type(operation.payload)]
