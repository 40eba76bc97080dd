"""Plan of the benchmark: kinds of work, peers and targets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

OURS = "specwire"
BARE = "httpx2 + msgspec"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Peer:
    """Client to measure."""

    name: str
    module: str
    environment: str
    groups: tuple[str, ...]
    """Groups of its sections."""
    slow: bool = False
    """True if it gets the shorter streams."""


PEERS = (
    Peer(OURS, "specwire_mistral", "specwire", ("cold", "call", "stream", "decode", "upload", "download", "crowd")),
    Peer(BARE, "httpx2_msgspec", "specwire", ("cold", "call", "stream", "decode", "upload", "download", "crowd")),
    Peer("httpx + msgspec", "httpx_msgspec", "specwire", ("cold", "call", "stream", "upload", "download")),
    Peer("openai", "openai_sdk", "openai", ("cold", "call", "stream", "upload", "download", "crowd"), slow=True),
    Peer("mistralai", "mistralai_sdk", "mistralai", ("cold", "call", "stream", "upload", "download"), slow=True),
    Peer("openapi-python-client", "openapi_python_client", "opc", ("cold", "call", "decode", "upload")),
    Peer("httpx2 alone", "httpx2_alone", "specwire", ("cold",)),
)
SDKS = ("openai", "mistralai")
RIVALS = (*SDKS, "openapi-python-client")


@dataclass(frozen=True)
class Section:
    """One kind of work and its relevant figure."""

    name: str
    title: str
    group: str
    unit: str
    metric: str = "cpu"
    scale: float = 1e6
    order: dict[str, Any] = field(default_factory=dict)
    """Order to the worker; a section without one reads another figure of the section `of`."""
    of: str = ""

    @property
    def source(self) -> str:
        """Section whose samples this one uses."""
        return self.of or self.name


def _stream(name: str, title: str, what: str, cut: str) -> Section:
    return Section(name, title, "stream", "µs CPU/event", order={"what": what, "place": cut})


def _decode(kind: str, title: str) -> Section:
    return Section(f"decode-{kind}", title, "decode", "µs CPU", order={"what": "decode", "kind": kind})


def _crowd(name: str, title: str, tasks: int, calls: int, place: str, method: str) -> Section:
    order = {"what": "flood", "tasks": tasks, "calls": calls, "place": place, "method": method}
    return Section(name, title, "crowd", "µs CPU", order=order)


SECTIONS = (
    Section("import", "Import and construct", "cold", "ms CPU", "import", 1e3),
    Section("import-memory", "… memory", "cold", "MiB", "resident", 1, of="import"),
    Section("import-modules", "… modules", "cold", "modules", "modules", 1, of="import"),
    Section("first-call", "Import, construct, first call", "cold", "ms CPU", "first_call", 1e3, of="import"),
    Section("call", "One call, sync", "call", "µs CPU", order={"what": "call"}),
    Section("acall", "One call, async", "call", "µs CPU", order={"what": "acall"}),
    Section("in-flight", "64 calls in flight", "call", "µs CPU/call", order={"what": "in_flight", "tasks": 64}),
    Section("call-models", "List of 100 models", "call", "µs CPU", order={"what": "call", "method": "models"}),
    Section("call-vectors", "5 MB of embeddings", "call", "µs CPU", order={"what": "call", "method": "embeddings"}),
    _stream("stream-event", "Stream, sync, one HTTP chunk per event", "stream", "/event"),
    _stream("stream-block", "Stream, sync, HTTP chunks of 16 KiB", "stream", "/block"),
    _stream("astream-event", "Stream, async, one HTTP chunk per event", "astream", "/event"),
    _stream("astream-block", "Stream, async, HTTP chunks of 16 KiB", "astream", "/block"),
    _decode("chat", "Decode a chat response"),
    _decode("chunk", "Decode a stream's event"),
    _decode("models", "Decode 100 models"),
    _decode("embeddings", "Decode 5 MB of embeddings"),
    Section("upload", "Upload 1 GiB", "upload", "ms wall", "wall", 1e3, order={"what": "upload"}),
    Section("upload-cpu", "… CPU", "upload", "ms CPU", "cpu", 1e3, of="upload"),
    Section("upload-memory", "… growth of memory", "upload", "MiB", "growth", 1, of="upload"),
    Section("download", "Download 64 MiB", "download", "ms wall", "wall", 1e3, order={"what": "download"}),
    Section("download-cpu", "… CPU", "download", "ms CPU", "cpu", 1e3, of="download"),
    Section("download-memory", "… growth of memory", "download", "MiB", "growth", 1, of="download"),
    _crowd("crowd", "1,000 calls at once", 1000, 1, "/slow", "chat"),
    Section("crowd-errors", "… errors", "crowd", "errors", "errors", 1, of="crowd"),
    _crowd("crowd-streams", "200 streams of 100 events at once", 200, 1, "/hundred", "stream"),
    Section("crowd-streams-errors", "… errors", "crowd", "errors", "errors", 1, of="crowd-streams"),
)


@dataclass(frozen=True)
class Target:
    """Target of the measurement.

    "at most": our figure over the other one's; "times": theirs over ours, at least; "value": our figure itself.
    """

    section: str
    kind: Literal["at most", "times", "value"]
    limit: float
    against: tuple[str, ...] = (BARE,)
    """Of several, the fastest counts."""


def _ratios(limit: float, *sections: str) -> tuple[Target, ...]:
    return tuple(Target(section, "at most", limit) for section in sections)


_CALLS = ("call", "acall", "in-flight")
_STREAMS = ("stream-event", "stream-block", "astream-event", "astream-block")
TARGETS = (
    Target("import", "at most", 1.3, ("httpx2 alone",)),
    Target("import-memory", "at most", 1.3, ("httpx2 alone",)),
    Target("import-modules", "at most", 1.3, ("httpx2 alone",)),
    Target("import", "times", 4, RIVALS),
    *_ratios(1.3, "first-call"),
    *_ratios(1.15, *_CALLS),
    *(Target(section, "times", 1, RIVALS) for section in _CALLS),
    *_ratios(1.5, *_STREAMS),
    *(Target(section, "times", 5, SDKS) for section in _STREAMS),
    *_ratios(1.2, "decode-chat", "decode-chunk", "decode-models", "decode-embeddings"),
    *_ratios(1.05, "upload", "download"),
    Target("upload-memory", "value", 10),
    Target("download-memory", "value", 10),
    *_ratios(1.15, "crowd"),
    *_ratios(1.5, "crowd-streams"),
    Target("crowd-errors", "value", 0),
    Target("crowd-streams-errors", "value", 0),
)
