"""Resumption of responses that broke off: number, timing and end of attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from specwire._exchange import logging
from specwire._http import retry
from specwire._network.deadline import Deadline
from specwire.errors import APIError, APIStatusError

if TYPE_CHECKING:
    from specwire._http.options import Options
    from specwire._operations.operation import Operation


class Resumption:
    """Attempts to resume a stream or a download: as many as the retry policy allows, counted afresh after progress.

    The `budget` of the policy applies to all waits together. A `deadline` applies to all of it;
    without one, the option applies to the time from each break to the next response.
    """

    def __init__(self, operation: Operation, options: Options, deadline: Deadline | None = None) -> None:
        self._operation = operation
        self._options = options
        self._attempts = 0
        self._waited = 0.0
        self._whole = deadline is not None
        self._deadline = deadline or Deadline(options.deadline)

    def wait(
        self, error: APIError | None, url: str, *, progressed: bool = False, pace: float | None = None
    ) -> float | None:
        """Return the seconds to wait before requesting the rest, or None to give up.

        Args:
            error: Error of the last attempt to resume; None if a response broke off.
            url: URL of that attempt, for the log.
            progressed: True if any data arrived since the last attempt.
            pace: Minimum seconds between attempts that the server requires.

        """
        if progressed or self._attempts == 0:
            self._attempts = 0
            if not self._whole:
                self._deadline = Deadline(self._options.deadline)
        self._attempts += 1
        outcome: retry.Outcome = retry.Broken()
        if isinstance(error, APIStatusError) and error.response is not None:
            outcome = retry.ServerResponded(error.status_code, error.response.headers)
        policy = self._options.retry
        wait = retry.decide(
            policy, attempt=self._attempts, idempotent=True, outcome=outcome, waited=self._waited, pace=pace
        )
        if wait is None or not self._deadline.allows(wait):
            return None
        self._waited += wait
        if error is None and logging.listening(again=True):
            logging.log_retry(self._operation, url, "broke off", self._attempts, self._deadline.elapsed, wait)
        return wait

    @property
    def options(self) -> Options:
        """Return the options of the next attempt, which isn't retried: `wait` decides about further ones."""
        once = msgspec.structs.replace(self._options.retry, attempts=1)
        return msgspec.structs.replace(self._options, retry=once, deadline=self._deadline.remaining)
