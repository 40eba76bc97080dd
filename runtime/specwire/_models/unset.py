"""`UNSET`: a keyword that was not given, a field that the server did not send. `None` is JSON's `null`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import enum
    from typing import Final, Literal

    class Unset(enum.Enum):
        """The type of `UNSET`; false in a condition, so `if message.tool_calls:` narrows."""

        UNSET = "UNSET"

        def __bool__(self) -> Literal[False]: ...

    UNSET: Final = Unset.UNSET
else:
    from msgspec import UNSET, UnsetType as Unset

__all__ = ["UNSET", "Unset"]
