"""Batches of Mistral and Moonshot, played in memory."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import httpx2
from specwire import RetryPolicy
from specwire_clients.mistral import AsyncMistral, Mistral
from specwire_clients.moonshot import AsyncMoonshot, Moonshot

from tests.runtime.bulk.bulk_client import completion

NO_RETRIES = RetryPolicy(attempts=1)
_CONTENT = re.compile(rb"\r\n\r\n(.*?)\r\n--", re.DOTALL)


class Killed(BaseException):
    """End of the process in the middle of a request."""


class BatchServer:
    """Server with files and jobs; a job ends at its third poll.

    `kill_at` is the number of a request, and whether the process dies before it or after it was carried out.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.requests = 0
        self.kill_at: tuple[int, bool] | None = None
        self.never_ends = False

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        number, self.requests = self.requests, self.requests + 1
        if self.kill_at == (number, False):
            raise Killed
        response = self._respond(request)
        if self.kill_at == (number, True):
            raise Killed
        return response

    def _respond(self, request: httpx2.Request) -> httpx2.Response:
        path, content = request.url.path, request.read()
        if path.endswith("/content"):
            return httpx2.Response(200, content=self.files[path.split("/")[-2]])
        if path == "/v1/files":
            blocks = _CONTENT.findall(content)
            return self._file(max(blocks, key=len))
        if path.endswith("/cancel"):
            return self._cancel(self.jobs[path.split("/")[-2]])
        if request.method == "POST":
            job = self._create(json.loads(content))
            self.jobs[job["id"]] = job
            return httpx2.Response(200, json=job)
        if (found := self.jobs.get(path.split("/")[-1])) is not None:
            return self._poll(found)
        return self._list(dict(request.url.params))

    def _poll(self, job: dict[str, Any]) -> httpx2.Response:
        job["polls"] = job.get("polls", 0) + 1
        if job["polls"] == 3 and not self.never_ends and job["status"] not in ("CANCELLED", "cancelled"):
            self.end(job)
        return httpx2.Response(200, json=job)

    def results_of(self, lines: list[dict[str, Any]]) -> tuple[bytes, bytes]:
        """Return the lines of the output and of the error file, in no order; a request of `bad` fails."""
        good: list[dict[str, Any]] = []
        bad: list[dict[str, Any]] = []
        for line in lines:
            text = line["body"]["messages"][0]["content"]
            if text == "lost":
                continue
            status, body = (422, {"message": "not so"}) if text == "bad" else (200, completion(text))
            (bad if text == "bad" else good).append(
                {
                    "id": "r",
                    "custom_id": line["custom_id"],
                    "response": {"status_code": status, "body": body},
                    "error": None,
                }
            )
        return _jsonl(reversed(good)), _jsonl(bad)

    def _store(self, content: bytes) -> str | None:
        if not content:
            return None
        name = str(uuid.UUID(int=len(self.files) + 1))
        self.files[name] = content
        return name

    def _file(self, content: bytes) -> httpx2.Response:
        raise NotImplementedError

    def _create(self, order: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def _cancel(self, job: dict[str, Any]) -> httpx2.Response:
        raise NotImplementedError

    def _list(self, query: dict[str, str]) -> httpx2.Response:
        raise NotImplementedError

    def end(self, job: dict[str, Any]) -> None:
        """Complete a job."""
        raise NotImplementedError

    def inputs(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the lines of the input file of a job."""
        raise NotImplementedError


class MistralBatches(BatchServer):
    """Mistral's `batch.jobs`."""

    def _file(self, content: bytes) -> httpx2.Response:
        name = self._store(content)
        body = {"id": name, "object": "file", "bytes": len(content), "created_at": 1, "filename": "a.jsonl"}
        return httpx2.Response(
            200, json={**body, "purpose": "batch", "sample_type": "batch_request", "source": "upload"}
        )

    def _create(self, order: dict[str, Any]) -> dict[str, Any]:
        job = {"id": str(uuid.UUID(int=1000 + len(self.jobs))), "object": "batch", "status": "QUEUED", "errors": []}
        counts = dict.fromkeys(("total_requests", "completed_requests", "succeeded_requests", "failed_requests"), 0)
        return {**order, **job, **counts, "created_at": 1}

    def inputs(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.files[job["input_files"][0]].splitlines()]

    def end(self, job: dict[str, Any]) -> None:
        good, bad = self.results_of(self.inputs(job))
        job.update(status="SUCCESS", output_file=self._store(good), error_file=self._store(bad))

    def _cancel(self, job: dict[str, Any]) -> httpx2.Response:
        self.end(job)
        job["status"] = "CANCELLED"
        return httpx2.Response(200, json=job)

    def _list(self, query: dict[str, str]) -> httpx2.Response:
        page, size = int(query.pop("page")), int(query.pop("page_size"))
        found = [job for job in self.jobs.values() if query.items() <= job["metadata"].items()]
        return httpx2.Response(
            200, json={"data": found[page * size : (page + 1) * size], "object": "list", "total": len(found)}
        )


class MoonshotBatches(BatchServer):
    """Moonshot's `batches`."""

    def _file(self, content: bytes) -> httpx2.Response:
        body = {"id": self._store(content), "object": "file", "bytes": len(content), "created_at": 1, "filename": "a"}
        return httpx2.Response(200, json={**body, "purpose": "batch", "status": "ok"})

    def _create(self, order: dict[str, Any]) -> dict[str, Any]:
        counts = {"completed": 0, "failed": 0, "total": 0}
        job = {"id": f"batch-{len(self.jobs)}", "object": "batch", "status": "validating", "created_at": 1}
        return {**order, **job, "request_counts": counts}

    def inputs(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.files[job["input_file_id"]].splitlines()]

    def end(self, job: dict[str, Any]) -> None:
        good, bad = self.results_of(self.inputs(job))
        job.update(status="completed", output_file_id=self._store(good), error_file_id=self._store(bad))

    def _cancel(self, job: dict[str, Any]) -> httpx2.Response:
        if job["status"] in ("completed", "cancelled"):
            return httpx2.Response(400, json={"error": {"message": "it has ended", "type": "invalid"}})
        self.end(job)
        job["status"] = "cancelled"
        return httpx2.Response(200, json=job)

    def _list(self, query: dict[str, str]) -> httpx2.Response:
        ids = list(self.jobs)
        start = ids.index(query["after"]) + 1 if "after" in query else 0
        page = [self.jobs[each] for each in ids[start : start + 1]]
        return httpx2.Response(200, json={"object": "list", "data": page, "has_more": start + 1 < len(ids)})


KINDS: dict[str, tuple[type[BatchServer], Any, Any]] = {
    "mistral": (MistralBatches, Mistral, AsyncMistral),
    "moonshot": (MoonshotBatches, Moonshot, AsyncMoonshot),
}


def runner(provider: str, asynchronous: bool, server: BatchServer) -> tuple[Callable[..., Any], Callable[..., int]]:
    """Return the methods that run and cancel a batch, both called synchronously."""
    _, sync, async_ = KINDS[provider]
    attribute = {"mistral": "batch", "moonshot": "batches"}[provider]
    if not asynchronous:
        http = httpx2.Client(transport=httpx2.MockTransport(server.handle))
        batches = getattr(sync("k" * 32, http_client=http, retry=NO_RETRIES), attribute)
        return batches.run, batches.cancel_run
    async_http = httpx2.AsyncClient(transport=httpx2.MockTransport(server.handle))
    async_batches = getattr(async_("k" * 32, http_client=async_http, retry=NO_RETRIES), attribute)

    def awaited(method: Any) -> Callable[..., Any]:
        async def call(*args: Any, **options: Any) -> Any:
            return await method(*args, **options)

        return lambda *args, **options: asyncio.run(call(*args, **options))

    return awaited(async_batches.run), awaited(async_batches.cancel_run)


def _jsonl(lines: Any) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)
