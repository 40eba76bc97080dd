"""Failures and their results for each kind of call; tests check the table, `docs/faults.md` shows it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence

import msgspec
from specwire.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    BadRequestError,
    DecodeError,
    EnvelopeError,
    RateLimitError,
    ResponseTooLargeError,
    ServerError,
    StreamError,
    StreamTruncatedError,
)

from tests.faults.catalogue.conditions import (
    Arrange,
    accepts,
    bounded,
    closes,
    half_closes,
    interrupted_part,
    nowhere,
    open_head,
    plays,
    refused,
    rejects,
    resets,
    stalls,
    through_proxy,
    untrusted,
    whole,
)
from tests.faults.catalogue.outcomes import Call, Gives, Good, Outcome, Outcomes, Raises, each
from tests.support.sample import Thing
from tests.support.server import Action, Close, Hold, Pause, Reset, chunk, head

DEEP = b'{"error":' * 20_000 + b"1" + b"}" * 20_000
JSON = "application/json"
PAGE = b"<!doctype html>\n<title>Bad Gateway</title>"


class Fault(msgspec.Struct, frozen=True):
    """One failure."""

    what: str
    arrange: Arrange
    outcomes: Outcomes
    recovers: bool = True
    """Whether the next call of the same client works, on a healthy server."""
    differs: Mapping[str, Outcomes] = {}
    """Results with other HTTP libraries that cannot have the same; docs/transports.md has the reasons."""

    def outcome(self, call: str, library: str) -> Outcome:
        """Return the result of a call with an HTTP library."""
        return self.differs.get(library, self.outcomes)[call]


class Group(msgspec.Struct, frozen=True):
    """Failures of one place."""

    title: str
    faults: tuple[Fault, ...]


ZEROS = b"0" * (50 << 20)
INFLATING = gzip.compress(ZEROS, mtime=0)


def _in_members(call: Call) -> Sequence[Action]:
    half = len(call.body) // 2
    body = gzip.compress(call.body[:half], mtime=0) + gzip.compress(call.body[half:], mtime=0)
    return (whole(call, body=body, content_encoding="gzip"),)


def _packed(call: Call) -> bytes:
    return gzip.compress(call.body, mtime=0)


def _as_event(call: Call, data: bytes) -> bytes:
    return b"data: " + data + b"\n\n" if call.name == "stream" else data


def _slowly(call: Call) -> Sequence[Action]:
    data = whole(call)
    first = [action for byte in data[:30] for action in (bytes([byte]), Pause(0.002))]
    return (*first, data[30:])


def _chunked(call: Call, *rest: Action) -> Sequence[Action]:
    return (_chunked_head(call), *rest)


def _chunked_head(call: Call) -> bytes:
    return open_head(call, transfer_encoding="chunked")


def _lost(attempts: int = 3) -> Raises:
    return Raises(APIConnectionError, attempts)


TRUNCATED = Raises(StreamTruncatedError)
REPEATED = each(_lost())
"""The server has not seen the request, so every call is retried."""
UNCLEAR = each(_lost(), _lost(1), _lost(1))
"""The server may have executed the request, so only reads are retried."""
BROKEN = each(_lost(), _lost(1), TRUNCATED, _lost(1))
"""The head of the response arrived: a stream or a download began."""
UNREADABLE = each(Raises(DecodeError))

FAULTS = (
    Group(
        "No connection",
        (
            Fault("nothing listens at the port", refused, REPEATED, recovers=False),
            Fault("the host does not exist (DNS)", nowhere, REPEATED, recovers=False),
            Fault("the certificate is not trusted (TLS)", untrusted, each(_lost(1)), recovers=False),
            Fault("the proxy is down", through_proxy(None, "http://sample.invalid"), REPEATED, recovers=False),
            Fault("the proxy refuses", through_proxy(rejects, "https://sample.invalid"), REPEATED, recovers=False),
        ),
    ),
    Group(
        "Request",
        (
            Fault("connection closed as soon as it is open", accepts(0, closes), UNCLEAR, recovers=False),
            Fault("reset at the first byte of the request", accepts(1, resets), UNCLEAR, recovers=False),
            Fault("reset within the request headers", accepts(20, resets), UNCLEAR, recovers=False),
            Fault("half-closed by the server within the request", accepts(20, half_closes), UNCLEAR, False),
        ),
    ),
    Group(
        "Response headers",
        (
            Fault("closed before the response", plays(lambda _: (Close(),)), UNCLEAR),
            Fault("reset before the response", plays(lambda _: (Reset(),)), UNCLEAR),
            Fault(
                "no response",
                stalls(lambda _: (Hold(),)),
                each(Raises(APITimeoutError, 3), Raises(APITimeoutError)),
            ),
            Fault(
                "no more data within the headers",
                stalls(lambda call: (whole(call)[:30], Hold())),
                each(Raises(APITimeoutError, 3), Raises(APITimeoutError)),
            ),
            Fault("closed within the headers", plays(lambda call: (whole(call)[:30], Close())), UNCLEAR),
            Fault("headers that arrive byte by byte", plays(_slowly), each(Good())),
            Fault("an invalid status line", plays(lambda _: (b"\x00\xff\x00 what\r\n\r\n", Close())), UNCLEAR),
            Fault(
                "a status code that is not a number", plays(lambda _: (b"HTTP/1.1 OK fine\r\n\r\n", Close())), UNCLEAR
            ),
            Fault("a protocol other than HTTP", plays(lambda _: (b"220 mail.invalid ESMTP\r\n", Close())), UNCLEAR),
            Fault(
                "a header of 200 kB",
                plays(lambda call: (whole(call, x_huge="x" * 200_000),)),
                UNCLEAR,
                differs={"pyreqwest": each(Good())},
            ),
            Fault("50,000 headers", plays(lambda call: (head(200, {f"x-{n}": "1" for n in range(50_000)}),)), UNCLEAR),
            Fault(
                "`100 Continue` and `103 Early Hints` first",
                plays(lambda call: (head(100), head(103), whole(call))),
                each(Good()),
            ),
            Fault(
                "an unrequested `101 Switching Protocols`",
                plays(lambda _: (head(101, {"upgrade": "x", "connection": "upgrade"}), Close())),
                UNCLEAR,
            ),
        ),
    ),
    Group(
        "Length and encoding of the body",
        (
            Fault(
                "`content-length` longer than the body",
                plays(lambda call: (open_head(call, content_length="1000"), call.body, Close())),
                each(_lost(), _lost(1), Good(), _lost(1)),
            ),
            Fault(
                "`content-length` shorter than the body",
                plays(lambda call: (open_head(call, content_length="5") + call.body, Close())),
                each(Raises(DecodeError), None, TRUNCATED, Gives(b"01234", "the first bytes")),
                recovers=False,
                differs={"aiohttp": UNCLEAR},
            ),
            Fault(
                "`content-length` shorter than the body, whose rest arrives later",
                plays(
                    lambda call: (
                        open_head(call, content_length="5") + call.body[:5],
                        Pause(0.05),
                        call.body[5:],
                        Close(),
                    )
                ),
                each(Raises(DecodeError), None, TRUNCATED, Gives(b"01234", "the first bytes")),
                recovers=False,
            ),
            Fault(
                "a negative `content-length`",
                plays(lambda call: (open_head(call, content_length="-5"), call.body, Close())),
                UNCLEAR,
            ),
            Fault(
                "two different `content-length`",
                plays(lambda call: (head(200, {"content-length": "5", "Content-Length": "6"}), call.body, Close())),
                UNCLEAR,
            ),
            Fault(
                "no length, closed at the end",
                plays(lambda call: (open_head(call), call.body, Close())),
                each(Good()),
            ),
            Fault(
                "no length, then a reset",
                plays(lambda call: (open_head(call), call.body[:10], Pause(0.05), Reset())),
                BROKEN,
            ),
            Fault(
                "chunks that end early",
                plays(lambda call: _chunked(call, chunk(call.body[:10]), Close())),
                BROKEN,
            ),
            Fault(
                "an invalid chunk size",
                plays(lambda call: (_chunked_head(call) + chunk(call.body[:10]) + b"zz\r\n", Close())),
                BROKEN,
                differs={"aiohttp": UNCLEAR},
            ),
            Fault(
                "an invalid chunk size after a valid chunk",
                plays(lambda call: _chunked(call, chunk(call.body[:10]), Pause(0.05), b"zz\r\n", Hold())),
                BROKEN,
            ),
            Fault(
                "closed within the body, by a server that supports ranges",
                interrupted_part,
                each(_lost(), _lost(1), TRUNCATED, Good()),
            ),
            Fault(
                "no more data within the body",
                stalls(lambda call: _chunked(call, chunk(call.body[:10]), Hold())),
                each(Raises(APITimeoutError, 3), Raises(APITimeoutError), TRUNCATED, Raises(APITimeoutError)),
            ),
            Fault(
                "truncated gzip",
                plays(lambda call: (whole(call, body=_packed(call)[:-12], content_encoding="gzip"),)),
                BROKEN,
            ),
            Fault(
                "corrupt gzip",
                plays(lambda call: (whole(call, body=b"\x1f\x8b\x08damaged", content_encoding="gzip"),)),
                BROKEN,
            ),
            Fault(
                "plain text declared as gzip",
                plays(lambda call: (whole(call, content_encoding="gzip"),)),
                BROKEN,
            ),
            Fault(
                "an unknown content coding",
                plays(lambda call: (whole(call, content_encoding="x-own"),)),
                each(_lost(1), stream=TRUNCATED),
            ),
            Fault(
                "bytes after the response ¹",
                plays(lambda call: (whole(call) + b"surplus", Close())),
                each(Good()),
                recovers=False,
                differs={"aiohttp": UNCLEAR},
            ),
        ),
    ),
    Group(
        "Size and redirect limits",
        (
            Fault(
                "a 50 kB body that decompresses to 50 MB, with a limit of 2 MB",
                bounded(plays(lambda call: (whole(call, body=INFLATING, content_encoding="gzip"),))),
                each(
                    Raises(ResponseTooLargeError),
                    stream=Raises(StreamError, 1, "is larger than"),
                    download=Gives(ZEROS, "the file"),
                ),
            ),
            Fault(
                "an error body that decompresses to 50 MB",
                plays(lambda call: (whole(call, 400, INFLATING, content_encoding="gzip"),)),
                each(Raises(BadRequestError)),
            ),
            Fault(
                "endless 1xx responses",
                stalls(lambda _: [action for _ in range(200) for action in (head(102), Pause(0.02))]),
                each(Raises(APITimeoutError, 3), Raises(APITimeoutError)),
            ),
            Fault("gzip with several members", plays(_in_members), each(Good())),
            Fault(
                "data after the end of a gzip body",
                plays(lambda call: (whole(call, body=_packed(call) + b"surplus", content_encoding="gzip"),)),
                each(_lost(), _lost(1), Good(), _lost(1)),
            ),
            Fault(
                "a redirect to port 99999",
                plays(lambda call: (whole(call, 302, b"", location="http://h.test:99999/"),)),
                each(Raises(APIStatusError, 1, "a redirect to http://h.test:99999, which is not followed")),
            ),
            Fault(
                "a redirect to an invalid host",
                plays(lambda call: (whole(call, 302, b"", location=f"http://{'x' * 64}.test/"),)),
                each(Raises(APIStatusError, 1, "which is not followed")),
            ),
        ),
    ),
    Group(
        "Body",
        (
            Fault(
                "a wrong content type",
                plays(lambda call: (whole(call, content_type="text/plain"),)),
                each(Good()),
            ),
            Fault(
                "an HTML page with status 200",
                plays(lambda call: (whole(call, body=PAGE, content_type="text/html"),)),
                each(
                    Gives(PAGE.decode(), "the page, with drift"),
                    stream=Raises(DecodeError),
                    download=Gives(PAGE, "the page, as bytes"),
                ),
            ),
            Fault(
                "an error in the JSON of a 200",
                plays(lambda call: (whole(call, body=b'{"error": {"message": "overloaded"}}', content_type=JSON),)),
                each(
                    Raises(EnvelopeError, 1, "with an error in the body: overloaded"),
                    stream=Raises(EnvelopeError, 1, "overloaded"),
                    download=Raises(EnvelopeError, 1, "overloaded"),
                ),
            ),
            Fault(
                "JSON nested 20,000 deep with status 400",
                plays(lambda call: (whole(call, 400, DEEP, content_type=JSON),)),
                each(Raises(BadRequestError)),
            ),
            Fault(
                "an invalid charset with status 400",
                plays(lambda call: (whole(call, 400, b"too late", content_type="text/plain; charset=idna"),)),
                each(Raises(BadRequestError, 1, "too late")),
            ),
            Fault(
                "an HTML page with status 502",
                plays(lambda call: (whole(call, 502, PAGE, content_type="text/html"),)),
                each(Raises(ServerError, 3, "an HTML page of"), Raises(ServerError, 1, "an HTML page of")),
            ),
            Fault(
                "an empty body",
                plays(lambda call: (whole(call, body=b""),)),
                each(Raises(DecodeError, 1, "is empty"), stream=TRUNCATED, download=Gives(b"", "an empty file")),
            ),
            Fault(
                "invalid JSON",
                plays(lambda call: (whole(call, body=_as_event(call, b"{,}")),)),
                each(Raises(DecodeError), download=Gives(b"{,}", "its bytes")),
            ),
            Fault(
                "invalid UTF-8",
                plays(lambda call: (whole(call, body=_as_event(call, b'{"id": "\xff"}')),)),
                each(
                    Gives(Thing(id="\ufffd"), "U+FFFD, with drift"),
                    stream=TRUNCATED,
                    download=Gives(b'{"id": "\xff"}', "its bytes"),
                ),
            ),
        ),
    ),
    Group(
        "Status",
        (
            Fault(
                "204 with a body",
                plays(lambda call: (whole(call, 204),)),
                each(Gives(None, "None, with drift"), stream=TRUNCATED, download=_lost(1)),
                differs={"aiohttp": UNCLEAR},
            ),
            Fault(
                "304 with a body",
                plays(lambda call: (whole(call, 304),)),
                each(Raises(APIStatusError)),
                differs={"aiohttp": UNCLEAR},
            ),
            Fault(
                "repeated 429",
                plays(lambda call: (whole(call, 429, b"{}", retry_after="0"),)),
                each(Raises(RateLimitError, 3)),
            ),
            Fault(
                "repeated 503",
                plays(lambda call: (whole(call, 503, b"{}"),)),
                each(Raises(ServerError, 3), Raises(ServerError)),
            ),
            Fault(
                "a redirect loop",
                plays(lambda call: (whole(call, 302, b"", location="/again"),)),
                each(Raises(APIStatusError)),
            ),
            Fault(
                "a redirect to a host that does not exist",
                plays(lambda call: (whole(call, 302, b"", location="http://nowhere.invalid/"),)),
                each(_lost(), Raises(APIStatusError, 1, "a redirect to http://nowhere.invalid, which is not followed")),
            ),
        ),
    ),
)
