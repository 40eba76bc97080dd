"""A Litestar application: handlers on paths, a controller, msgspec models, events and files."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from litestar import Controller, Litestar, MediaType, delete, get, patch, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.params import Body, Parameter
from litestar.response import ServerSentEvent


class NewTask(msgspec.Struct):
    """A task to add."""

    title: str
    due: dt.date | None = None
    labels: list[str] = []


class Task(msgspec.Struct):
    """A task."""

    id: int
    title: str
    done: bool = False
    due: dt.date | None = None
    labels: list[str] = []


TASKS: dict[int, Task] = {}


def task_of(task_id: int) -> Task:
    """Return a task, or answer 404."""
    if task_id not in TASKS:
        raise NotFoundException(f"there is no task {task_id}")
    return TASKS[task_id]


class TaskController(Controller):
    """The tasks."""

    path = "/tasks"
    tags = ["tasks"]

    @post()
    async def create_task(self, data: NewTask) -> Task:
        """Add a task."""
        number = max(TASKS, default=0) + 1
        TASKS[number] = Task(id=number, title=data.title, due=data.due, labels=data.labels)
        return TASKS[number]

    @get()
    async def list_tasks(
        self, done: bool | None = None, label: Annotated[list[str] | None, Parameter(query="label")] = None
    ) -> list[Task]:
        """List tasks."""
        return [
            task
            for task in TASKS.values()
            if (done is None or task.done == done) and set(label or ()) <= set(task.labels)
        ]

    @get("/{task_id:int}")
    async def get_task(self, task_id: int) -> Task:
        """Read a task."""
        return task_of(task_id)

    @patch("/{task_id:int}/done")
    async def finish_task(self, task_id: int) -> Task:
        """Mark a task as done."""
        task_of(task_id).done = True
        return TASKS[task_id]

    @delete("/{task_id:int}")
    async def delete_task(self, task_id: int) -> None:
        """Remove a task."""
        task_of(task_id)
        del TASKS[task_id]


@get("/greeting", media_type=MediaType.TEXT)
async def greeting(name: str = "you") -> str:
    """Return a greeting as text."""
    return f"Hello, {name}"


@post("/attachments")
async def attach(data: Annotated[UploadFile, Body(media_type=RequestEncodingType.MULTI_PART)]) -> dict[str, str]:
    """Store a file."""
    content = await data.read()
    return {"name": data.filename, "content": content.decode()}


@post("/feedback")
async def feedback(
    data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> dict[str, str]:
    """Return the fields of a form."""
    return data


@get("/ticks")
async def ticks() -> ServerSentEvent:
    """Send three events."""

    async def numbers() -> AsyncIterator[str]:
        for number in range(3):
            yield str(number)

    return ServerSentEvent(numbers())


@get("/picture", media_type="image/png")
async def picture() -> bytes:
    """Return a picture."""
    return b"\x89PNG\r\n\x1a\n"


app = Litestar(
    [TaskController, greeting, attach, feedback, ticks, picture],
    openapi_config=OpenAPIConfig(title="JobHandlers", version="1.0"),
)
