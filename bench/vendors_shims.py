"""Private helpers of SDKs that their tests import, for our clients: a plugin of pytest for `vendors_suite`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from importlib import import_module
from types import GenericAlias, ModuleType, NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import httpx2
import msgspec
import pytest
from specwire import compat
from specwire._models.union import UnionMarker, flatten

_OFF = "Mock server tests are disabled"


def _fields(model: Any) -> dict[str, Any]:
    """Return the types of the fields of a model by name."""
    hints = get_type_hints(model)
    return {name: _type(hints[name]) for name in getattr(model, "__struct_fields__", ()) if name in hints}


def _type(hint: Any) -> Any:
    """Return a type without the marker of absent fields, and a union by structure as the union of its variants."""
    if hint is Any:
        return object  # the name that the SDKs give it
    if get_origin(hint) is dict:
        key, value = get_args(hint)
        return GenericAlias(dict, (key, _type(value)))
    if isinstance(hint, UnionMarker):
        return Union[tuple(flatten((hint,)))]
    if get_origin(hint) in (Union, UnionType):
        rest = tuple(_type(each) for each in get_args(hint) if each is not msgspec.UnsetType)
        return Union[rest]
    return hint


def _origin(kind: Any) -> Any:
    return get_origin(kind) or kind


def _module(name: str, **names: Any) -> None:
    module = ModuleType(name)
    module.__dict__.update(names)
    sys.modules[name] = module


def _provide(name: str) -> None:
    """Provide the private modules of an SDK."""
    import_module(name)
    _module(f"{name}._types", Omit=compat.Omit, NoneType=NoneType)
    _module(f"{name}._models", BaseModel=compat.BaseModel)
    _module(
        f"{name}._compat",
        PYDANTIC_V2=True,
        PYDANTIC_V1=False,
        get_model_fields=_fields,
        field_outer_type=lambda field: field,
    )
    _module(
        f"{name}._utils",
        is_dict=lambda value: isinstance(value, dict),
        is_list=lambda value: isinstance(value, list),
        is_sequence_type=lambda kind: _origin(kind) is Sequence,
        is_list_type=lambda kind: _origin(kind) is list,
        is_union_type=lambda kind: _origin(kind) in (Union, UnionType),
        is_annotated_type=lambda kind: _origin(kind) is Annotated,
        is_type_alias_type=lambda kind: hasattr(kind, "__value__"),
        extract_type_arg=lambda kind, index: get_args(kind)[index],
        parse_datetime=datetime.fromisoformat,
        parse_date=date.fromisoformat,
    )


_provide(os.environ["SPECWIRE_SDK"])  # before pytest loads the SDK's own conftest.py


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin each test with a server without state, like the one that the tests were written for."""
    httpx2.post(f"{os.environ['TEST_API_BASE_URL']}/__mock__/reset").raise_for_status()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that a configuration turned off for the mock server of its time."""
    for item in items:
        for node in item.iter_parents():
            node.own_markers = [
                mark for mark in node.own_markers if not (mark.name == "skip" and mark.kwargs.get("reason") == _OFF)
            ]
