"""Response headers: case-insensitive, picklable, with secrets masked in `repr`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key"})
"""Headers whose values are always masked."""


class Headers(Mapping[str, str]):
    """Mapping of header names to values; repeated headers are joined by commas, as HTTP allows."""

    __slots__ = ("_found", "_pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] | Callable[[], Iterable[tuple[str, str]]] = ()) -> None:
        """Accept the pairs, or a function that returns them at the first access: most headers are never read."""
        self._pairs = pairs if callable(pairs) else None
        self._found = None if callable(pairs) else _joined(pairs)

    @property
    def _values(self) -> dict[str, str]:
        if self._found is None:
            assert self._pairs is not None
            self._found = _joined(self._pairs())
        return self._found

    def __reduce__(self) -> tuple[type[Headers], tuple[list[tuple[str, str]]]]:
        return Headers, (list(self.items()),)

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        shown = {name: "***" if name in SECRET_HEADERS else value for name, value in self._values.items()}
        return f"Headers({shown})"


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        values[key] = f"{values[key]}, {value}" if key in values else value
    return values
