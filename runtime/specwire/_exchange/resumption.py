"""Going on with an answer that broke off: how often, how soon, until when."""

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
    """The attempts to resume a stream or a download: as many as the retry policy has, counted anew after progress.

    Its `budget` holds for all waits together; the deadline for all that the clock measures or, without one, from each
    break to the next answer.
    """

    def __init__(self, operation: Operation, options: Options, clock: Deadline | None = None) -> None:
        self._operation = operation
        self._options = options
        self._attempts = 0
        self._waited = 0.0
        self._whole = clock is not None
        self._clock = clock or Deadline(options.deadline)

    def wait(
        self, error: APIError | None, url: str, *, progressed: bool = False, pace: float | None = None
    ) -> float | None:
        """Return the seconds to wait before the rest is asked for, None to give up.

        Args:
            error: What the last try to go on came to; None where an answer broke off.
            url: Where that was, for the log.
            progressed: Whether anything came since the last try.
            pace: Seconds that the server wants between attempts.
        """
        if progressed or self._attempts == 0:
            self._attempts = 0
            if not self._whole:
                self._clock = Deadline(self._options.deadline)
        self._attempts += 1
        outcome: retry.Outcome = retry.Broken()
        if isinstance(error, APIStatusError) and error.response is not None:
            outcome = retry.ServerResponded(error.status_code, error.response.headers)
        policy = self._options.retry
        wait = retry.decide(
            policy, attempt=self._attempts, idempotent=True, outcome=outcome, waited=self._waited, pace=pace
        )
        if wait is None or not self._clock.leaves(wait):
            return None
        self._waited += wait
        if error is None and logging.listening(again=True):
            logging.note_again(self._operation, url, "broke off", self._attempts, self._clock.elapsed, wait)
        return wait

    @property
    def options(self) -> Options:
        """The options of the next try, which is one by itself: what follows is decided here."""
        once = msgspec.structs.replace(self._options.retry, attempts=1)
        return msgspec.structs.replace(self._options, retry=once, deadline=self._clock.left)
