"""Request validation of the mock server."""

import base64
from typing import Any

import httpx2
import pytest
from specwire_codegen.mock import app as mock_app, server
from specwire_codegen.mock.document.failures import MockError
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.support.time_limit import PATIENCE

CHAT = {"model": "tiny", "messages": [{"content": "Hi"}]}


def test_the_path_of_the_server_is_optional(client: httpx2.Client) -> None:
    """A path answers with and without the path of the document's server."""
    assert [client.post(path, json=CHAT).status_code for path in ("/chat", "/v2/chat")] == [200, 200]


def test_an_unknown_path_is_a_404(client: httpx2.Client) -> None:
    """It is one of the document's errors."""
    reply = client.get("/chats")
    assert reply.status_code == 404
    assert reply.json() == {"error": {"message": "the document has no such path", "type": "not_found_error"}}


def test_an_unknown_method_is_a_405(client: httpx2.Client) -> None:
    """It lists the allowed methods."""
    reply = client.put("/files")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD, POST")


def test_head_is_get_without_body(client: httpx2.Client) -> None:
    """HEAD answers like GET, without the body."""
    get, head = client.get("/files"), client.head("/files")
    assert (head.status_code, head.headers["content-length"], head.content) == (
        200,
        get.headers["content-length"],
        b"",
    )


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic dGVzdC1rZXk="])
def test_bearer_key_is_checked(client: httpx2.Client, authorization: str) -> None:
    """A missing or unknown key is a 401 with a challenge and a documented error."""
    reply = client.post("/chat", json=CHAT, headers={"authorization": authorization})
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, 'Bearer realm="mock"')
    assert reply.json()["error"]["type"] == "authentication_error"
    assert authorization != "Bearer wrong" or reply.json()["error"]["message"] == (
        "header Authorization: Bearer has a key that this mock server does not accept: use test-key"
    )


def basic(pair: str) -> str:
    """Return a Basic Authorization header."""
    return "Basic " + base64.b64encode(pair.encode()).decode()


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("?key=test-key", {"x-key": "test-key"}, 204),
        ("?key=test-key", {}, 401),
        ("", {"x-key": "test-key"}, 401),
        ("", {"authorization": basic("me:test-key")}, 204),
        ("", {"authorization": basic("me:wrong")}, 401),
        ("", {"authorization": "ssws test-key"}, 204),
        ("", {"authorization": "SSWS wrong"}, 401),
        ("", {"authorization": "Bearer test-key"}, 401),
        ("", {"cookie": "auth=test-key"}, 204),
        ("", {"cookie": "auth=wrong"}, 401),
    ],
)
def test_one_alternative_of_security_is_enough(
    client: httpx2.Client, query: str, headers: dict[str, str], status: int
) -> None:
    """All schemes of the alternative are required."""
    assert client.get(f"/keys{query}", headers={"authorization": ""} | headers).status_code == status


def test_an_empty_requirement_needs_no_credentials(client: httpx2.Client) -> None:
    """An empty requirement lets everybody in."""
    assert client.get("/search?q=ab", headers={"authorization": ""}).status_code == 200


def test_an_invalid_body_is_rejected_with_its_violations(client: httpx2.Client) -> None:
    """Its values are not quoted."""
    reply = client.post("/chat", json={"model": "tiny", "messages": [], "stream": "secret"})
    assert reply.status_code == 400
    message = reply.json()["error"]["message"]
    assert 'body.stream: the value is not of type "boolean"' in message
    assert "secret" not in reply.text


def test_an_error_with_a_list_has_one_item_per_violation(client: httpx2.Client) -> None:
    """An error shape with a list of rows gets one row for each violation."""
    reply = client.get("/search?q=a&ids=1,b&filter[max]=x", headers={"x-trace": "no", "cookie": "session=z"})
    assert reply.status_code == 422
    assert [(row["loc"], row["type"]) for row in reply.json()["detail"]] == [
        (["query", "q"], "minLength"),
        (["query", "ids", 1], "type"),
        (["query", "filter", "max"], "type"),
        (["header", "x-trace"], "format"),
        (["cookie", "session"], "type"),
    ]


def test_a_missing_required_parameter_is_a_violation(client: httpx2.Client) -> None:
    """A required parameter that is absent is a violation."""
    assert client.get("/search").json()["detail"][0]["loc"] == ["query", "q"]


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b"{}", "text/html", 415),
        (b"{}", "", 415),
        (b"", "", 400),
    ],
)
def test_an_unreadable_body_is_rejected(client: httpx2.Client, content: bytes, media: str, status: int) -> None:
    """Invalid JSON, an undocumented media type, or none."""
    headers = {"content-type": media} if media else {}
    assert client.post("/chat", content=content, headers=headers).status_code == status


