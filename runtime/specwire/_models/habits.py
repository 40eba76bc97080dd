"""Methods of pydantic's models that models of clients lack, for errors that name the equivalent.

They are descriptors that raise, since `__getattr__` would make every access to a field three times as slow.
"""

from __future__ import annotations

from typing import Never

_DICT = "to_dict()"
_JSON = "to_json()"
_REPLACE = "copy.replace(model, field=...), or msgspec.structs.replace before Python 3.13"
_SET = "`model.field is UNSET`, which is true for a field that was not sent"
REMEDIES = {
    **dict.fromkeys(("model_dump", "dict"), _DICT),
    **dict.fromkeys(("model_dump_json", "json"), _JSON),
    **dict.fromkeys(("model_validate", "parse_obj"), "from_dict(...)"),
    **dict.fromkeys(("model_validate_json", "parse_raw"), "from_json(...)"),
    **dict.fromkeys(("model_copy", "copy"), _REPLACE),
    **dict.fromkeys(("model_construct", "construct"), "the class itself, which checks nothing either"),
    **dict.fromkeys(("model_fields_set", "__fields_set__"), _SET),
    **dict.fromkeys(("model_fields", "__fields__"), "msgspec.structs.fields(...)"),
    **dict.fromkeys(("model_json_schema", "schema"), "pydantic.TypeAdapter(...).json_schema()"),
    "model_extra": "specwire.unknown_fields(model), with the option keep_unknown=True",
}
"""Equivalents by name."""


class Habit:
    """An attribute that models do not have: looking it up raises an `AttributeError` with its equivalent."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> Never:
        raise AttributeError(
            f"{owner.__name__!r} object has no attribute {self._name!r}: use {REMEDIES[self._name]}", name=self._name
        )


def is_habit(kind: type, name: str) -> bool:
    """Return whether an attribute of a class only explains that there is none."""
    found = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
    return isinstance(found, Habit)
