"""Conversion and validation of option values, including those of other libraries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any, Protocol, TypeAlias, runtime_checkable

from specwire.errors import ConfigurationError


@runtime_checkable
class TimeoutConfig(Protocol):
    """Timeouts of an HTTP library, such as `httpx.Timeout`."""

    @property
    def read(self) -> float | None: ...

    @property
    def connect(self) -> float | None: ...


class URL(Protocol):
    """A parsed URL, such as `httpx.URL`, whose text is the URL."""

    @property
    def scheme(self) -> str: ...

    @property
    def host(self) -> str: ...


HeaderTypes: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""Headers: a mapping, or pairs of name and value."""


def header_mapping(headers: HeaderTypes) -> Mapping[str, str]:
    """Return headers as a mapping; raise `ConfigurationError` if they are something else."""
    pairs: Any = headers.items() if isinstance(headers, Mapping) else headers
    if not isinstance(pairs, Iterable) or not all(map(_is_pair, checked := list(pairs))):
        # Values may be secrets, and are not shown.
        raise ConfigurationError("headers must be a mapping from names to values or a list of pairs, all of them text")
    return dict(checked)


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2 and all(isinstance(each, str) for each in value)


def is_number(value: Any) -> bool:
    """Return whether a value is a number; True and False aren't."""
    return isinstance(value, Real) and not isinstance(value, bool)


def unusable(name: str, value: object, remedy: str) -> ConfigurationError:
    """Return the error for an option with a value that cannot work."""
    shown = repr(value) if isinstance(value, str | Real) else f"a value of type {type(value).__name__!r}"
    return ConfigurationError(f"{name} is {shown[:80]}: {remedy}")
