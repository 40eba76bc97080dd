"""Log `specwire`: operations and outcomes of calls, without headers, bodies or queries."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from logging import Logger

    from specwire._operations.operation import Operation

Outcome = int | Literal["no response", "no response in time", "broke off"]
"""Status of a response, or the failure without one."""


@cache
def _logger() -> Logger:
    import logging  # the HTTP library imports it too, but not before the first call

    return logging.getLogger("specwire")


def listening(*, again: bool = False) -> bool:
    """Return True if the logger is enabled for calls (INFO) or, with `again`, for retried attempts (DEBUG)."""
    return _logger().isEnabledFor(10 if again else 20)


def log_call(
    operation: Operation, url: str, outcome: Outcome, attempts: int, seconds: float, request_id: str | None = None
) -> None:
    """Log the end of a call at INFO."""
    text = "%s: %s %s: %s in %d ms%s, %d %s"
    _logger().info(
        text,
        *_facts(operation, url, outcome, seconds, request_id),
        attempts,
        "attempt" if attempts == 1 else "attempts",
    )


def log_retry(
    operation: Operation,
    url: str,
    outcome: Outcome,
    attempts: int,
    seconds: float,
    wait: float,
    request_id: str | None = None,
) -> None:
    """Log a retried attempt and its wait at DEBUG."""
    text = "%s: %s %s: %s in %d ms%s, attempt %d, again in %.3g s"
    _logger().debug(text, *_facts(operation, url, outcome, seconds, request_id), attempts, wait)


def _facts(
    operation: Operation, url: str, outcome: Outcome, seconds: float, request_id: str | None
) -> tuple[str, str, str, Outcome, int, str]:
    identified = f" (request id {request_id})" if request_id else ""
    return operation.id, operation.method, urlsplit(url).path, outcome, round(1000 * seconds), identified
