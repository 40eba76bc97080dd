"""Guesses at pagination; certain only if names and types are unambiguous."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from specwire_codegen.normalize.extensions import UNKNOWN
from specwire_codegen.normalize.guess import Guess
from specwire_codegen.normalize.inference.reading import (
    Schemas,
    body_fields,
    describes,
    first,
    may_be,
    members_of,
    resolved,
    response_schema,
    success,
    types_of,
)
from specwire_codegen.openapi import pointer as pointers

_PAGE = "page page_number pageNumber page[number] page_no pageNo page_index pageIndex pagenum page_num".split()
_SIZE = (
    "page_size pageSize per_page perPage limit size page[size] page[limit] max_results maxResults count top $top "
    "items_per_page itemsPerPage pagesize max_items maxItems"
).split()
_OFFSET = "offset page[offset] skip $skip start from".split()
_CURSOR = (
    "cursor page_token pageToken next_token nextToken continuation_token continuationToken page[cursor] page_cursor "
    "pageCursor next_cursor nextCursor next_page_token nextPageToken pagination_token paginationToken starting_after "
    "page[after] after after_id afterId after_cursor afterCursor after_token startingAfter last_id lastId marker "
    "start_cursor startCursor continue bookmark"
).split()
_LAST_ITEM = ("starting_after", "startingAfter", "after_id", "afterId", "after", "last_id", "lastId")
"""Cursors that are the id of the last item by default."""
_LAST_ID = ("last_id", "lastId")
"""Fields of a page with the id of its last item."""
_IDS = ("id", "uuid", "token", "key")
"""Fields of an item that identify it, the usual one first."""
_NEXT_HEADER = re.compile(
    r"(x-)?(next-?(page|cursor|token|page-?token|continuation)|(continuation|pagination|page)-?token|cursor)",
    re.IGNORECASE,
)
_LISTS = frozenset("list search query find filter browse _search _list".split())
"""Last segments of paths whose POST reads a list."""
_NEXT = (
    "next_cursor nextCursor next_page_token nextPageToken next_token nextToken next_page_cursor nextPageCursor "
    "end_cursor endCursor continuation_token continuationToken next_continuation_token next_marker nextMarker "
    "pagination_token cursor continue bookmark next after"
).split()
_NEXT_PAGE = ("next_page", "nextPage", "next_page_number", "nextPageNumber")
_NEXT_URL = (
    "next_url nextUrl next_page_url nextPageUrl next_link nextLink @odata.nextLink next_page_uri next next_page "
    "nextPage"
).split()
_LINKS = (
    "links _links paging pagination meta page_info pageInfo page metadata response_metadata cursors pagination_info"
).split()
"""Objects that contain links to other pages."""
_MORE = (
    "has_more hasMore has_next hasNext has_next_page hasNextPage more is_truncated isTruncated has_more_items"
).split()
_TOTAL = (
    "total total_count totalCount total_entries totalEntries total_items totalItems total_results totalResults "
    "total_records totalRecords total_elements totalElements total_size totalSize total_rows totalRows numberMatched "
    "count"
).split()
_PAGES = "total_pages totalPages page_count pageCount last_page lastPage num_pages numPages pages".split()
_ITEMS = "data items results records entries values content elements objects rows list value hits nodes".split()
_NO_ITEMS = frozenset(
    "errors warnings links included facets columns headers messages aggregations filters tags".split()
)
_URLS = ("uri", "url", "uri-reference", "iri")
_IS_TOTAL = r"\btotal\b|\boverall\b|\bin all\b|across all|all pages|that match|matching|regardless"
_IS_OF_PAGE = r"(this|the|current|each|per) (page|response|request|batch)|returned|on page|per page"
_IS_TIME = r"\b(time|timestamp|date|datetime|iso[- ]?8601|rfc[- ]?3339|unix|epoch|seconds)\b"
_FROM_ZERO = r"\b(zero|0)[- ]?(based|indexed)|(start|begin)s?( (at|from|with))? (0|zero)\b|first page (is|=) ?(0|zero)"
_FROM_ONE = r"\b(one|1)[- ]?(based|indexed)|(start|begin)s?( (at|from|with))? (1|one)\b|first page (is|=) ?(1|one)"


@attrs.frozen
class _Place:
    """An object of the response and its pointer."""

    pointer: str
    properties: Mapping[str, Any]


@attrs.frozen
class _Answer:
    """The inferred structure of a page."""

    items: str
    element: Mapping[str, Any]
    places: tuple[_Place, ...]
    """Objects with paging information: the page, the holder of the items, and objects of links."""
    sure: bool


def guess_pages(target: str, path: str, method: str, operation: Mapping[str, Any], schemas: Schemas) -> Iterator[Guess]:
    """Yield a guess at the pagination of a GET, or of a POST that reads a list."""
    if method not in ("get", "post"):
        return
    query = {each["name"]: each for each in operation.get("parameters", []) if each["in"] == "query"}
    schema = response_schema(operation, schemas)
    in_body = False
    if method == "post":
        if path.rstrip("/").rpartition("/")[2].rpartition(":")[2].lower() not in _LISTS:
            return
        fields = body_fields(operation, schemas)
        in_body = not any(name in query for name in (*_CURSOR, *_PAGE, *_OFFSET))
        query = fields if in_body else query
    page = _page(schema, schemas, path.rstrip("/").rpartition("/")[2])
    if page is None:
        return
    size = first(_SIZE, query)
    headers = [str(name) for name in success(operation).get("headers", {})]
    found = _by_header(headers, query, schemas) or _style(page, query, size, schemas, linked="link" in lowered(headers))
    if found is None:
        return
    value, sure, sign = found
    value = {"items": page.items, **value, **({"in": "body"} if in_body and value["style"] not in _BY_URL else {})}
    if in_body and "next_header" in value:  # a header is text, also where a field takes a number
        sure = may_be(_schema(query[value["cursor"]], schemas), "string")
    if size is not None and value["style"] != "link":
        value["size"] = size
    if value["style"] in ("page", "offset"):
        value |= _counts(page, value["style"], schemas)
        # A number alone is ambiguous; another field must indicate that it counts pages.
        sure = sure and bool(size or {"total", "pages", "more"} & value.keys())
    if page.items.count("/") > 1 and page.items.rpartition("/")[2] not in _ITEMS:
        # An object with an array can be a single thing; a parameter must indicate that there are pages.
        sure = sure and bool({*_PAGE, *_SIZE, *_OFFSET, *_CURSOR} & query.keys())
    named = f"the array {page.items!r}" if page.items else "the response, which is an array"
    shown = f"the parameters {', '.join(query)} and " if query else ""
    yield Guess(target, "x-specwire-pagination", value, f"{shown}{sign}{named}", sure and page.sure)


_BY_URL = ("url", "link")


def lowered(names: Iterable[str]) -> frozenset[str]:
    """Return names in lower case."""
    return frozenset(name.lower() for name in names)


def _by_header(
    headers: Sequence[str], query: Mapping[str, Any], schemas: Schemas
) -> tuple[dict[str, Any], bool, str] | None:
    """Return the style of a list whose next cursor, or number of the next page, is in a header of the response."""
    header = next((name for name in headers if _NEXT_HEADER.fullmatch(name)), None)
    if header is None:
        return None
    number = first(_PAGE, query) if header.lower().endswith("page") else None
    cursor = number or _cursor_parameter(query, schemas) or first(_PAGE, query)
    if cursor is None or not may_be(_schema(query[cursor], schemas), "string", "integer"):
        return None
    return {"style": "cursor", "cursor": cursor, "next_header": header}, True, f"the header {header!r} and "


def _page(schema: Mapping[str, Any], schemas: Schemas, segment: str) -> _Answer | None:
    if types_of(schema) == {"array"}:
        return _Answer("", resolved(schema.get("items", {}), schemas), (), True)
    root = _Place("", schema.get("properties", {}))
    inside = [_Place(pointers.below("", name), _properties(each, schemas)) for name, each in root.properties.items()]
    holders = [_holder(place, schemas, segment) for place in (root, *inside)]
    direct, nested = holders[0], [each for each in holders[1:] if each is not None]
    chosen = direct or (nested[0] if len(nested) == 1 else None)
    if chosen is None:
        return None
    holder, name, sure = chosen
    element = resolved(resolved(holder.properties[name], schemas).get("items", {}), schemas)
    holders_ = [root] if holder is root else [holder, root]
    places = [*holders_, *(place for each in holders_ for place in _links(each, schemas))]
    return _Answer(pointers.below(holder.pointer, name), element, tuple(places), sure)


def _holder(place: _Place, schemas: Schemas, segment: str) -> tuple[_Place, str, bool] | None:
    """Return the array of items in an object, and True if it is certain."""
    arrays = [name for name, each in place.properties.items() if types_of(resolved(each, schemas)) == {"array"}]
    named = next((name for name in (*_ITEMS, segment) if name in arrays), None)
    if named is not None:
        return place, named, True
    rest = [name for name in arrays if name not in _NO_ITEMS]
    return (place, rest[0], True) if len(rest) == 1 else None


def _properties(schema: Any, schemas: Schemas) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resolved(schema, schemas).get("properties", {})
    return found


def _links(place: _Place, schemas: Schemas, depth: int = 2) -> Iterator[_Place]:
    for name in _LINKS if depth else ():
        if inside := _properties(place.properties.get(name), schemas):
            found = _Place(f"{place.pointer}/{name}", inside)
            yield found
            yield from _links(found, schemas, depth - 1)


def _style(
    page: _Answer, query: Mapping[str, Any], size: str | None, schemas: Schemas, *, linked: bool
) -> tuple[dict[str, Any], bool, str] | None:
    if url := _next_url(page, schemas):
        return {"style": "url", "next": url}, True, f"the URL {url!r} and "
    if cursor := _cursor(page, query, schemas):
        return cursor
    if linked and (size or first(_PAGE, query) or first(_CURSOR, query)):
        return {"style": "link"}, True, "the header 'Link' and "
    number = first(_PAGE, query)
    if number is not None and may_be(_schema(query[number], schemas), "integer", "number"):
        start = _first_page(query[number], schemas)
        return {"style": "page", "page": number, "first": start}, _is_number(query[number], schemas), ""
    offset = next((name for name in _OFFSET if name in query and _is_offset(name, query, size, schemas)), None)
    if offset is not None:
        of_pages = _says(query[offset], r"\bpage offset\b|number of pages", schemas)  # it may count pages
        return {"style": "offset", "offset": offset}, not of_pages, ""
    if number is not None:
        return {"style": "page", "page": number, "first": 1}, False, ""
    return None


def _schema(parameter: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    return resolved(parameter.get("schema", {}), schemas)


def _says(parameter: Mapping[str, Any], pattern: str, schemas: Schemas) -> bool:
    """Return whether the description of a parameter or of its schema matches a pattern."""
    return describes(parameter, pattern) or describes(_schema(parameter, schemas), pattern)


def _is_number(parameter: Mapping[str, Any], schemas: Schemas) -> bool:
    return may_be(_schema(parameter, schemas), "integer", "number")


def _is_offset(name: str, query: Mapping[str, Any], size: str | None, schemas: Schemas) -> bool:
    if not _is_number(query[name], schemas):
        return False
    if _says(query[name], _IS_TIME, schemas):
        return False
    # These two can also start time spans and number ranges.
    return name not in ("start", "from") or (size is not None and not {"end", "to", "until"} & query.keys())


def _first_page(parameter: Mapping[str, Any], schemas: Schemas) -> int | str:
    """Return the number of the first page: the default, else the minimum, else as described."""
    schema = _schema(parameter, schemas)
    for stated in (schema.get("default"), schema.get("minimum")):
        if isinstance(stated, int) and not isinstance(stated, bool) and stated in (0, 1):
            return stated
    if schema.get("exclusiveMinimum") == 0:
        return 1
    zero, one = _says(parameter, _FROM_ZERO, schemas), _says(parameter, _FROM_ONE, schemas)
    return (0 if zero else 1) if zero != one else UNKNOWN


def _cursor(page: _Answer, query: Mapping[str, Any], schemas: Schemas) -> tuple[dict[str, Any], bool, str] | None:
    more = _find(page, _MORE, schemas, "boolean")
    flag = {} if more is None else {"more": more}
    number = first(_PAGE, query)
    following = _find(page, _NEXT_PAGE, schemas, "string", "integer")
    if number is not None and following is not None:
        # The number of the next page works as a cursor; text where numbers are expected does not.
        textual = not may_be(_at(page, following, schemas), "integer")
        sure = not textual or not _is_number(query[number], schemas)
        if sure:
            return {"style": "cursor", "cursor": number, "next": following, **flag}, True, ""
    name = _cursor_parameter(query, schemas)
    if name is None:
        for opaque in (*_OFFSET, *_PAGE):
            if opaque in query and types_of(_schema(query[opaque], schemas)) == {"string"}:
                same = _find(page, (opaque, *_NEXT), schemas, "string")
                if same is not None:
                    return {"style": "cursor", "cursor": opaque, "next": same, **flag}, True, ""
        return None
    following = _named_cursor(page, name, schemas) or _find(page, (*_NEXT, *_NEXT_PAGE), schemas, "string", "integer")
    schema = _schema(query[name], schemas)
    if following is not None:
        # Text cannot be sent where a number is expected: the two may mean different things.
        sure = may_be(schema, "string") or may_be(_at(page, following, schemas), "integer")
        return {"style": "cursor", "cursor": name, "next": following, **flag}, sure, ""
    last = _find(page, _LAST_ID, schemas, "string", "integer")
    identity = _identity(page, schema, schemas)
    if identity is not None:
        named = _says(query[name], rf"\b{identity}s?\b", schemas)
        sure = name in _LAST_ITEM and (named or (more is not None and identity in _IDS[:2]) or last is not None)
        # Without a size, an end or the last id in the page, the list may be a feed that is read from an event on.
        sure = sure and (first(_SIZE, query) is not None or more is not None or last is not None)
        return {"style": "cursor", "cursor": name, "next_from_last_item": f"/{identity}", **flag}, sure, ""
    if last is not None and name in _LAST_ITEM:
        return {"style": "cursor", "cursor": name, "next": last, **flag}, True, ""
    return None


def _cursor_parameter(query: Mapping[str, Any], schemas: Schemas) -> str | None:
    """Return the parameter that takes a cursor; a flag or a time of the same name is none."""
    for name in _CURSOR:
        if name in query and not (name in _LAST_ITEM and _is_time(query[name], schemas)):
            schema = _schema(query[name], schemas)
            if may_be(schema, "string", "integer") and "date" not in str(schema.get("format", "")):
                return name
    return None


def _is_time(parameter: Mapping[str, Any], schemas: Schemas) -> bool:
    return _says(parameter, _IS_TIME, schemas) and not _says(parameter, r"\b(ids?|cursor)\b", schemas)


def _named_cursor(page: _Answer, name: str, schemas: Schemas) -> str | None:
    """Return the pointer to the cursor with the name of the parameter, in an object of cursors."""
    for place in page.places:
        if place.pointer.rpartition("/")[2] == "cursors" and name in place.properties:
            if may_be(resolved(place.properties[name], schemas), "string", "integer"):
                return pointers.below(place.pointer, name)
    return None


def _identity(page: _Answer, parameter: Mapping[str, Any], schemas: Schemas) -> str | None:
    """Return the field that identifies an item, in a type that the parameter takes; all variants of a union have it."""
    variants = [resolved(each, schemas) for each in members_of(page.element)] or [page.element]
    for name in _IDS:
        fields = [each.get("properties", {}).get(name) for each in variants]
        if all(fields) and all(_fits(resolved(each, schemas), parameter) for each in fields):
            return name
    return None


def _fits(field: Mapping[str, Any], parameter: Mapping[str, Any]) -> bool:
    kinds = types_of(field)
    return kinds <= {"string", "integer"} and (not kinds or may_be(parameter, *kinds))


def _find(page: _Answer, names: Sequence[str], schemas: Schemas, *kinds: str) -> str | None:
    """Return the pointer to the first of these fields that can have one of these types."""
    for name in names:
        for place in page.places:
            schema = resolved(place.properties[name], schemas) if name in place.properties else None
            if schema is not None and may_be(schema, *kinds) and not (name in ("next", "after") and _is_url(schema)):
                return pointers.below(place.pointer, name)
    return None


def _at(page: _Answer, pointer: str, schemas: Schemas) -> Mapping[str, Any]:
    for place in page.places:
        for name, schema in place.properties.items():
            if pointers.below(place.pointer, name) == pointer:
                return resolved(schema, schemas)
    return {}


def _is_url(schema: Mapping[str, Any]) -> bool:
    example = schema.get("example", next(iter(schema.get("examples", ()) or ()), ""))
    return (
        schema.get("format") in _URLS
        or (isinstance(example, str) and example.startswith(("http://", "https://", "/")))
        or describes(schema, r"\b(url|uri|link|href)\b")
    )


def _next_url(page: _Answer, schemas: Schemas) -> str | None:
    """Return the pointer to the URL of the next page: `/next`, `/links/next`, `/_links/next/href`."""
    for place in page.places:
        for name in _NEXT_URL:
            schema = resolved(place.properties.get(name), schemas)
            if "href" in schema.get("properties", {}):
                return pointers.join(place.pointer, name, "href")
            linked = place.pointer.rpartition("/")[2] in ("links", "_links")
            telling = name not in ("next", "next_page", "nextPage") or linked or _is_url(schema)
            if schema and telling and may_be(schema, "string"):
                return pointers.below(place.pointer, name)
    return None


def _counts(page: _Answer, style: str, schemas: Schemas) -> dict[str, str]:
    """Return the pointers to the totals of the list, excluding those of one page."""
    found: dict[str, str] = {}
    if more := _find(page, _MORE, schemas, "boolean"):
        found["more"] = more
    for name in _TOTAL:
        pointer = _find(page, (name,), schemas, "integer", "number", "string")
        schema = _at(page, pointer, schemas) if pointer is not None else {}
        total, of_page = describes(schema, _IS_TOTAL), describes(schema, _IS_OF_PAGE)
        if pointer is not None and (total if name == "count" else total or not of_page):
            found["total"] = pointer
            break
    pages = _find(page, _PAGES, schemas, "integer", "number")
    if style == "page" and pages is not None:
        found["pages"] = pages
    return found
