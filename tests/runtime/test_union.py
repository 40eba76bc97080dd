"""Unions that nothing but structure tells apart."""

from __future__ import annotations

import json
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from specwire.codec import decoder
from specwire.drift import Drift, decode, tolerate
from specwire.model import Unknown, WireModel
from specwire.union import union
from specwire.unset import UNSET, Unset


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
def test_arrays_are_told_apart_by_the_keys_of_their_items(sent: bytes, expected: Any) -> None:
    """The items of an array decide which of a union's arrays it is, so no key is lost that one of them knows."""
    assert expected == decoder(PETS).decode(sent)


class Small(WireModel, kw_only=True):
    """A thing that only its kind tells from a large one."""

    kind: str
    note: str | Unset = UNSET


class Large(WireModel, kw_only=True):
    """A thing that only its kind tells from a small one."""

    kind: str
    note: str | Unset = UNSET


SIZES = union(__name__, "SIZES", lambda: (Small, Large), "kind", lambda: {"s": Small, "l": Large, "xl": Large})


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'{"kind":"xl","note":"n"}', Large(kind="xl", note="n")),
        (b'{"kind":"s"}', Small(kind="s")),
        (b'{"kind":"unheard"}', Small(kind="unheard")),
    ],
)
def test_the_discriminator_names_the_variant(sent: bytes, expected: Any) -> None:
    """Where a document says which value stands for which variant, that counts before structure."""
    assert expected == decoder(SIZES).decode(sent)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'{"naps": 2.0}', Cat(naps=2)),
        (b'{"walks": 1e3}', Dog(walks=1000)),
        (b'{"of": [{"naps": 1.0}], "rate": 1e300}', Nest(of=[Cat(naps=1)], rate=1e300)),
    ],
)
def test_a_whole_number_is_an_integer_however_it_is_written(sent: bytes, expected: Any) -> None:
    """A variant is not passed over, and what it alone has lost, since the server writes `2.0` for 2."""
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


def test_items_of_a_list_are_no_variants() -> None:
    """A list that holds itself is refused for what is none, and an object is never taken for an item of a list."""
    assert [[], [[]]] == decoder(Tree).decode(b"[[], [[]]]")
    for sent in (b'{"a": []}', b"1", b"null", b"[1]"):
        with pytest.raises(msgspec.ValidationError):
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
    """An order for somebody else."""

    id: str
    kind: Literal["gift"]
    to: str | Unset = UNSET


class Parcel(WireModel, kw_only=True):
    """An order of any kind that is on its way."""

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
def test_what_drifted_inside_does_not_make_it_another_variant(
    kind: Any, sent: Any, taken: type, drifts: list[Drift]
) -> None:
    """A variant that knows fewer of the keys is no way out: the one that was meant keeps the value, and says so."""
    value, found = decode(json.dumps(sent).encode(), kind)
    assert drifts == list(found)
    assert type(value) is taken
    assert sent == msgspec.to_builtins(value)


def test_a_variant_that_the_discriminator_names_may_lack_a_key() -> None:
    """What is missing is reported and `UNSET`, as in any other object."""
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
    """Tell whether a value is a variant as the document has it."""
    try:
        decoder(variant).convert(raw)
    except msgspec.ValidationError:
        return False
    return True


@given(raw=OBJECTS)
@settings(max_examples=300, deadline=None)
def test_no_key_that_a_variant_knows_is_lost_without_a_word(raw: dict[str, Any]) -> None:
    """What is taken knows every key that any variant that fits knows; otherwise the drift is reported, and all kept."""
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
def test_no_key_of_an_item_is_lost_without_a_word(raw: list[dict[str, Any]]) -> None:
    """So it is for unions of arrays."""
    value, drifts = decode(json.dumps(raw).encode(), LISTS)
    assert (value, drifts) == tolerate(raw, LISTS)
    for variant in VARIANTS:
        if not drifts and fits(raw, GenericAlias(list, (variant,))):
            for item, taken in zip(raw, value, strict=True):
                assert item.keys() & set(variant.__struct_fields__) <= set(taken.__struct_fields__)
