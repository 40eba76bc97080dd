"""JSONPath for overlays: matching places in a document, within time and size limits."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from itertools import islice
from typing import Any

import jsonpath_rfc9535
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction

from specwire_codegen.openapi import pointer as pointers

_LONGEST = 2000
"""Longest path, in characters; the library overflows the stack on much longer ones."""
_MOST_NODES = 1_000_000
"""Maximum number of nodes that a path may visit, counting repetitions."""
_PATIENCE = 1.0
"""Time limit for one pattern on one text, in seconds."""
_library: Any = import_module("jsonpath_rfc9535.function_extensions.search")
_regex: Any = _library.re
"""Regular expression engine of the library, which unlike `re` has a time limit."""


class PathError(ValueError):
    """Invalid path, or one that exceeds a limit; the message is the reason."""


def find(path: str, data: Any) -> list[str]:
    """Return the pointers of all places that a path matches, each once; raise PathError."""
    if len(path) > _LONGEST:
        raise PathError(f"it has {len(path):,} characters; {_LONGEST:,} are allowed")
    try:
        nodes = islice(_ENVIRONMENT.finditer(path, data), _MOST_NODES + 1)
        found = [pointers.join("", *node.location) for node in nodes]
    except RecursionError:
        raise PathError("it, or what it looks through, is nested too deeply") from None
    except TimeoutError:
        raise PathError("a pattern in it takes too long: simplify it") from None
    except (jsonpath_rfc9535.JSONPathError, ValueError) as problem:
        raise PathError(str(problem).splitlines()[0]) from None
    if len(found) > _MOST_NODES:
        raise PathError(f"it visits more than {_MOST_NODES:,} values: use fewer '..' and '*'")
    return list(dict.fromkeys(found))


class _Pattern(FilterFunction):
    """`match()` or `search()` with a time limit; an invalid RFC 9485 pattern matches nothing."""

    def __init__(self, matching: Callable[..., object]) -> None:
        self._matching = matching

    @property
    def arg_types(self) -> list[ExpressionType]:
        return [ExpressionType.VALUE, ExpressionType.VALUE]

    @property
    def return_type(self) -> ExpressionType:
        return ExpressionType.LOGICAL

    def __call__(self, text: object, pattern: object) -> bool:
        if not isinstance(text, str) or not isinstance(pattern, str) or not _library.check(pattern):
            return False
        try:
            return bool(self._matching(_library.map_re(pattern), text, _regex.VERSION1, timeout=_PATIENCE))
        except _regex.error:
            return False


_ENVIRONMENT = jsonpath_rfc9535.JSONPathEnvironment()
_ENVIRONMENT.function_extensions |= {"match": _Pattern(_regex.fullmatch), "search": _Pattern(_regex.search)}
