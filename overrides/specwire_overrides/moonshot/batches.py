"""Runs of many requests as batches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from specwire import Request, Workflow, adds, send
from specwire.support import (
    UNSET,
    BatchCounts,
    BatchJob,
    BatchProgress,
    BatchProvider,
    BatchResults,
    cancel_batch,
    run_batch,
)
from specwire_clients.moonshot import models
from specwire_clients.moonshot.operations import batches, files

T = TypeVar("T")
MAX_LINES = 1_000_000
"""Maximum number of requests of a batch."""
MAX_BYTES = 100 * 1024 * 1024
"""Maximum size of an input file."""
_PAGE = 100
_WINDOW = "24h"


def _line(custom_id: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"custom_id": custom_id, "method": "POST", "url": path, "body": body}


def _find(key: str, value: str) -> Workflow[models.BatchObject | None]:
    after: str | None = None
    while True:
        page = yield from send(batches.list_(after=UNSET if after is None else after, limit=_PAGE))
        for batch in page.data:
            if (batch.metadata or {}).get(key) == value:
                return batch
        if not page.has_more or not page.data:
            return None
        after = page.data[-1].id


def _counts(batch: models.BatchObject) -> BatchCounts:
    counts = batch.request_counts
    return BatchCounts() if counts is None else BatchCounts(counts.total, counts.completed + counts.failed)


def _provider(window: str) -> BatchProvider:
    def create(job: BatchJob) -> Request[models.BatchObject]:
        return batches.create(input_file_id=job.file_id, completion_window=window, metadata=dict(job.metadata))

    return BatchProvider(
        paths=frozenset({"/v1/chat/completions"}),
        max_lines=MAX_LINES,
        max_bytes=MAX_BYTES,
        line=_line,
        upload=lambda path: files.upload(file=path, purpose="batch"),
        create=create,
        find=_find,
        get=batches.retrieve,
        cancel=batches.cancel,
        download=files.content,
        outputs=lambda batch: [file for file in (batch.output_file_id, batch.error_file_id) if file],
        counts=_counts,
        reason=lambda batch: "the check of the input failed" if batch.status == "failed" else "",
    )


@adds("create_batch", "batches.run")
def run(
    requests: Iterable[Request[T] | tuple[str, Request[T]]],
    *,
    folder: str | os.PathLike[str],
    completion_window: str = _WINDOW,
    metadata: Mapping[str, str] | None = None,
    interval: float | None = None,
    on_progress: Callable[[BatchProgress], object] | None = None,
) -> Workflow[BatchResults[T]]:
    """Run many chat requests in batches, at a lower price, and return their results.

    Writes the requests to files by model, uploads these, creates a batch for each, waits for the batches and saves
    their results. Every step is recorded in the folder: call it again with the same requests to continue after a
    crash, without paying twice.

    Args:
        requests: Requests such as `client.chat.complete.request(...)`, or pairs of an id and a request.
        folder: Folder for the files of these batches.
        completion_window: Time within which a batch must end, from `12h` to `7d`.
        metadata: Notes of your own on the batches.
        interval: Seconds between two polls; 10 by default.
        on_progress: Called with the progress after each round of polls.

    """
    return (
        yield from run_batch(
            requests,
            _provider(completion_window),
            folder=folder,
            metadata=metadata,
            interval=interval,
            on_progress=on_progress,
        )
    )


@adds("cancel_batch", "batches.cancel_run")
def cancel_run(*, folder: str | os.PathLike[str]) -> Workflow[int]:
    """Cancel the batches that were started by `batches.run`, and return how many.

    `batches.run` with the same folder then returns the results of the requests that were done.

    Args:
        folder: Folder of the batches.

    """
    return (yield from cancel_batch(_provider(_WINDOW), folder=folder))
