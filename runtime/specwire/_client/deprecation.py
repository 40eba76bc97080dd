"""Methods of operations that the API deprecates: editors strike them through, calls warn."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from specwire._client.endpoint import Descriptor
from specwire._client.method import BoundOperation
from specwire._client.resource import AsyncResource, Resource
from specwire._errors.caller import calling_frame

if TYPE_CHECKING:
    from typing import Self

    from typing_extensions import deprecated as marked  # `warnings.deprecated` from Python 3.13 on

SyncT = TypeVar("SyncT")
AsyncT = TypeVar("AsyncT")


class DeprecatedDescriptor(Descriptor[SyncT, AsyncT]):
    """A descriptor whose methods warn when they are called."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...

        @overload
        @marked("The API deprecates this operation.")
        def __get__(self, instance: Resource, owner: type) -> SyncT: ...

        @overload
        @marked("The API deprecates this operation.")
        def __get__(self, instance: AsyncResource, owner: type) -> AsyncT: ...

        def __get__(self, instance: Any, owner: type) -> Any: ...


def deprecated(method: Descriptor[SyncT, AsyncT]) -> DeprecatedDescriptor[SyncT, AsyncT]:
    """Mark a method as deprecated by the API."""
    return DeprecatedDescriptor(
        f"deprecated {method.kind}",
        method.build,
        lambda at: _warning(method.sync(at)),
        lambda at: _warning(method.async_(at)),
    )


def _warning(method: SyncT) -> SyncT:
    bound = cast("BoundOperation[..., Any]", method)
    bound._build = warned(bound._build, f"{type(bound._resource).__name__}.{bound.__name__} is deprecated by the API")
    return method


def warned(build: Callable[..., Any], message: str) -> Callable[..., Any]:
    """Return a builder that warns at the line of the call, outside of this package."""

    @functools.wraps(build)
    def warned(*args: Any, **kwargs: Any) -> Any:
        frame = calling_frame()
        name, known = frame.f_globals.get("__name__"), frame.f_globals.setdefault("__warningregistry__", {})
        warnings.warn_explicit(
            message, DeprecationWarning, frame.f_code.co_filename, frame.f_lineno, module=name, registry=known
        )
        return build(*args, **kwargs)

    return warned
