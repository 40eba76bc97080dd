"""Unions that msgspec cannot resolve by itself: decoded structurally and deterministically, by keys and constants.

A discriminator decides alone. Without one, candidates are the variants whose constants match and whose required keys
are present. The first that decodes and loses the fewest keys wins, counting nested objects, so that no declared field
is lost. An object without a candidate is drift; see `specwire._codec.drift`.

A generated module declares one under its name::

    JobResult = union(__name__, "JobResult", lambda: (CompletionJobOut, LegacyJobMetadataOut))

Type checkers see the plain union instead (`if TYPE_CHECKING`). msgspec sees a class of which everything is an
instance, and hands the raw value to `decode_hook`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, NamedTuple, TypeAlias, Union, cast, get_origin

import msgspec
from msgspec import convert, inspect

from specwire._models.int_text import IntText, int_of
from specwire._models.json_types import shown
from specwire._models.model import ADDITIONAL
from specwire._models.native_types import is_native
from specwire._models.whole_numbers import with_whole_numbers

_MISFIT = 1 << 20
"""Penalty for an object or array where a type allows none, in lost keys."""


class UnionMarker(type):
    """Class of union markers.

    `__instancecheck__` accepts every value: msgspec checks the result of the hook against the marker, and the hook
    has already typed it.
    """

    variants: Callable[[], tuple[Any, ...]]
    field: str | None
    """Wire name of the discriminator property; None without one."""
    named: Callable[[], Mapping[str, Any]]
    """Variants by the value of the discriminator."""
    default: Callable[[], Any] | None
    """Variant for values that `named` lacks; None without one."""

    def __instancecheck__(cls, instance: object) -> bool:
        return True


def union(
    module: str,
    name: str,
    variants: Callable[[], tuple[Any, ...]],
    field: str | None = None,
    named: Callable[[], Mapping[str, Any]] = dict,
    default: Callable[[], Any] | None = None,
) -> Any:
    """Create the run-time marker of a union; `variants`, `named` and `default` are called at the first decoding."""
    members = {"variants": staticmethod(variants), "field": field, "named": staticmethod(named)}
    members["default"] = default and staticmethod(default)
    return UnionMarker(name, (), {"__module__": module, **members})


class _Refused(threading.local):
    """Cache of values that match no variant, while the outermost union is being decoded.

    Without it, a recursive union would attempt such a value again on every path through the variants.
    """

    def __init__(self) -> None:
        self.found: dict[tuple[type, int], Any] = {}
        self.depth = 0


_refused = _Refused()


def decode_hook(kind: type, raw: Any) -> Any:
    """Decode a raw value as the best variant of a union, or as an integer; used as `dec_hook` of every decoder."""
    if kind is IntText:
        if (number := int_of(raw)) is None:
            raise msgspec.ValidationError(f"Expected an integer as a string, got {type(raw).__name__!r}")
        return number
    if not isinstance(kind, UnionMarker):
        raise NotImplementedError(f"{kind!r} is not a wire type")
    tag = raw.get(kind.field) if type(raw) is dict else None
    variant = _native(kind).get(tag) if type(tag) is str else None
    if variant is None:
        return _chosen(kind, raw)
    try:
        return convert(raw, variant)
    except msgspec.ValidationError:
        return _chosen(kind, raw)


def _chosen(kind: UnionMarker, raw: Any) -> Any:
    """Decode a raw value as the first of its possible variants that fits."""
    choice = choose(kind, raw)
    variants = () if choice.reported else choice.variants
    place = (kind, id(raw))
    if place not in _refused.found:
        _refused.depth += 1
        try:
            for variant in variants:
                try:
                    return convert(raw, variant, dec_hook=decode_hook)
                except msgspec.ValidationError:
                    whole = with_whole_numbers(raw)
                if whole is not raw:
                    try:
                        return convert(whole, variant, dec_hook=decode_hook)
                    except msgspec.ValidationError:
                        continue
            if isinstance(raw, dict | list):
                _refused.found[place] = raw
        finally:
            _refused.depth -= 1
            if not _refused.depth:
                _refused.found.clear()
    raise msgspec.ValidationError(f"Expected `{kind.__name__}`, got {type(raw).__name__!r}")


_Memo: TypeAlias = dict[tuple[int, int], int]
"""Number of lost keys, by the ids of a type and of a raw value."""


class Choice(NamedTuple):
    """Candidate variants for a raw value."""

    variants: tuple[Any, ...]
    """Variants in the order in which to attempt them."""
    meant: Any = None
    """Variant that the value has apart from its drift; None if uncertain."""
    reported: str = ""
    """Reason why the value is drift although a variant fits; empty if it isn't drift."""


class Member(NamedTuple):
    """Variant with the facts that distinguish its objects, or the objects in its arrays, from others."""

    variant: Any
    info: inspect.Type
    container: type | None
    """JSON container type; None for scalars."""
    required: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    constants: Mapping[str, tuple[Any, ...]] = MappingProxyType({})
    open: bool = True
    """True if objects may have unknown keys."""


