"""Changes of the classes of a client."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import attrs

from specwire_codegen.diff.change import Action, Change, Kind, Severity, worst
from specwire_codegen.diff.relation import Types, request_severity, response_severity
from specwire_codegen.ir import AliasModel, Field, Model, ObjectModel, TypeExpr


@attrs.frozen
class Usage:
    """Uses of a class."""

    sent: bool
    received: bool


class ModelChanges:
    """Changes of one class that both versions have."""

    def __init__(self, old: Model, new: Model, usage: Usage, typing: Types) -> None:
        self._old, self._new = old, new
        self._usage = usage
        self._typing = typing

    def all(self) -> Iterator[Change]:
        """Yield all changes."""
        old, new = self._old, self._new
        name = f"models.{new.name}"
        if old.name != new.name:
            yield Change("breaking", "model", "renamed", f"models.{old.name}", f"renamed to {name}")
        match old, new:
            case ObjectModel(), ObjectModel():
                yield from self._fields(old, new)
                if (old.tag and (old.tag.wire_name, old.tag.value)) != (new.tag and (new.tag.wire_name, new.tag.value)):
                    yield Change("breaking", "model", "changed", name, "has another discriminator value")
            case AliasModel(), AliasModel():
                yield from self._types(old.type, new.type, "type", name)
            case _:
                kind = "an alias of a type" if isinstance(new, AliasModel) else "a class"
                yield Change("breaking", "model", "changed", name, f"is now {kind}")

    def _fields(self, old: ObjectModel, new: ObjectModel) -> Iterator[Change]:
        before, after = ({field.wire_name: field for field in model.fields} for model in (old, new))
        kept = before.keys() & after.keys()
        # A field with another key in JSON is the same one for users, who see its name in Python.
        gone, fresh = ({one.name: one for wire, one in side.items() if wire not in kept} for side in (before, after))
        pairs = [(before[wire], after[wire]) for wire in kept]
        pairs += [(gone.pop(name), fresh.pop(name)) for name in gone.keys() & fresh.keys()]
        renamed = {name: _renamed(field, gone.values(), fresh.values(), self._typing) for name, field in gone.items()}
        for name, similar in renamed.items():
            text = f"renamed to {similar.name}" if similar else "removed"
            yield self._change("breaking", "renamed" if similar else "removed", gone[name], text)
        explained = {field.name for field in renamed.values() if field is not None}
        for field in (fresh[name] for name in fresh.keys() - explained):
            required = self._usage.sent and field.required_in_request and field.constant is None
            text = "added, and required in requests" if required else "added"
            yield self._change("breaking" if required else "safe", "added", field, text)
        for pair in pairs:
            yield from self._field(*pair)

    def _field(self, old: Field, new: Field) -> Iterator[Change]:
        if old.name != new.name:
            yield self._change("breaking", "renamed", old, f"renamed to {new.name}")
        required = [field.required_in_request and field.constant is None for field in (old, new)]
        if self._usage.sent and required[0] != required[1]:
            text = "now required in requests" if required[1] else "now optional in requests"
            yield self._change("breaking" if required[1] else "safe", "changed", new, text)
        if self._usage.received and old.required_in_response != new.required_in_response:
            text = "now always in responses" if new.required_in_response else "may now be absent from responses"
            yield self._change("safe" if new.required_in_response else "risky", "changed", new, text)
        yield from self._types(old.type, new.type, "field", f"models.{self._new.name}.{new.name}")

    def _types(self, old: TypeExpr, new: TypeExpr, kind: Kind, subject: str) -> Iterator[Change]:
        found = self._typing.relation(old, new)
        if found == "same" or (kind == "field" and old == new):
            return  # a change of an alias is reported once, at the alias
        severities: list[Severity] = []
        text = self._typing.described(old, new)
        if self._usage.sent:
            severities.append(request_severity(found))
            if found == "wider" and not self._typing.is_assignable(old, new):
                severities.append("breaking")
                text += "; type checkers reject variables of the former type"
        if self._usage.received:
            severities.append(response_severity(found))
        yield Change(worst(severities), kind, "changed", subject, text)

    def _change(self, severity: Severity, action: Action, field: Field, text: str) -> Change:
        return Change(severity, "field", action, f"models.{self._new.name}.{field.name}", text)


def _renamed(field: Field, gone: Collection[Field], fresh: Collection[Field], typing: Types) -> Field | None:
    """Return the new field of the same type as a removed one; None unless there is exactly one."""

    def alike(one: Field, other: Field) -> bool:
        return one.required == other.required and typing.relation(one.type, other.type) == "same"

    added = [each for each in fresh if alike(field, each)]
    removed = [each for each in gone if added and alike(each, added[0])]
    return added[0] if len(added) == len(removed) == 1 else None
