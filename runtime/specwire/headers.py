"""Response headers: case-insensitive, picklable, with secrets masked in `repr`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key"})
"""Headers whose values are never shown."""


class Headers(Mapping[str, str]):
    """Header names to values; several values of one name are joined by a comma, as HTTP allows."""

    __slots__ = ("_values",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            key = name.lower()
            self._values[key] = f"{self._values[key]}, {value}" if key in self._values else value

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        shown = {name: "***" if name in SECRET_HEADERS else value for name, value in self._values.items()}
        return f"Headers({shown})"
