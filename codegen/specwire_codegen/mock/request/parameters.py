"""Parameter values parsed from the wire by `style` and `explode`."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set as AbstractSet
from typing import Any
from urllib.parse import unquote, unquote_plus

import attrs

from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.operations import Parameter
from specwire_codegen.mock.document.pointers import ABSENT
from specwire_codegen.mock.request.coercion import Coercion

DELIMITERS = {"spaceDelimited": re.compile(r"%20|\+| "), "pipeDelimited": re.compile(r"%7[Cc]|\|")}
COMMA = re.compile(",")

Pair = tuple[str, str]


@attrs.frozen
class Sources:
    """Sources of parameters: texts as received, still percent-encoded."""

    path: Mapping[str, str]
    query: tuple[Pair, ...]
    query_string: str
    headers: Mapping[str, str]
    """By lower-case name."""
    cookies: tuple[Pair, ...]


def pairs(query_string: str) -> tuple[Pair, ...]:
    """Split a query string into its raw names and values."""
    return tuple((name, value) for name, _, value in (item.partition("=") for item in query_string.split("&") if item))


def cookies(header: str) -> tuple[Pair, ...]:
    """Split a Cookie header into its raw names and values."""
    split = (item.strip().partition("=") for item in header.split(";") if item.strip())
    return tuple((name, value.strip('"')) for name, _, value in split)


@attrs.frozen(eq=False)
class Deserializer:
    """Reader of parameters as JSON values."""

    document: Document
    coercion: Coercion

    def read(self, parameter: Parameter, sources: Sources, siblings: Iterable[Parameter] = ()) -> Any:
        """Return the value of the parameter, or `ABSENT`; `siblings` claim their names before a free-form object does.

        Raise ValueError if the value must be JSON and is not.
        """
        if parameter.place == "querystring":
            return self._content(parameter, sources.query_string) if sources.query_string else ABSENT
        if parameter.media is not None:
            raw = self._plain(parameter, sources)
            return raw if raw is ABSENT else self._content(parameter, raw)
        claimed = {one.name for one in siblings if one.place == parameter.place and one is not parameter}
        raw = self._styled(parameter, sources, claimed)
        return raw if raw is ABSENT else self.coercion.typed(parameter.schema, raw)

    def fields(self, parameter: Parameter, found: Sequence[Pair], claimed: AbstractSet[str]) -> Any:
        """Return the value of a parameter among the fields of a query or form, or `ABSENT`."""
        raw = self._pairs(parameter, found, claimed, unquote_plus)
        return raw if raw is ABSENT else self.coercion.typed(parameter.schema, raw)

    def _content(self, parameter: Parameter, raw: str) -> Any:
        text = unquote_plus(raw) if parameter.place in {"query", "querystring"} else unquote(raw)
        return json.loads(text) if parameter.media and "json" in parameter.media else text

    def _plain(self, parameter: Parameter, sources: Sources) -> Any:
        match parameter.place:
            case "path":
                return sources.path.get(parameter.name, ABSENT)
            case "header":
                return sources.headers.get(parameter.name.lower(), ABSENT)
            case "cookie":
                return dict(sources.cookies).get(parameter.name, ABSENT)
            case _:
                return next((value for name, value in sources.query if unquote_plus(name) == parameter.name), ABSENT)

    def _styled(self, parameter: Parameter, sources: Sources, claimed: AbstractSet[str]) -> Any:
        if parameter.place == "query":
            return self._pairs(parameter, sources.query, claimed, unquote_plus)
        if parameter.place == "cookie":
            return self._pairs(parameter, sources.cookies, claimed, unquote)
        raw = self._plain(parameter, sources)
        if raw is ABSENT:
            return raw
        if parameter.style == "matrix":
            return self._matrix(parameter, raw, claimed)
        if parameter.style == "label":
            return self._joined(parameter, raw.removeprefix("."), re.compile(r"\.") if parameter.explode else COMMA)
        spaced = re.compile(r"\s*,\s*") if parameter.place == "header" else COMMA
        return self._joined(parameter, raw, spaced, decode=parameter.place == "path")

    def _matrix(self, parameter: Parameter, raw: str, claimed: AbstractSet[str]) -> Any:
        exploded = [(name, value) for name, _, value in (one.partition("=") for one in raw.split(";") if one)]
        return self._pairs(parameter, exploded, claimed, unquote)

    def _pairs(
        self, parameter: Parameter, found: Sequence[Pair], claimed: AbstractSet[str], decode: Callable[[str], str]
    ) -> Any:
        """Read a form-style parameter, sent under its own name or under the names of its properties."""
        types = self.document.types(parameter.schema)
        if parameter.style == "deepObject":
            return _deep(parameter.name, [(decode(name), decode(value)) for name, value in found])
        values = [value for name, value in found if decode(name) == parameter.name]
        if "object" in types and parameter.explode and not values:
            return self._spread(parameter, [(decode(name), decode(value)) for name, value in found], claimed)
        if not values:
            return ABSENT
        if parameter.explode:
            decoded = [decode(value) for value in values]
            return decoded if is_list(types, decoded) else decoded[-1]
        return self._joined(parameter, values[-1], DELIMITERS.get(parameter.style, COMMA), plus=decode is unquote_plus)

    def _spread(self, parameter: Parameter, found: list[Pair], claimed: AbstractSet[str]) -> Any:
        declared = self.document.properties(parameter.schema)
        closed = any(one.get("additionalProperties") is False for one in self.document.variants(parameter.schema))
        taken = {
            name: value
            for name, value in found
            if name in declared or (not closed and not declared and name not in claimed)
        }
        return taken or ABSENT

    def _joined(
        self, parameter: Parameter, raw: str, delimiter: re.Pattern[str], *, decode: bool = True, plus: bool = False
    ) -> Any:
        """Read one text as a scalar, a list or a mapping."""
        plain = (unquote_plus if plus else unquote) if decode else str
        types = self.document.types(parameter.schema)
        pieces = delimiter.split(raw) if raw else []
        if "object" in types and "array" not in types:
            if parameter.explode:
                return {plain(name): plain(value) for name, _, value in (piece.partition("=") for piece in pieces)}
            return {plain(name): plain(value) for name, value in zip(pieces[::2], pieces[1::2], strict=False)}
        if is_list(types, pieces):
            return [plain(piece) for piece in pieces]
        return plain(raw)


SCALARS = frozenset({"string", "integer", "number", "boolean", "null"})
_NULLS: tuple[list[str], ...] = ([], [""], ["null"])
"""Texts of null."""


def is_list(types: AbstractSet[str], texts: list[str]) -> bool:
    """Return whether texts are the items of a list; one text may also be a scalar."""
    if "array" not in types or len(texts) > 1:
        return "array" in types
    scalars = types & SCALARS
    return not scalars or (scalars == {"null"} and texts not in _NULLS)


def _deep(name: str, found: Iterable[Pair]) -> Any:
    tree: dict[str, Any] = {}
    for key, value in found:
        steps = re.findall(r"\[([^\]]*)\]", key.removeprefix(name)) if key.startswith(f"{name}[") else []
        if steps:
            _grow(tree, steps, value)
    return tree or ABSENT


def _grow(tree: dict[str, Any], steps: list[str], value: str) -> None:
    """Put a value at `[a][b]`; a repeated name, or `[a][]`, makes a list."""
    step, rest = steps[0], steps[1:]
    known = tree.get(step)
    if rest and rest != [""]:
        branch = known if isinstance(known, dict) else {}
        tree[step] = branch
        _grow(branch, rest, value)
    elif known is not None or rest:
        tree[step] = [*(known if isinstance(known, list) else [] if known is None else [known]), value]
    else:
        tree[step] = value
