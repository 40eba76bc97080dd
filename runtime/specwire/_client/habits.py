"""Equivalents of names in other libraries, for errors about unknown keywords, attributes and arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

_PER_CALL = "client.with_options({name}=...)"
_OWN_CLIENT = "http_client=httpx2.Client({name}=...), or httpx2.AsyncClient"
_KEYWORDS = {
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
"""Keywords of constructors in openai-python, httpx, requests and similar libraries."""
_RAW = "the form .raw(...) of the method, whose result has headers and status_code"
_CUSTOM = "client.send(Request.custom({method!r}, path))"
_ATTRIBUTES = {
    "copy": "with_options(...)",
    **dict.fromkeys(("with_raw_response", "with_http_info", "with_response"), _RAW),
    "with_streaming_response": "the method itself: streams and downloads are read as they arrive",
    **{verb: _CUSTOM.format(method=verb.upper()) for verb in ("get", "post", "put", "patch", "delete")},
    "request": _CUSTOM.format(method="GET"),
    **dict.fromkeys(("auto_paging_iter", "list_all", "iter_pages"), ".iter(...) or .pages(...) of the method"),
    **dict.fromkeys(("acreate", "complete_async", "create_async", "agenerate"), "the asynchronous client"),
}
_ARGUMENTS = {
    **dict.fromkeys(("extra_headers", "http_headers", "additional_headers"), "headers"),
    **dict.fromkeys(("extra_query", "params"), "query"),
    **dict.fromkeys(("extra_body", "additional_body_parameters"), "body"),
    **dict.fromkeys(("timeout_ms", "request_timeout", "_request_timeout"), "timeout"),
    **dict.fromkeys(("retries", "num_retries"), "max_retries"),
}
"""Arguments of methods in other libraries, by the option that does the same."""


def unknown_keyword(client: str, name: str, known: Iterable[str]) -> TypeError:
    """Return the error for an unknown keyword of a constructor."""
    remedy = _KEYWORDS.get(name, "").format(name=name)
    if not remedy and (close := closest(name, known)):
        remedy = f"{close}=..."
    return TypeError(f"{client}() has no argument {name!r}" + (f": use {remedy}" if remedy else ""))


def unknown_attribute(holder: object, name: str) -> AttributeError:
    """Return the error for an unknown attribute of a client, a resource or a method."""
    text = f"{type(holder).__name__!r} object has no attribute {name!r}"
    if name.startswith("_"):
        return AttributeError(text)
    if name in _ATTRIBUTES:
        return AttributeError(f"{text}: use {_ATTRIBUTES[name]}")
    close = closest(name, (known for known in dir(holder) if not known.startswith("_")))
    return AttributeError(f"{text}: did you mean {close!r}?" if close is not None else text)


def misused(error: TypeError, build: Callable[..., Any], args: tuple[Any, ...], keywords: Iterable[str]) -> TypeError:
    """Return the error for arguments that a builder does not have; others unchanged."""
    trace = error.__traceback__
    if trace is None or trace.tb_next is not None:  # the arguments were bound, and the builder refused a value
        return error
    method, parameters = build.__name__.rstrip("_"), inspect.signature(build).parameters
    for name in keywords:
        if name not in parameters:
            return TypeError(f"{method}() has no argument {name!r}{_advice(name, parameters)}")
    by_name = [name for name, each in parameters.items() if each.kind is inspect.Parameter.KEYWORD_ONLY]
    if len(args) > len(parameters) - len(by_name) and by_name:
        return TypeError(f"{method}() takes these arguments by name: {', '.join(by_name[:5])}")
    return error


def _advice(name: str, parameters: Iterable[str]) -> str:
    from specwire._http.option_overrides import OptionOverrides

    option = _ARGUMENTS.get(name, name)
    if option in OptionOverrides.__annotations__:
        return f": use .with_options({option}=...)(...)"
    close = closest(name, parameters)
    return f": did you mean {close!r}?" if close is not None else ""


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like a name; None if none is."""
    from difflib import get_close_matches  # only for a mistake

    return next(iter(get_close_matches(name, list(known), 1)), None)
