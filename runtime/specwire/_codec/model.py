"""Base classes of generated models, with their conversions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specwire._codec.conversion import from_dict, from_json, to_dict, to_json
from specwire._models.model import WireStruct

if TYPE_CHECKING:
    from typing import Self

    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class WireModel(WireStruct, kw_only=True):
    """Python class of a JSON object; fields have Python names, and `UNSET` marks those that weren't sent."""

    def to_dict(self) -> dict[str, Any]:
        """Return the model as JSON-ready builtins by wire name; see `specwire.to_dict`."""
        return to_dict(self)

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the model as JSON text by wire name; see `specwire.to_json`."""
        return to_json(self, indent=indent)

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Build the model from builtins by wire name; see `specwire.from_dict`."""
        return from_dict(cls, data)

    @classmethod
    def from_json(cls, data: str | bytes) -> Self:
        """Build the model from JSON text by wire name; see `specwire.from_json`."""
        return from_json(cls, data)

    if not TYPE_CHECKING:

        @property
        def __dict__(self) -> dict[str, Any]:
            """Builtins by wire name, for `vars()` and for encoders that use it, such as FastAPI's."""
            return to_dict(self)

        def __dir__(self) -> list[str]:
            return dir(type(self))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from specwire._codec.pydantic_schema import core_schema_of  # imports pydantic

        return core_schema_of(cls)


class OpenModel(WireModel, kw_only=True, omit_defaults=True):
    """JSON object that may have properties beyond the declared ones.

    The field `additional_properties` holds them as a dictionary by wire name; it has another name if a property is
    called that.
    """
