"""Untagged unions: variants that only their structure distinguishes."""

from __future__ import annotations

import copy
import json
import pickle
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec
import pytest
from hypothesis import given, settings, strategies as st
from specwire import UNSET, Drift, Unknown, Unset, WireModel
from specwire._codec.codec import decoder
from specwire._codec.drift import decode
from specwire._models.additional_properties import restore
from specwire.support import constant, tolerate, union


class Cat(WireModel, kw_only=True):
    """An animal that sleeps."""

    naps: int | Unset = UNSET


class Dog(WireModel, kw_only=True):
    """An animal that runs."""

    walks: int | Unset = UNSET


class Nest(WireModel, kw_only=True):
    """A place with animals."""

    of: list[Cat]
    rate: float


ANIMALS = union(__name__, "ANIMALS", lambda: (Cat, Dog, Nest))
PETS = union(__name__, "PETS", lambda: (list[Cat], list[str], list[Dog], Cat))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'[{"walks":2},{}]', [Dog(walks=2), Dog()]),
        (b'[{"naps":3}]', [Cat(naps=3)]),
        (b'["Rex"]', ["Rex"]),
        (b"[]", []),
        (b'{"naps":1}', Cat(naps=1)),
    ],
)
def test_arrays_are_chosen_by_the_keys_of_their_items(sent: bytes, expected: Any) -> None:
    """No key is lost that one of the variants knows."""
    assert expected == decoder(PETS).decode(sent)


class Small(WireModel, kw_only=True):
    """A thing that only its kind distinguishes from a large one."""

    kind: str
    note: str | Unset = UNSET


class Large(WireModel, kw_only=True):
    """A thing that only its kind distinguishes from a small one."""

    kind: str
    note: str | Unset = UNSET


SIZES = union(__name__, "SIZES", lambda: (Small, Large), "kind", lambda: {"s": Small, "l": Large, "xl": Large})


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'{"kind":"xl","note":"n"}', Large(kind="xl", note="n")),
        (b'{"kind":"s"}', Small(kind="s")),
    ],
)
def test_the_discriminator_names_the_variant(sent: bytes, expected: Any) -> None:
    """A mapping of the document takes precedence over structure."""
    assert expected == decoder(SIZES).decode(sent)


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        (b'{"kind":"unheard","note":"n"}', "kind='unheard'"),
        (b'{"kind":null,"note":"n"}', "kind=None"),
        (b'{"kind":["s"],"note":"n"}', "kind=array"),
        (b'{"note":"n"}', "kind=None"),
    ],
)
def test_an_unmapped_discriminator_value_is_reported(sent: bytes, got: str) -> None:
    """It is not decoded as a variant, even if it looks like one, and loses nothing."""
    value, drifts = decode(sent, SIZES)
    assert Unknown(json.loads(sent)) == value
    assert isinstance(value, Unknown)
    assert [Drift("$", "SIZES", f"object with {got}")] == list(drifts)


class Base(WireModel, kw_only=True):
    """A thing that others extend."""

    kind: Literal["base"] = constant("base")
    name: str


class Derived(WireModel, kw_only=True):
    """A thing with more fields."""

    kind: Literal["derived"] = constant("derived")
    name: str
    more: int | Unset = UNSET


FAMILY = union(
    __name__, "FAMILY", lambda: (Base, Derived), "kind", lambda: {"base": Base, "derived": Derived}, lambda: Base
)
UNNAMED_BASE = union(
    __name__, "UNNAMED_BASE", lambda: (Derived, Base), "kind", lambda: {"derived": Derived}, lambda: Base
)
NESTED_FAMILY = union(__name__, "NESTED_FAMILY", lambda: (FAMILY, Cat), "kind", lambda: {"base": FAMILY, "cat": Cat})


@pytest.mark.parametrize(
    ("kind", "sent", "taken", "reported"),
    [
        (FAMILY, {"kind": "other", "name": "n", "size": 2}, Base, True),
        (FAMILY, {"kind": "base", "name": "n"}, Base, False),
        (FAMILY, {"kind": "derived", "name": "n", "more": 1}, Derived, False),
        (UNNAMED_BASE, {"kind": "other", "name": "n", "size": 2}, Unknown, True),
        (UNNAMED_BASE, {"kind": "base", "name": "n", "size": 2}, Base, True),
        (UNNAMED_BASE, {"kind": "derived", "name": "n"}, Derived, False),
        (NESTED_FAMILY, {"kind": "other", "name": "n", "size": 2}, Base, True),
        (NESTED_FAMILY, {"kind": "base", "name": "n"}, Base, False),
    ],
)
def test_the_default_variant_takes_unmapped_values(
    kind: Any, sent: dict[str, Any], taken: type, reported: bool
) -> None:
    """If the mapping names it, it takes any value, otherwise its own only; unknown keys are kept."""
    value, drifts = decode(json.dumps(sent).encode(), kind)
    assert type(value) is taken
    assert reported == bool(drifts)
    assert sent == restore(value, msgspec.to_builtins(value))


