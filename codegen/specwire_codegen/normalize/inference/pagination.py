"""Guesses at pagination; certain only if names and types are unambiguous."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from specwire_codegen.normalize.extensions import UNKNOWN
from specwire_codegen.normalize.guess import Guess
from specwire_codegen.normalize.inference.page import Page, Place, at, find, next_url, page_of
from specwire_codegen.normalize.inference.paging_names import (
    CURSOR,
    FROM_ONE,
    FROM_ZERO,
    IDS,
    IS_MEASURE,
    IS_OF_PAGE,
    IS_OF_PAGES,
    IS_POSITION,
    IS_TIME,
    IS_TOTAL,
    ITEMS,
    LAST_ID,
    LAST_ITEM,
    MORE,
    NEXT,
    NEXT_HEADER,
    NEXT_PAGE,
    OFFSET,
    PAGE,
    PAGES,
    SIZE,
    TOTAL,
    VAGUE,
    by_plain,
    is_reading,
    plain,
)
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
from specwire_codegen.openapi.casing import words

Query: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Parameters, or fields of the body in their form, by plain name."""


def guess_pages(target: str, path: str, method: str, operation: Mapping[str, Any], schemas: Schemas) -> Iterator[Guess]:
    """Yield a guess at the pagination of a GET, or of a POST that reads a list."""
    if method not in ("get", "post"):
        return
    query = _by_name(each for each in operation.get("parameters", []) if each["in"] == "query")
    in_body = method == "post" and not any(name in query for name in (*CURSOR, *PAGE, *OFFSET))
    if in_body:
        query = _by_name(body_fields(operation, schemas).values())
    segments = [each.rpartition(":")[2] for each in path.rstrip("/").split("/") if not each.endswith("}")]
    page = page_of(response_schema(operation, schemas), schemas, segments)
    if page is None:
        return
    size = first(SIZE, query)
    headers = [str(name) for name in success(operation).get("headers", {})]
    found = _by_header(headers, query, schemas) or _style(page, query, size, schemas, linked="link" in lowered(headers))
    if found is None:
        return
    value, sure, sign = found
    # A POST to `/jobs` creates one; `/counts/batch-retrieve` can do anything, but for the cursor.
    if method == "post" and not is_reading(segments[-1]) and not (words(segments[-1])[1:] and _returns_cursor(value)):
        return
    value = {"items": page.items, **value, **({"in": "body"} if in_body and value["style"] not in _BY_URL else {})}
    if in_body and "next_header" in value:  # a header is text, also where a field takes a number
        sure = may_be(_schema(query[plain(value["cursor"])], schemas), "string")
    if size is not None and value["style"] != "link":
        value["size"] = query[size]["name"]
    if value["style"] in ("page", "offset"):
        value |= _counts(page, value["style"], schemas)
        # A number alone is ambiguous; another field must indicate that it counts pages.
        sure = sure and bool(size or {"total", "pages", "more"} & value.keys())
    holder, _, name = page.items.rpartition("/")
    if holder and plain(name) not in ITEMS and plain(holder) != "embedded":
        # An object with an array can be a single thing; a parameter must indicate that there are pages.
        sure = sure and bool({*PAGE, *SIZE, *OFFSET, *CURSOR} & query.keys())
    named = f"the array {page.items!r}" if page.items else "the response, which is an array"
    shown = f"the parameters {', '.join(each['name'] for each in query.values())} and " if query else ""
    yield Guess(target, "x-specwire-pagination", value, f"{shown}{sign}{named}", sure and page.sure)


_BY_URL = ("url", "link")


def _by_name(parameters: Iterable[Mapping[str, Any]]) -> Query:
    found = {each["name"]: each for each in parameters}
    return {name: found[spelled] for name, spelled in by_plain(found).items()}


def _returns_cursor(value: Mapping[str, Any]) -> bool:
    """Return whether an operation takes the cursor that it returns: `page_token` and `next_page_token`."""
    if not {"cursor", "next"} <= value.keys():
        return False
    return plain(value["next"].rpartition("/")[2]).endswith(plain(value["cursor"]))


def lowered(names: Iterable[str]) -> frozenset[str]:
    """Return names in lower case."""
    return frozenset(name.lower() for name in names)


