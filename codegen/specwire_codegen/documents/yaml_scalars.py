"""Plain YAML scalars, resolved by the YAML 1.2 core schema as far as JSON supports the value."""

from __future__ import annotations

import re

Scalar = None | bool | int | float | str

_CONSTANTS: dict[str, Scalar] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
# A leading zero marks an identifier (a postal code, a status) far more often than a number: such scalars stay strings.
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DIGITS = 4000
_NUMBER_STARTS = frozenset("+-.0123456789")


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar; dates, `yes`, `on`, `1_000`, `.nan` and `.inf` stay strings."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMBER_STARTS or len(text) > _DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return text if number in (float("inf"), float("-inf")) else number
    return text


def tagged(tag: str, text: str) -> Scalar:
    """Return the value of a scalar with an explicit core tag; raise ValueError if it does not fit the tag."""
    if tag in {"!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:binary", "tag:yaml.org,2002:timestamp"}:
        return text
    value = resolve(text)
    wanted: dict[str, tuple[type, ...]] = {
        "tag:yaml.org,2002:int": (int,),
        "tag:yaml.org,2002:float": (int, float),
        "tag:yaml.org,2002:bool": (bool,),
        "tag:yaml.org,2002:null": (type(None),),
    }
    if tag not in wanted:
        raise ValueError(f"the tag {tag!r} has no meaning in an OpenAPI document")
    if not isinstance(value, wanted[tag]):
        raise ValueError(f"{text!r} does not fit its tag {tag!r}")
    return value
