"""Inference of `specwire new`: certain facts are written, uncertain ones are comments, others are omitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from specwire_codegen.documents.document import Document
from specwire_codegen.new import _overlay
from specwire_codegen.normalize import normalize
from specwire_codegen.normalize.guess import Guess
from specwire_codegen.normalize.inference.infer import guesses_at

TEXT = {"type": "string"}
INT = {"type": "integer"}
FLAG = {"type": "boolean"}
ARRAY = {"type": "array", "items": {"type": "object", "properties": {"id": TEXT}}}
NULLABLE = {"type": ["string", "null"]}
DATE = {"type": "string", "format": "date-time"}
URL = {"type": ["string", "null"], "format": "uri"}


def thing(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object."""
    return {"type": "object", "properties": properties}


def guess(query: Mapping[str, Any], schema: Any, path: str = "/v1/jobs", headers: Any = None) -> Guess | None:
    """Return the guess for an operation with these query parameters and this response."""
    parameters = [{"in": "query", "name": name, "schema": each} for name, each in query.items()]
    response = {"headers": headers or {}, "content": {"application/json": {"schema": schema}}}
    operation = {"operationId": "list", "parameters": parameters, "responses": {"200": response}}
    return next(guesses_at(path, "get", operation, {}, {}), None)


PAGES: dict[str, tuple[dict[str, Any], Any, dict[str, Any]]] = {
    # E1, E2: totals by other names; `count` only where it is said to be one
    "total_entries": (
        {"limit": INT, "offset": INT},
        thing(jobs=ARRAY, total_entries=INT),
        {"style": "offset", "offset": "offset", "items": "/jobs", "size": "limit", "total": "/total_entries"},
    ),
    "pages": (
        {"page": {**INT, "default": 1}, "size": INT},
        thing(items=ARRAY, pages=INT),
        {"style": "page", "page": "page", "first": 1, "items": "/items", "size": "size", "pages": "/pages"},
    ),
    "count of the page": (
        {"limit": INT, "offset": INT},
        thing(jobs=ARRAY, count={**INT, "description": "Number of jobs on this page."}),
        {"style": "offset", "offset": "offset", "items": "/jobs", "size": "limit"},
    ),
    "count of the list": (
        {"limit": INT, "offset": INT},
        thing(jobs=ARRAY, count={**INT, "description": "Total number of jobs."}),
        {"style": "offset", "offset": "offset", "items": "/jobs", "size": "limit", "total": "/count"},
    ),
    "cursors next to the URL of the page": (
        {"after": TEXT, "limit": INT},
        thing(data=ARRAY, paging=thing(cursors=thing(before=TEXT, after=TEXT), next=TEXT)),
        {"style": "cursor", "cursor": "after", "items": "/data", "size": "limit", "next": "/paging/cursors/after"},
    ),
    "bookmark": (
        {"bookmark": TEXT, "page_size": INT},
        thing(items=ARRAY, bookmark=TEXT),
        {"style": "cursor", "cursor": "bookmark", "items": "/items", "size": "page_size", "next": "/bookmark"},
    ),
    "total of the page": (
        {"limit": INT, "offset": INT},
        thing(jobs=ARRAY, total={**INT, "description": "How many are in this response"}),
        {"style": "offset", "offset": "offset", "items": "/jobs", "size": "limit"},
    ),
    # V5: the first page
    "default 0": (
        {"page": {**INT, "minimum": 0, "default": 0}, "page_size": INT},
        thing(data=ARRAY, total=INT),
        {"style": "page", "page": "page", "first": 0, "items": "/data", "size": "page_size", "total": "/total"},
    ),
    "minimum 1": (
        {"page": {**INT, "minimum": 1}, "page_size": INT},
        thing(data=ARRAY),
        {"style": "page", "page": "page", "first": 1, "items": "/data", "size": "page_size"},
    ),
    "said to be zero-based": (
        {"page": {**INT, "description": "Zero-based page index (0..N)"}, "size": INT},
        thing(content=ARRAY, totalElements=INT, totalPages=INT),
        {
            "style": "page",
            "page": "page",
            "first": 0,
            "items": "/content",
            "size": "size",
            "total": "/totalElements",
            "pages": "/totalPages",
        },
    ),
    "not said": (
        {"page": INT, "per_page": INT},
        thing(data=ARRAY),
        {"style": "page", "page": "page", "first": "unknown", "items": "/data", "size": "per_page"},
    ),
    # V6: cursors under the name of a page
    "opaque next_page": (
        {"page": TEXT, "limit": INT},
        thing(data=ARRAY, has_more=FLAG, next_page=NULLABLE),
        {
            "style": "cursor",
            "cursor": "page",
            "items": "/data",
            "next": "/next_page",
            "more": "/has_more",
            "size": "limit",
        },
    ),
    "next page as a number": (
        {"page": INT},
        thing(data=ARRAY, next_page={"type": ["integer", "null"]}),
        {"style": "cursor", "cursor": "page", "items": "/data", "next": "/next_page"},
    ),
    "opaque offset": (
        {"offset": TEXT, "pageSize": INT},
        thing(records=ARRAY, offset=TEXT),
        {"style": "cursor", "cursor": "offset", "items": "/records", "next": "/offset", "size": "pageSize"},
    ),
    # V7: the cursor in an object
    "nested cursor": (
        {"cursor": TEXT, "page_size": INT},
        thing(items=ARRAY, pagination=thing(next_cursor=NULLABLE)),
        {
            "style": "cursor",
            "cursor": "cursor",
            "items": "/items",
            "next": "/pagination/next_cursor",
            "size": "page_size",
        },
    ),
    "cursor two deep": (
        {"after": TEXT, "limit": INT},
        thing(data=ARRAY, paging=thing(cursors=thing(after=TEXT))),
        {"style": "cursor", "cursor": "after", "items": "/data", "next": "/paging/cursors/after", "size": "limit"},
    ),
    "end cursor": (
        {"after": TEXT, "limit": INT},
        thing(nodes=ARRAY, pageInfo=thing(endCursor=TEXT, hasNextPage=FLAG)),
        {
            "style": "cursor",
            "cursor": "after",
            "items": "/nodes",
            "next": "/pageInfo/endCursor",
            "more": "/pageInfo/hasNextPage",
            "size": "limit",
        },
    ),
    "AIP-158": (
        {"page_token": TEXT, "page_size": INT},
        thing(books=ARRAY, next_page_token=TEXT),
        {"style": "cursor", "cursor": "page_token", "items": "/books", "next": "/next_page_token", "size": "page_size"},
    ),
    "last item": (
        {"starting_after": TEXT, "limit": INT},
        thing(data=ARRAY, has_more=FLAG),
        {
            "style": "cursor",
            "cursor": "starting_after",
            "items": "/data",
            "next_from_last_item": "/id",
            "more": "/has_more",
            "size": "limit",
        },
    ),
    "last id of the page": (
        {"after": TEXT, "limit": INT},
        thing(data={"type": "array", "items": thing(name=TEXT)}, last_id=NULLABLE, has_more=FLAG),
        {
            "style": "cursor",
            "cursor": "after",
            "items": "/data",
            "next": "/last_id",
            "more": "/has_more",
            "size": "limit",
        },
    ),
    "last id next to items with ids": (
        {"after_id": TEXT},
        thing(data=ARRAY, first_id=NULLABLE, last_id=NULLABLE),
        {"style": "cursor", "cursor": "after_id", "items": "/data", "next_from_last_item": "/id"},
    ),
    "uuid of the last item": (
        {"after": TEXT},
        thing(data={"type": "array", "items": thing(uuid=TEXT)}, has_more=FLAG),
        {"style": "cursor", "cursor": "after", "items": "/data", "next_from_last_item": "/uuid", "more": "/has_more"},
    ),
    "after_cursor": (
        {"after_cursor": TEXT},
        thing(items=ARRAY, next_cursor=NULLABLE),
        {"style": "cursor", "cursor": "after_cursor", "items": "/items", "next": "/next_cursor"},
    ),
    # V8: items in an object, an answer that is an array
    "nested items": (
        {"page": {**INT, "default": 1}, "page_size": INT},
        thing(judges=thing(results=ARRAY, count=INT)),
        {"style": "page", "page": "page", "first": 1, "items": "/judges/results", "size": "page_size"},
    ),
    "array": (
        {"offset": INT, "limit": INT},
        ARRAY,
        {"style": "offset", "offset": "offset", "items": "", "size": "limit"},
    ),
    "nested items and total": (
        {"page": {**INT, "default": 1}, "limit": INT},
        thing(data=thing(items=ARRAY, total=INT, has_more=FLAG)),
        {
            "style": "page",
            "page": "page",
            "first": 1,
            "items": "/data/items",
            "size": "limit",
            "total": "/data/total",
            "more": "/data/has_more",
        },
    ),
    # URLs
    # Names in any case and with any separators
    "Pascal case": (
        {"PageSize": INT, "PageToken": TEXT},
        thing(Items=ARRAY, NextPageToken=TEXT, HasMore=FLAG),
        {
            "style": "cursor",
            "cursor": "PageToken",
            "items": "/Items",
            "next": "/NextPageToken",
            "more": "/HasMore",
            "size": "PageSize",
        },
    ),
    "Skip and Take": (
        {"Skip": {**INT, "minimum": 0}, "Take": INT},
        thing(Jobs=ARRAY, Errors=ARRAY, TotalResults=INT),
        {"style": "offset", "offset": "Skip", "items": "/Jobs", "size": "Take", "total": "/TotalResults"},
    ),
    "kebab case": (
        {"per-page": INT, "page-number": {**INT, "default": 1}},
        thing(data=ARRAY, **{"total-pages": INT}),
        {
            "style": "page",
            "page": "page-number",
            "first": 1,
            "items": "/data",
            "size": "per-page",
            "pages": "/total-pages",
        },
    ),
    "Metadata": (
        {"Limit": INT, "Offset": INT},
        thing(Entities=ARRAY, Metadata=thing(TotalCount=INT)),
        {"style": "offset", "offset": "Offset", "items": "/Entities", "size": "Limit", "total": "/Metadata/TotalCount"},
    ),
    "first and max": (
        {"first": {**INT, "description": "Pagination offset."}, "max": INT},
        ARRAY,
        {"style": "offset", "offset": "first", "items": "", "size": "max"},
    ),
    "result_info": (
        {"page": {**INT, "minimum": 1}, "per_page": INT},
        thing(result=ARRAY, errors=ARRAY, messages=ARRAY, result_info=thing(total_pages=INT)),
        {
            "style": "page",
            "page": "page",
            "first": 1,
            "items": "/result",
            "size": "per_page",
            "pages": "/result_info/total_pages",
        },
    ),
    "continued from the last id": (
        {"continueFrom": TEXT, "limit": INT},
        thing(jobs={"type": "array", "items": TEXT}, lastId=TEXT),
        {"style": "cursor", "cursor": "continueFrom", "items": "/jobs", "next": "/lastId", "size": "limit"},
    ),
    "Django REST": (
        {"page": INT},
        thing(count=INT, next=URL, previous=URL, results=ARRAY),
        {"style": "url", "items": "/results", "next": "/next"},
    ),
    "JSON:API": (
        {"page[number]": INT, "page[size]": INT},
        thing(data=ARRAY, included=ARRAY, links=thing(next=TEXT, prev=TEXT)),
        {"style": "url", "items": "/data", "next": "/links/next", "size": "page[size]"},
    ),
    "HAL": (
        {"page": INT, "size": INT},
        thing(_embedded=thing(orders=ARRAY), _links=thing(next=thing(href=TEXT)), page=thing(totalElements=INT)),
        {"style": "url", "items": "/_embedded/orders", "next": "/_links/next/href", "size": "size"},
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_certain_pagination_is_inferred(name: str) -> None:
    """Response shapes of frameworks and vendors, each with its extension."""
    query, schema, expected = PAGES[name]
    found = guess(query, schema)
    assert found is not None and (expected, True) == (found.value, found.certain)


def test_a_link_header_is_inferred_for_an_object() -> None:
    """It is declared, and the response has no cursor."""
    found = guess({"per_page": INT, "page": INT}, thing(total_count=INT, items=ARRAY), headers={"Link": {}})
    assert found is not None and ({"style": "link", "items": "/items"}, True) == (found.value, found.certain)


@pytest.mark.parametrize(
    ("query", "header", "cursor"),
    [
        ({"cursor": TEXT}, "X-Next-Cursor", "cursor"),
        ({"page_token": TEXT, "page_size": INT}, "Next-Page-Token", "page_token"),
        ({"page": INT}, "X-Next-Page", "page"),
        ({"after": DATE, "page": INT}, "X-Next-Page", "page"),
        ({"after": TEXT, "page": INT}, "X-Next-Page", "page"),
        ({"after": DATE, "marker": TEXT}, "X-Next-Token", "marker"),
    ],
)
def test_a_header_with_the_next_cursor_is_inferred(query: Mapping[str, Any], header: str, cursor: str) -> None:
    """The response is an array, which has no place for a cursor."""
    found = guess(query, ARRAY, headers={header: {}, "X-Request-Id": {}})
    assert found is not None and found.certain
    expected = {"style": "cursor", "cursor": cursor, "next_header": header, "items": ""}
    assert expected == {key: each for key, each in found.value.items() if key != "size"}


@pytest.mark.parametrize("first", [DATE, {**INT, "description": "Made after this time."}])
def test_a_time_is_no_cursor_where_another_parameter_is(first: Mapping[str, Any]) -> None:
    found = guess({"after": first, "marker": TEXT}, thing(data=ARRAY, next_marker=TEXT))
    expected = {"style": "cursor", "cursor": "marker", "items": "/data", "next": "/next_marker"}
    assert found is not None and (expected, True) == (found.value, found.certain)


def test_a_number_in_a_body_is_uncertain_if_a_header_has_the_cursor() -> None:
    """The header is text, which the server may refuse there."""
    for schema, certain in ((TEXT, True), (INT, False)):
        body = {"content": {"application/json": {"schema": thing(cursor=schema)}}}
        response = {"headers": {"X-Next-Cursor": {}}, "content": {"application/json": {"schema": ARRAY}}}
        operation = {"operationId": "list", "requestBody": body, "responses": {"200": response}}
        assert [one.certain for one in guesses_at("/jobs/search", "post", operation, {}, {})] == [certain]


def posted(fields: Mapping[str, Any], schema: Any, path: str, query: Mapping[str, Any] | None = None) -> Guess | None:
    """Return the guess for a POST with these fields in its body."""
    parameters = [{"in": "query", "name": name, "schema": each} for name, each in (query or {}).items()]
    response = {"content": {"application/json": {"schema": schema}}}
    body = {"content": {"application/json": {"schema": thing(**fields)}}}
    operation = {"operationId": "list", "parameters": parameters, "requestBody": body, "responses": {"200": response}}
    return next(guesses_at(path, "post", operation, {}, {}), None)


def test_a_post_that_reads_a_list_is_paged_by_its_body() -> None:
    """Or by its query, if the cursor is there; a POST that creates something is not a list."""
    page = thing(items=ARRAY, next_cursor=NULLABLE)
    expected = {"style": "cursor", "cursor": "cursor", "items": "/items", "next": "/next_cursor"}
    for path in ("/v1/jobs/search", "/v1/jobs/list", "/v1/jobs:query"):
        found = posted({"cursor": TEXT, "limit": INT}, page, path)
        assert found is not None and ({**expected, "size": "limit", "in": "body"}, True) == (found.value, found.certain)
    found = posted({"filter": TEXT}, page, "/v1/jobs/search", {"cursor": TEXT})
    assert found is not None and (expected, True) == (found.value, found.certain)
    assert posted({"cursor": TEXT}, page, "/v1/jobs") is None


@pytest.mark.parametrize("path", ["/v1/jobs/batch-retrieve", "/v1/jobs:queryStates", "/v1/jobs/search-states"])
def test_a_post_that_takes_the_cursor_that_it_returns_is_paged(path: str) -> None:
    """Whatever the last segment of its path is, if it is not a resource; another cursor may mean something else."""
    found = posted({"pageToken": TEXT}, thing(items=ARRAY, nextPageToken=TEXT), path)
    expected = {"style": "cursor", "cursor": "pageToken", "items": "/items", "next": "/nextPageToken", "in": "body"}
    assert found is not None and (expected, True) == (found.value, found.certain)
    other = posted({"marker": TEXT}, thing(items=ARRAY, next=TEXT), "/v1/jobs/batch-retrieve")
    assert other is None


def test_the_segment_before_a_verb_names_the_items() -> None:
    """`posts` of `/posts/search`; without a segment that names one of two arrays, nothing is guessed."""
    query, page = {"page": {**INT, "default": 1}, "per_page": INT}, thing(groups=ARRAY, posts=ARRAY, num_pages=INT)
    found = guess(query, page, "/users/{id}/posts/search")
    assert found is not None and ("/posts", "/num_pages", True) == (
        found.value["items"],
        found.value["pages"],
        found.certain,
    )
    assert guess(query, page, "/feed/search") is None
    errors = guess({"$skip": INT, "$top": INT}, thing(errors=ARRAY, hasMoreResults=FLAG), "/v1/errors/search")
    assert errors is not None and errors.value["items"] == "/errors"


@pytest.mark.parametrize(
    ("query", "schema"),
    [
        ({"page": TEXT}, thing(data=ARRAY)),
        ({"page": INT}, thing(words=ARRAY)),
        ({"offset": INT}, thing(words=ARRAY)),
        ({"cursor": TEXT}, thing(data=ARRAY)),
        ({"after": TEXT, "limit": INT}, thing(data=ARRAY)),
        ({"page": {**INT, "default": 1}}, thing(data=ARRAY, next_page=TEXT)),
        ({}, thing(data=thing(fields=ARRAY, name=TEXT), links=thing(next=TEXT))),
        ({"last_id": {**TEXT, "description": "Last ID received by the client."}}, thing(result=ARRAY)),
        ({"after": INT, "limit": INT}, thing(data=ARRAY, next=TEXT)),
        ({"offset": {**INT, "description": "The page offset."}, "limit": INT}, thing(data=ARRAY)),
        ({"start": {**INT, "default": 1}, "count": INT}, thing(data=ARRAY, total=INT)),
        ({"offset": {**INT, "minimum": 1}, "limit": INT}, thing(data=ARRAY, total=INT)),
        ({"start": {**INT, "description": "Index of the first result, 1-based."}, "count": INT}, thing(data=ARRAY)),
        ({"pageOffset": INT, "limit": INT}, thing(data=ARRAY)),
    ],
)
def test_uncertain_pagination_is_a_comment(query: Mapping[str, Any], schema: Any) -> None:
    """A wrong guess is worse than none."""
    found = guess(query, schema)
    assert found is not None and not found.certain
    overlay = _overlay("Shop", [found])
    assert [] == yaml.safe_load(overlay)["actions"]
    assert "# uncertain, so commented out; from " in overlay and f"# - target: {found.target}" in overlay


@pytest.mark.parametrize(
    ("query", "schema"),
    [
        ({}, thing(data=ARRAY)),
        ({"limit": INT}, thing(data=ARRAY)),
        ({"page": INT}, thing(errors=ARRAY, total=INT)),
        ({"page": INT}, thing(first=ARRAY, second=ARRAY)),
        ({"start": {"type": "string", "format": "date-time"}, "end": TEXT}, thing(data=ARRAY)),
        ({"start": INT, "end": INT, "limit": INT}, thing(data=ARRAY)),
        ({"after": {"type": "string", "format": "date-time"}, "limit": INT}, thing(data=ARRAY)),
        ({"page": INT}, TEXT),
        (
            {"after": {**TEXT, "description": "Made after this time (ISO 8601)."}},
            thing(data=ARRAY, has_more=FLAG),
        ),
        ({"from": {**INT, "description": "Unix timestamp."}, "limit": INT}, thing(data=ARRAY, total=INT)),
        ({"after": INT, "limit": INT}, thing(data=ARRAY, has_more=FLAG)),
        ({"after": DATE, "limit": INT}, thing(data=ARRAY, next_cursor=TEXT)),
        ({"after": {**INT, "description": "Unix time."}}, thing(data=ARRAY, next=INT)),
        ({"offset": {**INT, "description": "Days before today."}, "limit": INT}, thing(data=ARRAY, total=INT)),
        ({"first": INT, "max": INT}, thing(data=ARRAY, total=INT)),
        ({"first": {**INT, "description": "First result."}, "last": INT, "max": INT}, thing(data=ARRAY)),
        ({"startIndex": INT, "count": INT}, thing(Resources=ARRAY, totalResults=INT)),  # SCIM counts from 1
        ({"bookmark": FLAG, "limit": INT}, thing(data=ARRAY, next_cursor=TEXT)),
        ({"continue": FLAG, "limit": INT}, thing(data=ARRAY, next_cursor=TEXT)),
    ],
)
def test_what_is_no_list_in_pages_is_left_alone(query: Mapping[str, Any], schema: Any) -> None:
    """A size alone, a span of time, and an object of several arrays page nothing."""
    assert guess(query, schema) is None


def job(*words: str) -> Guess | None:
    """Return the guess for an operation that reads a job with these statuses."""
    return guess({}, thing(id=TEXT, status={"type": "string", "enum": list(words)}), "/v1/jobs/{id}")


def test_words_of_statuses_are_placed() -> None:
    """Ends, steps and what waits for the caller, each by its word; the rest is named."""
    found = job("queued", "in_progress", "requires_action", "completed", "incomplete", "failed", "cancelled", "odd")
    assert found is not None
    assert {
        "status": "/status",
        "success": ["completed"],
        "failure": ["incomplete", "failed", "cancelled"],
        "attention": ["requires_action"],
        "progress": ["queued", "in_progress"],
        "lifecycle": ["queued", "in_progress", "completed"],
    } == found.value
    assert found.certain and found.reason.endswith("not classified, so they raise an error when they occur: odd")


@pytest.mark.parametrize("prefix", ["JOB_STATUS_", "STATE_", "BATCH_JOB_STATE_"])
def test_the_type_in_statuses_means_nothing(prefix: str) -> None:
    """Enumerations of protobuf have it in each value; the extension has the values as they are sent."""
    words = [f"{prefix}{each}" for each in ("QUEUED", "RUNNING", "SUCCEEDED", "FAILED")]
    schema = thing(id=TEXT, status={**TEXT, "enum": words})
    operation = {"operationId": "read", "responses": {"200": {"content": {"application/json": {"schema": schema}}}}}
    found = next(guesses_at("/v1/jobs/{id}", "get", operation, {}, {}))
    assert found.certain and (found.value["success"], found.value["failure"]) == ([words[2]], [words[3]])
    assert words[:2] == found.value["progress"]


def test_a_common_word_of_statuses_is_kept() -> None:
    """It is not the type."""
    schema = thing(id=TEXT, status={**TEXT, "enum": ["not_running", "not_succeeded", "not_failed"]})
    operation = {"operationId": "read", "responses": {"200": {"content": {"application/json": {"schema": schema}}}}}
    assert [] == list(guesses_at("/v1/jobs/{id}", "get", operation, {}, {}))


def test_a_stated_cursor_is_sent_where_the_operation_has_it() -> None:
    """The extension does not say whether it is a query parameter or a field of the body."""
    hint = {"cursor": "$request.token", "next_cursor": "$response.next", "results": "$response.data"}
    body = {"content": {"application/json": {"schema": thing(token=TEXT)}}}
    answer = {"description": "ok", "content": {"application/json": {"schema": thing(data=ARRAY, next=TEXT)}}}
    operation = {"operationId": "find", "responses": {"200": answer}, "x-fern-pagination": hint}
    parameters = [{"in": "query", "name": "token", "schema": TEXT}]
    for more, place in (({"requestBody": body}, "body"), ({"parameters": parameters}, None)):
        paths = {"/v1/jobs": {"post": {**operation, **more}}}
        data = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}
        (guessed,) = normalize(Document(data, "t.yaml")).guesses
        assert guessed.certain and place == guessed.value.get("in")


@pytest.mark.parametrize("name", ["desired_state", "TargetStatus", "previousState", "next_status"])
def test_a_status_that_a_thing_does_not_have_now_is_not_waited_for(name: str) -> None:
    schema = thing(id=TEXT, **{name: {"type": "string", "enum": ["running", "completed", "failed"]}})
    assert guess({}, schema, "/v1/jobs/{id}") is None


def test_ready_next_to_another_success_is_not_certain() -> None:
    """It may be the state in which a job waits to start; alone, it is the end."""
    both, alone = job("ready", "running", "succeeded", "failed"), job("creating", "running", "ready", "failed")
    assert both is not None and not both.certain
    assert alone is not None and alone.certain and alone.value["success"] == ["ready"]


def test_statuses_without_a_beginning_are_not_certain() -> None:
    """If no intermediate status is known, nothing distinguishes an unfinished job."""
    found = job("odd", "completed", "failed")
    assert found is not None and not found.certain
    assert job("active", "disabled") is None


def stated(operation: Mapping[str, Any], answer: Any, **common: Any) -> Mapping[str, Any] | None:
    """Return the pagination of a GET whose document has the extensions of another generator."""
    response = {"description": "A page.", "content": {"application/json": {"schema": answer}}}
    whole = {"operationId": "list", "responses": {"200": response}, **operation}
    data = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/v1/jobs": {"get": whole}}, **common}
    found = normalize(Document(data, "t.yaml")).guesses
    return next((guess.value for guess in found if guess.reason.startswith("the extension")), None)


def speakeasy(kind: str, outputs: Mapping[str, str], **inputs: str) -> dict[str, Any]:
    """Return an operation with the extension of one generator."""
    given = [{"name": name, "in": "parameters", "type": each} for each, name in inputs.items()]
    return {"x-speakeasy-pagination": {"type": kind, "inputs": given, "outputs": outputs}}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (
            speakeasy(
                "cursor", {"results": "$.data", "nextCursor": "$.meta['next page']"}, cursor="token", limit="size"
            ),
            {"style": "cursor", "cursor": "token", "items": "/data", "next": "/meta/next page", "size": "size"},
        ),
        (
            speakeasy("cursor", {"results": "$.data", "nextCursor": "$.data[-1].id"}, cursor="after"),
            {"style": "cursor", "cursor": "after", "items": "/data", "next_from_last_item": "/id"},
        ),
        (
            speakeasy("offsetLimit", {"results": "$"}, offset="skip", limit="take"),
            {"style": "offset", "offset": "skip", "items": "", "size": "take"},
        ),
        (
            speakeasy("offsetLimit", {"results": "$.rows", "numPages": "$.pages"}, page="p"),
            {"style": "page", "page": "p", "first": "unknown", "items": "/rows", "pages": "/pages"},
        ),
        (
            speakeasy("url", {"results": "$.rows", "nextUrl": "$.links.next"}),
            {"style": "url", "items": "/rows", "next": "/links/next"},
        ),
        (speakeasy("cursor", {"results": "$.rows[*].x", "nextCursor": "$.next"}, cursor="c"), None),
        (speakeasy("cursor", {"nextCursor": "$.next"}, cursor="c"), None),
    ],
)
def test_the_extension_of_another_generator_is_translated(
    operation: Mapping[str, Any], expected: Mapping[str, Any] | None
) -> None:
    """It names parameters and JSON paths; unclear parts are omitted."""
    page = thing(
        data=ARRAY, rows=ARRAY, next=TEXT, meta=thing(**{"next page": TEXT}), links=thing(next=TEXT), pages=INT
    )
    whole = ARRAY if expected is not None and expected["items"] == "" else page
    assert expected == stated(operation, whole)


def test_fields_that_are_marked_for_another_generator_are_read() -> None:
    """The extension of another vendor marks the parameter and the fields."""
    mark = "x-stainless-pagination-property"
    operation = {
        "parameters": [
            {"name": "mark", "in": "query", "schema": {"type": "string", mark: {"purpose": "next_cursor_param"}}}
        ]
    }
    answer = thing(found={**ARRAY, mark: {"purpose": "items"}}, onward={**TEXT, mark: {"purpose": "next_cursor_field"}})
    assert {"style": "cursor", "cursor": "mark", "items": "/found", "next": "/onward"} == stated(operation, answer)
