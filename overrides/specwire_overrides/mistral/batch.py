"""Runs of many requests as batch jobs."""

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
from specwire_clients.mistral import models
from specwire_clients.mistral.operations import batch_jobs, files

T = TypeVar("T")
_PAGE = 100


def _line(custom_id: str, _path: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"custom_id": custom_id, "body": {name: value for name, value in body.items() if name != "model"}}


def _find(key: str, value: str) -> Workflow[models.BatchJobOut | None]:
    page = 0
    while True:
        jobs = yield from send(batch_jobs.list_(metadata={key: value}, page=page, page_size=_PAGE))
        found = list(jobs.data or ())
        for job in found:
            if (job.metadata or {}).get(key) == value:
                return job
        page += 1
        if len(found) < _PAGE:
            return None


def _reason(job: models.BatchJobOut) -> str:
    return "; ".join(error.message for error in job.errors)


def _provider(timeout_hours: int | None) -> BatchProvider:
    def create(job: BatchJob) -> Request[models.BatchJobOut]:
        return batch_jobs.create(
            endpoint=job.endpoint,
            input_files=[job.file_id],
            model=UNSET if job.model is None else job.model,
            metadata=job.metadata,
            timeout_hours=UNSET if timeout_hours is None else timeout_hours,
        )

    return BatchProvider(
        paths=frozenset(
            {
                "/v1/chat/completions",
                "/v1/embeddings",
                "/v1/fim/completions",
                "/v1/moderations",
                "/v1/chat/moderations",
                "/v1/ocr",
                "/v1/classifications",
                "/v1/chat/classifications",
            }
        ),
        max_lines=1_000_000,
        max_bytes=512 * 1024 * 1024,
        line=_line,
        upload=lambda path: files.upload(file=path, purpose="batch"),
        create=create,
        find=_find,
        get=batch_jobs.get,
        cancel=batch_jobs.cancel,
        download=files.download,
        outputs=lambda job: [str(file) for file in (job.output_file, job.error_file) if file],
        counts=lambda job: BatchCounts(job.total_requests, job.completed_requests),
        reason=_reason,
    )


@adds("create_batch_job", "batch.run")
def run(
    requests: Iterable[Request[T] | tuple[str, Request[T]]],
    *,
    folder: str | os.PathLike[str],
    metadata: Mapping[str, str] | None = None,
    timeout_hours: int | None = None,
    interval: float | None = None,
    on_progress: Callable[[BatchProgress], object] | None = None,
) -> Workflow[BatchResults[T]]:
    """Run many requests in batch jobs, at a lower price, and return their results.

    Writes the requests to files by model, uploads these, creates a job for each, waits for the jobs and saves their
    results. Every step is recorded in the folder: call it again with the same requests to continue after a crash,
    without paying twice.

    Args:
        requests: Requests such as `client.chat.complete.request(...)`, or pairs of an id and a request.
        folder: Folder for the files of this batch.
        metadata: Notes of your own on the jobs.
        timeout_hours: Hours after which a job is given up; the server's default is 24.
        interval: Seconds between two polls; 10 by default.
        on_progress: Called with the progress after each round of polls.

    """
    return (
        yield from run_batch(
            requests,
            _provider(timeout_hours),
            folder=folder,
            metadata=metadata,
            interval=interval,
            on_progress=on_progress,
        )
    )


@adds("cancel_batch_job", "batch.cancel_run")
def cancel_run(*, folder: str | os.PathLike[str]) -> Workflow[int]:
    """Cancel the jobs of a batch that was started by `batch.run`, and return how many.

    `batch.run` with the same folder then returns the results of the requests that were done.

    Args:
        folder: Folder of the batch.

    """
    return (yield from cancel_batch(_provider(None), folder=folder))
