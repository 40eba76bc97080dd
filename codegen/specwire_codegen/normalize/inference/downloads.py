"""Files that a GET returns although its document declares a JSON string, or no content at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specwire_codegen.normalize.guess import INFERRED, Guess
from specwire_codegen.normalize.inference.reading import Schemas, followed, resolved, target_of
from specwire_codegen.normalize.operations.operations import with_operations
from specwire_codegen.normalize.source_map import ORIGIN, Report
from specwire_codegen.openapi.casing import words
from specwire_codegen.openapi.media_types import base_type, is_json
from specwire_codegen.openapi.objects import Node

EXTENSION = "x-specwire-download"
_BYTES = "application/octet-stream"
_LAST = frozenset({"content", "contents", "download"})
"""Last words of paths of files."""
_PLAIN = frozenset({"type", "title", "description", "example", "examples", ORIGIN})
"""Members of the schema of any text."""


def apply(data: Node, report: Report) -> Node:
    """Return the document with the downloads that it states in our extension, and those that are certain."""

    def inferred(path: str, method: str, operation: Node) -> Node:
        stated = operation.get(EXTENSION)
        rest = {key: each for key, each in operation.items() if key != EXTENSION}
        if stated is not None:
            media_type = stated.get("media_type", _BYTES) if isinstance(stated, Mapping) else _BYTES
            return _downloading(rest, data, media_type) if stated is not False else rest
        reason = _reason(path, method, operation, data)
        if reason is None:
            return operation
        name = str(operation.get("operationId", ""))
        applied = report.inference.allows("downloads", name)
        target, value = target_of(operation, path, method), {"media_type": _BYTES}
        report.guesses.append(Guess(target, EXTENSION, value, reason, True, name, "downloads", applied))
        if not applied:
            return operation
        return {**_downloading(rest, data, _BYTES), INFERRED: {**operation.get(INFERRED, {}), "downloads": reason}}

    return with_operations(data, inferred)


def _reason(path: str, method: str, operation: Node, data: Node) -> str | None:
    """Return why an operation returns a file; None if it does not."""
    segments = [[word.lower() for word in words(each)] for each in path.partition("?")[0].split("/") if "{" not in each]
    last = next((each for each in reversed(segments) if each), [])
    if method != "get" or not last or last[-1] not in _LAST or path.rstrip("/").endswith("}"):
        return None
    contents = [(status, each.get("content", {})) for status, each in _successes(operation, data)]
    if contents and all(status == "200" and not content for status, content in contents):
        return "the path of a file, and a response without content"
    media = [(key, each) for _, content in contents for key, each in content.items()]
    schemas: Schemas = data.get("components", {}).get("schemas", {})
    named = any({"file", "files"} & {*each} for each in segments)
    any_text = all(_is_vague(key) and _is_text(followed(each, data), schemas) for key, each in media)
    if named and media and any_text:
        return "the path of a file, and a response that is any text"
    return None


def _is_vague(media_type: str) -> bool:
    return is_json(media_type) or base_type(media_type) == _BYTES


def _is_text(media: Mapping[str, Any], schemas: Schemas) -> bool:
    schema = resolved(media.get("schema"), schemas)
    return schema.get("type") == "string" and not schema.keys() - _PLAIN


def _successes(operation: Node, data: Node) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for status, response in operation.get("responses", {}).items():
        if status.startswith("2"):
            yield status, followed(response, data)


def _downloading(operation: Node, data: Node, media_type: str) -> Node:
    """Return an operation whose successful responses are bytes."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    found = {status: {**response, "content": content} for status, response in _successes(operation, data)}
    return {**operation, "responses": {**operation["responses"], **found}}
