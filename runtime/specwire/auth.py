"""How a client proves who it is: the document's security schemes, and where a key comes from."""

from __future__ import annotations

import base64
import os
from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Literal, TypeAlias

import msgspec

from specwire.errors import ConfigurationError

Key: TypeAlias = str | Callable[[], str]
"""A key, or a function that returns the current one; it is asked before every try."""
AsyncKey: TypeAlias = str | Callable[[], str | Awaitable[str]]
"""For asynchronous clients the function may be a coroutine function."""


class Bearer(msgspec.Struct, frozen=True):
    """`Authorization: Bearer KEY`."""


class Basic(msgspec.Struct, frozen=True):
    """`Authorization: Basic ...` from a key of the form `user:password`."""


class ApiKey(msgspec.Struct, frozen=True):
    """A key in a header, the query or a cookie."""

    name: str
    place: Literal["header", "query", "cookie"]


Scheme: TypeAlias = Bearer | Basic | ApiKey


class Credentials(msgspec.Struct, frozen=True):
    """What a scheme adds to one request."""

    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    cookies: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return "Credentials(***)"


def credentials(scheme: Scheme, key: str) -> Credentials:
    """Return what a scheme adds to a request for this key; raises `ConfigurationError` for a key no header can hold."""
    if not key or not key.isascii() or not key.isprintable() or key != key.strip():
        raise ConfigurationError(
            "the key is empty or holds characters that no HTTP header can: check where it is read from"
        )
    match scheme:
        case Bearer():
            return Credentials(headers={"Authorization": f"Bearer {key}"})
        case Basic():
            return Credentials(headers={"Authorization": f"Basic {base64.b64encode(key.encode()).decode()}"})
        case ApiKey(name, "header"):
            return Credentials(headers={name: key})
        case ApiKey(name, "query"):
            return Credentials(query={name: key})
        case ApiKey(name, _):
            return Credentials(cookies={name: key})


def find_key(key: AsyncKey | None, variable: str | None, client: str) -> AsyncKey:
    """Return the key given, or that of the environment variable; raises `ConfigurationError` when there is none."""
    found = key or (os.environ.get(variable, "").strip() if variable else "")
    if not found:
        where = f", or set {variable}" if variable else ""
        raise ConfigurationError(f"{client} needs an API key: pass {client}(key=...){where}")
    return found


def read_key(key: AsyncKey) -> str:
    """Return the current key of a synchronous client."""
    value = key() if callable(key) else key
    if not isinstance(value, str):
        raise ConfigurationError("the key function of a synchronous client must return a string, not an awaitable")
    return value


async def read_key_async(key: AsyncKey) -> str:
    """Return the current key of an asynchronous client."""
    value = key() if callable(key) else key
    return await value if isawaitable(value) else value
