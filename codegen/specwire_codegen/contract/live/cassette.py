"""Recorded exchanges of a run in a HAR file, and their replay."""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs

from specwire_codegen.contract.values.exchange import Exchange, Pairs
from specwire_codegen.contract.values.redaction import Redactor
from specwire_codegen.diagnostics import SpecwireCodegenError

OWN = "replayed-key"
"""The key of a replayed run; a recording has no other."""
_VOLATILE = frozenset(
    "accept-encoding connection content-length host idempotency-key keep-alive traceparent tracestate "
    "transfer-encoding user-agent x-request-id x-schemathesis-testcaseid".split()
)
"""Headers that differ between runs of the same checks."""
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_EXTENSION = "_specwire"


@attrs.frozen
class Tape:
    """Content of a cassette."""

    url: str
    """Base URL of the recorded server."""
    options: Mapping[str, Any]
    """Options of the recorded run."""
    exchanges: tuple[Exchange, ...]


def write(path: Path, tape: Tape, redactor: Redactor) -> None:
    """Write a redacted HAR file."""
    entries = [_entry(redactor.exchange(exchange), _credentials(exchange, redactor)) for exchange in tape.exchanges]
    log = {
        "version": "1.2",
        "creator": {"name": "specwire", "version": version("specwire")},
        "entries": entries,
        _EXTENSION: {"url": redactor.text(tape.url), "options": dict(tape.options)},
    }
    path.write_text(json.dumps({"log": log}, indent=1) + "\n", "utf-8")


def read(path: Path) -> Tape:
    """Read a HAR file that `write` made. Raise `SpecwireCodegenError` for any other."""
    try:
        log = json.loads(path.read_text("utf-8"))["log"]
        extension = log[_EXTENSION]
        exchanges = tuple(_exchange(entry) for entry in log["entries"])
        return Tape(str(extension["url"]), dict(extension["options"]), exchanges)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = f"{path.as_posix()} is not a recording of specwire contract: make one with --record"
        raise SpecwireCodegenError(message) from None


class Player:
    """Server that replays a tape: the responses to equal requests in their order, the last one again and again."""

    def __init__(self, tape: Tape, redactor: Redactor) -> None:
        """Wind a tape to its beginning."""
        self._redactor = redactor
        self._recorded: dict[Any, list[Exchange]] = defaultdict(list)
        for exchange in tape.exchanges:
            self._recorded[_key(exchange, exchange.header(_MARKER))].append(exchange)

    def response(self, request: Exchange) -> Exchange | None:
        """Return a request with its recorded response, or None if it is not on the tape."""
        found = self._recorded.get(_key(self._redactor.exchange(request), _credentials(request, self._redactor)))
        if not found:
            return None
        played = found.pop(0) if len(found) > 1 else found[0]
        return attrs.evolve(played, method=request.method, url=request.url, headers=request.headers, body=request.body)


_MARKER = "x-specwire-credentials"
"""Pseudo-header of a recorded request: which credentials it had."""


def _credentials(exchange: Exchange, redactor: Redactor) -> str:
    """Return whether a request has the run's own key, others, or none: redaction hides the difference."""
    texts = [exchange.url, *(value for name, value in exchange.headers if name in redactor.headers)]
    if any(map(redactor.has_secret, texts)):
        return "own"
    query = {name for name, _ in parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)}
    has_others = len(texts) > 1 or not query.isdisjoint(redactor.query)
    return "other" if has_others else "none"


def _key(exchange: Exchange, credentials: str) -> tuple[Any, ...]:
    """Return what makes a request equal to another: everything except what differs between runs."""
    parts = urlsplit(exchange.url)
    boundary = _BOUNDARY.search(exchange.header("content-type"))
    body = exchange.body
    if boundary is not None:
        body = body.replace(boundary[1].encode(), b"boundary")
    headers = sorted(
        (name, _BOUNDARY.sub("boundary", value))
        for name, value in exchange.headers
        if name not in _VOLATILE and name != _MARKER
    )
    return exchange.method, parts.path, parts.query, credentials, tuple(headers), body


def _entry(exchange: Exchange, credentials: str) -> dict[str, Any]:
    started = datetime.fromtimestamp(exchange.started, UTC)
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _listed(((_MARKER, credentials), *exchange.headers)),
        "queryString": _listed(parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": len(exchange.body),
    }
    if exchange.body:
        request["postData"] = {"mimeType": exchange.header("content-type"), **_text(exchange.body)}
    status = exchange.status or 0
    response = {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _listed(exchange.response_headers),
        "content": {
            "size": len(exchange.response_body),
            "mimeType": exchange.response_header("content-type"),
            **_text(exchange.response_body),
        },
        "redirectURL": exchange.response_header("location"),
        "headersSize": -1,
        "bodySize": -1,
    }
    milliseconds = round(exchange.seconds * 1000, 3)
    return {
        "startedDateTime": started.isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    started = datetime.fromisoformat(entry["startedDateTime"]).timestamp()
    return Exchange(
        request["method"],
        request["url"],
        _pairs(request["headers"]),
        _bytes(request.get("postData", {})),
        response["status"],
        _pairs(response["headers"]),
        _bytes(response["content"]),
        started,
        entry["time"] / 1000,
    )


def _listed(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _pairs(listed: Iterable[Mapping[str, str]]) -> Pairs:
    return tuple((each["name"], each["value"]) for each in listed)


def _text(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _bytes(content: Mapping[str, str]) -> bytes:
    text = content.get("text", "")
    return base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
