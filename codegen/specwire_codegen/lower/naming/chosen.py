"""Methods that `client.toml` chooses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from specwire_codegen.config import ClientConfig
from specwire_codegen.diagnostics import Diagnostic, Location, error, raise_errors
from specwire_codegen.documents.routes import Routed, Routes
from specwire_codegen.lower.naming.method import RESERVED, RESERVED_RESOURCE
from specwire_codegen.lower.naming.named import Named

Method = tuple[str, ...]


@attrs.frozen
class Chosen:
    """Methods by operationId, for each table of `client.toml`; those after the first are aliases."""

    config: ClientConfig
    tables: Mapping[str, Mapping[str, tuple[Method, ...]]]
    keys: Mapping[tuple[str, str], str]
    """Key of the file by table and operationId."""

    def methods(self, table: str, id_: str) -> tuple[Method, ...]:
        """Return the methods that a table has for an operation; the first one is its name."""
        return self.tables[table].get(id_, ())

    def all(self) -> list[Method]:
        """Return all methods of all tables."""
        return [method for table in self.tables.values() for methods in table.values() for method in methods]

    def locate(self, table: str, id_: str) -> Location:
        """Return the location of the line for an operation."""
        return self.config.locate(table, self.keys.get((table, id_), id_))


def chosen(config: ClientConfig, operations: Sequence[Named]) -> Chosen:
    """Return the choices of a configuration; raise for keys that name no operation, and for reserved names."""
    routes = Routes([Routed(one.id, one.http_method, one.path, one.id) for one in operations])
    stated = {"operations": config.operations, "streams": config.streams, "waits": config.waits}
    tables: dict[str, dict[str, tuple[Method, ...]]] = {}
    keys: dict[tuple[str, str], str] = {}
    findings: list[Diagnostic] = []
    for table, entries in stated.items():
        found = tables.setdefault(table, {})
        for key, names in entries.items():
            place = config.locate(table, key)
            hits = routes.find(key)
            if len(hits) != 1:
                if not config.partial:
                    what = "no operation has this id or route" if not hits else f"{len(hits)} operations are named so"
                    findings.append(
                        error("unused-name", f"[{table}] {key}: {what}", place, routes.help(key, len(hits)))
                    )
                continue
            id_ = hits[0].item
            if id_ in found:
                message = f"[{table}] {key} is the same operation as {keys[table, id_]}"
                findings.append(error("name-collision", message, place, "remove one of the lines"))
                continue
            keys[table, id_] = key
            found[id_] = tuple(tuple(name.split(".")) for name in names)
            findings += _reserved(found[id_], place)
    raise_errors(findings)
    return Chosen(config, tables, keys)


def _reserved(methods: Sequence[Method], place: Location) -> Iterator[Diagnostic]:
    """Yield an error for each name that the client, or the source of a resource, needs for itself."""
    for method in methods:
        name = reserved_in(method)
        if name is not None:
            message = f"{'.'.join(method)!r} cannot be a method: {name!r} is a name that the client needs"
            yield error("bad-name", message, place, f"write {name}_, or another word")


def reserved_in(method: Method) -> str | None:
    """Return the part of a method that the client, or the source of a resource, needs for itself; None without one."""
    return next((each for depth, each in enumerate(method) if each in (RESERVED_RESOURCE if depth else RESERVED)), None)
