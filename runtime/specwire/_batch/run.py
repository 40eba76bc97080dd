"""Workflows that run a batch to its results, and that cancel one; either can be continued after a crash."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from specwire._batch.input_files import InputFiles
from specwire._batch.manifest import Manifest, Part, is_begun
from specwire._batch.provider import BatchCounts, BatchJob, BatchProvider
from specwire._batch.results import BatchResults
from specwire._client.workflow import Pause, Save, Workflow, send
from specwire._operations.request import Request
from specwire._pagination.pagination import at
from specwire.errors import APIStatusError, ConfigurationError, UnknownStatusError

T = TypeVar("T")
_MARK = "specwire_batch"
"""Key in the metadata of jobs."""
_ROWS = 1000
"""Requests to write before other tasks get a turn."""


class BatchProgress(msgspec.Struct, frozen=True, kw_only=True):
    """State of a batch."""

    jobs: int
    jobs_ended: int
    total: int
    """Number of requests."""
    done: int
    """Requests that are done, as the server reports."""


def run_batch(
    requests: Iterable[Request[T] | tuple[str, Request[T]]],
    provider: BatchProvider,
    *,
    folder: str | os.PathLike[str],
    metadata: Mapping[str, str] | None = None,
    interval: float | None = None,
    on_progress: Callable[[BatchProgress], object] | None = None,
) -> Workflow[BatchResults[T]]:
    """Run requests in batches of a provider, and return their results.

    Every step is recorded in the folder. Run it again with the same requests to continue after a crash.
    """
    with closing(Manifest(os.fspath(folder))) as manifest:
        files = InputFiles(manifest, provider)
        for count, _ in enumerate(files.read(requests)):
            if count % _ROWS == 0:
                yield Pause(0)
        for part in manifest.parts:
            if not part.job_id:
                yield from _begin(manifest, part, provider, metadata or {})
        yield from _await_jobs(manifest, provider, interval, on_progress)
        for part in manifest.parts:
            yield from _save(manifest, part, provider)
        return BatchResults(manifest, files.operations)


def cancel_batch(provider: BatchProvider, *, folder: str | os.PathLike[str]) -> Workflow[int]:
    """Cancel the jobs of a batch that have not ended, and return how many; `run_batch` then returns what is done."""
    if not is_begun(os.fspath(folder)):
        raise ConfigurationError(f"no batch was begun in {os.fspath(folder)!r}: give the folder of one")
    cancelled = 0
    with closing(Manifest(os.fspath(folder))) as manifest:
        for part in manifest.parts:
            if part.asked and not part.job_id:
                yield from _find(manifest, part, provider)
            if part.job_id and not part.status:
                try:
                    yield from send(provider.cancel(part.job_id))
                except APIStatusError as error:
                    if error.status_code not in (400, 404, 409):  # it has ended
                        raise
                else:
                    cancelled += 1
    return cancelled


def _begin(manifest: Manifest, part: Part, provider: BatchProvider, metadata: Mapping[str, str]) -> Workflow[None]:
    """Create the job of a part, unless an earlier run did."""
    if part.asked:
        yield from _find(manifest, part, provider)
        if part.job_id:
            return
    if not part.file_id:
        uploaded = yield from send(provider.upload(Path(manifest.input_path(part))))
        part.file_id = str(uploaded.id)
        manifest.changed(part)
    part.asked = True
    manifest.changed(part)
    marked = {**metadata, _MARK: manifest.mark(part)}
    job = yield from send(
        provider.create(BatchJob(endpoint=part.path, model=part.model, file_id=part.file_id, metadata=marked))
    )
    part.job_id = str(job.id)
    manifest.changed(part)


def _find(manifest: Manifest, part: Part, provider: BatchProvider) -> Workflow[None]:
    """Find a job whose creation was not recorded, by its mark."""
    job = yield from provider.find(_MARK, manifest.mark(part))
    if job is not None:
        part.job_id = str(job.id)
        manifest.changed(part)


def _await_jobs(
    manifest: Manifest,
    provider: BatchProvider,
    interval: float | None,
    on_progress: Callable[[BatchProgress], object] | None,
) -> Workflow[None]:
    done = {part.number: part.count for part in manifest.parts if part.status}
    while True:
        for part in manifest.parts:
            if not part.status:
                job = yield from send(provider.get(part.job_id))
                done[part.number] = _take_state(part, job, provider).done
                if part.status:
                    manifest.changed(part)
        open_parts = [part for part in manifest.parts if not part.status]
        if on_progress is not None:
            on_progress(
                BatchProgress(
                    jobs=len(manifest.parts),
                    jobs_ended=len(manifest.parts) - len(open_parts),
                    total=manifest.rows,
                    done=sum(done.values()),
                )
            )
        if not open_parts:
            return
        polling = provider.get(open_parts[0].job_id).operation.polling
        assert polling is not None
        yield Pause(polling.interval if interval is None else interval)


def _take_state(part: Part, job: Any, provider: BatchProvider) -> BatchCounts:
    """Take the final state of a job, if it has one; return its counts."""
    request = provider.get(part.job_id)
    polling = request.operation.polling
    assert polling is not None
    status = at(job, polling.status)
    if polling.is_terminal(status):
        part.status = str(status)
        part.outputs = provider.outputs(job)
        part.reason = provider.reason(job)
    elif not polling.is_pending(status):
        raise UnknownStatusError(
            f"{request.operation.id}: the job has the unknown status {str(status)[:60]!r}", last=job, request=request
        )
    return provider.counts(job)


def _save(manifest: Manifest, part: Part, provider: BatchProvider) -> Workflow[None]:
    if part.saved:
        return
    for file_id, path in zip(part.outputs, manifest.output_paths(part), strict=True):
        yield Save(provider.download(file_id), path)
    part.saved = True
    manifest.changed(part)
