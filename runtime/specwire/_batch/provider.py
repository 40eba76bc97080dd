"""Facts about a provider that batches need beyond its document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec

from specwire._client.workflow import Workflow
from specwire._operations.request import DownloadRequest, Request

T = TypeVar("T")
Fields: TypeAlias = dict[str, Any]


class BatchJob(msgspec.Struct, frozen=True, kw_only=True):
    """Job to create for one input file."""

    endpoint: str
    model: str | None
    file_id: str
    metadata: Mapping[str, str]


class BatchCounts(msgspec.Struct, frozen=True):
    """Requests of a batch: all, and those that are done."""

    total: int = 0
    done: int = 0


class BatchProvider(msgspec.Struct, frozen=True, kw_only=True):
    """Batches of a provider: its limits, the lines of its files, and the requests that work with jobs."""

    paths: frozenset[str]
    """Paths of operations that a batch accepts."""
    max_lines: int
    """Maximum number of requests in a file."""
    max_bytes: int
    """Maximum size of a file."""
    line: Callable[[str, str, Fields], Fields]
    """Returns the line of a request from its custom id, its path and its body."""
    upload: Callable[[Path], Request[Any]]
    create: Callable[[BatchJob], Request[Any]]
    find: Callable[[str, str], Workflow[Any]]
    """Returns the job that has a key and a value in its metadata, or None."""
    get: Callable[[str], Request[Any]]
    cancel: Callable[[str], Request[Any]]
    download: Callable[[str], DownloadRequest]
    outputs: Callable[[Any], list[str]]
    """Returns the ids of the output files of a job, those of failed requests included."""
    counts: Callable[[Any], BatchCounts]
    reason: Callable[[Any], str]
    """Returns why a job failed, or an empty string."""
