"""Parts that synchronous and asynchronous clients share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

InitT = TypeVar("InitT", bound=Callable[..., None])
_PER_CALL = "client.with_options({name}=...)"
_OWN_CLIENT = "http_client=httpx2.Client({name}=...), or httpx2.AsyncClient"
_REMEDIES = {
    **dict.fromkeys(("key", "token", "access_token", "api_token", "auth_token", "bearer_token"), "api_key=..."),
    **dict.fromkeys(("username", "password", "auth"), "api_key=(user, password)"),
    **dict.fromkeys(("server_url", "url", "host", "endpoint", "api_base"), "base_url=..."),
    **dict.fromkeys(("server", "env", "data_residency"), "environment=..., or base_url"),
    **dict.fromkeys(
        ("retries", "num_retries", "retry_config", "retry_policy"), "max_retries=..., or retry=RetryPolicy"
    ),
    **dict.fromkeys(("extra_headers", "custom_headers"), "headers=..."),
    **dict.fromkeys(("client", "async_client", "httpx_client", "session"), "http_client=..."),
    **dict.fromkeys(("timeout_ms", "request_timeout", "read_timeout"), "timeout=... in seconds"),
    **dict.fromkeys(("default_query", "params", "extra_query"), "client.with_options(query=...)"),
    **dict.fromkeys(("default_body", "extra_body"), "client.with_options(body=...)"),
    **dict.fromkeys(("connect_timeout", "idle_timeout", "arrays", "max_pages", "on_progress"), _PER_CALL),
    **dict.fromkeys(("proxy", "verify", "trust_env", "limits", "transport", "http2"), _OWN_CLIENT),
    "proxies": _OWN_CLIENT.format(name="proxy"),
}
"""What to use instead of a keyword of openai-python, httpx, requests and similar libraries."""


def unsendable(request: object) -> TypeError:
    """Return the error for an argument of `send` that is not a request."""
    return TypeError(f"{type(request).__name__} cannot be sent: give a request value or a workflow")


class Environments:
    """The servers of a client's document by name, as an attribute of its class."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        return owner._provider.servers


class LazySession:
    """The session of a client, created on first use."""

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        # Concurrent threads get the same session.
        return instance.__dict__.setdefault("_session", instance._make_session())

    def __repr__(self) -> str:
        return "<session>"


def known_keywords(init: InitT) -> InitT:
    """Raise `TypeError` for unknown keywords of a constructor, with the class and the keyword to use instead."""
    known = inspect.signature(init).parameters.keys()

    @wraps(init)
    def checked(self: object, *args: Any, **kwargs: Any) -> None:
        for name in kwargs.keys() - known:
            raise TypeError(_unknown(type(self).__name__, name, known))
        init(self, *args, **kwargs)

    return cast("InitT", checked)


def _unknown(client: str, name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # only for a mistake

    remedy = _REMEDIES.get(name, "").format(name=name)
    if not remedy and (close := get_close_matches(name, known, 1)):
        remedy = f"{close[0]}=..."
    return f"{client}() has no argument {name!r}: use {remedy}" if remedy else f"{client}() has no argument {name!r}"
