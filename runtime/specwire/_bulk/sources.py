"""Sources of rows: iterables, JSON Lines and Parquet files, data frames."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import msgspec

from specwire._bulk.outcomes import Row
from specwire._bulk.sinks import pyarrow
from specwire._operations.request import BaseRequest
from specwire.errors import ConfigurationError, InvalidRequestError

Source: TypeAlias = Iterable[Any] | AsyncIterable[Any]
_BATCH = 1000
"""Rows of a table to convert at once."""
_END: Any = object()


def read(source: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a JSON Lines file, a Parquet file or folder, or a data frame, a few at a time.

    A data frame is one of pandas, Polars or pyarrow, or any other object with the Arrow interface.
    """
    if not isinstance(source, str | os.PathLike):
        return _table_rows(source)
    path = os.fspath(source)
    if not os.path.exists(path):
        raise ConfigurationError(f"the input {path!r} does not exist")
    if path.endswith((".jsonl", ".ndjson")):
        return _lines(path)
    if path.endswith(".parquet"):
        return _parquet_rows(path)
    raise ConfigurationError(f"the input {path!r} has an unknown ending: name it .jsonl or .parquet")


def count_rows(path: str) -> int:
    """Return the number of rows of a file."""
    if path.endswith(".parquet"):
        with _parquet(path) as dataset:
            counted: int = dataset.count_rows()
        return counted
    with open(path, "rb") as file:
        return sum(1 for line in file if line.strip())


def _lines(path: str) -> Iterator[dict[str, Any]]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise InvalidRequestError(f"{path}:{number}: the line is not a JSON object: {error}") from error
            yield row


def _parquet_rows(path: str) -> Iterator[dict[str, Any]]:
    with _parquet(path) as dataset:
        for batch in dataset.to_batches(batch_size=_BATCH):
            yield from batch.to_pylist()


@contextmanager
def _parquet(path: str) -> Iterator[Any]:
    """Yield the dataset of a file or folder; raise `ConfigurationError` if it is damaged, or not Parquet."""
    dataset = pyarrow("pyarrow.dataset").dataset
    try:
        yield dataset(path, format="parquet")
    except pyarrow().ArrowException as error:
        raise ConfigurationError(f"the input {path!r} cannot be read as Parquet: {error}") from error


def is_table(source: object) -> bool:
    """Return True for a data frame."""
    return hasattr(source, "__arrow_c_stream__") or hasattr(source, "iloc")


def _table_rows(table: Any) -> Iterator[dict[str, Any]]:
    arrow = pyarrow()
    if hasattr(table, "__arrow_c_stream__"):
        table = arrow.table(table)
    elif hasattr(table, "iloc"):  # pandas before version 2.2
        table = arrow.Table.from_pandas(table, preserve_index=False)
    else:
        raise ConfigurationError(f"rows cannot be read from {type(table).__name__}: give a file or a data frame")
    return (row for batch in table.to_batches(max_chunksize=_BATCH) for row in batch.to_pylist())


class Rows:
    """Numbered rows of a source."""

    def __init__(self, source: Source, key: str | None) -> None:
        if is_table(source):
            source = read(source)
        if isinstance(source, str | bytes | Mapping) or not isinstance(source, Iterable | AsyncIterable):
            raise ConfigurationError(
                f"requests cannot be read from {type(source).__name__}: give an iterable of requests, or "
                "bulk.read(file) and build="
            )
        self._key = key
        self._index = 0
        self._async: AsyncIterator[Any] | None = None
        self._sync: Iterator[Any] = iter(())
        self.is_async = isinstance(source, AsyncIterable)
        """True if rows must be waited for; else `next` returns them."""
        if isinstance(source, AsyncIterable):
            self._async = aiter(source)
        else:
            self._sync = iter(source)

    def next(self) -> Row | None:
        """Return the next row, or None after the last."""
        return self._row(next(self._sync, _END))

    async def wait_for_next(self) -> Row | None:
        """Wait for the next row, and return it, or None after the last."""
        assert self._async is not None
        return self._row(await anext(self._async, _END))

    def _row(self, item: Any) -> Row | None:
        """Return an item with its number and its id; None for the end."""
        if item is _END:
            return None
        index = self._index
        self._index += 1
        if self._key is not None:
            return Row(index, self._identity(item, index), item)
        if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str):
            return Row(index, *item)
        if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], BaseRequest):
            return Row(index, str(item[0]), item[1])
        return Row(index, str(index), item)

    def _identity(self, item: Any, index: int) -> str:
        if not isinstance(item, Mapping) or item.get(self._key) is None:
            raise InvalidRequestError(f"row {index} has no value for the id {self._key!r}: give every row one")
        return str(item[self._key])
