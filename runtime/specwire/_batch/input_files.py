"""Input files of a batch: requests by path and model, within the limits of the provider."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import IO, Any

import msgspec

from specwire._batch.manifest import Manifest, Part
from specwire._batch.provider import BatchProvider
from specwire._bulk.outcomes import Row, fingerprint
from specwire._codec.codec import encode
from specwire._operations.operation import Operation
from specwire._operations.request import JsonBody, Request
from specwire.errors import InvalidRequestError, SpecwireError


class Writer:
    """Open input file of one path and model."""

    def __init__(self, manifest: Manifest, part: Part) -> None:
        self.part = part
        self.size = 0
        with ExitStack() as stack:
            self._lines: IO[bytes] = stack.enter_context(open(manifest.input_path(part), "wb"))
            self._rows: IO[bytes] = stack.enter_context(open(manifest.rows_path(part), "wb"))
            self._stack = stack.pop_all()

    def add(self, row: Row, line: bytes) -> None:
        """Add a request."""
        self._lines.write(line)
        self._rows.write(msgspec.json.encode((row.index, row.id)) + b"\n")
        self.size += len(line)
        self.part.count += 1

    def close(self) -> None:
        """Put the file on the disk."""
        with self._stack:
            for file in (self._lines, self._rows):
                file.flush()
                os.fsync(file.fileno())


class InputFiles:
    """Reads the requests of a batch once: to write the files, or to compare them with those of an earlier run."""

    def __init__(self, manifest: Manifest, provider: BatchProvider) -> None:
        self._manifest = manifest
        self._provider = provider
        self._writers: dict[tuple[str, str | None], Writer] = {}
        self._parts: list[Part] = []
        self.operations: dict[str, Operation] = {}
        """Path -> operation."""

    def read(self, requests: Iterable[Any]) -> Iterator[None]:
        """Read all requests; yields after each."""
        rows = checksum = 0
        try:
            for row in _rows(requests):
                self._add(row)
                rows, checksum = rows + 1, fingerprint(row, checksum)
                yield
        finally:
            for writer in self._writers.values():
                writer.close()
        manifest = self._manifest
        if not rows:
            raise InvalidRequestError("a batch needs at least one request")
        if not manifest.is_prepared:
            manifest.prepared(rows, checksum, self._parts)
        elif (rows, checksum) != (manifest.rows, manifest.checksum):
            raise SpecwireError(
                f"the requests are not those of the batch in {manifest.folder!r}: give the same requests in the same "
                "order, or another folder"
            )

    def _add(self, row: Row) -> None:
        path, fields = self._checked(row)
        if self._manifest.is_prepared:
            return
        model = fields.get("model")
        key = path, model if isinstance(model, str) else None
        writer = self._writers.get(key)
        if writer is not None:
            line = self._line(writer, path, fields)
            if writer.part.count < self._provider.max_lines and writer.size + len(line) <= self._provider.max_bytes:
                writer.add(row, line)
                return
            writer.close()
        part = Part(number=len(self._parts), path=path, model=key[1], count=0)
        writer = self._writers[key] = Writer(self._manifest, part)
        self._parts.append(part)
        line = self._line(writer, path, fields)
        if len(line) > self._provider.max_bytes:
            raise InvalidRequestError(
                f"request {row.index} has {len(line):,} bytes, more than a file of the batch may have: make it smaller"
            )
        writer.add(row, line)

    def _line(self, writer: Writer, path: str, fields: dict[str, Any]) -> bytes:
        return encode(self._provider.line(str(writer.part.count), path, fields)) + b"\n"

    def _checked(self, row: Row) -> tuple[str, dict[str, Any]]:
        """Return the path and body of a request; raise `InvalidRequestError` if a batch cannot contain it."""
        request = row.item
        if not isinstance(request, Request):
            raise InvalidRequestError(
                f"request {row.index} is a {type(request).__name__}: a batch takes requests with one response, such as "
                "client.chat.complete.request(...)"
            )
        operation = request.operation
        if operation.path not in self._provider.paths:
            accepted = ", ".join(sorted(self._provider.paths))
            raise InvalidRequestError(
                f"request {row.index} calls {operation.id}, which batches do not accept: they accept {accepted}"
            )
        if request.path or request.query or request.headers or request.cookies or request.url:
            raise InvalidRequestError(
                f"request {row.index} has parameters outside of its body, which batches cannot send"
            )
        body = request.body
        if not isinstance(body, JsonBody) or not isinstance(body.value, Mapping):
            raise InvalidRequestError(f"request {row.index} has no JSON object as its body: batches send only these")
        self.operations.setdefault(operation.path, operation)
        return operation.path, dict(body.value)


def _rows(requests: Iterable[Any]) -> Iterator[Row]:
    for index, item in enumerate(requests):
        if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str):
            yield Row(index, *item)
        else:
            yield Row(index, str(index), item)
