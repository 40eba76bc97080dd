"""Router from a method and a path to an operation."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote, unquote

import attrs

from specwire_codegen.mock.document.operations import Operation
from specwire_codegen.mock.request.parameters import Pair

VARIABLE = re.compile(r"\{([^{}]+)\}")
_NEIGHBOURS = re.compile(r"\{([^{}]+)\}(?=\{([^{}]+)\})")


@attrs.frozen
class Found:
    """An operation and the values of its path parameters, still percent-encoded."""

    operation: Operation
    values: Mapping[str, str]


@attrs.frozen
class NotFound:
    """No path of the document matches; the nearest operation gives the format of the error."""

    nearest: Operation | None


@attrs.frozen
class NotAllowed:
    """The path exists, but not with this method."""

    nearest: Operation
    allowed: tuple[str, ...]


Match: TypeAlias = Found | NotFound | NotAllowed


@attrs.frozen(eq=False)
class Route:
    """One operation behind one server prefix."""

    pattern: re.Pattern[str]
    names: tuple[str, ...]
    concrete: tuple[tuple[bool, int], ...]
    """For each segment, whether it is literal, and the length of its literal text."""
    operation: Operation
    query: tuple[re.Pattern[str], ...] = ()
    """Pairs of the query that the path states, which a request must have."""

    def values(self, raw_path: str, query: Iterable[Pair]) -> dict[str, str] | None:
        """Return the values of the parameters in a percent-encoded path and query; None if they do not match."""
        hits = [self.pattern.fullmatch(raw_path)]
        if hits[0] is not None:
            pairs = ["=".join(pair) for pair in query] if self.query else []
            hits += [next(filter(None, map(each.fullmatch, pairs)), None) for each in self.query]
        found = [hit.groups() for hit in hits if hit is not None]
        if len(found) < 1 + len(self.query):
            return None
        return dict(zip(self.names, (value for groups in found for value in groups), strict=True))


@attrs.frozen(eq=False)
class Router:
    """The operations of a document, and their routes, the most concrete first."""

    operations: tuple[Operation, ...]
    routes: tuple[Route, ...]

    def match(self, method: str, raw_path: str, query: Iterable[Pair] = ()) -> Match:
        """Return the match for this method, percent-encoded path and query; HEAD falls back to GET."""
        given = tuple(query)
        fits = [(route, found) for route in self.routes if (found := route.values(raw_path, given)) is not None]
        for wanted in (method, "GET") if method == "HEAD" else (method,):
            for route, found in fits:
                if route.operation.method == wanted:
                    return Found(route.operation, found)
        if fits:
            allowed = {route.operation.method for route, _ in fits}
            return NotAllowed(
                fits[0][0].operation, tuple(sorted(allowed | ({"HEAD"} if "GET" in allowed else frozenset())))
            )
        return NotFound(self._nearest(raw_path))

    def _nearest(self, raw_path: str) -> Operation | None:
        steps = raw_path.split("/")
        return max(self.operations, key=lambda one: (_shows_errors(one), _shared(one.path, steps)), default=None)


def build(operations: Iterable[Operation]) -> Router:
    """Return the router of these operations, each reachable with and without the path prefix of its server."""
    known = tuple(operations)
    routes = [_route(operation, prefix) for operation in known for prefix in operation.prefixes]
    return Router(known, tuple(sorted(routes, key=lambda route: (route.concrete, len(route.query)), reverse=True)))


def _route(operation: Operation, prefix: str) -> Route:
    path = prefix + operation.path
    queries = [pair for pair in operation.query.split("&") if pair]
    names = tuple(name for text in (path, *queries) for name in VARIABLE.findall(text))
    spanning = {each.name for each in operation.parameters if each.spans}
    fixed = {each.name: _alternatives(each.schema) for each in operation.parameters if each.name in _adjacent(path)}
    pattern = _pattern(path, lambda name: "(.*)" if name in spanning else fixed.get(name) or "([^/]+)")
    # A key without a value may be sent with an empty one.
    query = tuple(_pattern(pair if "=" in pair else f"{pair}=", lambda _: "(.*)") for pair in queries)
    concrete = tuple((not VARIABLE.search(segment), len(VARIABLE.sub("", segment))) for segment in path.split("/"))
    return Route(pattern, names, concrete, operation, query)


def _pattern(template: str, variable: Callable[[str], str]) -> re.Pattern[str]:
    """Return the pattern of a template, whose literal text may come percent-encoded or plain."""
    pieces = VARIABLE.split(template)
    pieces[::2], pieces[1::2] = map(_literal, pieces[::2]), map(variable, pieces[1::2])
    return re.compile("".join(pieces))


def _adjacent(path: str) -> set[str]:
    """Return the variables that another one follows or precedes at once, as in `{id}{extension}`."""
    return {name for pair in _NEIGHBOURS.findall(path) for name in pair}


def _alternatives(schema: Any) -> str:
    """Return the pattern of the only texts that a schema allows, which show where a variable ends; empty if unknown."""
    stated = schema if isinstance(schema, dict) else {}
    texts = [stated["const"]] if "const" in stated else stated.get("enum", [])
    return f"({'|'.join(map(_literal, texts))})" if texts and all(isinstance(one, str) for one in texts) else ""


def _literal(text: str) -> str:
    return "".join(
        re.escape(char) if (coded := quote(char, safe="/")) == char else f"(?:{re.escape(char)}|(?i:{coded}))"
        for char in unquote(text)
    )


def _shows_errors(operation: Operation) -> bool:
    return any(one.json for one in operation.responses if not one.status.startswith(("2", "3")))


def _shared(path: str, steps: list[str]) -> int:
    count = 0
    for mine, theirs in zip(path.split("/"), steps, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
