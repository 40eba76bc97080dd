"""Client as the generator would write it: small, and with every kind of operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias
from uuid import UUID

from specwire import (
    UNSET,
    AsyncClient,
    Client,
    DownloadRequest,
    FileInput,
    PagedRequest,
    Request,
    StreamRequest,
    Unknown,
    Unset,
    WireModel,
    Workflow,
    wait as wait_for,
)
from specwire.support import (
    AsyncResource,
    Bearer,
    BinaryBody,
    BinaryPayload,
    Cursor,
    EmptyPayload,
    ErrorEnvelope,
    EventError,
    EventsPayload,
    FormBody,
    JsonPayload,
    NonRetryableErrors,
    Offset,
    Operation,
    PageNumber,
    Polling,
    Provider,
    Resource,
    TextPayload,
    accumulated,
    downloaded,
    endpoint,
    given,
    json_body,
    multipart_body,
    paginated,
    resource,
    streamed,
    union,
    workflow,
)


class Text(WireModel, tag_field="type", tag="text", kw_only=True):
    """A text."""

    type: ClassVar[Literal["text"]] = "text"
    text: str


class Image(WireModel, tag_field="type", tag="image", kw_only=True):
    """An image."""

    type: ClassVar[Literal["image"]] = "image"
    url: str
    width: int | Unset = UNSET


class Cat(WireModel, kw_only=True):
    """A cat, known by its purr."""

    purr: str


class Dog(WireModel, kw_only=True):
    """A dog, known by its bark."""

    bark: str
    loud: bool | Unset = UNSET


class Thing(WireModel, kw_only=True):
    """A thing with a field of each kind."""

    id: str
    size: int | None | Unset = UNSET
    weight: float | Unset = UNSET
    ready: bool | Unset = UNSET
    state: State | Unset = UNSET
    part: Part | Unset = UNSET
    parts: list[Part] | Unset = UNSET
    pet: Pet | Unset = UNSET
    tags: list[str] | Unset = UNSET
    notes: dict[str, Thing] | Unset = UNSET
    made: datetime | Unset = UNSET
    code: UUID | None | Unset = UNSET
    child: Thing | None | Unset = UNSET
    extra: Any | Unset = UNSET


class Secret(WireModel, kw_only=True):
    """An object with a password."""

    __secrets__: ClassVar[frozenset[str]] = frozenset({"password"})
    name: str
    password: str | Unset = UNSET


class Problem(WireModel, kw_only=True):
    """An error."""

    message: str
    code: int | Unset = UNSET


class Page(WireModel, kw_only=True):
    """A page of things."""

    data: list[Thing]
    total: int | Unset = UNSET
    next: str | None | Unset = UNSET
    more: bool | Unset = UNSET


class Job(WireModel, kw_only=True):
    """A job."""

    id: str
    status: str


class Chunk(WireModel, kw_only=True):
    """A piece of a text."""

    text: str
    state: State | Unset = UNSET


class Verdict(WireModel, kw_only=True):
    """A yes or a no."""

    code: int
    description: str | Unset = UNSET


if TYPE_CHECKING:
    State: TypeAlias = Literal["new", "old"] | str
    Part: TypeAlias = Text | Image | Unknown
    Pet: TypeAlias = Cat | Dog | Unknown
else:
    State = Literal["new", "old"]
    Part = Text | Image
    Pet = union(__name__, "Pet", lambda: (Cat, Dog))

PROVIDER = Provider(
    name="sample",
    version="1.2.3",
    base_url="https://sample.invalid/v1",
    base_url_variable="SAMPLE_BASE_URL",
    security=Bearer(),
    key_variable="SAMPLE_API_KEY",
    non_retryable=NonRetryableErrors(path=("error", "type"), values=frozenset({"quota"})),
)
_ERRORS: dict[int | str, Any] = {401: Problem, "4XX": Problem}
_THING = JsonPayload(Thing)
_EVENTS = EventsPayload(Chunk, terminator="[DONE]", errors=(EventError(("error",)),))
_GET = Operation(id="get_thing", method="GET", path="/things/{thing_id}", returns=_THING, errors=_ERRORS)
_MAKE = Operation(id="make_thing", method="POST", path="/things", returns=_THING, errors=_ERRORS)
_SAFE = Operation(id="safe_thing", method="POST", path="/safe", returns=_THING, safe=True)
_OPEN = Operation(id="open_thing", method="GET", path="/open", returns=_THING, secure=False)
_DROP = Operation(id="drop_thing", method="DELETE", path="/things/{thing_id}", returns=EmptyPayload())
_FORM = Operation(id="form_thing", method="POST", path="/form", returns=_THING)
_NOTE = Operation(id="note", method="GET", path="/note", returns=TextPayload())
_PAGES = Operation(
    id="list_things",
    method="GET",
    path="/things",
    returns=JsonPayload(Page),
    pagination=PageNumber(page="page", items=("data",), size="size", total=("total",)),
)
_OFFSETS = Operation(
    id="list_by_offset",
    method="GET",
    path="/offsets",
    returns=JsonPayload(Page),
    pagination=Offset(offset="offset", items=("data",), size="limit", total=("total",)),
)
_CURSORS = Operation(
    id="list_by_cursor",
    method="GET",
    path="/cursors",
    returns=JsonPayload(Page),
    pagination=Cursor(cursor="after", items=("data",), next=("next",), more=("more",)),
)
_LASTS = Operation(
    id="list_by_last",
    method="GET",
    path="/lasts",
    returns=JsonPayload(Page),
    pagination=Cursor(cursor="after", items=("data",), last=("id",), more=("more",)),
)
_TALK = Operation(id="talk", method="POST", path="/talk", returns=_EVENTS, errors=_ERRORS)
_LINES = Operation(
    id="lines",
    method="GET",
    path="/lines",
    returns=EventsPayload(Chunk, framing="jsonl", accept="application/jsonl"),
)
_SEQUENCE = Operation(id="sequence", method="GET", path="/seq", returns=EventsPayload(Chunk, framing="json-seq"))
_ENDLESS = Operation(id="endless", method="GET", path="/endless", returns=EventsPayload(Chunk))
_FOLLOW = Operation(
    id="follow",
    method="POST",
    path="/follow",
    returns=EventsPayload(Chunk, terminator="[DONE]", errors=(EventError(("error",)),), resumable=True),
    errors=_ERRORS,
)
_TAIL = Operation(id="tail", method="GET", path="/tail", returns=EventsPayload(Chunk, resumable=True))
_UPLOAD = Operation(id="upload", method="POST", path="/files", returns=_THING)
_PUT = Operation(id="put", method="PUT", path="/files/{name}", returns=_THING)
_DOWNLOAD = Operation(id="download", method="GET", path="/files/{name}", returns=BinaryPayload(), errors=_ERRORS)
_JOB = Operation(
    id="get_job",
    method="GET",
    path="/jobs/{job_id}",
    returns=JsonPayload(Job),
    polling=Polling(status=("status",), success=frozenset({"DONE"}), failure=frozenset({"FAILED"}), interval=0.01),
)
_ASK = Operation(
    id="ask",
    method="POST",
    path="/ask",
    returns=JsonPayload(Verdict),
    error_envelope=ErrorEnvelope(code=("code",), accepted=frozenset({1}), message=("description",)),
)


def get(
    thing_id: str,
    *,
    tags: Sequence[str] | Unset = UNSET,
    where: Mapping[str, object] | Unset = UNSET,
    trace: str | Unset = UNSET,
    session: str | Unset = UNSET,
) -> Request[Thing]:
    """Get a thing.

    Args:
        thing_id: Id of the thing.
    """
    return Request(
        _GET,
        path={"thing_id": thing_id},
        query=given({"tags": tags, "where": where}),
        headers=given({"X-Trace": trace}),
        cookies=given({"session": session}),
    )


def make(*, name: str, size: int | None | Unset = UNSET, part: Any = UNSET) -> Request[Thing]:
    """Make a thing."""
    return Request(_MAKE, body=json_body({"name": name, "size": size, "part": part}))


def safe(*, name: str | Unset = UNSET) -> Request[Thing]:
    """Make a thing by an idempotent operation."""
    return Request(_SAFE, body=json_body({"name": name}))


def public() -> Request[Thing]:
    """Get a public thing without credentials."""
    return Request(_OPEN)


def drop(thing_id: str) -> Request[None]:
    """Drop a thing."""
    return Request(_DROP, path={"thing_id": thing_id})


def form(*, name: str) -> Request[Thing]:
    """Make a thing by a form."""
    return Request(_FORM, body=FormBody(given({"name": name})))


def note() -> Request[str]:
    """Get a note."""
    return Request(_NOTE)


def list_(*, page: int | Unset = UNSET, size: int | Unset = UNSET) -> PagedRequest[Page, Thing]:
    """List things."""
    return PagedRequest(_PAGES, query=given({"page": page, "size": size}))


def by_offset(*, offset: int | Unset = UNSET, limit: int | Unset = UNSET) -> PagedRequest[Page, Thing]:
    """List things by offset."""
    return PagedRequest(_OFFSETS, query=given({"offset": offset, "limit": limit}))


def by_cursor(*, after: str | Unset = UNSET) -> PagedRequest[Page, Thing]:
    """List things by cursor."""
    return PagedRequest(_CURSORS, query=given({"after": after}))


def by_last(*, after: str | Unset = UNSET) -> PagedRequest[Page, Thing]:
    """List things by the last one's id."""
    return PagedRequest(_LASTS, query=given({"after": after}))


