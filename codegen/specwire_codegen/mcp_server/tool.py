"""Tools: methods of a client that a model may call."""

from __future__ import annotations

import inspect
import json
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import attrs
from specwire import UNSET, BaseRequest, Client, Download, EventStream
from specwire.support import EventsPayload, Operation

from specwire_codegen.call.argument import Argument, Kind
from specwire_codegen.call.method import Method, method_of, methods_of
from specwire_codegen.call.result import plain
from specwire_codegen.diagnostics import UsageError
from specwire_codegen.mcp_server.schema import arguments_schema
from specwire_codegen.openapi.methods import IDEMPOTENT, SAFE
from specwire_codegen.openapi.suggest import did_you_mean

_LONGEST = 64
"""Longest name of a tool that common clients accept."""
MOST = 1024 * 1024
"""Maximum size of a result, in bytes of a download or characters of JSON."""


class ToolError(Exception):
    """A call that cannot be made, with a message for the model."""


@attrs.frozen(slots=False)
class Tool:
    """A method of a client as a tool."""

    method: Method
    operation: Operation | None
    """The operation of the first request; None if it is unknown."""
    name: str
    """Path of the method in the characters that names of tools have."""

    @property
    def description(self) -> str:
        """Return the documentation of the method up to its arguments."""
        return inspect.cleandoc(self.method.call.__doc__ or "").partition("\nArgs:")[0].strip()

    @property
    def read_only(self) -> bool:
        """Return True if the method certainly changes nothing."""
        return self.operation is not None and self.operation.method in SAFE

    @property
    def destructive(self) -> bool:
        """Return True if the method deletes something, or may."""
        return self.operation is None or self.operation.method == "DELETE"

    @property
    def repeatable(self) -> bool:
        """Return True if a second call has no further effect."""
        return self.operation is not None and self.operation.method in IDEMPOTENT

    @property
    def has_files(self) -> bool:
        """Return True if an argument is a local file."""
        return any(argument.kind is Kind.FILE for argument in self.method.arguments)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the arguments."""
        return arguments_schema(self.method.arguments)


def tools_of(client: Client, only: Sequence[str], *, write: bool, files: Path | None) -> dict[str, Tool]:
    """Return the tools of a client by name.

    Args:
        client: The client.
        only: Patterns of methods, such as `files.*`; all methods if empty.
        write: Also include methods that may change something.
        files: Folder with the files that methods may upload; without one, methods with files are left out.

    Raises `SpecwireCodegenError` for a pattern without a method, and if there is no tool.

    """
    paths = list(methods_of(client))
    for pattern in only:
        if not any(fnmatchcase(path, pattern) for path in paths):
            raise UsageError(
                f"no method matches {pattern!r}: {did_you_mean(pattern, paths, 'specwire call lists them')}"
            )
    chosen = [path for path in paths if not only or any(fnmatchcase(path, pattern) for pattern in only)]
    names = _names(chosen)
    found = [
        Tool(method, operation_of(method.call), names[method.path])
        for method in (method_of(client, path) for path in chosen)
    ]
    tools = {
        tool.name: tool
        for tool in _one_form(found)
        if (write or tool.read_only) and (files is not None or not tool.has_files)
    }
    if not tools:
        raise UsageError("no tool is left: --write includes methods that change something")
    return tools


def _names(paths: Sequence[str]) -> dict[str, str]:
    """Return the name of each method's tool; one that is too long, or another's too, ends with a digest of the path."""
    plain = {path: re.sub(r"[^A-Za-z0-9_-]", "_", path) for path in paths}
    shared = Counter(plain.values())
    return {
        path: name
        if len(name) <= _LONGEST and shared[name] == 1
        else f"{name[: _LONGEST - 9]}_{sha256(path.encode()).hexdigest()[:8]}"
        for path, name in plain.items()
    }


def _one_form(tools: Sequence[Tool]) -> Iterator[Tool]:
    """Leave out streams of operations that have a method without one."""
    whole = {tool.operation.id for tool in tools if tool.operation is not None and not _is_stream(tool)}
    for tool in tools:
        if tool.operation is None or tool.operation.id not in whole or not _is_stream(tool):
            yield tool


def _is_stream(tool: Tool) -> bool:
    return tool.operation is not None and isinstance(tool.operation.returns, EventsPayload)


def operation_of(call: Callable[..., Any]) -> Operation | None:
    """Return the operation of a method's first request, which is built without arguments; None if that fails."""
    build = getattr(call, "__wrapped__", call)
    empty = dict.fromkeys(inspect.signature(build).parameters, UNSET)
    try:
        request = build(**empty)
        if inspect.isgenerator(request):
            request = next(request)
    except Exception:
        return None
    return request.operation if isinstance(request, BaseRequest) else None


def arguments_of(tool: Tool, given: Mapping[str, Any], files: Path | None) -> dict[str, Any]:
    """Return the arguments of a call; raise `ToolError` for those that the method does not take."""
    known = {argument.name: argument for argument in tool.method.arguments}
    for name in given:
        if name not in known:
            listed = f"it takes {', '.join(known)}"
            raise ToolError(f"there is no argument {name!r}: {did_you_mean(name, known, listed)}")
    missing = [name for name, argument in known.items() if argument.required and name not in given]
    if missing:
        raise ToolError(f"{', '.join(missing)} must be given")
    return {name: _value(known[name], value, files) for name, value in given.items()}


def _value(argument: Argument, value: Any, files: Path | None) -> Any:
    if argument.kind not in (Kind.FILE, Kind.BYTES):
        return value
    if isinstance(value, list):
        return [_value(argument, each, files) for each in value]
    if not isinstance(value, str):
        raise ToolError(f"{argument.name} must be text")
    if argument.kind is Kind.BYTES:
        try:
            return b64decode(value, validate=True)
        except ValueError:
            raise ToolError(f"{argument.name} must be base64") from None
    return _file(argument, value, files)


def _file(argument: Argument, name: str, files: Path | None) -> Path:
    """Return the path of a file in the folder; raise `ToolError` for any other."""
    folder = (files or Path()).resolve()
    path = (folder / name).resolve()
    if files is None or not path.is_relative_to(folder) or not path.is_file():
        raise ToolError(f"{argument.name}: there is no file {name!r} in the folder of files")
    return path


def result_of(value: Any) -> Any:
    """Return the result of a call as JSON-ready builtins: a stream as its events, text of a download as text."""
    match value:
        case EventStream():
            with value as stream:
                return list(_bounded(stream))
        case Download():
            return _downloaded(value)
        case _:
            return plain(value)


def _bounded(events: Iterable[Any]) -> Iterator[Any]:
    """Yield the events of a stream; raise `ToolError` for one that has too many, or does not end."""
    size = 0
    for event in events:
        found = plain(event)
        size += len(json.dumps(found)) + 1
        if size > MOST:
            raise ToolError(f"the stream has more than {MOST:,} characters: follow it with specwire call")
        yield found


def _downloaded(download: Download) -> Any:
    data = bytearray()
    with download:
        for piece in download.iter_bytes():
            data += piece
            if len(data) > MOST:
                raise ToolError(f"the file has more than {MOST:,} bytes: download it with specwire call")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ToolError("the file is not text: download it with specwire call") from None


def text_of(result: Any) -> str:
    """Return a result as text for the model; raise `ToolError` for one that is too large for it."""
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    if len(text) > MOST:
        raise ToolError(f"the response has more than {MOST:,} characters: ask for less, or use specwire call")
    return text
