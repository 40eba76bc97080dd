"""Equivalents of a call: a request for curl, and the call in Python."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shlex import quote as plainly_quoted
from typing import Any, NoReturn
from urllib.parse import quote as percent_encoded

from specwire import BaseRequest, Client, PreparedRequest, Response, Send
from specwire._operations.request import MultipartBody
from specwire.support import BinaryBody, Part, Provider, Security

from specwire_codegen.call.method import method_of
from specwire_codegen.characters import is_hidden
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.python_source import expression

_OWN_HEADERS = frozenset({"accept-encoding", "connection", "content-length", "host", "user-agent"})
"""Headers that curl sets itself."""
_BASIC = "Basic "
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?charset=[\w-]+)?", re.ASCII)
"""A media type in which curl finds no further parameter of a part, such as a file of headers."""


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
    literal = "-g " if re.search(r"[\[\]{}]", prepared.url.partition("://")[2].partition("/")[2]) else ""
    yield f"curl -X {_word(prepared.method)} {literal}{_quoted(prepared.url, variables)}"
    multipart = isinstance(request.body, MultipartBody)
    for name, value in prepared.headers.items():
        if name.lower() in _OWN_HEADERS or (multipart and name.lower() == "content-type"):
            continue
        user = next((each for each in variables if value == _BASIC + _base64(_placeholder(each))), None)
        yield f'-u "${user}"' if user is not None else f"-H {_quoted(_header(name, value), variables)}"
    yield from _body(request, prepared, variables)


def _header(name: str, value: str) -> str:
    """Return a header in the syntax of curl, which drops one that ends with a colon."""
    return f"{name}: {value}" if value else f"{name};"


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _body(request: BaseRequest, prepared: PreparedRequest, variables: list[str]) -> Iterator[str]:
    match request.body, prepared.content:
        case MultipartBody(parts), _:
            yield from (f"-F {_word(_part(part))}" for part in parts)
        case BinaryBody(content), _ if isinstance(content, os.PathLike):
            yield f"--data-binary {_word(f'@{os.fspath(content)}')}"
        case _, bytes() as data if b"\0" in data:
            yield "--data-binary @-"  # no argument of a command can hold it
        case _, bytes() as data if data:
            yield f"--data-raw {_quoted(data.decode(errors='surrogateescape'), variables)}"
        case _:
            return


def _part(part: Part) -> str:
    """Return a part of a form in the syntax of curl; quotes keep separators in its content and file name.

    Names and media types of a document cannot be quoted. Those that curl would read as more raise.
    """
    if not part.name or "=" in part.name or (part.content_type and not _MEDIA_TYPE.fullmatch(part.content_type)):
        raise SpecwireCodegenError(f"curl has no syntax for the part {part.name!r} ({part.content_type}): use --python")
    kind = f";type={part.content_type}" if part.content_type else ""
    name = f";filename={_in_quotes(part.filename)}" if part.filename else ""
    if isinstance(part.content, os.PathLike):
        content = f"@{_in_quotes(os.fspath(part.content))}"
    elif isinstance(part.content, bytes | bytearray) and b"\0" not in part.content:
        content = _in_quotes(bytes(part.content).decode(errors="surrogateescape"))
    else:
        content = "@-"
    return f"{part.name}={content}{name}{kind}"


def _in_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _word(text: str) -> str:
    """Quote a word for bash and zsh; no hidden character is left, which a terminal could take as the end of a paste."""
    if not any(map(is_hidden, text)):
        return plainly_quoted(text)
    escaped = (
        "".join(f"\\x{byte:02x}" for byte in each.encode(errors="surrogateescape"))
        if is_hidden(each)
        else f"\\{each}"
        if each in "\\'"
        else each
        for each in text
    )
    return f"$'{''.join(escaped)}'"


def _quoted(text: str, variables: list[str]) -> str:
    """Quote a word for the shell, with variables in place of their placeholders."""
    forms = {form: each for each in variables for form in (_placeholder(each), percent_encoded(_placeholder(each), ""))}
    named = {form: variable for form, variable in forms.items() if form in text}
    if not named:
        return _word(text)
    parts = re.split(f"({'|'.join(map(re.escape, sorted(named, key=len, reverse=True)))})", text)
    if not re.search(r"[^ -~]|[\\\"$`!]", text) and all(re.match(r"\W|$", part) for part in parts[2::2]):
        return f'"{"".join(f"${named[part]}" if part in named else part for part in parts)}"'
    return "".join(f'"${named[part]}"' if part in named else _word(part) for part in parts if part)


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
