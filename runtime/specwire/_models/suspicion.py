"""Detection of objects that don't match their model: the model knows none or hardly any of their fields.

A few fields beyond the document are normal. An object without any declared field is a different object: its model
would be empty, and all its data lost.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple, get_type_hints

import msgspec

from specwire._models.model import ADDITIONAL
from specwire._models.type_walk import models_in
from specwire._models.unset import UNSET

_FEW = 8
"""A model hardly knows an object if it declares at most one in this many of its fields."""
_SPARSE = 4
"""It also requires that at most one in this many of the model's own fields was sent."""


class Fields(NamedTuple):
    """Fields of a model, by wire name."""

    known: frozenset[str]
    required: frozenset[str]
    open: bool
    """True if the model accepts additional properties."""


@cache
def fields_of(kind: type[msgspec.Struct]) -> Fields:
    """Return the fields that a model reads, including its tag."""
    known = {*kind.__struct_encode_fields__}
    required = {field.encode_name for field in msgspec.structs.fields(kind) if field.required}
    tag = kind.__struct_config__.tag_field
    if tag is not None:
        known.add(tag)
    return Fields(frozenset(known - {ADDITIONAL}), frozenset(required), ADDITIONAL in known)


def is_foreign(kind: type[msgspec.Struct], sent: Collection[str]) -> bool:
    """Return True if an object with these keys isn't the one that a model describes."""
    fields = fields_of(kind)
    if not sent or fields.open or getattr(kind, "__takes_any__", False):
        return False
    hits = sum(name in fields.known for name in sent)
    if hits == 0:
        return True
    if fields.required and all(name in sent for name in fields.required):
        return False
    return hits * _FEW <= len(sent) and hits * _SPARSE <= len(fields.known)


class _Plan(NamedTuple):
    """Plan of the checks for models of a class."""

    bare: msgspec.Struct | None
    """Model with no field set, for a class without required fields; only such a class decodes from any object."""
    many: tuple[str, ...]
    """All fields of such a class, if it has many."""
    nested: tuple[str, ...]
    """Fields that may contain models without required fields."""


_plans: dict[type, _Plan] = {}
_strict: set[type[msgspec.Struct]] = set()
"""Models that are known not to contain models without required fields."""


def is_suspect(value: object) -> bool:
    """Return True if a decoded value contains a model of which none or hardly any field was sent."""
    queue: list[Any] = [value]
    plan_of = _plans.get
    for each in queue:
        kind = type(each)
        if kind is list:
            queue += each
            continue
        plan = plan_of(kind)
        if plan is None:
            if kind is dict:
                queue += each.values()
                continue
            if kind is tuple:
                queue += each
                continue
            plan = _plan(kind)
        bare, many, nested = plan
        if bare is not None and (each == bare or (many and _is_sparse(each, many))):
            return True
        for name in nested:
            queue.append(getattr(each, name))
    return False


def bare_of(kind: Any) -> msgspec.Struct | None:
    """Return the model with no field set, for a class without required fields; None for other types."""
    return (_plans.get(kind) or _plan(kind)).bare if isinstance(kind, type) else None


def _is_sparse(model: msgspec.Struct, names: tuple[str, ...]) -> bool:
    most = len(names) // _SPARSE
    fields = msgspec.structs.asdict(model)  # not as attributes, which some models show otherwise
    sent = 0
    for name in names:
        if fields[name] is not UNSET:
            sent += 1
            if sent > most:
                return False
    return True


def _plan(kind: type) -> _Plan:
    plan = _Plan(None, (), ())
    if issubclass(kind, msgspec.Struct):
        hints, fields = get_type_hints(kind), kind.__struct_fields__
        loose = _is_loose(kind)
        many = fields if loose and len(fields) >= _FEW else ()
        nested = tuple(name for name in fields if may_be_foreign(hints[name]))
        plan = _Plan(kind() if loose else None, many, nested)
    _plans[kind] = plan
    return plan


def _is_loose(kind: type[msgspec.Struct]) -> bool:
    fields = fields_of(kind)
    takes_any = fields.open or getattr(kind, "__takes_any__", False)
    return bool(fields.known) and not fields.required and not takes_any


@cache
def may_be_foreign(kind: Any) -> bool:
    """Return True if values of a type may contain models without required fields, which decode from any object."""
    strict: list[type[msgspec.Struct]] = []
    for each in models_in(kind, skip=_strict):
        if _is_loose(each):
            return True
        strict.append(each)
    _strict.update(strict)
    return False
