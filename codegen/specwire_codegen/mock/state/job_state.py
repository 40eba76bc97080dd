"""Long-running jobs: the course of their statuses, one step per poll."""

import attrs

from specwire_codegen.mock.document.operations import Polling


@attrs.frozen
class Job:
    """A job somewhere on its course; `shown` tells whether its present status was already answered."""

    course: tuple[str, ...]
    position: int = 0
    shown: bool = False

    @property
    def status(self) -> str:
        """The present status."""
        return self.course[self.position]

    @property
    def progress(self) -> float:
        """How far the job has come, 0 to 1."""
        last = len(self.course) - 1
        return self.position / last if last else 1.0


def begin(polling: Polling, *, shown: bool, rests: bool = False) -> Job:
    """Return a new job; `shown` when its first status is answered at once, `rests` when it is to wait for a start."""
    course = polling.lifecycle
    if rests and polling.attention and not set(polling.attention) & set(course):
        course = (*course[:1], polling.attention[0], *course[1:])
    return Job(course, shown=shown)


def poll(job: Job, polling: Polling) -> Job:
    """Return the job as a poll finds it: one status further, unless it has ended or waits for the caller."""
    if not job.shown:
        return attrs.evolve(job, shown=True)
    if job.status in polling.attention or has_ended(job, polling):
        return job
    return attrs.evolve(job, position=min(job.position + 1, len(job.course) - 1))


def has_ended(job: Job, polling: Polling) -> bool:
    """Tell whether the job is in a final status."""
    return job.status in (*polling.success, *polling.failure)


def cancel(job: Job, polling: Polling, interim: str | None = None) -> Job:
    """Return the job as cancelled, after the interim status if there is one; unchanged where no status means that."""
    cancelled = next((status for status in polling.failure if "CANCEL" in status.upper()), None)
    if cancelled is None or has_ended(job, polling) or is_cancelled(job):
        return job
    if interim is None or interim == cancelled:
        return Job((cancelled,), shown=True)
    return Job((interim, cancelled), shown=True)


def is_cancelled(job: Job) -> bool:
    """Tell whether the job is cancelled or about to be."""
    return "CANCEL" in job.status.upper()


def start(job: Job, polling: Polling) -> Job:
    """Return a waiting job as started; any other job unchanged."""
    if job.status not in polling.attention:
        return job
    return attrs.evolve(job, position=min(job.position + 1, len(job.course) - 1), shown=True)
