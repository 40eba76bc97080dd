"""`UNSET`: an argument that wasn't passed, or a field that the server didn't send. `None` is JSON's `null`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import enum
    from typing import Final, Literal

    class Unset(enum.Enum):
        """Type of `UNSET`; falsy, so that `if message.tool_calls:` narrows."""

        UNSET = "UNSET"

        def __bool__(self) -> Literal[False]: ...

    UNSET: Final = Unset.UNSET
else:
    from msgspec import UNSET, UnsetType as Unset

__all__ = ["UNSET", "Unset"]