class Receipt(WireModel, kw_only=True):
    """A part of a success."""

    to: str | Unset = UNSET


class Reason(WireModel, kw_only=True):
    """A part of a failure."""

    why: str | Unset = UNSET


class Sent(WireModel, kw_only=True):
    """A success."""

    parts: list[dict[str, Receipt]] | Unset = UNSET


class Failed(WireModel, kw_only=True):
    """A failure, which differs in its parts only."""

    parts: list[dict[str, Reason]] | Unset = UNSET


RESULTS = union(__name__, "RESULTS", lambda: (Sent, Failed))
TABLES = union(__name__, "TABLES", lambda: (dict[str, Receipt], dict[str, Reason]))


NEWER: list[Any] = [{"x": Unknown({"new": 1})}]
"""Parts of a kind that neither variant knows."""


@pytest.mark.parametrize(
    ("kind", "sent", "expected", "reported"),
    [
        (RESULTS, {"parts": [{"x": {"to": "t"}}]}, Sent(parts=[{"x": Receipt(to="t")}]), False),
        (RESULTS, {"parts": [{"x": {"why": "w"}}]}, Failed(parts=[{"x": Reason(why="w")}]), False),
        (RESULTS, {"parts": []}, Sent(parts=[]), False),
        (RESULTS, {"parts": [{"x": {"new": 1}}]}, Sent(parts=NEWER), True),
        (RESULTS, {"parts": [{"x": {"why": "w", "to": "t"}}]}, Sent(parts=[{"x": Receipt(to="t")}]), True),
        (TABLES, {"x": {"why": "w"}}, {"x": Reason(why="w")}, False),
    ],
)
def test_nested_keys_decide_if_outer_keys_do_not(
    kind: Any, sent: dict[str, Any], expected: Any, reported: bool
) -> None:
    """The variant that loses no key is chosen; if all lose some, the first one, with a report."""
    value, drifts = decode(json.dumps(sent).encode(), kind)
    assert value == expected
    assert reported == bool(drifts)


@pytest.mark.parametrize("leaf", [1, "one"])
def test_recursive_unions_take_linear_time(leaf: object) -> None:
    """The time depends on the size of the value, not on the number of paths through the union."""
    value: Any = {"leaf": leaf}
    for _ in range(60):
        value = {"child": value}
    found, drifts = decode(json.dumps(value).encode(), TWINS)
    assert value == msgspec.to_builtins(found)
    assert (leaf != 1) == bool(drifts)


class Tag(WireModel, tag_field="type", tag="tag", kw_only=True):
    """An object with a tag."""

    type: Literal["tag"] = constant("tag")
    size: int | Unset = UNSET


class Plain(WireModel, kw_only=True):
    """An object without a tag."""

    size: int | Unset = UNSET


TAGGED_OR_PLAIN = union(__name__, "TAGGED_OR_PLAIN", lambda: (Tag, Plain))


def test_an_object_without_the_tag_of_a_variant_does_not_match_it() -> None:
    """A tag is required, even though no field holds it."""
    assert Plain(size=1) == decoder(TAGGED_OR_PLAIN).decode(b'{"size": 1}')
    assert Tag(size=1) == decoder(TAGGED_OR_PLAIN).decode(b'{"size": 1, "type": "tag"}')


if TYPE_CHECKING:
    Twins: TypeAlias = "Left | Right"
else:
    Twins = union(__name__, "Twins", lambda: (Left, Right))
TWINS: Any = Twins


class Left(WireModel, kw_only=True):
    """A node."""

    child: Twins | Unset = UNSET
    leaf: int | Unset = UNSET


class Right(WireModel, kw_only=True):
    """A node with the same fields."""

    child: Twins | Unset = UNSET
    leaf: int | Unset = UNSET


