"""JSON pointers (RFC 6901): find, replace and remove parts of a value."""

from typing import Any, Final

from specwire_codegen.openapi import pointer as pointers


class Absent:
    """The type of `ABSENT`."""


ABSENT: Final = Absent()


def find(value: Any, pointer: str) -> Any:
    """Return the value at the pointer, or `ABSENT`."""
    try:
        return pointers.get(value, pointer)
    except KeyError:
        return ABSENT


def place(value: Any, pointer: str, new: Any) -> Any:
    """Return a copy of the value with `new` at the pointer; missing objects on the way are created."""
    return _place(value, pointers.split(pointer), new)


def _place(value: Any, steps: tuple[str, ...], new: Any) -> Any:
    if not steps:
        return new
    step, rest = steps[0], steps[1:]
    if (at := pointers.item(value, step)) is not None:
        return [_place(item, rest, new) if index == at else item for index, item in enumerate(value)]
    known = value if isinstance(value, dict) else {}
    return {**known, step: _place(known.get(step), rest, new)}


def drop(value: Any, pointer: str) -> Any:
    """Return a copy of the value without the object member at the pointer."""
    above, last = pointers.parent(pointer), pointers.split(pointer)[-1]
    holder = find(value, above)
    if not isinstance(holder, dict) or last not in holder:
        return value
    return place(value, above, {name: member for name, member in holder.items() if name != last})