def test_an_operation_without_a_body_rejects_one(client: httpx2.Client) -> None:
    """An operation without a body refuses one."""
    assert client.request("GET", "/search?q=ab", json={}).status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "Ann", "password": "x"}, 200),
        ({"name": "Ann", "password": "x", "id": "1"}, 422),
        ({"name": "Ann"}, 422),
    ],
)
def test_read_only_properties(client: httpx2.Client, body: dict[str, str], status: int) -> None:
    """They are not required in a request and rejected in one."""
    assert client.post("/accounts", json=body).status_code == status


def test_write_only_properties_are_never_returned(client: httpx2.Client) -> None:
    """A write-only property is never answered."""
    assert set(client.post("/accounts", json={"name": "Ann", "password": "x"}).json()) == {"id", "name"}


@pytest.mark.parametrize(("form", "status"), [("count=3&names=a&names=b", 204), ("count=x", 422), ("names=a", 422)])
def test_form_fields_are_converted_to_their_types(client: httpx2.Client, form: str, status: int) -> None:
    """Before they are validated."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/form", content=form, headers=headers).status_code == status


@pytest.mark.parametrize(("text", "status"), [("short", 204), ("too long", 422)])
def test_a_text_body_is_validated_as_a_string(client: httpx2.Client, text: str, status: int) -> None:
    """A text body is checked as a string."""
    assert client.post("/form", content=text, headers={"content-type": "text/plain"}).status_code == status


FILE = ("train.jsonl", b"{}\n", "application/jsonl")


@pytest.mark.parametrize(
    ("file", "data", "wrong"),
    [
        (FILE, {"purpose": "batch", "tags": ["1", "2"], "meta": '{"page": 1}'}, []),
        (FILE, {"purpose": "fun"}, [["body", "purpose"]]),
        (FILE, {"purpose": "ocr", "tags": ["1", "x"]}, [["body", "tags", 1]]),
        (FILE, {"purpose": "ocr", "meta": '{"page": "a"}'}, [["body", "meta", "page"]]),
        (FILE, {"purpose": "ocr", "meta": "{"}, [["body", "meta"]]),
        (FILE, {"purpose": "ocr", "other": "1"}, [["body"]]),
        ((None, b"{}"), {"purpose": "ocr"}, [["body", "file"]]),
    ],
)
def test_a_multipart_body_is_validated_part_by_part(
    client: httpx2.Client, file: Any, data: dict[str, Any], wrong: list[list[str | int]]
) -> None:
    """A multipart body is checked part by part."""
    reply = client.post("/files", files={"file": file}, data=data)
    assert [row["loc"] for row in reply.json().get("detail", [])] == wrong


def test_a_multipart_body_without_closing_boundary_is_rejected(client: httpx2.Client) -> None:
    """A multipart body without its closing boundary is refused."""
    headers = {"content-type": "multipart/form-data; boundary=b"}
    reply = client.post("/files", content=b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1', headers=headers)
    assert reply.status_code == 422
    assert "closing boundary" in reply.json()["detail"][0]["msg"]


def test_every_request_is_recorded_without_credentials(client: httpx2.Client, application: Starlette) -> None:
    """With its operation and violations."""
    client.post(
        "/chat?key=test-key&a=1", json={"model": "tiny"}, headers={"cookie": "auth=test-key; b=2", "x-key": "k"}
    )
    (record,) = application.state.requests
    assert (record.method, record.path, record.query, record.operation_id, record.matched, record.status) == (
        "POST",
        "/chat",
        "key=***&a=1",
        "chat",
        True,
        400,
    )
    assert (record.header("authorization"), record.header("cookie"), record.header("X-Key")) == (
        "Bearer ***",
        "auth=***; b=2",
        "***",
    )
    assert (record.body, record.size) == (b'{"model":"tiny"}', 16)
    assert [str(violation) for violation in record.violations] == ['body: "messages" is a required property']


def test_records_can_be_read_and_cleared_over_http(client: httpx2.Client) -> None:
    """The records can be read over HTTP and forgotten."""
    client.get("/nowhere")
    (record,) = client.get("/__mock__/requests").json()
    assert (record["path"], record["matched"], record["status"]) == ("/nowhere", False, 404)
    client.post("/__mock__/reset")
    assert client.get("/__mock__/requests").json() == []


def test_large_bodies_are_recorded_as_hash(client: httpx2.Client, application: Starlette) -> None:
    """Above a megabyte, size and hash are recorded."""
    client.post("/form", content=b"x" * 1_100_000, headers={"content-type": "text/plain"})
    (record,) = application.state.requests
    assert (record.body, record.size, len(record.sha256)) == (None, 1_100_000, 64)


def test_secrets_are_not_logged(client: httpx2.Client, caplog: pytest.LogCaptureFixture) -> None:
    """Neither keys nor bodies are in the log."""
    with caplog.at_level("DEBUG"):
        client.post("/chat?key=test-key", json={"model": 1, "messages": "hush"})
    logged = [record.getMessage() for record in caplog.records if record.name == "specwire.mock"]
    assert logged[0] == "POST /chat -> 400 the request violates the document"
    assert not [line for line in logged if "test-key" in line or "hush" in line]


@pytest.mark.parametrize(
    "content",
    [b"NaN", b"\xff", b"[" * 100_000, b'{"a":' * 300 + b"1" + b"}" * 300],
    ids=["constant", "encoding", "depth", "depth of the schema check"],
)
def test_hostile_json_is_rejected(client: httpx2.Client, content: bytes) -> None:
    """Like other invalid JSON."""
    reply = client.post("/chat", content=content, headers={"content-type": "application/json"})
    assert (reply.status_code, set(reply.json()["error"])) == (400, {"message", "type"})


def test_lone_surrogates_are_returned_as_escapes(client: httpx2.Client) -> None:
    """UTF-8 has no form for them."""
    content = b'{"model": "\\ud800", "messages": [{"content": "Hi"}]}'
    reply = client.post("/chat", content=content, headers={"content-type": "application/json"})
    assert b'"model":"\\ud800"' in reply.content


def test_an_undeclared_security_scheme_needs_no_credentials() -> None:
    """Its form is unknown."""
    operation = {"operationId": "ping", "security": [{"key": []}], "responses": {"204": {"description": "Done."}}}
    with (
        server.serve(mock_app.build({"paths": {"/ping": {"get": operation}}})) as base,
        httpx2.Client(base_url=base, timeout=PATIENCE) as client,
    ):
        assert 204 == client.get("/ping").status_code


def test_a_document_without_paths_is_rejected() -> None:
    """A document without paths is not served."""
    with pytest.raises(MockError, match="no `paths`"):
        mock_app.build({})


@pytest.mark.parametrize(
    "media_type", ["application/json", "text/json", "application/vnd.a+json", "text/json; charset=utf-8"]
)
def test_every_json_media_type_is_read_as_json(media_type: str) -> None:
    """Requests and responses of each are JSON, as in generated clients."""
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    content = {media_type.partition(";")[0]: {"schema": schema}}
    post = {
        "operationId": "make",
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "d", "content": content}},
    }
    document = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"post": post}}}
    application = mock_app.build(document)
    with server.serve(application) as url, httpx2.Client(base_url=url, timeout=PATIENCE) as http:
        replies = [
            http.post("/a", content=body, headers={"content-type": media_type}) for body in (b'{"n": 1}', b'{"n": "x"}')
        ]
    assert [200, 422] == [reply.status_code for reply in replies]
    assert {"n"} == replies[0].json().keys()


@pytest.mark.parametrize(
    ("schema", "text", "status"),
    [
        ({"type": "object", "required": ["a"]}, '{"a": 1}', 204),
        ({"type": "object", "required": ["a"]}, "{}", 422),
        ({"type": "object"}, "a", 422),
        ({"type": "array", "items": {"type": "integer"}}, "[1]", 204),
        ({"type": "integer"}, "1", 204),
        ({"type": "string", "maxLength": 2}, "[]", 204),
        ({"type": "string", "maxLength": 2}, "[1]", 422),
        ({}, "{", 204),
    ],
)
def test_text_is_read_as_json_if_its_schema_allows_no_string(schema: dict[str, Any], text: str, status: int) -> None:
    """Documents declare JSON as text, for clients that may not send JSON."""
    body = {"required": True, "content": {"text/plain": {"schema": schema}}}
    responses = {"204": {"description": "d"}, "422": {"description": "d"}}
    operation = {"operationId": "send", "requestBody": body, "responses": responses}
    document = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": {"/t": {"post": operation}}}
    with TestClient(mock_app.build(document)) as http:
        assert status == http.post("/t", content=text, headers={"content-type": "text/plain"}).status_code