@pytest.mark.parametrize(("number", "whole"), [(2.0**53, True), (-(2.0**53), True), (2.0**53 + 2, False)])
def test_a_float_beyond_exact_integers_is_not_an_integer(number: float, whole: bool) -> None:
    """Above 2**53, floats are not exact."""
    if whole:
        naps = decoder(ANIMALS).convert({"naps": number}).naps
        assert (int, number) == (type(naps), naps)
    else:
        with pytest.raises(msgspec.ValidationError, match="Expected"):
            decoder(ANIMALS).convert({"naps": number})


@pytest.mark.parametrize(
    ("number", "sent"),
    [(2, {"naps": 2.0}), (2, {"of": [{"naps": 2.0}], "rate": 1.0})],
)
def test_only_integral_values_become_integers(number: int, sent: dict[str, Any]) -> None:
    """A float stays a float if the document declares one."""
    value = decoder(ANIMALS).convert(sent)
    assert number == (value.of[0] if isinstance(value, Nest) else value).naps
    assert not isinstance(value, Nest) or type(value.rate) is float


def test_constants_may_be_omitted() -> None:
    """They have defaults and are always sent; a wrong tag is rejected."""
    assert (
        b'{"type":"tag","size":1}' == msgspec.json.encode(Tag(size=1)) == msgspec.json.encode(Tag(type="tag", size=1))
    )
    assert b'{"kind":"base","name":"n"}' == msgspec.json.encode(Base(name="n"))
    assert "tag" == Tag().type
    wrong: Any = "other"
    with pytest.raises(TypeError, match=r"Tag.type must be .tag.: leave it out"):
        Tag(type=wrong)
    assert pickle.loads(pickle.dumps(Tag(size=1))) == copy.copy(Tag(size=1)) == Tag(size=1)
    value, drifts = decode(b'{"name": "n"}', Base)
    assert (UNSET, [Drift("$.kind", "one of 'base'", "nothing")]) == (value.kind, list(drifts))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'{"naps": 2.0}', Cat(naps=2)),
        (b'{"walks": 1e3}', Dog(walks=1000)),
        (b'{"of": [{"naps": 1.0}], "rate": 1e300}', Nest(of=[Cat(naps=1)], rate=1e300)),
    ],
)
def test_an_integral_float_is_an_integer(sent: bytes, expected: Any) -> None:
    """A server that writes `2.0` for 2 still matches the right variant."""
    found = decoder(ANIMALS).decode(sent)
    assert found == expected
    assert type(found) is type(expected)


if TYPE_CHECKING:
    Tree: TypeAlias = "list[Tree]"
    Leaves: TypeAlias = "list[Leaf] | dict[str, Leaf]"
else:
    Tree = union(__name__, "Tree", lambda: (list[Tree],))
    Leaves = union(__name__, "Leaves", lambda: (list[Leaf], dict[str, Leaf]))


class Leaf(WireModel, kw_only=True):
    """A thing in a list."""

    name: str | Unset = UNSET


def test_items_of_a_recursive_list_are_not_variants() -> None:
    """An object is never decoded as an item of a list, and a wrong list is rejected."""
    assert [[], [[]]] == decoder(Tree).decode(b"[[], [[]]]")
    for sent in (b'{"a": []}', b"1", b"null", b"[1]"):
        with pytest.raises(msgspec.ValidationError, match="Expected"):
            decoder(Tree).decode(sent)
    assert {"x": Leaf(name="a")} == decoder(Leaves).decode(b'{"x": {"name": "a"}}')
    assert [Leaf(name="a")] == decoder(Leaves).decode(b'[{"name": "a"}]')


class Short(WireModel, kw_only=True):
    """An order."""

    id: str
    note: str | Unset = UNSET


class Long(WireModel, kw_only=True):
    """An order with its lines."""

    id: str
    lines: int
    note: str | Unset = UNSET
    total: float | Unset = UNSET


class Gift(WireModel, kw_only=True):
    """An order for another person."""

    id: str
    kind: Literal["gift"]
    to: str | Unset = UNSET


class Parcel(WireModel, kw_only=True):
    """An order of any kind in transit."""

    id: str
    kind: str
    to: int | Unset = UNSET
    weight: float | Unset = UNSET


VARIANTS = (Short, Long, Gift, Parcel)
ORDERS = union(__name__, "ORDERS", lambda: VARIANTS)
BY_KIND = union(__name__, "BY_KIND", lambda: VARIANTS, "kind", lambda: {"gift": Gift, "long": Long})
LISTS = union(__name__, "LISTS", lambda: tuple(GenericAlias(list, (variant,)) for variant in VARIANTS))


