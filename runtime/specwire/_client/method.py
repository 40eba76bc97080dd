"""Methods of a client: the builder of a request, bound to a resource."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar, Unpack

if TYPE_CHECKING:
    from typing import Self

    from specwire._client.session import BaseSession
    from specwire._http.option_overrides import OptionOverrides

P = ParamSpec("P")
SessionT = TypeVar("SessionT", bound="BaseSession")
SessionT_co = TypeVar("SessionT_co", covariant=True)
RequestT = TypeVar("RequestT")
Q = ParamSpec("Q")
S_co = TypeVar("S_co", covariant=True)
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class _As:
    """Another form of a method: `client.chat.complete.raw`."""

    def __init__(self, function: Callable[..., Any], method: BoundOperation[Any, Any]) -> None:
        self._function = function
        self._method = method
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(self._method, *args, **kwargs)

    @property
    def __signature__(self) -> inspect.Signature:
        returns = inspect.signature(self._function).return_annotation
        return self._method.__signature__.replace(return_annotation=returns)

    def __repr__(self) -> str:
        return f"<{self.__name__} of {self._method!r}>"


if TYPE_CHECKING:

    def bound_method(function: FunctionT) -> FunctionT:
        """Show the parameters of the builder to notebooks and `help()`."""
        return function

else:

    class bound_method:
        """Show the parameters of the builder to notebooks and `help()`."""

        def __init__(self, function: Callable[..., Any]) -> None:
            self._function = function
            self.__doc__ = function.__doc__

        def __get__(self, instance: BoundOperation[Any, Any] | None, owner: type) -> Any:
            return self._function if instance is None else _As(self._function, instance)


class Holder(Protocol[SessionT_co]):
    """Interface of a resource that methods use."""

    @property
    def _session(self) -> SessionT_co: ...


class BoundOperation(Generic[P, SessionT]):
    """Method of a client: a builder bound to a resource."""

    def __init__(self, build: Callable[P, Any], resource: Holder[SessionT]) -> None:
        self._build = build
        self._resource = resource
        self._session = resource._session
        self.__wrapped__ = build
        self.__doc__ = build.__doc__
        self.__name__ = build.__name__.rstrip("_")

    @property
    def __signature__(self) -> inspect.Signature:
        built = inspect.signature(self._build)
        returns = result_annotation(built.return_annotation)
        if any(inspect.iscoroutinefunction(vars(each).get("__call__")) for each in type(self).__mro__):
            returns = f"Awaitable[{returns}]" if isinstance(returns, str) else returns
        return built.replace(return_annotation=returns)

    if not TYPE_CHECKING:

        def __get__(self, instance: object, owner: type | None = None) -> Self:
            """Return the method itself: what has this is a routine for `help()`, which then shows the signature."""
            return self

        def __getattr__(self, name: str) -> Any:
            from specwire._client.habits import unknown_attribute  # only for a mistake

            raise unknown_attribute(self, name)

    def _built(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Build the request from the arguments of a call."""
        try:
            return self._build(*args, **kwargs)
        except TypeError as error:
            from specwire._client.habits import misused  # only for a mistake

            raise misused(error, self._build, args, kwargs) from error.__cause__

    def with_options(self, **changes: Unpack[OptionOverrides]) -> Self:
        """Return the same method with other options, for example `with_options(timeout=5)(...)`."""
        changed = copy.copy(self)
        changed._session = self._session.changed(changes)
        return changed

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {type(self._resource).__name__}.{self.__name__}({shown(self.__signature__)})>"


def result_annotation(annotation: Any) -> Any:
    """Return what a method returns whose builder is annotated with `Request[T]`, `PagedRequest[T, E]` or `Workflow[T]`.

    Other methods return streams and downloads, which their docstrings describe.
    """
    name, bracket, _ = str(annotation).partition("[")
    if not bracket or name not in ("Request", "PagedRequest", "Workflow"):
        return inspect.Signature.empty
    import ast  # only for those who look at a method

    tree = ast.parse(annotation, mode="eval").body
    inner = tree.slice if isinstance(tree, ast.Subscript) else tree
    return ast.unparse(inner.elts[0] if isinstance(inner, ast.Tuple) else inner)


def shown(signature: inspect.Signature) -> str:
    """Return the first parameters of a builder, for `repr`."""
    names = list(signature.parameters)
    return ", ".join(names[:3] + ["..."] * (len(names) > 3))


class Sendable(BoundOperation[P, SessionT], Generic[P, SessionT, RequestT]):
    """Method that makes one call, and can return it as a value."""

    @bound_method
    def request(self, *args: P.args, **kwargs: P.kwargs) -> RequestT:
        """Return the request value without sending it."""
        request: RequestT = self._built(args, kwargs)
        return request


class Switch(Generic[Q, S_co]):
    """The argument of a method that selects the stream `S` of its operation.

    `Q` are the parameters of the method with this argument.
    """

    def __init__(self, stream: BoundOperation[..., Any], name: str, value: object) -> None:
        self._stream = stream
        self._name = name
        self._value = value

    def selected(self, arguments: dict[str, Any]) -> bool:
        """Return True if the arguments select the stream, and remove the flag from them."""
        if self._name not in arguments:
            return False
        selected = bool(arguments[self._name] == self._value)
        if selected or self._value is True:
            del arguments[self._name]
        return selected

    def opened(self, session: Any, args: tuple[Any, ...], arguments: dict[str, Any]) -> S_co:
        """Return the stream of a session."""
        method: Any = copy.copy(self._stream)
        method._session = session
        stream: S_co = method(*args, **arguments)
        return stream
