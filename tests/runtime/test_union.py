"""Unions that nothing but structure tells apart."""

from __future__ import annotations

from typing import Any

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
