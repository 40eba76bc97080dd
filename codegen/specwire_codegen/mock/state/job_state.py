"""State machine of long-running jobs, one step per poll."""

import attrs

from specwire_codegen.mock.document.operations import Polling


@attrs.frozen
class Job:
    """State of a job; `shown` if a response has included its current status."""

    course: tuple[str, ...]
    position: int = 0
    shown: bool = False

    @property
    def status(self) -> str:
        """The current status."""
        return self.course[self.position]

    @property
    def progress(self) -> float:
        """Progress, 0 to 1."""
        last = len(self.course) - 1
        return self.position / last if last else 1.0


def begin(polling: Polling, *, shown: bool, rests: bool = False) -> Job:
    """Return a new job; `shown` if its first status is returned at once, `rests` if it must wait for a start."""
    course = polling.lifecycle
    if rests and polling.attention and not set(polling.attention) & set(course):
        course = (*course[:1], polling.attention[0], *course[1:])
    return Job(course, shown=shown)


def poll(job: Job, polling: Polling) -> Job:
    """Return the job after a poll: one status further, unless it has ended or waits for the caller."""
    if not job.shown:
        return attrs.evolve(job, shown=True)
    if job.status in polling.attention or has_ended(job, polling):
        return job
    return attrs.evolve(job, position=min(job.position + 1, len(job.course) - 1))


def has_ended(job: Job, polling: Polling) -> bool:
    """Return True if the job is in a final status."""
    return job.status in (*polling.success, *polling.failure)


def cancel(job: Job, polling: Polling, interim: str | None = None) -> Job:
    """Return the cancelled job, in the interim status first if there is one; unchanged without such a status."""
    cancelled = next((status for status in polling.failure if "CANCEL" in status.upper()), None)
    if cancelled is None or has_ended(job, polling) or is_cancelled(job):
        return job
    if interim is None or interim == cancelled:
        return Job((cancelled,), shown=True)
    return Job((interim, cancelled), shown=True)


def is_cancelled(job: Job) -> bool:
    """Return True if the job is cancelled or being cancelled."""
    return "CANCEL" in job.status.upper()


def start(job: Job, polling: Polling) -> Job:
    """Return a waiting job as started; any other job unchanged."""
    if job.status not in polling.attention:
        return job
    return attrs.evolve(job, position=min(job.position + 1, len(job.course) - 1), shown=True)
