"""Foreign values to builtins: dataclasses, attrs and pydantic models, NumPy and pandas values.

Nothing is imported: each library is recognized by the protocol of its values.
"""

from __future__ import annotations

from collections import UserString
from collections.abc import Iterable
from typing import Any

import msgspec

from specwire._models.model import ADDITIONAL


def unwrap(value: Any) -> Any:
    """Return a value of another library as a builtin, one level deep, and any other value unchanged.

    Raises `TypeError` for a value whose own conversion would change it.
    """
    kind = type(value)
    if isinstance(value, msgspec.Struct):
        return wire_fields(value)
    if isinstance(value, UserString):
        return value.data
    if hasattr(kind, "__dataclass_fields__"):
        import dataclasses  # already imported if there is one

        return _set(value, (field.name for field in dataclasses.fields(value) if not field.name.startswith("_")))
    if hasattr(kind, "__attrs_attrs__"):
        return _set(value, (field.name for field in kind.__attrs_attrs__ if not field.name.startswith("_")))
    if callable(getattr(kind, "model_dump", None)):
        dumped: Any = value.model_dump(by_alias=True)
        return dumped
    if callable(getattr(kind, "tolist", None)) and not isinstance(value, memoryview):
        return _listed(value)
    return value


def wire_fields(value: msgspec.Struct) -> Any:
    """Return the fields of a struct by wire name, or in order if it is encoded as an array."""
    config, kind = value.__struct_config__, type(value)
    if config.array_like:
        tag = [] if config.tag is None else [config.tag]
        return [*tag, *msgspec.structs.astuple(value)]
    defaults = {field.name: field for field in msgspec.structs.fields(kind)} if config.omit_defaults else {}
    fields = zip(kind.__struct_fields__, kind.__struct_encode_fields__, msgspec.structs.astuple(value), strict=True)
    found: dict[str, Any] = {} if config.tag_field is None else {config.tag_field: config.tag}
    found |= {
        wire: each
        for name, wire, each in fields
        if each is not msgspec.UNSET and not (name in defaults and _is_default(each, defaults[name]))
    }
    more = found.pop(ADDITIONAL, {})
    return {**found, **{name: each for name, each in more.items() if name not in found}}


def _is_default(value: Any, field: msgspec.structs.FieldInfo) -> bool:
    if field.default_factory is not msgspec.NODEFAULT:
        return not value and field.default_factory is type(value)
    return value is field.default


def _set(value: Any, names: Iterable[str]) -> dict[str, Any]:
    fields = ((name, getattr(value, name)) for name in names)
    return {name: each for name, each in fields if each is not msgspec.UNSET}


def _listed(value: Any) -> Any:
    """Return a NumPy or pandas scalar as a number, an array as a list."""
    if getattr(getattr(value, "dtype", None), "kind", "") in ("m", "M"):
        raise TypeError(
            f"a {type(value).__name__} of times has no exact JSON form; give `datetime` values with a timezone, or text"
        )
    listed = value.tolist()
    if type(listed) is type(value):
        raise TypeError(f"a value of type {type(value).__name__} has no JSON form")
    return listed
