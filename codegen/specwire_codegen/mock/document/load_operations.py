"""Loader of the operations of a document."""

from collections.abc import Iterator
from typing import Any, get_args
from urllib.parse import urlsplit

import attrs

from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.failures import MockError
from specwire_codegen.mock.document.operations import (
    Body,
    Example,
    Header,
    MediaType,
    Operation,
    Pagination,
    Parameter,
    Place,
    Polling,
    Response,
    StreamFacts,
    path_and_query,
)
from specwire_codegen.mock.document.pointers import ABSENT
from specwire_codegen.normalize.extensions import UNKNOWN
from specwire_codegen.openapi.media_types import base_type
from specwire_codegen.openapi.methods import METHODS
from specwire_codegen.openapi.styles import SPANS, STYLES

IGNORED_HEADERS = {"accept", "content-type", "authorization"}


def read(document: Document) -> tuple[Operation, ...]:
    """Return every operation of the document, in document order."""
    if not isinstance(document.data.get("paths"), dict):
        raise MockError("the document has no `paths`: nothing to serve")
    return tuple(_operations(document))


def _operations(document: Document) -> Iterator[Operation]:
    for path, node in document.data["paths"].items():
        if not path.startswith("/"):
            continue
        item = document.resolve(node)
        methods = {name: item[name] for name in METHODS if name in item} | item.get("additionalOperations", {})
        for method, operation in methods.items():
            yield _operation(document, path, method.upper(), item, operation)


def _operation(document: Document, path: str, method: str, item: dict[str, Any], node: dict[str, Any]) -> Operation:
    servers = node.get("servers") or item.get("servers") or document.data.get("servers") or []
    parameters = {
        (one.place, one.name): one
        for one in (_parameter(document, raw) for raw in [*item.get("parameters", ()), *node.get("parameters", ())])
        if not (one.place == "header" and one.name.lower() in IGNORED_HEADERS)
    }
    security = node.get("security", document.data.get("security", []))
    bare, query = path_and_query(path)
    return Operation(
        id=node.get("operationId") or f"{method.lower()} {path}",
        method=method,
        path=bare,
        query=query,
        prefixes=tuple(dict.fromkeys(["", *(_prefix(server) for server in servers)])),
        parameters=tuple(parameters.values()),
        body=_body(document, node.get("requestBody")),
        responses=tuple(_response(document, str(key), raw) for key, raw in node.get("responses", {}).items()),
        security=tuple(tuple(requirement) for requirement in security),
        pagination=_pagination(node.get("x-specwire-pagination")),
        polling=_polling(node.get("x-specwire-polling")),
        summary=_text(node.get("summary")) or _text(item.get("summary")),
        description=_text(node.get("description")),
        deprecated=node.get("deprecated") is True,
        tag=next((tag for tag in node.get("tags", ()) if isinstance(tag, str)), ""),
    )


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _prefix(server: dict[str, Any]) -> str:
    url: str = server.get("url", "")
    for name, variable in server.get("variables", {}).items():
        url = url.replace("{" + name + "}", str(variable.get("default", "")))
    return urlsplit(url).path.rstrip("/")


def _parameter(document: Document, node: Any) -> Parameter:
    raw = document.resolve(node)
    place: Place = raw["in"]
    if place not in get_args(Place):
        raise MockError(f"parameter {raw.get('name')!r} is in {place!r}: use one of {', '.join(get_args(Place))}")
    style = raw.get("style") or STYLES[place]
    media = next(iter(raw.get("content", {}).items()), None)
    schema = document.resolve(media[1]).get("schema", {}) if media else raw.get("schema", {})
    return Parameter(
        name=raw["name"],
        place=place,
        required=place == "path" or bool(raw.get("required", False)),
        style=style,
        explode=bool(raw.get("explode", style in {"form", "cookie", "deepObject"})),
        schema=schema,
        media=media[0] if media else None,
        encoding=document.resolve(media[1]).get("encoding", {}) if media else {},
        description=_text(raw.get("description")),
        example=next((one.value for one in _examples(document, raw) if not one.serialized), ABSENT),
        spans=place == "path" and bool(raw.get("allowReserved") or raw.get(SPANS)),
    )


