"""The page of the mock server, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from itertools import product
from typing import Any

import httpx2
import pytest
from specwire_codegen.mock import app as mock_app, server

from tests.support.browser import Browser, browser, needs_browser
from tests.support.time_limit import PATIENCE

HOSTILE = "</script></style><script>document.title='broken in'</script>\"><img src=x onerror=\"document.title='in'\">"


def operation(name: str, **more: Any) -> dict[str, Any]:
    response = {"description": "d", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"operationId": name, "responses": {"200": response}} | more


def hostile() -> dict[str, Any]:
    """Return a document with hostile text in every place that the page shows."""
    parameter = {
        "name": HOSTILE,
        "in": "query",
        "required": True,
        "description": HOSTILE,
        "schema": {"type": "string", "enum": [HOSTILE]},
    }
    body = {"required": True, "content": {"application/json": {"schema": {"const": HOSTILE}}}}
    more = {"tags": [HOSTILE], "summary": HOSTILE, "description": HOSTILE}
    return {
        "openapi": "3.2.0",
        "info": {"title": HOSTILE, "version": HOSTILE, "description": HOSTILE},
        "components": {"securitySchemes": {HOSTILE: {"type": "apiKey", "in": "header", "name": HOSTILE}}},
        "security": [{HOSTILE: []}],
        "paths": {
            "/a": {"post": operation(HOSTILE, parameters=[parameter], requestBody=body, **more)},
            "//evil.invalid/x": {"get": operation("elsewhere", security=[])},
            "/html": {
                "get": {
                    "operationId": "html",
                    "security": [],
                    "responses": {
                        "200": {
                            "description": "d",
                            "content": {"text/html": {"schema": {"type": "string"}, "example": HOSTILE}},
                        }
                    },
                }
            },
        },
    }


@pytest.fixture(scope="module")
def tab() -> Iterator[Browser]:
    """A tab of a browser."""
    with browser() as one:
        yield one


@pytest.fixture
def clean(tab: Browser) -> Iterator[Browser]:
    """A tab whose console has no errors at the end."""
    tab.leave()
    tab.problems.clear()
    yield tab
    tab.leave()
    assert [] == tab.problems


@contextmanager
def opened(tab: Browser, document: dict[str, Any]) -> Iterator[str]:
    """Serve a document until the tab has left its page, which asks for recent requests again and again."""
    with server.serve(mock_app.build(document)) as url:
        yield url
        tab.leave()


def send(tab: Browser) -> str:
    """Send the form and return the status line."""
    tab.evaluate("document.querySelector('#form').requestSubmit()")
    done = "document.querySelector('#stop').hidden && document.querySelector('#status').textContent"
    return str(tab.wait_for(f"{done} !== 'waiting' && {done}"))


@needs_browser
def test_an_operation_can_be_tried(clean: Browser, url: str, client: httpx2.Client) -> None:
    """The form starts with a valid request; the request appears among the recent ones."""
    clean.open(f"{url}/?operation=chat")
    assert send(clean).startswith("200 OK, application/json")
    assert "Hello" in clean.evaluate("document.querySelector('#response').textContent")
    assert "curl -X POST" in clean.evaluate("document.querySelector('#curl').textContent")
    assert "test-key" not in clean.evaluate("document.querySelector('#curl').textContent")
    assert "/chat" in clean.wait_for("document.querySelector('#records li')?.textContent")
    assert {url} == {each.partition("/?")[0].partition("/__")[0].removesuffix("/chat") for each in clean.requested}


ALL = ("scalar", "list", "object")
STYLES: dict[str, dict[str, tuple[str, ...]]] = {
    "path": {"simple": ALL, "label": ALL, "matrix": ALL},
    "query": {"form": ALL, "spaceDelimited": ("list",), "pipeDelimited": ("list",), "deepObject": ("object",)},
    "header": {"simple": ALL},
    "cookie": {"form": ALL},
}
"""Kinds of values by place and style of a parameter; OpenAPI defines no others."""
COLORS = {"type": "object", "required": ["r", "g"], "properties": {"r": {"type": "integer"}, "g": {"type": "string"}}}
VALUES = {
    "scalar": ({"type": "string", "const": "a b"}, "a b"),
    "list": ({"type": "array", "const": ["x&y", "z;w"]}, '["x&y", "z;w"]'),
    "object": ({**COLORS, "const": {"r": 1, "g": "b;c"}}, '{"r": 1, "g": "b;c"}'),
}
"""Schema of each kind, and its value as entered."""


def styled() -> dict[str, Any]:
    """Return a document with an operation for each style of parameters and each kind of value."""
    paths: dict[str, Any] = {}
    for place, styles in STYLES.items():
        for style, kinds in styles.items():
            for kind, explode in product(kinds, (False, True)):
                if (style, explode) == ("deepObject", False):
                    continue
                name = f"{place}_{style}_{explode}_{kind}".lower()
                parameter = {"name": "color", "in": place, "style": style, "explode": explode, "required": True}
                path = f"/{name}/{{color}}" if place == "path" else f"/{name}"
                paths[path] = {"get": operation(name, parameters=[{**parameter, "schema": VALUES[kind][0]}])}
    return {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": paths}


@needs_browser
def test_parameters_of_every_style_can_be_entered(clean: Browser) -> None:
    """The server reads what the form sends as the value that was entered."""
    document = styled()
    with opened(clean, document) as url:
        for item in document["paths"].values():
            name = item["get"]["operationId"]
            clean.open(f"{url}/?operation={name}")
            value = VALUES[name.rpartition("_")[2]][1]
            clean.evaluate(f"document.querySelector('.field[data-place] input').value = {value!r}")
            # A browser keeps one cookie of a name, so it cannot send a list in several.
            expected = "200 OK" if name != "cookie_form_true_list" else "not sent: a browser cannot make this request"
            assert send(clean).startswith(expected), name
    assert len(document["paths"]) > 30


@needs_browser
def test_an_invalid_request_is_explained(clean: Browser, url: str, client: httpx2.Client) -> None:
    """The mistake is shown with the request."""
    clean.open(f"{url}/?operation=chat")
    clean.evaluate("document.querySelector('.body:not([hidden]) textarea').value = '{\"model\": 1}'")
    assert send(clean).startswith("400 ")
    shown = clean.wait_for("document.querySelector('#records li.wrong')?.textContent")
    assert "violates the document" in shown and "body.model" in shown
    clean.leave()
    assert {"Failed to load resource: the server responded with a status of 400 (Bad Request)"} == set(clean.problems)
    clean.problems.clear()


@needs_browser
def test_a_stream_is_shown_as_it_comes(clean: Browser, url: str, client: httpx2.Client) -> None:
    """Before its end: it would take ten minutes."""
    clean.open(f"{url}/?operation=chat")
    streamed = "[...document.querySelectorAll('#body-choice option')].find(one => one.text.includes('streamed')).value"
    clean.evaluate(
        f"(choice => {{ choice.value = {streamed}; choice.dispatchEvent(new Event('change')) }})"
        "(document.querySelector('#body-choice'))"
    )
    clean.evaluate("(option => { option.value = 'events=4000'; option.selected = true })([...fault.options].at(-2))")
    clean.evaluate("document.querySelector('#form').requestSubmit()")
    first = clean.wait_for("document.querySelector('#response').textContent.split('data:').length - 1")
    more = f"document.querySelector('#response').textContent.split('data:').length - 1 > {first}"
    assert clean.wait_for(more)
    clean.evaluate("document.querySelector('#stop').click()")
    assert clean.wait_for("document.querySelector('#status').textContent.startsWith('stopped')")


@needs_browser
def test_a_stopped_server_is_noticed(tab: Browser) -> None:
    """The page says so, until the server responds again."""
    with server.serve(mock_app.build({"openapi": "3.2.0", "paths": {"/a": {"get": operation("a")}}})) as url:
        tab.open(url)
        assert tab.evaluate("document.querySelector('#gone').hidden")
    assert tab.wait_for("!document.querySelector('#gone').hidden")
    tab.leave()


@needs_browser
@pytest.mark.parametrize("name", [HOSTILE, "elsewhere", "html"])
def test_hostile_text_of_a_document_stays_text(tab: Browser, name: str) -> None:
    """No script of the document runs, and no host but the server's own is called."""
    with opened(tab, hostile()) as url, httpx2.Client(base_url=url, timeout=PATIENCE) as http:
        http.get("/<script>document.title='in'</script>", params={"q": HOSTILE})
        tab.open(str(httpx2.URL(url + "/", params={"operation": name})))
        title = tab.evaluate("document.title")
        assert HOSTILE in title and tab.evaluate("document.querySelectorAll('script').length") == 1
        sent = not send(tab).startswith("not sent")
        tab.wait_for(f"document.querySelectorAll('#records li').length === {1 + sent}")
        assert title == tab.evaluate("document.title") and not tab.evaluate("document.images.length")
        assert [] == [each for each in tab.requested if not each.startswith((url, "data:"))]
        tab.open(f"{url}/html")
        assert "in" not in tab.evaluate("document.title")