def talk(*, prompt: str = "hi") -> StreamRequest[Chunk]:
    """Talk, piece by piece."""
    return StreamRequest(_TALK, body=json_body({"prompt": prompt, "stream": True}))


def lines() -> StreamRequest[Chunk]:
    """Get pieces as JSON Lines."""
    return StreamRequest(_LINES)


def sequence() -> StreamRequest[Chunk]:
    """Get pieces as a JSON text sequence."""
    return StreamRequest(_SEQUENCE)


def endless() -> StreamRequest[Chunk]:
    """Get events of a stream that has no terminator."""
    return StreamRequest(_ENDLESS)


def follow(*, prompt: str = "hi", file: FileInput | None = None) -> StreamRequest[Chunk]:
    """Talk in a stream that can be resumed."""
    if file is not None:
        return StreamRequest(_FOLLOW, body=multipart_body(files={"file": file}))
    return StreamRequest(_FOLLOW, body=json_body({"prompt": prompt, "stream": True}))


def tail(*, last: str | Unset = UNSET) -> StreamRequest[Chunk]:
    """Get events of a resumable stream without a terminator."""
    return StreamRequest(_TAIL, headers=given({"last-event-id": last}))


def upload(*, file: FileInput, purpose: str | Unset = UNSET) -> Request[Thing]:
    """Upload a file as a part."""
    return Request(_UPLOAD, body=multipart_body(fields={"purpose": purpose}, files={"file": file}))


