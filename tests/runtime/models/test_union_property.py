"""Random untagged unions: no key of a valid object is lost without a report, at any depth."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from functools import partial
from types import GenericAlias, new_class
from typing import Any, Literal, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings, strategies as st
from specwire import UNSET, Unset, WireModel
from specwire._codec.drift import decode
from specwire._models.union import decode_hook
from specwire.support import union

_NUMBERS = itertools.count()
NAMES = st.sampled_from(["a", "b", "c", "d"])


class Shape(NamedTuple):
    """Type with a strategy for its values as JSON."""

    type: Any
    values: st.SearchStrategy[Any]


SCALARS = st.sampled_from(
    [
        Shape(str, st.sampled_from(["", "x", "1"])),
        Shape(int, st.integers(-2, 2)),
        Shape(bool, st.booleans()),
        Shape(float, st.sampled_from([0.5, -2.5])),
        Shape(Any, st.sampled_from([None, {}, {"z": [1]}])),
        Shape(Literal["one"], st.just("one")),
    ]
)


def many(shape: Shape) -> Shape:
    return Shape(GenericAlias(list, (shape.type,)), st.lists(shape.values, max_size=2))


def keyed(shape: Shape) -> Shape:
    return Shape(GenericAlias(dict, (str, shape.type)), st.dictionaries(NAMES, shape.values, max_size=2))


def record(fields: dict[str, tuple[Shape, bool]]) -> Shape:
    name = f"Record{next(_NUMBERS)}"
    types = {key: shape.type if required else shape.type | Unset for key, (shape, required) in fields.items()}
    unset = {key: UNSET for key, (_, required) in fields.items() if not required}
    body = {"__module__": __name__, "__annotations__": types, **unset}
    kind = new_class(name, (WireModel,), {"kw_only": True}, lambda namespace: namespace.update(body))
    required = {key: shape.values for key, (shape, required) in fields.items() if required}
    optional = {key: shape.values for key, (shape, required) in fields.items() if not required}
    return Shape(kind, st.fixed_dictionaries(required, optional=optional))


def either(shapes: list[Shape]) -> Shape:
    made = union(__name__, f"Union{next(_NUMBERS)}", lambda: tuple(shape.type for shape in shapes))
    return Shape(made, st.one_of([shape.values for shape in shapes]))


def records(inner: st.SearchStrategy[Shape]) -> st.SearchStrategy[Shape]:
    return st.dictionaries(NAMES, st.tuples(inner, st.booleans()), min_size=1, max_size=3).map(record)


def unions(inner: st.SearchStrategy[Shape]) -> st.SearchStrategy[Shape]:
    objects = records(inner)
    member: st.SearchStrategy[Shape] = objects | objects.map(many) | objects.map(keyed)
    return st.lists(member, min_size=2, max_size=3).map(either)


def deeper(inner: st.SearchStrategy[Shape]) -> st.SearchStrategy[Shape]:
    wraps: list[Callable[[Shape], Shape]] = [many, keyed]
    return st.one_of(records(inner), unions(inner), *(inner.map(wrap) for wrap in wraps))


SHAPES = st.recursive(SCALARS, deeper, max_leaves=6)


@given(data=st.data(), shape=unions(SHAPES))
@settings(max_examples=300, deadline=None)
def test_a_valid_object_of_an_untagged_union_is_complete_or_reported(data: st.DataObject, shape: Shape) -> None:
    """The decoded value encodes to the same JSON, unless drift was reported."""
    raw = data.draw(shape.values)
    value, drifts = decode(json.dumps(raw).encode(), shape.type)
    if not drifts:
        assert msgspec.to_builtins(value) == raw


def tagged(shapes: list[Shape]) -> Shape:
    named = {f"kind-{number}": shape for number, shape in enumerate(shapes)}
    made = union(
        __name__,
        f"Union{next(_NUMBERS)}",
        lambda: tuple(shape.type for shape in shapes),
        "type",
        lambda: {tag: shape.type for tag, shape in named.items()},
    )
    values = [shape.values.map(partial(with_tag, tag)) for tag, shape in named.items()]
    return Shape(made, st.one_of(values))


def with_tag(tag: str, value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "type": tag}


TAGGED = st.recursive(
    SCALARS, lambda inner: st.lists(records(inner | inner.map(many)), min_size=1, max_size=3).map(tagged), max_leaves=6
)
DRIFTED = st.sampled_from([None, 1.0, "x", [1], {}, "kind-0", "kind-9", {"type": "kind-0"}])


def drifted(data: st.DataObject, value: Any) -> Any:
    """Return a value with some of its parts replaced, at any depth."""
    if data.draw(st.integers(0, 9)) == 0:
        return data.draw(DRIFTED)
    if isinstance(value, dict):
        return {key: drifted(data, item) for key, item in value.items() if data.draw(st.integers(0, 9))}
    return [drifted(data, item) for item in value] if isinstance(value, list) else value


def converted(kind: Any, value: Any) -> tuple[str, str]:
    try:
        found = msgspec.convert(value, kind, dec_hook=decode_hook)
    except msgspec.ValidationError as error:
        return "error", str(error)
    return "value", repr(found)


@given(data=st.data(), shape=TAGGED)
@settings(deadline=None)
def test_variants_without_a_hook_are_decoded_as_others(data: st.DataObject, shape: Shape) -> None:
    """With the same value or error, whatever drifted."""
    value = drifted(data, data.draw(shape.values))
    quick = converted(shape.type, value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("specwire._models.union._native", lambda _: {})
        assert converted(shape.type, value) == quick
