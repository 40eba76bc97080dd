"""Operations of a document by operationId, or by method and path: `GET /pets/{id}`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Generic, TypeVar

import attrs

from specwire_codegen.openapi.suggest import did_you_mean

Item = TypeVar("Item")

_ROUTE = re.compile(r"\s*([A-Za-z]+)\s+(/\S*|\S+)\s*")
_PARAMETER = re.compile(r"\{[^{}]*\}")


def route_of(text: str) -> tuple[str, str] | None:
    """Return the HTTP method, in capitals, and the path that a text such as `get /pets` names; None for other texts."""
    found = _ROUTE.fullmatch(text)
    return (found[1].upper(), found[2]) if found is not None else None


def blank(path: str) -> str:
    """Return a path without the names of its parameters, which do not tell it apart from others."""
    return _PARAMETER.sub("{}", path)


@attrs.frozen
class Routed(Generic[Item]):
    """An operation as `client.toml` can refer to it."""

    id: str | None
    http_method: str
    path: str
    item: Item

    @property
    def route(self) -> str:
        """Method and path."""
        return f"{self.http_method.upper()} {self.path}"


@attrs.define
class Routes(Generic[Item]):
    """All operations of a document."""

    operations: Sequence[Routed[Item]]
    by_id: dict[str | None, list[Routed[Item]]] = attrs.field(init=False, factory=dict)
    by_route: dict[str, list[Routed[Item]]] = attrs.field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        for each in self.operations:
            self.by_id.setdefault(each.id, []).append(each)
            for route in {each.route, blank(each.route)}:
                self.by_route.setdefault(route, []).append(each)

    def find(self, key: str) -> list[Routed[Item]]:
        """Return the operations that a key names: one, or none, or several that it does not tell apart."""
        if key in self.by_id:
            return self.by_id[key]
        stated = route_of(key)
        if stated is None:
            return []
        route = " ".join(stated)
        exact = [each for each in self.by_route.get(route, ()) if each.route == route]
        return exact or self.by_route.get(blank(route), [])

    def help(self, key: str, found: int) -> str:
        """Return the help for a key that matches no operation, or several."""
        if found:
            routes = ", ".join(each.route for each in self.find(key)[:3])
            return f"name one of them by method and path: {routes}"
        known = [each.route for each in self.operations]
        if route_of(key) is None:
            known = [each.id for each in self.operations if each.id] or known
        return did_you_mean(key, known, "remove the line, or write an operationId, or method and path of an operation")
