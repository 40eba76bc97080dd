"""Unions that nothing but structure tells apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
import pytest
from specwire.codec import decoder
from specwire.model import WireModel
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
