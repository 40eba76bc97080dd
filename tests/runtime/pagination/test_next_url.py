"""Pages with the URL of the next page: it is followed on the same server only."""

from __future__ import annotations

from typing import Any

import pytest
from specwire import PagedRequest
from specwire._pagination.link import links, next_link, on_same_server
from specwire.errors import InvalidRequestError
from specwire.support import JsonPayload, NextURL, Operation

from tests.runtime.auth.secured_client import secured_client
from tests.support.caller import KEY, Caller
from tests.support.sample import Page, Thing
from tests.support.server import Server, reply

_IN_PAGE = Operation(
    id="list_by_url",
    method="GET",
    path="/v1/things",
    returns=JsonPayload(Page),
    pagination=NextURL(items=("data",), next=("next",)),
)
_IN_HEADER = Operation(
    id="list_by_link",
    method="GET",
    path="/v1/things",
    returns=JsonPayload(list[Thing]),
    pagination=NextURL(items=()),
)
BY_URL: PagedRequest[Page, Thing] = PagedRequest(_IN_PAGE, query={"size": 1})
BY_LINK: PagedRequest[list[Thing], Thing] = PagedRequest(_IN_HEADER)


def page(number: int, url: str | None) -> Any:
    """Return a page of one thing with the URL of the next page."""
    return reply({"data": [{"id": str(number)}], "next": url})


def linked(number: int, link: str | None) -> Any:
    """Return a page that is a list, with a link to the next page."""
    return reply([{"id": str(number)}], headers={"link": link} if link else {})


def ids(caller: Caller, client: Any, request: PagedRequest[Any, Any]) -> list[str]:
    """Return the ids of all items."""
    return [item.id for item in caller.list(client._session.items(request))]


def test_the_url_of_the_next_page_is_followed(caller: Caller, client: Any, server: Server) -> None:
    """Absolute, relative, or with another path; credentials are sent, the first page's query is not."""
    server.play(page(1, f"{server.url}/v1/things?page=2&x=%2F"), page(2, "?page=3"), page(3, "/other/4"), page(4, None))
    assert ["1", "2", "3", "4"] == ids(caller, client, BY_URL)
    targets = [received.target for received in server.received]
    assert ["/v1/things?size=1", "/v1/things?page=2&x=%2F", "/v1/things?page=3", "/other/4"] == targets
    assert {f"Bearer {KEY}"} == {received.headers["authorization"] for received in server.received}


def test_the_link_header_is_followed(caller: Caller, client: Any, server: Server) -> None:
    """The link to the next page is found among others."""
    more = '</v1/things?p=1>; rel="prev first", </v1/things?p=2,3>; title="a, \\"b\\"; rel=next"; rel="next"'
    server.play(linked(1, more), linked(2, '</v1/things?p=1>; rel="prev"'))
    assert ["1", "2"] == ids(caller, client, BY_LINK)
    assert "/v1/things?p=2,3" == server.received[1].target


@pytest.mark.parametrize("last", [None, ""])
def test_a_missing_url_ends_the_pages(caller: Caller, client: Any, server: Server, last: str | None) -> None:
    """Null and an absent field."""
    server.play(page(1, "/v1/things?page=2"), page(2, last))
    assert ["1", "2"] == ids(caller, client, BY_URL)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "//evil.test/v1",
        "https://user:pass@evil.test",
        "ftp://{host}/x",
        "http://[",
        "{up}",
    ],
)
def test_a_next_url_on_another_server_is_an_error(caller: Caller, client: Any, server: Server, url: str) -> None:
    """So is one with credentials; the message has its target."""
    host = server.url.removeprefix("http://").removeprefix("https://")
    server.play(page(1, url.format(host=host, up=server.url.replace("://", "://user@"))))
    with pytest.raises(InvalidRequestError, match="list_by_url: the URL of the next page is not followed") as raised:
        ids(caller, client, BY_URL)
    assert "pass" not in str(raised.value)
    assert 1 == len(server.received)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ("</a>", [("/a", set())]),
        ("</a>; rel=next", [("/a", {"next"})]),
        ('</a> ; REL = "Next  last" ; rel=ignored', [("/a", {"next", "last"})]),
        ('</a>;rel=next;title="x",</b>;rel="prev"', [("/a", {"next"}), ("/b", {"prev"})]),
        ("< /a >; title*=UTF-8''%e4; rel=next; flag", [("/a", {"next"})]),
        (",, </a>;;rel=next", [("/a", {"next"})]),
        ("/a; rel=next", []),
        ("</a", []),
        ('</a>; rel="next', [("/a", set())]),
    ],
)
def test_link_headers_are_parsed(header: str, expected: list[tuple[str, set[str]]]) -> None:
    """They follow RFC 8288; an invalid link ends the header."""
    assert expected == [(target, set(relations)) for target, relations in links(header)]


def test_the_first_next_link_is_used() -> None:
    """Other relations are ignored."""
    assert "/b" == next_link('</a>; rel="prev", </b>; rel="next", </c>; rel="next"')
    assert next_link('</a>; rel="nextish"') is None


@pytest.mark.parametrize(
    ("here", "url", "target"),
    [
        ("https://a.test/v1/x?q=1", "http://a.test/v1/x?q=2", "https://a.test/v1/x?q=2"),
        ("https://a.test/v1/x", "https://A.test:443/y#z", "https://a.test/y"),
        ("http://a.test:8080/v1/", "y?n=%20", "http://a.test:8080/v1/y?n=%20"),
    ],
)
def test_which_urls_are_on_the_same_server(here: str, url: str, target: str) -> None:
    """The scheme may only become safer, default ports are equal, fragments are not sent."""
    assert target == on_same_server(here, url)


@pytest.mark.parametrize(
    "url", ["https://b.test/", "http://a.test:81/", "https://a.test:444/", "javascript:x", "//a.test@b.test/"]
)
def test_which_urls_are_on_another_server(url: str) -> None:
    """Another host, port or scheme is another server."""
    with pytest.raises(ValueError, match="another server"):
        on_same_server("https://a.test/v1", url)


def test_a_key_in_a_next_url_is_replaced_by_the_client_s(caller: Caller, server: Server) -> None:
    """Some servers repeat the query with the key; it is sent once."""
    client = secured_client(caller, ("query",), credentials={"query": "mine"})
    server.play(page(1, "/v1/things?key=another&page=2&key=mine"), page(2, None))
    assert ["1", "2"] == ids(caller, client, BY_URL)
    assert ["/v1/things?size=1&key=mine", "/v1/things?page=2&key=mine"] == [each.target for each in server.received]
