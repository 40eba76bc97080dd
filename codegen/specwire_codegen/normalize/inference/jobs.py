"""Guesses at job polling, from the names of status values."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator, Mapping
from typing import Any

from specwire._operations.job_status import ATTENTION, FAILURE, SUCCESS, word

from specwire_codegen.normalize.guess import Guess
from specwire_codegen.normalize.inference.reading import Schemas, resolved, response_schema
from specwire_codegen.openapi.casing import words

_STATUS = re.compile(r"(.*_)?(status|state)|.*(Status|State)")
_WANTED = frozenset("desired target goal wanted requested expected previous prior old last initial next".split())
"""First words of names of statuses that a thing does not have now."""
_FEWEST = 3
"""Minimum number of statuses with a prefix that means nothing."""
_OFTEN_SUCCESS = frozenset({"ready", "ok", "ended"})
"""Statuses that can also come before the work, or say that all is well so far."""
_SUCCESS = SUCCESS | _OFTEN_SUCCESS
_WORK = frozenset("queued running processing in_progress inprogress validating".split())
"""Statuses of jobs alone: with one of them, no failure needs to be listed."""
_PROGRESS = frozenset(
    "queued pending submitted created new accepted scheduled waiting starting started initializing preparing "
    "validating validated running processing in_progress inprogress working active executing uploading downloading "
    "finalizing finishing cancelling canceling stopping retrying not_started not_start ongoing building "
    "deploying".split()
)


def guess_polling(target: str, path: str, operation: Mapping[str, Any], schemas: Schemas) -> Iterator[Guess]:
    """Yield a guess at the final statuses of a job."""
    if not path.rstrip("/").endswith("}") or "x-specwire-polling" in operation:
        return
    properties = response_schema(operation, schemas).get("properties", {})
    statuses = (each for each in properties if _STATUS.fullmatch(each) and words(each)[0].lower() not in _WANTED)
    named = sorted(statuses, key=lambda name: (name not in ("status", "state"), name))
    for name in named:
        values = [each for each in resolved(properties.get(name), schemas).get("enum", []) if isinstance(each, str)]
        bare = dict(zip(values, _without_prefix(list(map(word, values)), name), strict=True))
        success = [each for each in values if bare[each] in _SUCCESS]
        failure = [each for each in values if bare[each] in FAILURE]
        if not success or not (failure or any(bare[each] in _WORK for each in values)):
            continue
        attention = [each for each in values if bare[each] in ATTENTION]
        progress = [each for each in values if bare[each] in _PROGRESS]
        rest = [each for each in values if each not in (*success, *failure, *attention, *progress)]
        value: dict[str, Any] = {"status": f"/{name}", "success": success, **({"failure": failure} if failure else {})}
        if attention:
            value["attention"] = attention
        if progress:
            value["progress"] = progress
        # Without progress, the initial status is unknown; `ready` next to `succeeded` may be where it starts.
        certain = bool(progress) and len({bare[each] in _OFTEN_SUCCESS for each in success}) == 1
        value["lifecycle"] = [*progress[:2], success[0]]
        reason = f"the values of {name!r}"
        if rest:
            reason += f"; not classified, so they raise an error when they occur: {', '.join(rest)}"
        yield Guess(
            target, "x-specwire-polling", value, reason, certain, str(operation.get("operationId", "")), "waits"
        )
        return


def _without_prefix(words: list[str], name: str) -> list[str]:
    """Return statuses without the name of their type, which enumerations of protobuf repeat: `JOB_STATE_RUNNING`."""
    prefix = os.path.commonprefix(words).rpartition("_")[0]
    if prefix.rpartition("_")[2] not in ("status", "state", "phase", word(name)) or len(words) < _FEWEST:
        return words
    return [each.removeprefix(f"{prefix}_") for each in words]