@needs_browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_the_window(clean: Browser, url: str, width: int, dark: bool) -> None:
    """Without horizontal scrolling, and in the colors that the user prefers."""
    for name in ("chat", "upload"):
        clean.open(f"{url}/?operation={name}", width=width, dark=dark)
        assert clean.evaluate("document.documentElement.scrollWidth") <= width
        back = clean.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ("rgb(255, 255, 255)" != back) == dark


class Resources(HTMLParser):
    """Collector of what a page loads from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            str(value) for name, value in attrs if name in ("src", "href") and not str(value).startswith(("?", "data:"))
        ]


def test_every_operation_has_a_page(client: httpx2.Client, document: dict[str, Any]) -> None:
    """Self-contained, with a policy that allows its own script alone."""
    for item in document["paths"].values():
        for one in item.values():
            if isinstance(one, dict) and "operationId" in one:
                page = client.get("/", params={"operation": one["operationId"]})
                assert 200 == page.status_code and [] == Resources(page.text).found
                assert "default-src 'none'" in page.headers["content-security-policy"]
                assert f'<code class="id">{one["operationId"]}</code>' in page.text
    assert [] == client.get("/__mock__/requests").json()


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_operation_at_the_root_comes_before_the_page(method: str) -> None:
    """The page is then at /__mock__/ only."""
    document = {"openapi": "3.2.0", "paths": {"/": {method: operation("root")}}}
    with server.serve(mock_app.build(document)) as url, httpx2.Client(base_url=url, timeout=PATIENCE) as http:
        assert "application/json" == http.request(method, "/").headers["content-type"]
        assert {"get": 200, "post": 405}[method] == http.get("/").status_code
        assert "text/html; charset=utf-8" == http.get("/__mock__/").headers["content-type"]


def test_a_document_without_operations_has_a_page() -> None:
    """It says so."""
    with server.serve(mock_app.build({"openapi": "3.2.0", "paths": {}})) as url:
        text = httpx2.get(f"{url}/", timeout=PATIENCE).text
    assert "The document has no operations." in text
    assert "None yet. Direct a client to" in text and 'aria-label="Operations" hidden' in text


def test_other_keys_than_the_usual_one_are_not_shown() -> None:
    """A user may pass a real key."""
    document = {"paths": {"/a": {"get": operation("a", security=[{"key": []}])}}}
    document |= {"components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}}
    for key, shown in (("test-key", True), ("private-key", False)):
        with server.serve(mock_app.build(document, keys=(key,))) as url:
            assert shown == (f'value="{key}"' in httpx2.get(f"{url}/", timeout=PATIENCE).text)
