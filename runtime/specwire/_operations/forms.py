"""Forms of an operation: builders with the same arguments and another form of the response."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar, cast

from specwire._operations.request import BaseRequest, Body, FormBody, JsonBody

P = ParamSpec("P")
R = TypeVar("R", bound=BaseRequest)


class _Form:
    """Builder that converts the request of another builder."""

    def __init__(self, build: Callable[..., BaseRequest], convert: Callable[[BaseRequest], BaseRequest]) -> None:
        self._build = self.__wrapped__ = build
        self._convert = convert
        self.__name__ = convert.__name__
        self.__qualname__ = convert.__qualname__
        self.__module__ = convert.__module__
        self.__doc__ = convert.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> BaseRequest:
        return self._convert(self._build(*args, **kwargs))

    @property
    def __signature__(self) -> inspect.Signature:
        returns = inspect.signature(self._convert).return_annotation
        return inspect.signature(self._build).replace(return_annotation=returns)

    def __repr__(self) -> str:
        return f"<function {self.__qualname__}>"


def same_arguments(build: Callable[P, BaseRequest]) -> Callable[[Callable[[BaseRequest], R]], Callable[P, R]]:
    """Give a function the signature of a builder; the function converts the request that the builder creates."""

    def decorate(convert: Callable[[BaseRequest], R]) -> Callable[P, R]:
        return cast("Callable[P, R]", _Form(build, convert))

    return decorate


def with_fields(body: Body | None, fields: Mapping[str, Any]) -> Body:
    """Return a body with extra fields, which take precedence; a JSON body if there was none."""
    match body:
        case JsonBody(value, content_type):
            return JsonBody({**value, **fields}, content_type)
        case FormBody(stated):
            return FormBody({**stated, **fields})
        case None:
            return JsonBody(dict(fields))
        case _:
            raise TypeError(f"{type(body).__name__} has no fields")