@pytest.mark.parametrize(
    ("kind", "sent", "taken", "drifts"),
    [
        pytest.param(
            ORDERS,
            {"id": "1", "lines": "two", "total": 3.0},
            Long,
            [Drift("$.lines", "integer", "string")],
            id="a value of a wrong type, where another variant would fit and lose two keys",
        ),
        pytest.param(
            ORDERS,
            {"id": "1", "kind": "gift", "to": 5},
            Parcel,
            [],
            id="a value of another type, where another variant fits and loses nothing",
        ),
        pytest.param(
            ORDERS,
            {"id": "1", "kind": "gift", "to": [5]},
            Gift,
            [Drift("$.to", "string", "array")],
            id="a value that no variant takes, where a constant tells which it is",
        ),
        pytest.param(
            ORDERS,
            {"id": "1", "note": "n", "kind": "x"},
            Unknown,
            [Drift("$", "ORDERS", "object")],
            id="keys of two variants, of which neither knows all",
        ),
        pytest.param(
            BY_KIND,
            {"id": "1", "kind": "gift", "to": 5},
            Gift,
            [Drift("$.to", "string", "integer")],
            id="the discriminator, before what else would fit",
        ),
        pytest.param(
            BY_KIND,
            {"id": "1", "kind": "gift"},
            Gift,
            [],
            id="the discriminator, where all is well",
        ),
        pytest.param(
            LISTS,
            [{"id": "1", "lines": 1}, {"id": "2", "lines": "two"}],
            list,
            [Drift("$[1].lines", "integer", "string")],
            id="a wrong type in an item of an array",
        ),
    ],
)
def test_nested_drift_does_not_change_the_variant(kind: Any, sent: Any, taken: type, drifts: list[Drift]) -> None:
    """A variant with fewer known keys is not chosen instead; the drift is reported."""
    value, found = decode(json.dumps(sent).encode(), kind)
    assert drifts == list(found)
    assert type(value) is taken
    assert sent == msgspec.to_builtins(value)


def test_a_mapped_variant_may_lack_a_required_key() -> None:
    """It is reported and `UNSET`, as in any other object."""
    value, drifts = decode(b'{"id": "1", "kind": "long", "note": "n"}', BY_KIND)
    assert [Drift("$.lines", "integer", "nothing")] == list(drifts)
    assert ("1", UNSET, "n") == (value.id, value.lines, value.note)


OBJECTS = st.fixed_dictionaries(
    {"id": st.just("1")},
    optional={
        "kind": st.sampled_from(["gift", "x", 1]),
        "lines": st.sampled_from([1, 1.0, "a"]),
        "note": st.sampled_from(["n", 2]),
        "to": st.sampled_from(["t", 3]),
        "total": st.sampled_from([1.5, None]),
        "weight": st.sampled_from([1, "w"]),
        "other": st.just(True),
    },
)


def fits(raw: Any, variant: Any) -> bool:
    """Tell whether a value matches a variant as documented."""
    try:
        decoder(variant).convert(raw)
    except msgspec.ValidationError:
        return False
    return True


@given(raw=OBJECTS)
@settings(max_examples=300, deadline=None)
def test_no_known_key_is_lost_without_a_report(raw: dict[str, Any]) -> None:
    """The chosen variant knows every key that any matching variant knows, or the drift is reported and all is kept."""
    value, drifts = decode(json.dumps(raw).encode(), ORDERS)
    assert (value, drifts) == tolerate(raw, ORDERS)
    kept = raw.keys() if isinstance(value, Unknown) else set(value.__struct_fields__)
    for variant in VARIANTS:
        if fits(raw, variant):
            assert raw.keys() & set(variant.__struct_fields__) <= kept
    if not drifts:
        assert fits(raw, type(value)) or 1.0 == raw.get("lines")
    assert msgspec.to_builtins(value).items() <= raw.items()


@given(raw=st.lists(OBJECTS, max_size=3))
@settings(max_examples=150, deadline=None)
def test_no_known_key_of_an_item_is_lost_without_a_report(raw: list[dict[str, Any]]) -> None:
    """The same for unions of arrays."""
    value, drifts = decode(json.dumps(raw).encode(), LISTS)
    assert (value, drifts) == tolerate(raw, LISTS)
    for variant in VARIANTS:
        if not drifts and fits(raw, GenericAlias(list, (variant,))):
            for item, taken in zip(raw, value, strict=True):
                assert item.keys() & set(variant.__struct_fields__) <= set(taken.__struct_fields__)
