"""JSONPath for overlays: matching places in a document, within time and size limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import jsonpath_rfc9535
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction

from specwire_codegen.openapi import pointer as pointers

_LONGEST = 2000
"""Longest path, in characters; the library overflows the stack on much longer ones."""
MAX_NODES = 1_000_000
"""Maximum number of nodes that a path may visit, counting repetitions."""
_PATIENCE = 1.0
"""Time limit for one pattern on one text, in seconds."""
_library: Any = import_module("jsonpath_rfc9535.function_extensions.search")
_regex: Any = _library.re
"""Regular expression engine of the library, which unlike `re` has a time limit."""


class PathError(ValueError):
    """Invalid path, or one that exceeds a limit; the message is the reason."""


def find(path: str, data: Any, max_nodes: int = MAX_NODES) -> list[str]:
    """Return the pointers of all places that a path matches, each once; raise PathError."""
    if len(path) > _LONGEST:
        raise PathError(f"it has {len(path):,} characters; {_LONGEST:,} are allowed")
    try:
        counted = _Counter(max_nodes).counted(data) if _is_expensive(path) else data
        found = [pointers.join("", *node.location) for node in _ENVIRONMENT.finditer(path, counted)]
    except RecursionError:
        raise PathError("it, or what it looks through, is nested too deeply") from None
    except TimeoutError:
        raise PathError("a pattern in it takes too long: simplify it") from None
    except (jsonpath_rfc9535.JSONPathError, ValueError) as problem:
        raise PathError(str(problem).splitlines()[0]) from None
    return list(dict.fromkeys(found))


def _is_expensive(path: str) -> bool:
    """Return whether a path may visit a value more than once."""
    return sum(path.count(sign) for sign in ("..", "*", "?")) > 1


class _Counter:
    """Count of the values that a path visits, also where nothing matches; raises beyond the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = self._left = limit

    def counted(self, value: Any) -> Any:
        """Return a copy of a document that counts each look at a member."""
        if isinstance(value, dict):
            return _Object({key: self.counted(each) for key, each in value.items()}, self)
        return _Array([self.counted(each) for each in value], self) if isinstance(value, list) else value

    def visit(self) -> None:
        """Count a value."""
        self._left -= 1
        if self._left < 0:
            raise PathError(f"it visits more than {self._limit:,} values: use fewer '..', '*' and '?'")


class _Object(dict[str, Any]):
    """An object whose visited members are counted."""

    def __init__(self, members: dict[str, Any], counter: _Counter) -> None:
        super().__init__(members)
        self._counter = counter

    def items(self) -> Any:
        """Yield the members."""
        for member in super().items():
            self._counter.visit()
            yield member


class _Array(list[Any]):
    """An array whose visited items are counted."""

    def __init__(self, items: list[Any], counter: _Counter) -> None:
        super().__init__(items)
        self._counter = counter

    def __iter__(self) -> Iterator[Any]:
        for item in super().__iter__():
            self._counter.visit()
            yield item


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
