"""JSON as other programs read it: in UTF-8, without values that only Python knows, and each key of an object once."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class NotJsonError(ValueError):
    """The body is not JSON; the message says why."""


def read_json(body: bytes | str) -> Any:
    """Return the value of a body; raise `NotJsonError` for what only a lenient parser accepts."""
    try:
        text = body if isinstance(body, str) else body.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise NotJsonError(f"is not UTF-8 at byte {problem.start:,}") from None
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except NotJsonError:
        raise
    except RecursionError:
        raise NotJsonError("is nested too deeply") from None
    except json.JSONDecodeError as problem:
        if not text.strip():
            raise NotJsonError("is empty") from None
        raise NotJsonError(f"is not JSON: {problem.msg}, at line {problem.lineno} column {problem.colno}") from None
    except ValueError:
        raise NotJsonError("has a number that is too long") from None


def _refuse_constant(name: str) -> NoReturn:
    raise NotJsonError(f"is not JSON: {name} is not a number of JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for number, name in enumerate(names) if name in names[:number])
        raise NotJsonError(f"has the key {json.dumps(repeated)[:60]} twice in an object, of which one is lost")
    return found
