"""Equivalents of a call: a request for curl, and the call in Python."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any, NoReturn

from specwire import BaseRequest, Client, PreparedRequest, Response, Send
from specwire._operations.provider import Provider
from specwire._operations.request import BinaryBody, MultipartBody
from specwire._operations.security import Security
from specwire._serialization.multipart import Part

from specwire_codegen.call.method import method_of
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.python_source import expression

_OWN_HEADERS = frozenset({"accept-encoding", "connection", "content-length", "host", "user-agent"})
"""Headers that curl sets itself."""
_BASIC = "Basic "


class _NotSentError(Exception):
    """The end of a call whose request is only shown."""


def curl(kind: type[Client], path: str, values: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """Return the first request of a call as a curl command, with variables of the environment in place of keys."""
    requests: list[BaseRequest] = []
    prepared: list[PreparedRequest] = []

    def observe(request: BaseRequest, call: Callable[[BaseRequest], Response[Any]]) -> Response[Any]:
        requests.append(request)
        return call(request)

    def stop(request: PreparedRequest, send: Send) -> NoReturn:
        prepared.append(request)
        raise _NotSentError

    variables = variables_of(kind._provider)
    with _placeholders(variables), kind(**options, middleware=[stop], call_middleware=[observe]) as client:
        try:
            result = method_of(client, path).call(**values)
            if hasattr(result, "__enter__"):
                result.__enter__()
        except _NotSentError:
            return " \\\n  ".join(_words(requests[0], prepared[0], variables))
    raise SpecwireCodegenError(f"{path} sends no request")


def variables_of(provider: Provider) -> list[str]:
    """Return the environment variables that hold the keys of an API."""
    security = provider.security
    found = security.variables.values() if isinstance(security, Security) else [provider.key_variable]
    return [variable for variable in found if variable]


def _placeholder(variable: str) -> str:
    """Return a value for a variable that is found again in a request, as a token and as a user with a password."""
    return f"{variable}:{variable}"


@contextmanager
def _placeholders(variables: list[str]) -> Iterator[None]:
    """Set the variables of the environment to placeholders until the block ends."""
    before = {variable: os.environ[variable] for variable in variables if variable in os.environ}
    os.environ.update({variable: _placeholder(variable) for variable in variables})
    try:
        yield
    finally:
        for variable in variables:
            del os.environ[variable]
        os.environ.update(before)


def _words(request: BaseRequest, prepared: PreparedRequest, variables: list[str]) -> Iterator[str]:
    yield f"curl -X {prepared.method} {_quoted(prepared.url, variables)}"
    multipart = isinstance(request.body, MultipartBody)
    for name, value in prepared.headers.items():
        if name.lower() in _OWN_HEADERS or (multipart and name.lower() == "content-type"):
            continue
        user = next((each for each in variables if value == _BASIC + _base64(_placeholder(each))), None)
        yield f'-u "${user}"' if user is not None else f"-H {_quoted(f'{name}: {value}', variables)}"
    yield from _body(request, prepared, variables)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _body(request: BaseRequest, prepared: PreparedRequest, variables: list[str]) -> Iterator[str]:
    match request.body, prepared.content:
        case MultipartBody(parts), _:
            yield from (f"-F {quote(_part(part))}" for part in parts)
        case BinaryBody(content), _ if isinstance(content, os.PathLike):
            yield f"--data-binary {quote(f'@{os.fspath(content)}')}"
        case _, bytes() as data if data:
            yield f"--data-raw {_quoted(data.decode(errors='replace'), variables)}"
        case _:
            return


def _part(part: Part) -> str:
    """Return a part of a form in the syntax of curl; quotes keep separators in its content and name."""
    kind = f";type={part.content_type}" if part.content_type else ""
    name = f";filename={_in_quotes(part.filename)}" if part.filename else ""
    if isinstance(part.content, os.PathLike):
        content = f"@{_in_quotes(os.fspath(part.content))}"
    elif isinstance(part.content, bytes | bytearray):
        content = _in_quotes(bytes(part.content).decode(errors="replace"))
    else:
        content = "@-"
    return f"{part.name}={content}{name}{kind}"


def _in_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _quoted(text: str, variables: list[str]) -> str:
    """Quote a word for the shell, with variables in place of their placeholders."""
    named = [variable for variable in variables if _placeholder(variable) in text]
    if not named:
        return quote(text)
    escaped = text
    for character in '\\"$`':
        escaped = escaped.replace(character, f"\\{character}")
    for variable in named:
        escaped = escaped.replace(_placeholder(variable), f"${variable}")
    return f'"{escaped}"'


def python(kind: type[Client], package: str, path: str, values: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """Return a call as a Python script."""
    imports = ["from pathlib import Path\n"] if any(isinstance(value, Path) for value in _leaves(values)) else []
    named = ", ".join(f"{name}={expression(value)}" for name, value in options.items())
    arguments = "".join(f"\n        {name}={expression(value)}," for name, value in values.items())
    return "\n".join(
        [
            *imports,
            f"from {package} import {kind.__name__}",
            "",
            f"with {kind.__name__}({named}) as client:",
            f"    result = client.{path}({arguments}{chr(10) + '    ' if arguments else ''})",
            "    print(result)",
            "",
        ]
    )


def _leaves(values: Mapping[str, Any]) -> Iterator[Any]:
    for value in values.values():
        yield from value if isinstance(value, list) else [value]
