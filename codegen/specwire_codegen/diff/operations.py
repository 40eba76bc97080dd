"""Changes of the methods of a client: names, arguments, responses, pages, errors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import attrs

from specwire_codegen.classes.annotation import out
from specwire_codegen.diff.change import Action, Change, Kind, Severity
from specwire_codegen.diff.methods import (
    Method,
    Path,
    argument_types,
    arguments,
    methods,
    response_kind,
    response_type,
)
from specwire_codegen.diff.relation import Types, request_severity, response_severity
from specwire_codegen.ir import Api, EventStream, Operation, TypeExpr


@attrs.frozen
class Pair:
    """An operation in both versions."""

    old: Operation
    new: Operation


def pairs_of(old: Api, new: Api) -> tuple[Pair, ...]:
    """Return the operations that both versions have, by operationId or else by HTTP method and path."""
    found: list[Pair] = []
    taken: set[int] = set()
    for identity in (_by_id, _by_route):
        rest = {(*identity(each), *_form(each)): each for each in new.operations if id(each) not in taken}
        for operation in old.operations:
            match = rest.get((*identity(operation), *_form(operation)))
            if match is not None and not {id(match), id(operation)} & taken:
                taken |= {id(match), id(operation)}
                found.append(Pair(operation, match))
    return tuple(found)


def _by_id(operation: Operation) -> tuple[str, ...]:
    return (operation.id,)


def _by_route(operation: Operation) -> tuple[str, ...]:
    """Return HTTP method and path, without the names of parameters."""
    segments = operation.path.partition("#")[0].split("/")
    return operation.http_method, "/".join("{}" if "{" in segment else segment for segment in segments)


def _form(operation: Operation) -> tuple[str, ...]:
    """Return the facts that distinguish the forms of one operation."""
    return operation.form, type(operation.payload).__name__


def method_changes(old: Api, new: Api, pairs: Sequence[Pair]) -> Iterator[Change]:
    """Yield methods that were added, removed, renamed, or that call another operation than before."""
    counterpart = {id(pair.old): pair.new for pair in pairs}
    before, after = ({each.path: each for each in methods(api)} for api in (old, new))
    names: dict[tuple[int, bool], list[Path]] = defaultdict(list)
    for each in after.values():
        names[id(each.operation), each.waits].append(each.path)
    explained: set[Path] = set()
    for path, method in before.items():
        match = counterpart.get(id(method.operation))
        now = after.get(path)
        if match is not None and now is not None and now.operation is match and now.waits == method.waits:
            continue
        others = [each for each in names[id(match), method.waits] if each not in before] if match is not None else []
        if now is not None and now.endpoint == method.endpoint:
            kinds = (response_kind(each.operation) for each in (method, now))
            yield _method(method, "breaking", "changed", "returned {}, now returns {}".format(*kinds))
        elif now is not None:
            yield _method(method, "breaking", "changed", f"now calls {now.endpoint} instead of {method.endpoint}")
        elif others:
            explained.update(others)
            yield _method(method, "breaking", "renamed", f"renamed to client.{'.'.join(others[0])}()")
        elif match is not None and (rest := names[id(match), method.waits]):
            yield _method(method, "breaking", "removed", f"removed; use client.{'.'.join(rest[0])}()")
        else:
            yield _method(method, "breaking", "removed", "removed")
    for path, method in after.items():
        if path not in before and path not in explained:
            yield _method(method, "safe", "added", f"added ({method.endpoint})")


def _method(method: Method, severity: Severity, action: Action, text: str) -> Change:
    kind: Kind = "wait" if method.waits else "stream" if isinstance(method.operation.payload, EventStream) else "method"
    return Change(severity, kind, action, method.shown, text, method.endpoint)


class OperationChanges:
    """Changes of one operation that both versions have."""

    def __init__(self, pair: Pair, typing: Types) -> None:
        self._old, self._new = pair.old, pair.new
        self._typing = typing
        self._method = Method(pair.new.method, pair.new)

    def all(self) -> Iterator[Change]:
        """Yield all changes."""
        yield from self._arguments()
        yield from self._response()
        yield from self._pages()
        yield from self._errors()
        if self._new.deprecated and not self._old.deprecated:
            yield self._change("safe", "method", "changed", "deprecated")

    def _change(self, severity: Severity, kind: Kind, action: Action, text: str, subject: str = "") -> Change:
        shown = subject or self._method.shown
        return Change(severity, kind, action, shown, text, self._method.endpoint)

    def _arguments(self) -> Iterator[Change]:
        old, new = arguments(self._old), arguments(self._new)
        types = argument_types(self._old), argument_types(self._new)
        base = self._method.shown.removesuffix(")")
        renamed = {name: _renamed(name, old, new, types) for name in old.keys() - new.keys()}
        for name, similar in renamed.items():
            text = f"renamed to {similar}=" if similar else "removed"
            yield self._change("breaking", "argument", "renamed" if similar else "removed", text, f"{base}{name}=)")
        for name in new.keys() - old.keys() - set(renamed.values()):
            if new[name].required and new[name].default is None:
                yield self._change("breaking", "argument", "added", "added, and required", f"{base}{name}=)")
            else:
                yield self._change("safe", "argument", "added", "added", f"{base}{name}=)")
        for name in old.keys() & new.keys():
            subject = f"{base}{name}=)"
            asked = tuple(each[name].required and each[name].default is None for each in (old, new))
            if asked == (False, True):
                yield self._change("breaking", "argument", "changed", "now required", subject)
            elif asked == (True, False):
                yield self._change("safe", "argument", "changed", "now optional", subject)
            defaults = old[name].default, new[name].default
            if None not in defaults and defaults[0] != defaults[1]:
                text = f"the default is now {defaults[1]!r}, before {defaults[0]!r}"
                yield self._change("risky", "argument", "changed", text, subject)
            yield from self._type(name, types, subject)
        places = [[name for name, each in side.items() if each.positional] for side in (old, new)]
        common = [[name for name in side if name in places[0] and name in places[1]] for side in places]
        if common[0] != common[1] or any(
            old[name].positional and not new[name].positional for name in old.keys() & new.keys()
        ):
            text = f"positional arguments are now ({', '.join(places[1])}), before ({', '.join(places[0])})"
            yield self._change("breaking", "argument", "changed", text)

    def _type(self, name: str, types: tuple[Mapping[str, TypeExpr], ...], subject: str) -> Iterator[Change]:
        before, after = types[0].get(name), types[1].get(name)
        if before is None or after is None:
            if before is not after:
                yield self._change("breaking", "argument", "changed", "has another type", subject)
            return
        if (change := self._typing.change(before, after)) is not None:
            found, text = change
            yield self._change(request_severity(found), "argument", "changed", text, subject)

    def _response(self) -> Iterator[Change]:
        before, after = response_type(self._old), response_type(self._new)
        subject = f"the response of {self._method.shown}"
        kinds = response_kind(self._old), response_kind(self._new)
        if kinds[0] != kinds[1]:
            yield self._change("breaking", "response", "changed", f"{kinds[0]} before, now {kinds[1]}", subject)
        elif before is not None and after is not None:
            if (change := self._typing.change(before, after)) is not None:
                found, text = change
                yield self._change(response_severity(found), "response", "changed", text, subject)

    def _pages(self) -> Iterator[Change]:
        old, new = self._old.pagination, self._new.pagination
        subject = f"{self._method.shown.removesuffix('()')}.iter()"
        if old is not None and new is None:
            yield self._change("breaking", "pages", "removed", "removed with .pages()", subject)
        elif old is None and new is not None:
            yield self._change("safe", "pages", "added", "added with .pages()", subject)
        elif old is not None and new is not None:
            if (change := self._typing.change(old.item, new.item)) is not None:
                found, text = change
                yield self._change(response_severity(found), "pages", "changed", f"items: {text}", subject)

    def _errors(self) -> Iterator[Change]:
        old, new = dict(self._old.errors.by_status), dict(self._new.errors.by_status)
        subject = f"errors of {self._method.shown}"
        for status in old.keys() - new.keys():
            yield self._change("risky", "error", "removed", f"{status}: the body has no type any more", subject)
        for status in new.keys() - old.keys():
            yield self._change("safe", "error", "added", f"{status}: the body is {out(new[status])}", subject)
        for status in old.keys() & new.keys():
            if (change := self._typing.change(old[status], new[status])) is not None:
                severity, text = response_severity(change[0]), f"{status}: {change[1]}"
                yield self._change("risky" if severity == "breaking" else severity, "error", "changed", text, subject)


def _renamed(
    name: str, old: Mapping[str, object], new: Mapping[str, object], types: tuple[Mapping[str, TypeExpr], ...]
) -> str:
    """Return the new argument of the same type as a removed one; empty unless there is exactly one."""
    added = [each for each in new if each not in old and types[1].get(each) == types[0].get(name)]
    removed = [each for each in old if each not in new and types[0].get(each) == types[0].get(name)]
    return added[0] if len(added) == len(removed) == 1 else ""
