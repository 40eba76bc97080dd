"""Router from a method and a path to an operation."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias
from urllib.parse import quote, unquote

import attrs

from specwire_codegen.mock.document.operations import Operation

VARIABLE = re.compile(r"\{([^{}]+)\}")


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


@attrs.frozen(eq=False)
class Router:
    """The routes of a document, the most concrete first."""

    routes: tuple[Route, ...]

    def match(self, method: str, raw_path: str) -> Match:
        """Return the match for this method and percent-encoded path; HEAD falls back to GET."""
        fits = [(route, hit) for route in self.routes if (hit := route.pattern.fullmatch(raw_path))]
        for wanted in (method, "GET") if method == "HEAD" else (method,):
            for route, hit in fits:
                if route.operation.method == wanted:
                    return Found(route.operation, dict(zip(route.names, hit.groups(), strict=True)))
        if fits:
            allowed = {route.operation.method for route, _ in fits}
            return NotAllowed(
                fits[0][0].operation, tuple(sorted(allowed | ({"HEAD"} if "GET" in allowed else frozenset())))
            )
        return NotFound(self._nearest(raw_path))

    def _nearest(self, raw_path: str) -> Operation | None:
        steps = raw_path.split("/")
        operations = [route.operation for route in self.routes]
        return max(operations, key=lambda one: (_shows_errors(one), _shared(one.path, steps)), default=None)


def build(operations: Iterable[Operation]) -> Router:
    """Return the router of these operations, each reachable with and without the path prefix of its server."""
    routes = [_route(operation, prefix) for operation in operations for prefix in operation.prefixes]
    return Router(tuple(sorted(routes, key=lambda route: route.concrete, reverse=True)))


def _route(operation: Operation, prefix: str) -> Route:
    path = prefix + operation.path.partition("#")[0]
    pieces = VARIABLE.split(path)
    names = tuple(pieces[1::2])
    spanning = {each.name for each in operation.parameters if each.spans}
    variables = ["(.*)" if name in spanning else "([^/]+)" for name in names]
    # The literal text of a template may come percent-encoded or plain; both name the same resource.
    pieces[::2], pieces[1::2] = map(_literal, pieces[::2]), variables
    pattern = "".join(pieces)
    concrete = tuple((not VARIABLE.search(segment), len(VARIABLE.sub("", segment))) for segment in path.split("/"))
    return Route(re.compile(pattern), names, concrete, operation)


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