def choose(kind: UnionMarker, raw: Any, memo: _Memo | None = None) -> Choice:
    """Return the variants to attempt for a raw value: that of the discriminator, or those that lose the fewest keys.

    Variants with more constants come first; ties keep the order of the document, with objects before maps.
    """
    if isinstance(raw, dict) and kind.field is not None:
        if kind.field in raw:
            return _by_tag(kind, kind.field, raw, memo)
        return untagged(_members(kind), raw, kind.field, memo)
    return _by_structure(_members(kind), raw, memo)


def untagged(members: Sequence[Member], raw: dict[str, Any], field: str, memo: _Memo | None = None) -> Choice:
    """Return the variant of an object without its discriminator property, judged by the other keys."""
    found = _by_structure(members, raw, memo, field)
    if found.variants and field not in member_of(found.variants[0]).known:
        return found
    return found._replace(variants=(), reported=f"{field}=None")


def _by_tag(kind: UnionMarker, field: str, raw: dict[str, Any], memo: _Memo | None) -> Choice:
    """Return the variant that the discriminator of an object names, or else the default."""
    value = raw[field]
    target = _named(kind).get(_text(value))
    if target is not None:
        return target if isinstance(target, Choice) else _of(target, raw, memo)
    default = _default(kind, field, value)
    if default is not None:
        member = member_of(default)
        if field in member.known and field not in member.constants:
            return Choice((default,), default)  # the default states the field, with any value
    return Choice((), default, f"{field}={shown(value)}")


@cache
def _named(kind: UnionMarker) -> Mapping[str, Any]:
    """Return the target of each discriminator value: a resolved choice for one variant, otherwise a union."""
    return {
        value: target if isinstance(target, UnionMarker) or get_origin(target) else Choice((target,), target)
        for value, target in kind.named().items()
    }


@cache
def _native(kind: UnionMarker) -> Mapping[str, Any]:
    """Return the variants by discriminator value that msgspec decodes without a hook: the first choice for their objects."""
    found = {value: target.variants[0] for value, target in _named(kind).items() if isinstance(target, Choice)}
    return {value: variant for value, variant in found.items() if is_native(info_of(variant))}


def _of(target: Any, raw: dict[str, Any], memo: _Memo | None) -> Choice:
    """Return the choice for one target of a discriminator: a variant, or a union of several."""
    if isinstance(target, UnionMarker):
        return choose(target, raw, memo)
    variants = tuple(flatten((target,)))
    if len(variants) == 1:
        return Choice(variants, variants[0])
    return _by_structure(tuple(map(member_of, variants)), raw, memo)


def _default(kind: UnionMarker, field: str, value: Any) -> Any:
    """Return the default variant for a discriminator value, or that of the only nested union with one.

    A default that is also in the mapping applies to any value. Otherwise its own tag must allow the value.
    """
    if kind.default is not None:
        default = kind.default()
        constants = member_of(default).constants
        fits = default in kind.named().values() or field not in constants or value in constants[field]
        return default if fits else None
    nested = [each for each in kind.variants() if isinstance(each, UnionMarker) and each.field == field]
    defaults = [default for each in nested if (default := _default(each, field, value)) is not None]
    return defaults[0] if len(defaults) == 1 else None


def _text(value: Any) -> str:
    """Return a discriminator value as text, as in mappings; non-scalars match no key."""
    if isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, int) else ""


def _by_structure(members: Sequence[Member], raw: Any, memo: _Memo | None, absent: str | None = None) -> Choice:
    """Return the variants that lose the fewest keys of a raw value; `absent` is a required key that may be missing."""
    kind = type(raw) if isinstance(raw, dict | list) else None
    objects = _objects(raw)
    sent = objects[0].keys() if len(objects) == 1 else set[str]().union(*objects)
    rivals = [member for member in members if kind and member.container is kind and _may_be(member, objects, absent)]
    every = frozenset[str]().union(*(member.known & sent for member in rivals))
    whole = [member for member in rivals if member.open or member.known & sent == every]
    least = 0
    if len(whole) > 1:
        memo = {} if memo is None else memo
        losses = [_lost(member.info, raw, memo) for member in whole]
        least = min(losses)
        whole = [member for member, loss in zip(whole, losses, strict=True) if loss == least]
        whole.sort(key=lambda member: len(member.constants.keys() & sent), reverse=True)
    others = [member for member in members if member.container is None]
    certain = bool(objects) and _is_certain(whole, sent)
    doubtful = least > 0 and not certain
    variants = tuple(member.variant for member in (*whole, *others))
    return Choice(
        variants, whole[0].variant if certain else None, "keys that its variants do not declare" if doubtful else ""
    )


def _objects(raw: Any) -> list[dict[str, Any]]:
    """Return an object as a list, or the objects of an array."""
    if isinstance(raw, dict):
        return [raw]
    return [item for item in raw if isinstance(item, dict)] if isinstance(raw, list) else []


