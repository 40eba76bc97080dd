"""Results of a batch: the output files joined to their requests."""

from __future__ import annotations

import heapq
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import IO, Any, Generic, TypeVar

import msgspec

from specwire._batch.manifest import Manifest, Part
from specwire._bulk.outcomes import Outcome
from specwire._codec.codec import MISFIT, decoder
from specwire._codec.drift import Drift, tolerate
from specwire._errors.base import cut
from specwire._errors.server_message import summary
from specwire._exchange.call_state import CallState
from specwire._http.options import Options
from specwire._models import lenient_json
from specwire._models.headers import Headers
from specwire._network.deadline import Deadline
from specwire._operations.operation import JsonPayload, Operation
from specwire._operations.request import JsonBody, Request
from specwire._operations.response import Response
from specwire._responses import parsing
from specwire.errors import SpecwireError

T = TypeVar("T")


class BatchResponse(msgspec.Struct):
    """Response to one request, in an output file."""

    status_code: int = 0
    body: msgspec.Raw = msgspec.Raw(b"null")


class Line(msgspec.Struct):
    """Line of an output file."""

    custom_id: str
    response: BatchResponse | None = None
    error: Any = None


class InputLine(msgspec.Struct):
    """Line of an input file."""

    body: dict[str, Any]


class BatchResults(Generic[T]):
    """Outcomes of a batch in the order of its requests, read from the folder each time that they are iterated."""

    def __init__(self, manifest: Manifest, operations: Mapping[str, Operation]) -> None:
        self._parts = manifest.parts
        self._rows = manifest.rows
        self._files = [
            (manifest.input_path(part), manifest.rows_path(part), manifest.output_paths(part))
            for part in manifest.parts
        ]
        self._operations = operations

    def __len__(self) -> int:
        return self._rows

    def __iter__(self) -> Iterator[Outcome[T]]:
        parts = [self._outcomes(part, *files) for part, files in zip(self._parts, self._files, strict=True)]
        return heapq.merge(*parts, key=lambda outcome: outcome.index)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._rows} requests>"

    def _outcomes(self, part: Part, inputs: str, rows: str, outputs: list[str]) -> Iterator[Outcome[T]]:
        operation = self._operations[part.path]
        with ExitStack() as stack:
            files = [stack.enter_context(open(path, "rb")) for path in outputs if os.path.exists(path)]
            places = _places(files, part.count)
            lines = stack.enter_context(open(inputs, "rb"))
            names = stack.enter_context(open(rows, "rb"))
            for place, line, name in zip(places, lines, names, strict=True):
                index, id_ = msgspec.json.decode(name, type=tuple[int, str])
                fields = msgspec.json.decode(line, type=InputLine).body
                if part.model is not None:
                    fields = {"model": part.model, **fields}
                request: Request[T] = Request(operation, body=JsonBody(fields))
                yield _outcome(index, id_, request, _line_at(files, place), part)


def _places(files: Sequence[IO[bytes]], count: int) -> array[int]:
    """Return where the result of each request is: the offset times the number of files, plus the file; or -1."""
    places = array("q", [-1]) * count
    decode = msgspec.json.Decoder(Line).decode
    for number, file in enumerate(files):
        offset = 0
        for line in file:
            custom_id = decode(line).custom_id if line.strip() else ""
            if custom_id.isdecimal() and int(custom_id) < count:
                places[int(custom_id)] = offset * len(files) + number
            offset += len(line)
    return places


def _line_at(files: Sequence[IO[bytes]], place: int) -> Line | None:
    if place < 0:
        return None
    offset, number = divmod(place, len(files))
    files[number].seek(offset)
    return msgspec.json.decode(files[number].readline(), type=Line)


def _outcome(index: int, id_: str, request: Request[T], line: Line | None, part: Part) -> Outcome[T]:
    response: Response[T] | None = None
    error: Exception | None = None
    if line is not None and line.response is not None and line.response.status_code:
        status, content = line.response.status_code, bytes(line.response.body)
        if status < 300:
            response = _parsed(request, status, content)
        else:
            state = CallState(request, Options(), Deadline(None))
            error = parsing.status_error(state, status, Headers({}), content)
    elif line is not None:
        error = SpecwireError(
            f"{request.operation.id}: {summary(line.error) or 'the request failed without a message'}"
        )
    else:
        why = f": {part.reason}" if part.reason else ""
        error = SpecwireError(cut(f"{request.operation.id}: no result, the job ended as {part.status!r}{why}"))
    return Outcome(index=index, id=id_, item=request, response=response, error=error)


def _parsed(request: Request[Any], status: int, content: bytes) -> Response[Any]:
    payload = request.operation.payload_of(status)
    kind = payload.kind if isinstance(payload, JsonPayload) else Any
    value: Any = decoder(kind).match(content)
    drift: tuple[Drift, ...] = ()
    if value is MISFIT:
        value, drift = tolerate(lenient_json.loads_or_text(content), kind)
    return Response(status_code=status, headers=Headers({}), content=content, parsed=value, drift=drift)
