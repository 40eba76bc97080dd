"""Methods of a client: those of its resources, by the path that users write."""

from __future__ import annotations

import collections.abc
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import attrs
import docstring_parser
import specwire.support
from specwire import ANONYMOUS, Client
from specwire._client.endpoint import Descriptor
from specwire.support import Resource, resource

from specwire_codegen.call.argument import Argument, argument_of
from specwire_codegen.diagnostics import UsageError
from specwire_codegen.openapi.suggest import did_you_mean


@attrs.frozen
class Method:
    """A method of a client."""

    path: str
    """Dotted path from the client, for example `chat.complete`."""
    call: Callable[..., Any]
    summary: str
    arguments: tuple[Argument, ...]


def inspected(kind: type[Client]) -> Client:
    """Return a client whose methods are looked at and not called: it needs no key and no server."""
    return kind(ANONYMOUS, base_url="http://localhost")


def methods_of(client: Client) -> dict[str, Callable[..., Any]]:
    """Return the methods of a client by path, sorted."""
    return dict(sorted(_methods(client, "")))


def _methods(holder: Resource, prefix: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in dir(type(holder)):
        attribute = getattr(type(holder), name, None)
        if isinstance(attribute, resource):
            yield from _methods(getattr(holder, name), f"{prefix}{name}.")
        elif isinstance(attribute, Descriptor):
            yield f"{prefix}{name}", getattr(holder, name)


def method_of(client: Client, path: str) -> Method:
    """Return a method with its arguments; raise `SpecwireCodegenError` for an unknown path."""
    known = methods_of(client)
    if path not in known:
        listed = f"specwire call lists the methods of {type(client).__name__} if none is named"
        raise UsageError(f"{type(client).__name__} has no method {path!r}: {did_you_mean(path, known, listed)}")
    return _described(path, known[path], type(client).__module__.rpartition(".")[0])


def summary_of(call: Callable[..., Any]) -> str:
    """Return the first line of a method's documentation."""
    return (call.__doc__ or "").strip().partition("\n")[0]


def _described(path: str, call: Callable[..., Any], package: str) -> Method:
    build = inspect.unwrap(call)
    hints = _hints(build, package)
    docs = {each.arg_name: " ".join((each.description or "").split()) for each in _documented(build)}
    arguments = list[Argument]()
    for parameter in inspect.signature(build).parameters.values():
        argument = argument_of(
            parameter.name,
            hints.get(parameter.name, Any),
            required=parameter.default is inspect.Parameter.empty,
            doc=docs.get(parameter.name, ""),
            positional=parameter.kind is not inspect.Parameter.KEYWORD_ONLY,
        )
        if argument is not None:
            arguments.append(argument)
    return Method(path, call, summary_of(call), tuple(arguments))


def _documented(build: Callable[..., Any]) -> list[docstring_parser.DocstringParam]:
    return docstring_parser.parse(build.__doc__ or "", docstring_parser.DocstringStyle.GOOGLE).params


def _hints(build: Callable[..., Any], package: str) -> Mapping[str, Any]:
    """Return the types of the parameters of a builder, whose module imports some of them for type checkers only."""
    names = {name: getattr(specwire.support, name) for name in dir(specwire.support)}
    names |= {**vars(typing), **vars(collections.abc)}
    if find_spec(f"{package}.inputs") is not None:
        inputs = import_module(f"{package}.inputs")
        names |= {**vars(inputs), "inputs": inputs}
    return typing.get_type_hints(build, {**names, **vars(import_module(build.__module__))})