def _body(document: Document, node: Any) -> Body | None:
    if node is None:
        return None
    raw = document.resolve(node)
    return Body(bool(raw.get("required", False)), _media_types(document, raw))


def _response(document: Document, status: str, node: Any) -> Response:
    raw = document.resolve(node)
    headers = tuple(
        _header(name, document.resolve(one))
        for name, one in raw.get("headers", {}).items()
        if name.lower() != "content-type"
    )
    media = tuple(_written(document, one) for one in _media_types(document, raw))
    return Response(status.upper() if status[0].isdigit() else status, media, headers)


def _written(document: Document, media: MediaType) -> MediaType:
    """Return a range of media types as JSON if its schema describes an object or an array."""
    types = document.types(media.schema) if media.schema is not None and media.name in ("*/*", "application/*") else ()
    return attrs.evolve(media, name="application/json") if types and {*types} <= {"object", "array"} else media


def _header(name: str, raw: dict[str, Any]) -> Header:
    examples = _examples(None, raw)
    example = examples[0].value if examples else None
    return Header(name, bool(raw.get("required", False)), raw.get("schema", {"type": "string"}), example)


def _media_types(document: Document, raw: dict[str, Any]) -> tuple[MediaType, ...]:
    content = raw.get("content", {})
    bases = [base_type(name) for name in content]
    plain_first = sorted(content, key=lambda name: (bases.index(base_type(name)), base_type(name) != name.lower()))
    return tuple(_media_type(document, name, document.resolve(content[name])) for name in plain_first)


def _media_type(document: Document, name: str, raw: dict[str, Any]) -> MediaType:
    stream = raw.get("x-specwire-stream")
    return MediaType(
        name=base_type(name),
        schema=raw.get("schema"),
        item_schema=raw.get("itemSchema"),
        encoding=raw.get("encoding", {}),
        examples=_examples(document, raw),
        stream=None if stream is None else _stream(stream),
    )


def _examples(document: Document | None, raw: dict[str, Any]) -> tuple[Example, ...]:
    found = [Example("example", raw["example"], serialized=False)] if "example" in raw else []
    for name, node in raw.get("examples", {}).items():
        one = document.resolve(node) if document else node
        for key in ("dataValue", "value", "serializedValue"):
            if key in one:
                found.append(Example(name, one[key], serialized=key == "serializedValue"))
                break
    return tuple(found)


def _stream(raw: dict[str, Any]) -> StreamFacts:
    switch = raw.get("switch", {})
    return StreamFacts(
        raw.get("terminator"),
        _error_pointer(raw.get("error")),
        switch.get("field"),
        switch.get("value"),
        raw.get("resumable", False),
    )


def _error_pointer(error: Any) -> str | None:
    """Return the pointer to the error of an event: the first plain pointer of a list of shapes."""
    shapes = error if isinstance(error, list) else [error]
    return next((shape for shape in shapes if isinstance(shape, str)), None)


def _pagination(raw: Any) -> Pagination | None:
    if not raw:
        return None
    return Pagination(
        style=raw["style"],
        parameter=raw.get(raw["style"]),
        size=raw.get("size"),
        first=1 if raw.get("first") == UNKNOWN else raw.get("first", 0),
        items=raw["items"],
        total=raw.get("total"),
        pages=raw.get("pages"),
        next=raw.get("next"),
        next_from_last_item=raw.get("next_from_last_item"),
        more=raw.get("more"),
        in_body=raw.get("in") == "body",
    )


def _polling(raw: Any) -> Polling | None:
    if not raw:
        return None
    success = tuple(raw["success"])
    return Polling(
        status=raw["status"],
        success=success,
        failure=tuple(raw.get("failure", ())),
        attention=tuple(raw.get("attention", ())),
        lifecycle=tuple(raw.get("lifecycle", success[:1])),
    )
