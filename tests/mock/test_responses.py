"""Responses and state of the mock server."""

import copy
from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema_rs
import pytest
from specwire_codegen.mock import app as mock_app, server

from tests.support.time_limit import PATIENCE

CHAT = {"model": "tiny", "messages": [{"content": "Hi"}]}
UUID = "0b0f8b3e-9d63-4f1e-8a8f-6c2d9f4e1a55"


def assert_fits(document: dict[str, Any], name: str, value: Any) -> None:
    """Check a value against a component schema."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(value)


def upload(client: httpx2.Client, content: bytes = b"hello\n", name: str = "b.txt") -> dict[str, Any]:
    """Upload a file and return its record."""
    reply = client.post("/files", files={"file": (name, content)}, data={"purpose": "batch"})
    assert reply.status_code == 201
    record: dict[str, Any] = reply.json()
    return record


def test_the_first_example_is_returned_with_the_requested_model(client: httpx2.Client) -> None:
    """The first example is answered, with the model that was asked for."""
    reply = client.post("/chat", json=CHAT)
    assert reply.json() == {"id": "chat-1", "model": "tiny", "text": "Hello"}
    assert reply.headers["x-served-by"] == "acme"


def test_an_example_can_be_requested_by_name(client: httpx2.Client) -> None:
    """An example can be asked for by name."""
    assert client.post("/chat", json=CHAT, headers={"x-mock-example": "bye"}).json()["text"] == "Bye"


def test_a_drawn_response_is_valid(client: httpx2.Client, document: dict[str, Any]) -> None:
    """It is drawn from the schema if there is no example."""
    first, second = (client.get("/search?q=ab").json() for _ in range(2))
    assert_fits(document, "Shapes", first)
    assert first == second


@pytest.mark.parametrize(
    ("asked", "accept", "media"),
    [
        ("mp3", "*/*", "audio/mpeg"),
        ("text", "*/*", "text/plain; charset=utf-8"),
        ("json", "*/*", "application/json"),
        (None, "*/*", "application/json"),
        (None, "text/plain, application/json;q=0.5", "text/plain; charset=utf-8"),
        (None, "audio/*;q=0.9, text/plain;q=0.1", "audio/mpeg"),
    ],
)
def test_format_field_or_accept_select_the_media_type(
    client: httpx2.Client, asked: str | None, accept: str, media: str
) -> None:
    """The request has one of them."""
    body = {} if asked is None else {"response_format": asked}
    assert client.post("/speech", json=body, headers={"accept": accept}).headers["content-type"] == media


def test_an_uploaded_file_can_be_read(client: httpx2.Client) -> None:
    """It has a new id, name, size, purpose, and its bytes."""
    record = upload(client, b"\x00\xff bytes", "data.bin")
    assert (record["filename"], record["bytes"], record["purpose"]) == ("data.bin", 8, "batch")
    assert record["id"].startswith("file-")
    assert client.get(f"/files/{record['id']}").json() == record
    content = client.get(f"/files/{record['id']}/content")
    assert (content.content, content.headers["content-type"]) == (b"\x00\xff bytes", "application/octet-stream")


def test_an_unknown_id_is_returned_as_an_object(client: httpx2.Client) -> None:
    """It has this id."""
    assert client.get("/files/file-unknown").json()["id"] == "file-unknown"
    assert client.get("/files/file-unknown/content").content == b"stored bytes"


@pytest.mark.parametrize("identifier", ["missing", "missing-1", "00000000-0000-0000-0000-000000000000"])
def test_ids_that_start_with_missing_are_not_found(client: httpx2.Client, identifier: str) -> None:
    """So is the nil UUID."""
    paths = (f"/files/{identifier}", f"/files/{identifier}/content", f"/jobs/{identifier}")
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]


def test_a_deleted_object_is_not_found(client: httpx2.Client) -> None:
    """Neither are its content and its list entry."""
    record = upload(client)
    path = f"/files/{record['id']}"
    assert client.delete(path).status_code == 204
    assert [client.get(path).status_code, client.get(f"{path}/content").status_code] == [404, 404]
    assert client.delete(path).status_code == 404
    assert record["id"] not in [item["id"] for item in client.get("/files").json()["data"]]


def test_an_update_is_returned_and_kept(client: httpx2.Client) -> None:
    """A change is answered and remembered."""
    path = f"/files/{upload(client)['id']}"
    assert client.patch(path, json={"filename": "new.txt"}).json()["filename"] == "new.txt"
    assert client.get(path).json()["filename"] == "new.txt"


def test_numbered_pages_are_disjoint_and_complete(client: httpx2.Client, document: dict[str, Any]) -> None:
    """They have the total, and the newest item comes first."""
    record = upload(client)
    pages = [client.get(f"/files?page={number}&size=3").json() for number in range(4)]
    assert [len(page["data"]) for page in pages] == [3, 3, 2, 0]
    assert {page["total"] for page in pages} == {8}
    items = [item for page in pages for item in page["data"]]
    assert items[0] == record
    assert len({item["id"] for item in items}) == 8
    for item in items:
        assert_fits(document, "File", item)


def test_a_query_parameter_named_like_a_field_filters_the_list(client: httpx2.Client) -> None:
    """A query parameter named like a field filters the list."""
    page = client.get("/files?purpose=ocr&purpose=other").json()
    assert {item["purpose"] for item in page["data"]} == {"ocr"}
    assert page["total"] == len(page["data"])


def walk(client: httpx2.Client) -> Iterator[dict[str, Any]]:
    """Yield the pages of jobs, following their cursors."""
    query = ""
    while True:
        page = client.get(f"/jobs?limit=3{query}").json()
        yield page
        if not page["has_more"]:
            return
        query = f"&after={page['data'][-1]['id']}"


def test_cursors_lead_through_all_items_once(client: httpx2.Client, document: dict[str, Any]) -> None:
    """The flag is false on the last page."""
    pages = list(walk(client))
    assert [len(page["data"]) for page in pages] == [3, 3, 1]
    items = [item for page in pages for item in page["data"]]
    assert len({item["id"] for item in items}) == 7
    for item in items:
        assert_fits(document, "Job", item)


def test_an_unknown_cursor_returns_an_empty_last_page(client: httpx2.Client) -> None:
    """The server did not issue it."""
    assert client.get("/jobs?after=nonsense").json() == {"data": [], "has_more": False}


def statuses(client: httpx2.Client, path: str, count: int) -> list[str]:
    """Poll a number of times and return the statuses."""
    return [client.get(path).json()["status"] for _ in range(count)]


def create_job(client: httpx2.Client, **body: Any) -> dict[str, Any]:
    """Create a job."""
    job: dict[str, Any] = client.post("/jobs", json={"model": "tiny", **body}).json()
    return job


def test_a_job_advances_one_status_per_poll(client: httpx2.Client, document: dict[str, Any]) -> None:
    """Its other fields follow."""
    job = create_job(client, api_key="hush")
    assert (job["status"], job["model"], job["progress"], "api_key" in job) == ("QUEUED", "tiny", "0%", False)
    running, done, still = (client.get(f"/jobs/{job['id']}").json() for _ in range(3))
    assert (running["status"], running["progress"], running["completed_at"]) == ("RUNNING", "50%", None)
    assert (done["status"], done["progress"], done["completed_at"]) == ("SUCCESS", "100%", "2026-01-01T01:00:00Z")
    assert still == done
    assert {one["id"] for one in (job, running, done)} == {job["id"]}
    assert {one["model"] for one in (job, running, done)} == {"tiny"}
    assert_fits(document, "Job", running)


def test_a_list_shows_the_current_status(client: httpx2.Client) -> None:
    """Reading it does not advance jobs."""
    job = create_job(client)
    client.get(f"/jobs/{job['id']}")
    assert [client.get("/jobs?limit=1").json()["data"][0]["status"] for _ in range(2)] == ["RUNNING", "RUNNING"]


def test_an_unknown_job_starts_with_the_first_status(client: httpx2.Client) -> None:
    """A job that was never created is polled from its first status on."""
    assert statuses(client, f"/jobs/{UUID}", 4) == ["QUEUED", "RUNNING", "SUCCESS", "SUCCESS"]


def test_a_cancelled_job_keeps_its_status(client: httpx2.Client) -> None:
    """Cancelling it again changes nothing."""
    job = create_job(client)
    path = f"/jobs/{job['id']}"
    assert [client.post(f"{path}/cancel").json()["status"] for _ in range(2)] == ["CANCELLED", "CANCELLED"]
    assert statuses(client, path, 2) == ["CANCELLED", "CANCELLED"]


def test_an_ended_job_cannot_be_cancelled(client: httpx2.Client) -> None:
    """As on real servers, whether or not the document has a 409 for that; its status stays."""
    path = f"/jobs/{create_job(client)['id']}"
    statuses(client, path, 3)
    reply = client.post(f"{path}/cancel")
    assert reply.status_code == 409
    assert "the job has ended as SUCCESS and cannot be cancelled" in reply.text
    assert statuses(client, path, 1) == ["SUCCESS"]


@pytest.mark.parametrize("errors", [{}, {"400": {"description": "d"}}, {"default": {"description": "d"}}])
def test_an_ended_job_cannot_be_cancelled_without_a_documented_409(
    document: dict[str, Any], errors: dict[str, Any]
) -> None:
    """A document that lists other errors, or none."""
    own = copy.deepcopy(document)
    responses = own["paths"]["/jobs/{job_id}/cancel"]["post"]["responses"]
    del responses["409"]
    responses |= errors
    with server.serve(mock_app.build(own)) as url:
        with httpx2.Client(base_url=url, timeout=PATIENCE, headers={"authorization": "Bearer test-key"}) as http:
            path = f"/jobs/{create_job(http)['id']}"
            statuses(http, path, 3)
            assert http.post(f"{path}/cancel").status_code == 409


def test_a_job_without_auto_start_waits_for_its_start(client: httpx2.Client) -> None:
    """A job that is not to start by itself waits for a start."""
    path = f"/jobs/{create_job(client, auto_start=False)['id']}"
    assert statuses(client, path, 2) == ["VALIDATED", "VALIDATED"]
    assert client.post(f"{path}/start").json()["status"] == "RUNNING"
    assert statuses(client, path, 1) == ["SUCCESS"]


def test_a_task_is_polled_on_its_own_path(client: httpx2.Client) -> None:
    """A submitted task has a new id."""
    first, second = (client.post("/submit/draw", json={"prompt": "a dog"}).json()["result"] for _ in range(2))
    assert first != second
    polls = [client.get(f"/task/{first}/fetch").json() for _ in range(3)]
    assert [poll["status"] for poll in polls] == ["WAITING", "DRAWING", "DONE"]
    assert [poll["progress"] for poll in polls] == ["0%", "50%", "100%"]
    assert {(poll["id"], poll["prompt"]) for poll in polls} == {(first, "a dog")}


def test_the_seed_determines_ids_and_times(document: dict[str, Any]) -> None:
    """Another seed gives other ids."""

    def records(seed: int) -> dict[str, Any]:
        with (
            server.serve(mock_app.build(document, seed=seed)) as url,
            httpx2.Client(base_url=url, timeout=PATIENCE, headers={"authorization": "Bearer test-key"}) as client,
        ):
            return upload(client)

    first, again, other = records(1), records(1), records(2)
    assert first == again
    assert (first["id"] != other["id"], first["created_at"] == other["created_at"]) == (True, True)


def test_clock_and_keys_can_be_given(document: dict[str, Any]) -> None:
    """Times come from the clock, and each of the keys is accepted."""
    application = mock_app.build(document, keys={"a", "b"}, clock=lambda: 1_234_567_890.0)
    with (
        server.serve(application) as url,
        httpx2.Client(base_url=url, timeout=PATIENCE, headers={"authorization": "Bearer b"}) as client,
    ):
        assert upload(client)["created_at"] == 1_234_567_890


@pytest.mark.parametrize(
    ("media_type", "begin"),
    [
        ("application/x-ndjson", b"{"),
        ("application/json-lines", b"{"),
        ("application/vnd.acme+jsonl", b"{"),
        ("application/json-seq", b"\x1e{"),
        ("application/geo+json-seq", b"\x1e{"),
    ],
)
def test_every_sequence_of_json_is_framed(media_type: str, begin: bytes) -> None:
    """One document a line, in `json-seq` after a record separator."""
    item = {"type": "object", "required": ["a"], "properties": {"a": {"const": 1}}}
    responses = {"200": {"description": "d", "content": {media_type: {"itemSchema": item}}}}
    application = mock_app.build({"paths": {"/a": {"get": {"operationId": "a", "responses": responses}}}})
    with server.serve(application) as base, httpx2.Client(base_url=base, timeout=PATIENCE) as client:
        lines = client.get("/a").content.splitlines()
    assert 5 == len(lines)
    assert all(line.startswith(begin) for line in lines)