def _by_header(headers: Sequence[str], query: Query, schemas: Schemas) -> tuple[dict[str, Any], bool, str] | None:
    """Return the style of a list whose next cursor, or number of the next page, is in a header of the response."""
    header = next((name for name in headers if NEXT_HEADER.fullmatch(name)), None)
    if header is None:
        return None
    number = first(PAGE, query) if header.lower().endswith("page") else None
    cursor = number or _cursor_parameter(query, schemas) or first(PAGE, query)
    if cursor is None or not may_be(_schema(query[cursor], schemas), "string", "integer"):
        return None
    value = {"style": "cursor", "cursor": query[cursor]["name"], "next_header": header}
    return value, True, f"the header {header!r} and "


def _style(
    page: Page, query: Query, size: str | None, schemas: Schemas, *, linked: bool
) -> tuple[dict[str, Any], bool, str] | None:
    if url := next_url(page, schemas):
        return {"style": "url", "next": url}, True, f"the URL {url!r} and "
    if cursor := _cursor(page, query, schemas):
        return cursor
    if linked and (size or first(PAGE, query) or first(CURSOR, query)):
        return {"style": "link"}, True, "the header 'Link' and "
    number = first(PAGE, query)
    if number is not None and may_be(_schema(query[number], schemas), "integer", "number"):
        start = _first_page(query[number], schemas)
        value = {"style": "page", "page": query[number]["name"], "first": start}
        return value, _is_number(query[number], schemas), ""
    offset = next((name for name in OFFSET if name in query and _is_offset(name, query, size, schemas)), None)
    if offset is not None:
        wire = query[offset]["name"]
        # It may count pages; `page[offset]` of JSON:API counts items.
        of_pages = offset == "pageoffset" and "[" not in wire or _says(query[offset], IS_OF_PAGES, schemas)
        return {"style": "offset", "offset": wire}, not of_pages and _is_from_zero(query[offset], schemas), ""
    if number is not None:
        return {"style": "page", "page": query[number]["name"], "first": 1}, False, ""
    return None