def _is_certain(whole: Sequence[Member], sent: AbstractSet[str]) -> bool:
    """Return True if the first choice is certainly better than the second."""
    if len(whole) < 2:
        return bool(whole)
    first, second = (len(member.constants.keys() & sent) for member in whole[:2])
    return first > second


def _may_be(member: Member, objects: Sequence[Mapping[str, Any]], absent: str | None) -> bool:
    return all(
        each.keys() >= member.required - {absent}
        and all(each[key] in values for key, values in member.constants.items() if key in each)
        for each in objects
    )


def _lost(info: inspect.Type, raw: Any, memo: _Memo) -> int:
    """Return the number of keys in a raw value, at any depth, that a type would lose."""
    if not isinstance(raw, dict | list):
        return 0
    place = (id(info), id(raw))
    if place not in memo:
        memo[place] = sum(_losses(info, raw, memo))
    return memo[place]


def _losses(info: inspect.Type, raw: Any, memo: _Memo) -> Iterator[int]:
    match info:
        case inspect.StructType() if isinstance(raw, dict):
            fields, rest = _fields(info.cls)
            for key, item in raw.items():
                known = fields.get(key, rest)
                yield 1 if known is None else _lost(known, item, memo)
        case inspect.DictType() if isinstance(raw, dict):
            yield from (_lost(info.value_type, item, memo) for item in raw.values())
        case inspect.ListType() | inspect.VarTupleType() if isinstance(raw, list):
            yield from (_lost(info.item_type, item, memo) for item in raw)
        case inspect.TupleType() if isinstance(raw, list):
            yield from (_lost(item_type, item, memo) for item_type, item in zip(info.item_types, raw, strict=False))
        case inspect.UnionType():
            members = [each for each in info.types if _container(each) is type(raw)]
            tagged = [each for each in members if isinstance(each, inspect.StructType) and each.tag_field]
            if len(tagged) > 1 and isinstance(raw, dict):
                members = [each for each in tagged if raw.get(each.tag_field or "") == each.tag]
            members += [each for each in info.types if isinstance(each, inspect.AnyType | inspect.CustomType)]
            yield min((_lost(each, raw, memo) for each in members), default=_MISFIT)
        case inspect.CustomType() if isinstance(info.cls, UnionMarker):
            variants = choose(info.cls, raw, memo).variants
            yield min((_lost(info_of(each), raw, memo) for each in variants), default=_MISFIT)
        case inspect.AnyType() | inspect.RawType():
            return
        case _:
            yield _MISFIT


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[Mapping[str, inspect.Type], inspect.Type | None]:
    """Return the field types of a model by wire name, and the type of its additional properties."""
    info = cast("inspect.StructType", info_of(kind))
    fields = {field.encode_name: field.type for field in info.fields}
    if info.tag_field is not None:
        fields[info.tag_field] = inspect.StrType()
    rest = fields.pop(ADDITIONAL, None)
    return fields, rest.value_type if isinstance(rest, inspect.DictType) else rest


@cache
def _members(kind: UnionMarker) -> tuple[Member, ...]:
    """Return the variants of a union in order, with objects before maps."""
    members = [member_of(variant) for variant in flatten(kind.variants())]
    return tuple(sorted(members, key=lambda member: isinstance(member.info, inspect.DictType)))


def flatten(variants: tuple[Any, ...]) -> Iterator[Any]:
    """Yield the variants, with nested unions expanded in place."""
    for variant in variants:
        if isinstance(variant, UnionMarker):
            yield from flatten(variant.variants())
        elif get_origin(variant) in (Union, UnionType):
            yield from flatten(variant.__args__)
        else:
            yield variant


@cache
def info_of(kind: Any) -> inspect.Type:
    """Return the structure of a type, inspected once."""
    return inspect.type_info(kind)


def _container(info: inspect.Type) -> type | None:
    match info:
        case inspect.StructType() | inspect.DictType():
            return dict
        case inspect.CollectionType() | inspect.TupleType():
            return list
        case _:
            return None


@cache
def member_of(variant: Any) -> Member:
    info = info_of(variant)
    container = _container(info)
    struct = info.item_type if isinstance(info, inspect.ListType) else info
    if not isinstance(struct, inspect.StructType):
        return Member(variant, info, container)
    constants = {
        field.encode_name: tuple(field.type.values)
        for field in struct.fields
        if isinstance(field.type, inspect.LiteralType) and len(field.type.values) == 1
    }
    known = {field.encode_name for field in struct.fields}
    required = {field.encode_name for field in struct.fields if field.required}
    if struct.tag_field is not None:
        constants[struct.tag_field] = (struct.tag,)
        known.add(struct.tag_field)
        required.add(struct.tag_field)
    is_open = ADDITIONAL in known
    return Member(variant, info, container, frozenset(required), frozenset(known), constants, is_open)