def put(name: str, *, content: FileInput) -> Request[Thing]:
    """Upload a file as the whole body."""
    return Request(_PUT, path={"name": name}, body=BinaryBody(content))


def download(name: str = "a") -> DownloadRequest:
    """Download a file."""
    return DownloadRequest(_DOWNLOAD, path={"name": name})


def job(job_id: str) -> Request[Job]:
    """Get a job."""
    return Request(_JOB, path={"job_id": job_id})


def wait(
    job_id: str,
    *,
    interval: float | None = None,
    timeout: float | None = None,
    on_progress: Callable[[Job], object] | None = None,
) -> Workflow[Job]:
    """Wait for a job."""
    return wait_for(job(job_id), interval=interval, timeout=timeout, on_progress=on_progress)


def ask(*, question: str) -> Request[Verdict]:
    """Ask for a verdict."""
    return Request(_ASK, body=json_body({"question": question}))


class Joined:
    """The text of all chunks."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def add(self, event: Chunk, /) -> None:
        """Add the next chunk."""
        self._texts.append(event.text)

    def final(self) -> str:
        """Return the text so far."""
        return "".join(self._texts)


class _Things:
    get = endpoint(get)
    """Get a thing."""
    make = endpoint(make)
    safe = endpoint(safe)
    public = endpoint(public)
    drop = endpoint(drop)
    form = endpoint(form)
    note = endpoint(note)
    list = paginated(list_)
    by_offset = paginated(by_offset)
    by_cursor = paginated(by_cursor)
    by_last = paginated(by_last)
    ask = endpoint(ask)


class Things(_Things, Resource):
    """Things."""


class AsyncThings(_Things, AsyncResource):
    """Things."""


class _Talks:
    stream = streamed(talk)
    add_up = accumulated(talk, Joined)
    lines = streamed(lines)
    sequence = streamed(sequence)
    endless = streamed(endless)
    follow_up = accumulated(follow, Joined)
    follow = streamed(follow)
    tail = streamed(tail)


class Talks(_Talks, Resource):
    """Talks."""


class AsyncTalks(_Talks, AsyncResource):
    """Talks."""


class _Files:
    upload = endpoint(upload)
    put = endpoint(put)
    download = downloaded(download)


class Files(_Files, Resource):
    """Files."""


class AsyncFiles(_Files, AsyncResource):
    """Files."""


class _Jobs:
    get = endpoint(job)
    wait = workflow(wait)


class Jobs(_Jobs, Resource):
    """Jobs."""


class AsyncJobs(_Jobs, AsyncResource):
    """Jobs."""


class Sample(Client):
    """A synchronous client of the sample API."""

    _provider = PROVIDER
    things = resource[Things](".sample", "Things")
    talks = resource[Talks](".sample", "Talks")
    files = resource[Files](".sample", "Files")
    jobs = resource[Jobs](".sample", "Jobs")


class AsyncSample(AsyncClient):
    """An asynchronous client of the sample API."""

    _provider = PROVIDER
    things = resource[AsyncThings](".sample", "AsyncThings")
    talks = resource[AsyncTalks](".sample", "AsyncTalks")
    files = resource[AsyncFiles](".sample", "AsyncFiles")
    jobs = resource[AsyncJobs](".sample", "AsyncJobs")
