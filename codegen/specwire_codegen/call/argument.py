"""Arguments of a method: their kinds, and their values from text."""

from __future__ import annotations

import collections.abc
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs
from specwire import FileInput, Unset

from specwire_codegen.diagnostics import SpecwireCodegenError, UsageError

STDIN = "-"
_FROM_FILE = "@"


class Kind(StrEnum):
    """Type of an argument; the value is the placeholder in the help."""

    TEXT = "TEXT"
    INTEGER = "INTEGER"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    FILE = "FILE"
    BYTES = "BYTES"
    JSON = "JSON"


@attrs.frozen
class Argument:
    """Argument of a method as an option of the command line."""

    name: str
    """Name in Python."""
    kind: Kind
    required: bool
    doc: str = ""
    repeated: bool = False
    """Whether the argument is a list, whose items may also be given one by one."""
    textual: bool = False
    """Whether text that is not JSON is an item or a value too."""
    choices: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    """Values that the document lists; others are allowed too, except if they are the choices."""
    positional: bool = False
    annotation: Any = Any
    """Type of the parameter."""
    instead: Kind | None = None
    """Kind of the values that may take the place of a file, which is written as `@FILE` then."""

    @property
    def option(self) -> str:
        """Return the name on the command line."""
        return f"--{(self.name.strip('_') or self.name).replace('_', '-')}"

    def values(self, texts: Sequence[str]) -> Any:
        """Convert the texts given for the argument; raise `SpecwireCodegenError` for one that has another kind."""
        if not self.repeated:
            if len(texts) > 1:
                raise UsageError(f"{self.option} is given {len(texts)} times: give it once")
            return self._value(texts[0])
        if len(texts) == 1 and self.kind is not Kind.FILE and (items := _list(_read(texts[0]))) is not None:
            return items
        return [self._value(text) for text in texts]

    def _value(self, text: str) -> Any:
        if self.kind is Kind.FILE:
            if self.instead is not None and text != STDIN and not text.startswith(_FROM_FILE):
                return attrs.evolve(self, kind=self.instead)._converted(text)
            return sys.stdin.buffer.read() if text == STDIN else Path(text.removeprefix(_FROM_FILE))
        if self.kind is Kind.BYTES:
            named = text.startswith(_FROM_FILE)
            return Path(text.removeprefix(_FROM_FILE)).read_bytes() if named else text.encode()
        return self._converted(_read(text))

    def _converted(self, text: str) -> Any:
        match self.kind:
            case Kind.INTEGER | Kind.NUMBER:
                return self._number(text)
            case Kind.BOOLEAN:
                if text.lower() not in ("true", "false"):
                    raise UsageError(f"{self.option} is {text!r}: write true or false")
                return text.lower() == "true"
            case Kind.JSON:
                return self._json(text)
            case _:
                return text

    def _number(self, text: str) -> int | float | str:
        for convert in (int,) if self.kind is Kind.INTEGER else (int, float):
            try:
                return convert(text)
            except ValueError:
                continue
        if self.textual:
            return text
        expected = "an integer" if self.kind is Kind.INTEGER else "a number"
        raise UsageError(f"{self.option} is {text[:80]!r}: write {expected}")

    def _json(self, text: str) -> Any:
        if self.textual:
            try:
                return json.loads(text)
            except ValueError:
                return text
        return _parsed(self.option, text)


def _list(text: str) -> list[Any] | None:
    """Return a JSON array; None for other text."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def _read(text: str) -> str:
    """Return a text, or the content of the file that `@` or `@-` refers to; `@@` is an `@` itself."""
    if not text.startswith(_FROM_FILE):
        return text
    name = text.removeprefix(_FROM_FILE)
    if name.startswith(_FROM_FILE):
        return name
    return sys.stdin.read() if name == STDIN else read_text(name)


def read_text(name: str) -> str:
    """Return the content of a text file."""
    try:
        return Path(name).read_text("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise SpecwireCodegenError(f"{name} is not text in UTF-8: save it as such") from None


def _parsed(option: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as problem:
        place = (
            f" at line {problem.lineno}, column {problem.colno}" if isinstance(problem, json.JSONDecodeError) else ""
        )
        raise UsageError(f"{option} is not JSON{place}: quote it for the shell, or give {option} @FILE") from None


def argument_of(name: str, annotation: Any, *, required: bool, doc: str, positional: bool) -> Argument | None:
    """Return the argument for a parameter; None if no text could be its value."""
    members = tuple(_members(annotation))
    if any(get_origin(member) is collections.abc.Callable for member in members):
        return None
    lists = [member for member in members if get_origin(member) in (collections.abc.Sequence, list)]
    items = [kind for member in lists for kind in [_kind(tuple(_members((get_args(member) or (Any,))[0])))]]
    alone = len(lists) == 1 and all(member in (str, *lists) for member in members)
    repeated = alone or Kind.FILE in items
    files = frozenset(_members(FileInput))
    others = [member for member in members if member not in files and not (repeated and member in lists)]
    choices = [choice for member in members if get_origin(member) is Literal for choice in get_args(member)]
    closed = all(get_origin(member) is Literal for member in members) and all(isinstance(each, str) for each in choices)
    of_items = [each for member in lists for item in get_args(member) for each in _members(item)] if repeated else []
    values = [value for each in (*members, *of_items) if get_origin(each) is Literal for value in get_args(each)]
    return Argument(
        name,
        items[0] if alone else _kind(members),
        required,
        doc,
        repeated=repeated,
        textual=str in members,
        choices=tuple(choices) if closed else (),
        known=tuple(dict.fromkeys(str(value) for value in values if not isinstance(value, bool))),
        positional=positional,
        annotation=annotation,
        instead=_kind(others) if Kind.FILE in (_kind(members), *items) and others else None,
    )


def _members(annotation: Any) -> Iterator[Any]:
    """Yield the types of a union without None and `Unset`."""
    if get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    elif annotation not in (None, type(None), Unset):
        yield annotation


_NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER})
_TEXTS = ("str", "datetime", "date", "time", "timedelta", "UUID", "Decimal")
_SIMPLE: Mapping[str, Kind] = {
    "bool": Kind.BOOLEAN,
    "int": Kind.INTEGER,
    "float": Kind.NUMBER,
    "bytes": Kind.BYTES,
    **dict.fromkeys(_TEXTS, Kind.TEXT),
}


def _kind(members: Sequence[Any]) -> Kind:
    """Return the kind of a union."""
    found = {_single(member) for member in members}
    if Kind.FILE in found:
        return Kind.FILE
    if len(found) == 1:
        return next(iter(found))
    numbers = found - {Kind.TEXT}
    if numbers and numbers <= _NUMBERS:
        return Kind.NUMBER if Kind.NUMBER in numbers else Kind.INTEGER
    return Kind.JSON


def _single(member: Any) -> Kind:
    if get_origin(member) is Literal:
        return Kind.TEXT if all(isinstance(value, str) for value in get_args(member)) else Kind.JSON
    if get_origin(member) is os.PathLike:
        return Kind.FILE
    return _SIMPLE.get(getattr(member, "__name__", ""), Kind.JSON)
