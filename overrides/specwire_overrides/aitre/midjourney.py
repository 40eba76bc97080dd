"""Image generation in one call: submit a task, and poll it until it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from specwire import UNSET, Unset, Workflow, adds, send, wait
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
    """Generate four images from a prompt, and wait until they are done.

    Queued submissions (code 22) and known ones (code 21) are polled like any other. A task that needs input is returned
    in the status MODAL: call `midjourney.modal`, then `midjourney.wait`. A rejected submission raises `EnvelopeError`,
    a failed or cancelled task `JobFailedError`.

    Args:
        prompt: Description of the image, optionally followed by Midjourney's own options.
        bot_type: Bot to use. The server's default is "MID_JOURNEY".
        base64_array: Reference images as data URLs.
        notify_hook: URL that receives every change of the task.
        state: Text of your own that the task returns unchanged.
        interval: Seconds between two polls; 3 by default.
        timeout: Seconds to wait, after which `WaitTimeoutError` is raised; None for no limit.
        on_progress: Called with the task after each poll; its `progress` goes from "0%" to "100%".

    """
    request = midjourney.imagine(
        prompt=prompt, bot_type=bot_type, base64_array=base64_array, notify_hook=notify_hook, state=state
    )
    submitted = yield from send(request)
    if not submitted.result:
        raise DecodeError(
            f"{request.operation.id}: the server accepted the task with code {submitted.code} but returned no id",
            request=request,
        )
    reading = midjourney.fetch(str(submitted.result))
    task = yield from wait(reading, interval=interval, timeout=timeout, on_progress=on_progress)
    polling = reading.operation.polling
    if polling is not None and task.status in polling.failure:
        why = task.fail_reason or task.description or "no reason given"
        raise JobFailedError(f"{reading.operation.id}: task {task.id} ended as {task.status}: {why}", job=task)
    return task
