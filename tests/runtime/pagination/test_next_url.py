"""Promises of pages that name the next one by its URL: followed on the same server, nowhere else."""

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
    """Return a page of one thing that names the next."""
    return reply({"data": [{"id": str(number)}], "next": url})


def linked(number: int, link: str | None) -> Any:
    """Return a page that is a list, with a link to the next."""
    return reply([{"id": str(number)}], headers={"link": link} if link else {})


def ids(caller: Caller, client: Any, request: PagedRequest[Any, Any]) -> list[str]:
    """Return the ids of all items."""
    return [item.id for item in caller.list(client._session.items(request))]


def test_the_url_of_the_next_page_is_taken_as_it_is(caller: Caller, client: Any, server: Server) -> None:
    """Absolute, relative, and on another path of the server: with the credentials, without the first page's query."""
    server.play(page(1, f"{server.url}/v1/things?page=2&x=%2F"), page(2, "?page=3"), page(3, "/other/4"), page(4, None))
    assert ["1", "2", "3", "4"] == ids(caller, client, BY_URL)
    targets = [received.target for received in server.received]
    assert ["/v1/things?size=1", "/v1/things?page=2&x=%2F", "/v1/things?page=3", "/other/4"] == targets
    assert {f"Bearer {KEY}"} == {received.headers["authorization"] for received in server.received}


def test_the_link_header_is_followed(caller: Caller, client: Any, server: Server) -> None:
    """The link to what comes next is found among the others."""
    more = '</v1/things?p=1>; rel="prev first", </v1/things?p=2,3>; title="a, \\"b\\"; rel=next"; rel="next"'
    server.play(linked(1, more), linked(2, '</v1/things?p=1>; rel="prev"'))
    assert ["1", "2"] == ids(caller, client, BY_LINK)
    assert "/v1/things?p=2,3" == server.received[1].target


@pytest.mark.parametrize("last", [None, ""])
def test_no_url_is_the_end(caller: Caller, client: Any, server: Server, last: str | None) -> None:
    """Null and nothing end the pages."""
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
def test_no_other_server_is_asked(caller: Caller, client: Any, server: Server, url: str) -> None:
    """A next page on another server, or with credentials in its URL, is an error that names where it leads."""
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
def test_links(header: str, expected: list[tuple[str, set[str]]]) -> None:
    """Links are read as RFC 8288 has them; what is none ends the header quietly."""
    assert expected == [(target, set(relations)) for target, relations in links(header)]


def test_the_first_next_link_counts() -> None:
    """Other relations are not what comes next."""
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
def test_the_same_server(here: str, url: str, target: str) -> None:
    """The scheme does not get worse, a default port is no other port, no fragment is sent."""
    assert target == on_same_server(here, url)


@pytest.mark.parametrize(
    "url", ["https://b.test/", "http://a.test:81/", "https://a.test:444/", "javascript:x", "//a.test@b.test/"]
)
def test_another_server(url: str) -> None:
    """Another host, port or scheme is another server."""
    with pytest.raises(ValueError, match="another server"):
        on_same_server("https://a.test/v1", url)


def test_a_next_url_that_carries_a_key_is_sent_with_one_s_own(caller: Caller, server: Server) -> None:
    """Some servers repeat the query, key and all: the key of a URL is left out, that of the client is sent once."""
    client = secured_client(caller, ("query",), credentials={"query": "mine"})
    server.play(page(1, "/v1/things?key=another&page=2&key=mine"), page(2, None))
    assert ["1", "2"] == ids(caller, client, BY_URL)
    assert ["/v1/things?size=1&key=mine", "/v1/things?page=2&key=mine"] == [each.target for each in server.received]
