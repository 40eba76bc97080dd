"""Pictures from a prompt in one call: submit the task, and read it until it rests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from specwire import UNSET, Unset, Workflow, adds, ask, wait
from specwire.errors import DecodeError, JobFailedError
from specwire_clients.aitre import models
from specwire_clients.aitre.operations import midjourney

if TYPE_CHECKING:
    from specwire_clients.aitre import inputs


@adds("mj_submit_imagine", "midjourney.imagine_and_wait")
def imagine_and_wait(
    *,
    prompt: str,
    bot_type: inputs.MidjourneyBotTypeParam | Unset = UNSET,
    base64_array: Sequence[str] | Unset = UNSET,
    notify_hook: str | Unset = UNSET,
    state: str | Unset = UNSET,
    interval: float | None = None,
    timeout: float | None = None,
    on_progress: Callable[[models.MidjourneyTask], object] | None = None,
) -> Workflow[models.MidjourneyTask]:
    """Draw four pictures from a text, and wait until they are done.

    A submission that is queued (code 22), or that the server knew already (code 21), is waited for like any other. A
    task that asks for something comes back in the status MODAL; answer it with `midjourney.modal`, then
    `midjourney.wait`. A refused submission raises `EnvelopeError`, a failed or
    cancelled task `JobFailedError`.

    Args:
        prompt: What to draw, with Midjourney's own options at the end if wanted.
        bot_type: Which bot draws. The server's default is "MID_JOURNEY".
        base64_array: Reference pictures as data URLs.
        notify_hook: Address that is told of every change of the task.
        state: A text of your own, which the task repeats.
        interval: Seconds between two polls; 3 if not given.
        timeout: Seconds to wait, after which `WaitTimeoutError` is raised; None waits for ever.
        on_progress: Told of the task after each poll; its `progress` goes from "0%" to "100%".
    """
    request = midjourney.imagine(
        prompt=prompt, bot_type=bot_type, base64_array=base64_array, notify_hook=notify_hook, state=state
    )
    submitted = yield from ask(request)
    if not submitted.result:
        raise DecodeError(
            f"{request.operation.id}: the server accepted the task with code {submitted.code} and gave no id for it",
            request=request,
        )
    reading = midjourney.fetch(str(submitted.result))
    task = yield from wait(reading, interval=interval, timeout=timeout, on_progress=on_progress)
    polling = reading.operation.polling
    if polling is not None and task.status in polling.failure:
        why = task.fail_reason or task.description or "no reason given"
        raise JobFailedError(f"{reading.operation.id}: task {task.id} ended as {task.status}: {why}", job=task)
    return task
