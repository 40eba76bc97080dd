"""Guesses at what a document does not say: pagination, streams, polling; written down to be confirmed by a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

_PAGE = ("page", "page_number", "pageNumber", "page[number]")
_SIZE = ("page_size", "pageSize", "per_page", "perPage", "limit", "size", "page[size]", "max_results", "maxResults")
_OFFSET = ("offset", "skip", "start")
_CURSOR = (
    "cursor",
    "after",
    "page_token",
    "pageToken",
    "starting_after",
    "next_token",
    "nextToken",
    "continuation_token",
)
_NEXT = ("next_cursor", "nextCursor", "next_page_token", "nextPageToken", "next_token", "nextToken", "cursor", "next")
_NEXT_URL = (
    "next_url",
    "nextUrl",
    "next_page_url",
    "nextPageUrl",
    "next_link",
    "nextLink",
    "@odata.nextLink",
    "next_page_uri",
    "next",
)
_URLS = ("uri", "url", "uri-reference")
_LINKS = ("links", "_links", "paging", "pagination", "meta")
"""Objects that hold the URLs of other pages."""
_MORE = ("has_more", "hasMore", "has_next", "hasNext")
_TOTAL = ("total", "total_count", "totalCount", "count")
_ITEMS = ("data", "items", "results", "records", "entries", "values")
_STATUS = ("status", "state")
_SUCCESS = frozenset("success succeeded completed complete done finished ready".split())
_FAILURE = frozenset(
    "failed failure error errored cancelled canceled expired timed_out timeout timeout_exceeded".split()
)


@attrs.frozen
class Guess:
    """An extension that an operation, or one of its media types, seems to want."""

    target: str
    """JSONPath of the place."""
    extension: str
    value: Mapping[str, Any]
    reason: str


def guesses(data: Mapping[str, Any]) -> Iterator[Guess]:
    """Yield guesses for a normalized document, in the order of its operations."""
    schemas: Mapping[str, Any] = data.get("components", {}).get("schemas", {})
    for path, item in data.get("paths", {}).items():
        for method, operation in item.items():
            if not isinstance(operation, Mapping) or "responses" not in operation:
                continue
            target = f"$.paths['{_quoted(path)}'].{method}"
            if method == "get":
                schema = _answer(operation, schemas)
                yield from _pagination(target, operation, schema, schemas)
                yield from _polling(target, path, schema, schemas)
            yield from _stream(target, operation, schemas)


def _quoted(path: str) -> str:
    return path.replace("\\", "\\\\").replace("'", "\\'")


def _resolved(schema: Any, schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    while isinstance(schema, Mapping) and "$ref" in schema:
        schema = schemas.get(str(schema["$ref"]).rpartition("/")[2], {})
    return schema if isinstance(schema, Mapping) else {}


def _success(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    found = (response for status, response in operation["responses"].items() if status.startswith("2"))
    return next(found, {})


def _answer(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    content = _success(operation).get("content", {})
    return _resolved(content.get("application/json", {}).get("schema", {}), schemas)


def _first(names: Sequence[str], present: Mapping[str, Any] | Sequence[str]) -> str | None:
    return next((name for name in names if name in present), None)


def _pagination(
    target: str, operation: Mapping[str, Any], schema: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[Guess]:
    if "x-specwire-pagination" in operation:
        return
    query = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
    properties: Mapping[str, Any] = schema.get("properties", {})
    size = _first(_SIZE, query)
    linked = any(name.lower() == "link" for name in _success(operation).get("headers", {}))
    if linked and schema.get("type") == "array" and (size or _first(_PAGE, query)):
        value: dict[str, Any] = {"style": "link", "items": ""}
        yield Guess(target, "x-specwire-pagination", value, "the header 'Link' and an answer that is an array")
        return
    arrays = [name for name, one in properties.items() if _resolved(one, schemas).get("type") == "array"]
    items = _first(_ITEMS, arrays) or (arrays[0] if len(arrays) == 1 else None)
    if items is None:
        return
    value = {"items": f"/{items}"}
    if url := _next_url(properties, schemas):
        value |= {"style": "url", "next": url}
    elif cursor := _first(_CURSOR, query):
        value |= {"style": "cursor", "cursor": cursor}
        following = _first(_NEXT, properties)
        element = _resolved(_resolved(properties[items], schemas).get("items", {}), schemas)
        if following is not None:
            value["next"] = f"/{following}"
        elif "id" in element.get("properties", {}):
            value["next_from_last_item"] = "/id"
        else:
            return
        if more := _first(_MORE, properties):
            value["more"] = f"/{more}"
    elif page := _first(_PAGE, query):
        value |= {"style": "page", "page": page, "first": 1}
    elif offset := _first(_OFFSET, query):
        value |= {"style": "offset", "offset": offset}
    else:
        return
    if size is not None:
        value["size"] = size
    if value["style"] in ("page", "offset") and (total := _first(_TOTAL, properties)):
        value["total"] = f"/{total}"
    seen = [f"the parameters {', '.join(query)}"] if query else []
    reason = " and ".join([*seen, *([f"the URL {url!r}"] if url else []), f"the array {items!r}"])
    yield Guess(target, "x-specwire-pagination", value, reason)


def _next_url(properties: Mapping[str, Any], schemas: Mapping[str, Any]) -> str | None:
    """Return the pointer to the URL of the next page: `/next`, `/links/next`, `/_links/next/href`."""
    for pointer, owner in [("", properties), *_below(properties, _LINKS, schemas)]:
        for name in _NEXT_URL:
            schema = _resolved(owner.get(name), schemas)
            if "href" in schema.get("properties", {}):
                return f"{pointer}/{name}/href"
            if schema and (name != "next" or schema.get("format") in _URLS or pointer in ("/links", "/_links")):
                return f"{pointer}/{name}"
    return None


def _below(
    properties: Mapping[str, Any], names: Sequence[str], schemas: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in names:
        if inside := _resolved(properties.get(name), schemas).get("properties"):
            yield f"/{name}", inside


def _polling(target: str, path: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Guess]:
    if not path.rstrip("/").endswith("}"):
        return
    for name in _STATUS:
        values = _resolved(schema.get("properties", {}).get(name), schemas).get("enum", [])
        words = [value for value in values if isinstance(value, str)]
        success = [word for word in words if word.lower().replace("-", "_") in _SUCCESS]
        failure = [word for word in words if word.lower().replace("-", "_") in _FAILURE]
        if success and failure:
            lifecycle = [word for word in words if word not in failure and word not in success][:2] + success[:1]
            value = {"status": f"/{name}", "success": success, "failure": failure, "lifecycle": lifecycle}
            yield Guess(target, "x-specwire-polling", value, f"the values of {name!r}")


def _stream(target: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Guess]:
    for status, response in operation["responses"].items():
        content: Mapping[str, Any] = response.get("content", {})
        media = content.get("text/event-stream")
        if media is None or "x-specwire-stream" in media:
            continue
        value: dict[str, Any] = {"error": "/error"}
        body = _resolved(
            operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}), schemas
        )
        if "stream" in body.get("properties", {}) and len(content) > 1:
            value["switch"] = {"field": "stream", "value": True}
        place = f"{target}.responses['{status}'].content['text/event-stream']"
        reason = "events are answered; add `terminator` if a last event such as [DONE] ends the stream"
        yield Guess(place, "x-specwire-stream", value, reason)
