"""Habits of pydantic's users: a model names the equivalent of a method that it lacks."""

from __future__ import annotations

import inspect
import operator
import pydoc

import pytest
from specwire._models.habits import REMEDIES
from specwire.support import WireModel


class Pet(WireModel, kw_only=True):
    """A pet."""

    name: str


class Query(WireModel, kw_only=True):
    """A model whose fields have the names of pydantic's methods."""

    json: str
    copy: int = 1


@pytest.mark.parametrize("name", sorted(REMEDIES))
@pytest.mark.parametrize("holder", [Pet, Pet(name="Rex")], ids=["class", "object"])
def test_the_error_names_the_equivalent(name: str, holder: object) -> None:
    assert not hasattr(holder, name)
    with pytest.raises(AttributeError, match=f"^'Pet' object has no attribute '{name}': use "):
        getattr(holder, name)


def test_other_names_have_the_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="^'Pet' object has no attribute 'nmae'$"):
        operator.attrgetter("nmae")(Pet(name="Rex"))


def test_fields_with_such_names_are_fields() -> None:
    query = Query(json="a")
    assert (query.json, query.copy, query.to_dict()) == ("a", 1, {"json": "a", "copy": 1})
    query.copy = 2
    assert query.copy == 2 and {"json", "copy"} <= {*dir(query)}


def test_no_list_of_attributes_has_them() -> None:
    """Completion, `help` and inspection show what a model has."""
    assert not REMEDIES.keys() & {*dir(Pet), *dir(Pet(name="Rex"))}
    assert not REMEDIES.keys() & {name for name, _ in inspect.getmembers(Pet(name="Rex"))}
    assert "model_dump" not in pydoc.render_doc(Pet)
