"""Resources, which group the operations of a client: `client.batch.jobs`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from typing import Self

    from specwire._client.async_session import AsyncSession
    from specwire._client.sync_session import Session


class Resource:
    """Resource of a synchronous client."""

    _session: Session

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._session!r}>"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            from specwire._client.habits import unknown_attribute  # only for a mistake

            raise unknown_attribute(self, name)


class AsyncResource:
    """Resource of an asynchronous client."""

    _session: AsyncSession

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._session!r}>"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            from specwire._client.habits import unknown_attribute  # only for a mistake

            raise unknown_attribute(self, name)


ResourceT = TypeVar("ResourceT", bound=Resource | AsyncResource)


class resource(Generic[ResourceT]):  # a descriptor, used like `property`
    """Attribute of a client or a resource that holds a resource; it is imported on first use."""

    def __init__(self, module: str, kind: str) -> None:
        """Set the class of the resource; the module is relative to the package of the class with the attribute."""
        self._module = module
        self._kind = kind

    def __set_name__(self, owner: type, name: str) -> None:
        self._package = owner.__module__.rpartition(".")[0]
        self._name = name

    def __repr__(self) -> str:
        return f"<resource {self._kind}>"

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: Resource | AsyncResource, owner: type) -> ResourceT: ...

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        made = getattr(import_module(self._module, self._package), self._kind)()
        made._session = instance._session
        instance.__dict__[self._name] = made
        return made
