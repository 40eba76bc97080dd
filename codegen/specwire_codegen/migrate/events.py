"""Event streams of a document, as a configuration states them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.media_types import base_type

EVENTS = "text/event-stream"


def state_stream(
    subject: Subject,
    operation: str,
    node: Node,
    schema: Mapping[str, Any] | None,
    extension: Mapping[str, Any],
    *,
    replace: bool,
    media_type: str = EVENTS,
) -> bool:
    """Make the operation at a pointer stream; return whether it does.

    `schema` is that of an event; it takes the place of another one only with `replace`.
    """
    response = next(iter(subject.successes(operation)), None)
    if response is None:
        node.leave("the operation has no successful response", "describe it in the document")
        return False
    content = subject.get(pointers.join(response, "content"))
    known = None
    if isinstance(content, dict):
        known = next((each for each in content if base_type(each) == media_type), None)
    if known is None:
        media = {
            **({"schema": dict(schema)} if schema else {}),
            **({"x-specwire-stream": extension} if extension else {}),
        }
        return subject.update(response, {"content": {media_type: media}}, node, "streaming")
    place = pointers.join(response, "content", known)
    if schema is not None and replace:
        subject.replace(pointers.join(place, "schema"), dict(schema), node, "streaming")
    media = subject.get(place)
    if extension and isinstance(media, dict) and "x-specwire-stream" not in media:
        subject.update(place, {"x-specwire-stream": dict(extension)}, node, "streaming")
    return True