def _schema(parameter: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    return resolved(parameter.get("schema", {}), schemas)


def _says(parameter: Mapping[str, Any], pattern: str, schemas: Schemas) -> bool:
    """Return whether the description of a parameter or of its schema matches a pattern."""
    return describes(parameter, pattern) or describes(_schema(parameter, schemas), pattern)


def _is_number(parameter: Mapping[str, Any], schemas: Schemas) -> bool:
    return may_be(_schema(parameter, schemas), "integer", "number")


def _is_offset(name: str, query: Query, size: str | None, schemas: Schemas) -> bool:
    if not _is_number(query[name], schemas):
        return False
    if any(_says(query[name], pattern, schemas) for pattern in (IS_TIME, IS_MEASURE)):
        return False
    if name == "first" and not _says(query[name], IS_POSITION, schemas):
        return False
    # These can also start time spans and number ranges.
    return name not in VAGUE or (size is not None and not {"end", "to", "until", "last"} & query.keys())


def _is_from_zero(parameter: Mapping[str, Any], schemas: Schemas) -> bool:
    """Return whether nothing says that an offset is the number of an item, from 1."""
    schema = _schema(parameter, schemas)
    one = schema.get("default", schema.get("minimum")) == 1 or _says(parameter, FROM_ONE, schemas)
    return not one or _says(parameter, FROM_ZERO, schemas)


def _first_page(parameter: Mapping[str, Any], schemas: Schemas) -> int | str:
    """Return the number of the first page: the default, else the minimum, else as described."""
    schema = _schema(parameter, schemas)
    for stated in (schema.get("default"), schema.get("minimum")):
        if isinstance(stated, int) and not isinstance(stated, bool) and stated in (0, 1):
            return stated
    if schema.get("exclusiveMinimum") == 0:
        return 1
    zero, one = _says(parameter, FROM_ZERO, schemas), _says(parameter, FROM_ONE, schemas)
    return (0 if zero else 1) if zero != one else UNKNOWN


def _cursor(page: Page, query: Query, schemas: Schemas) -> tuple[dict[str, Any], bool, str] | None:
    more = find(page, MORE, schemas, "boolean")
    flag = {} if more is None else {"more": more}
    number = first(PAGE, query)
    following = find(page, NEXT_PAGE, schemas, "string", "integer")
    if number is not None and following is not None:
        # The number of the next page works as a cursor; text where numbers are expected does not.
        textual = not may_be(at(page, following, schemas), "integer")
        sure = not textual or not _is_number(query[number], schemas)
        if sure:
            return {"style": "cursor", "cursor": query[number]["name"], "next": following, **flag}, True, ""
    name = _cursor_parameter(query, schemas)
    if name is None:
        for opaque in (*OFFSET, *PAGE):
            if opaque in query and types_of(_schema(query[opaque], schemas)) == {"string"}:
                same = find(page, (opaque, *NEXT), schemas, "string")
                if same is not None:
                    return {"style": "cursor", "cursor": query[opaque]["name"], "next": same, **flag}, True, ""
        return None
    cursor = {"style": "cursor", "cursor": query[name]["name"]}
    following = _named_cursor(page, name, schemas) or find(page, (*NEXT, *NEXT_PAGE), schemas, "string", "integer")
    schema = _schema(query[name], schemas)
    if following is not None:
        # Text cannot be sent where a number is expected: the two may mean different things.
        sure = may_be(schema, "string") or may_be(at(page, following, schemas), "integer")
        return {**cursor, "next": following, **flag}, sure, ""
    last = find(page, LAST_ID, schemas, "string", "integer")
    identity = _identity(page, schema, schemas)
    if identity is not None:
        named = _says(query[name], rf"\b{identity}s?\b", schemas)
        usual = more is not None and plain(identity) in IDS[:2]
        sure = name in LAST_ITEM and (named or usual or last is not None)
        # Without a size, an end or the last id in the page, the list may be a feed that is read from an event on.
        sure = sure and (first(SIZE, query) is not None or more is not None or last is not None)
        return {**cursor, "next_from_last_item": pointers.below("", identity), **flag}, sure, ""
    if last is not None and name in LAST_ITEM:
        return {**cursor, "next": last, **flag}, True, ""
    return None


def _cursor_parameter(query: Query, schemas: Schemas) -> str | None:
    """Return the parameter that takes a cursor; a flag or a time of the same name is not one."""
    for name in CURSOR:
        if name in query and not (name in LAST_ITEM and _is_time(query[name], schemas)):
            schema = _schema(query[name], schemas)
            if may_be(schema, "string", "integer") and "date" not in str(schema.get("format", "")):
                return name
    return None


def _is_time(parameter: Mapping[str, Any], schemas: Schemas) -> bool:
    return _says(parameter, IS_TIME, schemas) and not _says(parameter, r"\b(ids?|cursor)\b", schemas)


def _named_cursor(page: Page, name: str, schemas: Schemas) -> str | None:
    """Return the pointer to the cursor with the name of the parameter, in an object of cursors."""
    for place in page.places:
        if place.name == "cursors" and (schema := place.holds(name, schemas)):
            if may_be(schema, "string", "integer"):
                return place.pointer_to(name)
    return None


def _identity(page: Page, parameter: Mapping[str, Any], schemas: Schemas) -> str | None:
    """Return the field that identifies an item, in a type that the parameter takes; all variants of a union have it."""
    variants = [resolved(each, schemas) for each in members_of(page.element)] or [page.element]
    items = [Place("", each.get("properties", {})) for each in variants]
    for name in IDS:
        spelled = {each.named.get(name) for each in items}
        if (
            len(spelled) == 1
            and None not in spelled
            and all(_fits(each.holds(name, schemas), parameter) for each in items)
        ):
            return spelled.pop()
    return None


def _fits(field: Mapping[str, Any], parameter: Mapping[str, Any]) -> bool:
    kinds = types_of(field)
    return kinds <= {"string", "integer"} and (not kinds or may_be(parameter, *kinds))


def _counts(page: Page, style: str, schemas: Schemas) -> dict[str, str]:
    """Return the pointers to the totals of the list, excluding those of one page."""
    found: dict[str, str] = {}
    if more := find(page, MORE, schemas, "boolean"):
        found["more"] = more
    for name in TOTAL:
        pointer = find(page, (name,), schemas, "integer", "number", "string")
        schema = at(page, pointer, schemas) if pointer is not None else {}
        total, of_page = describes(schema, IS_TOTAL), describes(schema, IS_OF_PAGE)
        if pointer is not None and (total if name == "count" else total or not of_page):
            found["total"] = pointer
            break
    pages = find(page, PAGES, schemas, "integer", "number")
    if style == "page" and pages is not None:
        found["pages"] = pages
    return found
