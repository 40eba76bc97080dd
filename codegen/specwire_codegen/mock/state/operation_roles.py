"""Roles of operations, such as create or list, inferred from the document."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from specwire_codegen.mock.document.document import Document, Schema
from specwire_codegen.mock.document.operations import Operation
from specwire_codegen.openapi.pointer import split

LAST_VARIABLE = re.compile(r"(?P<collection>.*)/\{(?P<name>[^/{}]+)\}")
BELOW_ITEM = re.compile(r"(?P<item>.*/\{[^/{}]+\})/(?P<tail>[^/{}]+)")
LIST_FIELDS = ("data", "items", "results")
TASK_FIELDS = ("result", "task_id", "taskId", "job_id", "jobId")


@attrs.frozen(eq=False)
class Create:
    """Role: create an item in a collection."""

    collection: str
    key: str
    item: Operation | None
    """The operation that returns the new item."""


@attrs.frozen(eq=False)
class Listing:
    """Role: list the items of a collection."""

    collection: str
    items: str
    """JSON pointer into the response."""
    schema: Schema
    """The schema of one item."""
    key: str


@attrs.frozen
class Read:
    """Role: read one item."""

    item: str
    key: str


@attrs.frozen
class Update:
    """Role: change one item."""

    item: str
    key: str


@attrs.frozen
class Delete:
    """Role: delete one item."""

    item: str
    key: str


@attrs.frozen
class Content:
    """Role: return the bytes of an item."""

    item: str


@attrs.frozen(eq=False)
class Act:
    """Role: act on an item, such as cancelling a job."""

    item: str
    key: str
    action: str
    reader: Operation | None


@attrs.frozen
class Poll:
    """Role: read a job whose path has no collection."""

    key: str


@attrs.frozen(eq=False)
class Submit:
    """Role: start a job that an unrelated operation polls; `field` of the response is its id."""

    field: str
    reader: Operation


@attrs.frozen
class Below:
    """Role: return a part of an item."""

    item: str
    key: str


@attrs.frozen
class Call:
    """Role: return an example and store nothing."""


Role: TypeAlias = Create | Listing | Read | Update | Delete | Content | Act | Poll | Submit | Below | Call


def roles(document: Document, operations: Iterable[Operation]) -> Mapping[Operation, Role]:
    """Return the role of each operation."""
    known = tuple(operations)
    table = {(operation.method, operation.path): operation for operation in reversed(known)}
    return {operation: _role(document, operation, table) for operation in known}


def identifier(path: str) -> str:
    """Return the name of the path parameter that identifies an item."""
    hit = LAST_VARIABLE.fullmatch(path)
    return hit["name"] if hit else ""


def collection(path: str) -> str:
    """Return the path of the collection of an item."""
    hit = LAST_VARIABLE.fullmatch(path)
    return hit["collection"] if hit else path


def _role(document: Document, operation: Operation, table: Mapping[tuple[str, str], Operation]) -> Role:
    item = LAST_VARIABLE.fullmatch(operation.path)
    if item is not None:
        return _item_role(document, operation, item["name"])
    if operation.polling is not None and operation.method == "GET":
        return Poll(_key(document, operation, ""))
    reader = _reader(operation.path, table)
    items = _items(document, operation)
    is_collection = operation.pagination or reader or ("POST", operation.path) in table
    if (operation.method == "GET" or operation.pagination) and items is not None and is_collection:
        schema = _item_schema(document, operation, items)
        return Listing(operation.path, items, schema, _item_key(document, schema))
    key = _key(document, operation, identifier(reader.path) if reader else "")
    if operation.method == "POST" and key and (reader or ("GET", operation.path) in table):
        return Create(operation.path, key, reader)
    below = BELOW_ITEM.fullmatch(operation.path)
    if below is not None:
        return _below_role(document, operation, below["item"], below["tail"], table)
    return _submit_role(document, operation, table)


def _item_role(document: Document, operation: Operation, name: str) -> Role:
    key = _key(document, operation, name)
    match operation.method:
        case "GET" | "HEAD":
            return Read(operation.path, key)
        case "DELETE":
            return Delete(operation.path, key)
        case _:
            return Update(operation.path, key)


def _below_role(
    document: Document, operation: Operation, item: str, tail: str, table: Mapping[tuple[str, str], Operation]
) -> Role:
    if operation.method == "GET" and operation.success.media and operation.success.json is None:
        return Content(item)
    key = _key(document, operation, identifier(item))
    return Act(item, key, tail, table.get(("GET", item))) if operation.method == "POST" else Below(item, key)


def _submit_role(document: Document, operation: Operation, table: Mapping[tuple[str, str], Operation]) -> Role:
    readers = [one for one in table.values() if one.polling and not LAST_VARIABLE.fullmatch(one.path)]
    properties = _properties(document, operation)
    field = next((name for name in TASK_FIELDS if name in properties), None)
    if operation.method != "POST" or field is None or not readers:
        return Call()
    return Submit(field, max(readers, key=lambda one: _shared(one.path, operation.path)))


def _shared(left: str, right: str) -> int:
    return next((index for index, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))


def _reader(path: str, table: Mapping[tuple[str, str], Operation]) -> Operation | None:
    fits = (hit for (method, one) in table if method == "GET" and (hit := LAST_VARIABLE.fullmatch(one)))
    return next((table["GET", hit.string] for hit in fits if hit["collection"] == path), None)


def _properties(document: Document, operation: Operation) -> Mapping[str, object]:
    media = operation.success.json
    return document.properties(media.schema) if media and media.schema is not None else {}


def _key(document: Document, operation: Operation, name: str) -> str:
    properties = _properties(document, operation)
    return next((one for one in ("id", name) if one in properties), "")


def _items(document: Document, operation: Operation) -> str | None:
    """Return the JSON pointer to the listed items, or None if the response is not a list."""
    media = operation.success.json
    if media is None or media.schema is None:
        return None
    if operation.pagination is not None:
        return operation.pagination.items
    if document.types(media.schema) == {"array"}:
        return ""
    properties = document.properties(media.schema)
    return next(
        ("/" + name for name in LIST_FIELDS if name in properties and "array" in document.types(properties[name])),
        None,
    )


def _item_schema(document: Document, operation: Operation, items: str) -> Schema:
    media = operation.success.json
    schema: Schema = media.schema if media and media.schema is not None else True
    for step in split(items):
        schema = document.properties(schema).get(step, True)
    return next((one["items"] for one in document.variants(schema) if "items" in one), True)


def _item_key(document: Document, schema: Schema) -> str:
    properties = document.properties(schema)
    return next((name for name in ("id", "name", "key") if name in properties), "")
