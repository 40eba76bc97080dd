"""Operations: `x-fern-*` of the document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from specwire_codegen.diagnostics import Diagnostic
from specwire_codegen.documents.routes import Routed
from specwire_codegen.migrate.description import Description
from specwire_codegen.migrate.events import EVENTS, state_stream
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.casing import snake, words
from specwire_codegen.openapi.media_types import framing_of

_REQUEST, _RESPONSE = re.compile(r"\$request\.([\w.-]+)"), re.compile(r"\$response\.([\w.-]+)")
_LEFT = {
    "x-fern-sdk-return-value": ("the response is not unwrapped", "read the field of the response"),
    "x-fern-retries": ("an operation has no retries of its own", "pass max_retries= to with_options"),
    "x-fern-base-path": ("the base path is not carried over", "write it into the servers of the document"),
    "x-fern-sdk-variables": ("variables of the client are not carried over", "pass them where you call the methods"),
    "x-fern-webhook": ("webhooks are not generated", "write them by hand, in overrides/"),
}


def read_operations(
    subject: Subject, description: Description, findings: list[Diagnostic], audiences: frozenset[str], *, whole: bool
) -> None:
    """Add the names of operations to a description; apply their pages and streams to the document.

    With `whole`, the document has all of its hints: an operation without any has the name that Fern gives it.
    """
    _read_root(subject, findings)
    for each in subject.routes().operations:
        raw = subject.get(each.item)
        node = Node(raw, subject.document, each.item, findings)
        if not isinstance(raw, dict):
            continue
        if raw.get("x-fern-ignore") is True:
            description.omitted[each.route] = "x-fern-ignore"
            continue
        stated = node.get("x-fern-audiences")
        if audiences and audiences.isdisjoint(stated.texts() if stated is not None else ()):
            description.omitted[each.route] = "x-fern-audiences"
            continue
        named = whole or raw.keys() & {"x-fern-sdk-group-name", "x-fern-sdk-method-name"}
        if named and (name := _name(node, each)) is not None:
            description.add_method(each.route, name, node)
        if (streaming := node.get("x-fern-streaming")) is not None:
            _stream(each.item, streaming, subject)
        if (paging := node.get("x-fern-pagination")) is not None:
            _page(each.item, paging, subject)
        if raw.get("x-fern-availability") == "deprecated" and raw.get("deprecated") is not True:
            subject.replace(f"{each.item}/deprecated", True, node, "x-fern-availability")
        _leave(node)


def _read_root(subject: Subject, findings: list[Diagnostic]) -> None:
    root = Node(subject.document.data, subject.document, "", findings)
    headers = root.get("x-fern-idempotency-headers")
    for header in headers.items() if headers is not None else ():
        name = header.get("header")
        if name is not None and (text := name.text()) and subject.get("/x-specwire-retry") is None:
            subject.update("", {"x-specwire-retry": {"idempotency_header": text}}, header, "x-fern-idempotency-headers")
    servers = subject.get("/servers")
    for index, server in enumerate(servers if isinstance(servers, list) else ()):
        name = server.get("x-fern-server-name") if isinstance(server, dict) else None
        if isinstance(name, str) and "name" not in server:
            subject.update(f"/servers/{index}", {"name": name}, root, "x-fern-server-name")
    _leave(root)


def _leave(node: Node) -> None:
    for key, (message, help_) in _LEFT.items():
        if (stated := node.get(key)) is not None:
            stated.leave(message, help_)


def _name(node: Node, operation: Routed[str]) -> str | None:
    """Return the dotted name of a method: as stated, else as Fern derives it from tag and operationId."""
    group, method = node.get("x-fern-sdk-group-name"), node.get("x-fern-sdk-method-name")
    stated = method.text() if method is not None else None
    if stated:
        groups = group.texts() if group is not None else []
    elif group is None and operation.id is not None:
        tags = node.value.get("tags")
        groups = [str(tags[0])] if isinstance(tags, list) and tags else []
        stated = _after(groups, operation.id)
    elif group is not None and operation.id is not None:
        groups = group.texts()
        stated = _after(groups[-1:], operation.id)
    else:
        return None
    return ".".join([*(snake(part) for each in groups for part in each.split(".") if words(part)), snake(stated)])


def _after(groups: Sequence[str], id_: str) -> str:
    """Return an operationId without the name of its group in front: `users_create` is `create` of `users`."""
    head, sign, rest = id_.partition("_")
    return rest if groups and sign and rest and words(head) and snake(head) == snake(groups[0]) else id_


def _stream(operation: str, node: Node, subject: Subject) -> None:
    if node.value is False:
        return
    condition, schema, form = (node.get(key) for key in ("stream-condition", "response-stream", "format"))
    extension: dict[str, Any] = {}
    if condition is not None:
        found = _REQUEST.fullmatch(str(condition.value))
        if found is None:
            condition.leave(
                f"the condition {condition.value!r} cannot be carried over", "set the switch in overlay.yaml"
            )
            return
        extension["switch"] = {"field": found[1], "value": True}
    response_schema = subject.response_schema(operation)
    events = (
        schema.value
        if schema is not None and isinstance(schema.value, dict)
        else response_schema[1]
        if response_schema
        else None
    )
    media_type = EVENTS if form is not None and form.value == "sse" else "application/jsonl"
    known = _streams(operation, subject)
    state_stream(
        subject, operation, node, events, extension, replace=schema is not None, media_type=known or media_type
    )


def _streams(operation: str, subject: Subject) -> str | None:
    """Return the media type in which an operation already streams."""
    for response in subject.successes(operation):
        content = subject.get(pointers.join(response, "content"))
        for media_type in content if isinstance(content, dict) else ():
            if framing_of(media_type) is not None:
                return str(media_type)
    return None


def _page(operation: str, node: Node, subject: Subject) -> None:
    """State the pagination of an operation; `true` refers to the root of the document."""
    stated = node
    if node.value is True:
        stated = Node(subject.get("/x-fern-pagination"), subject.document, "/x-fern-pagination", node.findings)
    raw = subject.get(operation)
    if not isinstance(stated.value, dict) or (isinstance(raw, dict) and "x-specwire-pagination" in raw):
        return
    items = _pointer(stated.get("results"))
    cursor, offset = _parameter(stated.get("cursor")), _parameter(stated.get("offset"))
    following, step = _pointer(stated.get("next_cursor")), _parameter(stated.get("step"))
    address, more = _pointer(stated.get("next_uri")), _pointer(stated.get("has-next-page"))
    size = {"size": step} if step is not None else {}
    flag = {"more": more} if more is not None else {}
    if items is None:
        extension = None
    elif cursor is not None and following is not None:
        extension = {"style": "cursor", "cursor": cursor, "items": items, "next": following, **flag}
    elif offset is not None and (step is not None or "offset" in offset or "skip" in offset):
        extension = {"style": "offset", "offset": offset, **size, "items": items, **flag}
    elif offset is not None:
        extension = {"style": "page", "page": offset, "first": "unknown", "items": items, **flag}
    elif address is not None:
        extension = {"style": "url", "items": items, "next": address}
    else:
        extension = None
    if extension is None:
        node.leave("the pagination cannot be expressed", "describe it with x-specwire-pagination")
    else:
        subject.update(operation, {"x-specwire-pagination": extension}, node, "x-fern-pagination")


def _pointer(node: Node | None) -> str | None:
    found = _RESPONSE.fullmatch(str(node.value)) if node is not None else None
    return "".join(pointers.join("", step) for step in found[1].split(".")) if found is not None else None


def _parameter(node: Node | None) -> str | None:
    found = _REQUEST.fullmatch(str(node.value)) if node is not None else None
    return found[1] if found is not None and "." not in found[1] else None
