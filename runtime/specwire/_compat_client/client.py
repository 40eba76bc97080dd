"""Arguments of clients: keys, timeouts, headers, and what becomes of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from specwire._auth.credentials import Credentials, make_credentials
from specwire._compat.call import NOT_GIVEN, waits
from specwire._compat.response import sent
from specwire._http.configuration import find_base_url, make_options
from specwire._operations.provider import Provider
from specwire._operations.security import Basic, Security
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._compat.call import Headers, NotGiven, Timeout
    from specwire._http.options import Options

DEFAULT_MAX_RETRIES = 2
_CONNECT = 5.0
"""Default timeout for a connection, in seconds."""


class KeyArgument(msgspec.Struct, frozen=True):
    """An argument of a client: the key of a security scheme, or the value of a header."""

    scheme: str | None = None
    header: str | None = None
    variable: str | None = None
    """Environment variable with the value."""
    required: bool = True


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Arguments of a client, as passed."""

    keys: Mapping[str, Any]
    environment: str | None = None
    """Name of the server; `base_url` takes precedence."""
    base_url: Any = None
    timeout: Any = NOT_GIVEN
    max_retries: int = DEFAULT_MAX_RETRIES
    headers: Mapping[str, Any] = {}
    query: Mapping[str, object] = {}
    http_client: Any = None
    strict: bool = False

    def options(self, provider: Provider, default_timeout: float, headers: Mapping[str, str]) -> Options:
        """Return the options of a client with these arguments."""
        made = make_options(
            provider,
            timeout=default_timeout,
            max_retries=self.max_retries,
            retry=None,
            headers=sent({"X-Stainless-Lang": "python", **headers, **self.headers}),
            default_headers=None,
            on_drift="raise" if self.strict else "ignore",
            deadline=None,
            max_response_size=None,
            middleware=(),
            call_middleware=(),
            keep_unknown=True,
        )
        own = getattr(self.http_client, "timeout", None)
        timeout: Any = self.timeout
        if timeout is NOT_GIVEN and own is not None and own != type(own)(5.0):
            timeout = own
        patience = {**waits(default_timeout), "connect_timeout": _CONNECT} if timeout is NOT_GIVEN else waits(timeout)
        return msgspec.structs.replace(made, query=dict(self.query), **patience)

    def values(self, arguments: Mapping[str, KeyArgument], client: str) -> dict[str, Any]:
        """Return the keys of a client by argument, from the environment where none was passed."""
        found: dict[str, Any] = {}
        for name, argument in arguments.items():
            value = self.keys.get(name)
            if value is None and argument.variable:
                value = os.environ.get(argument.variable)
            if value is None and argument.required:
                where = f" or by setting the {argument.variable} environment variable" if argument.variable else ""
                raise ConfigurationError(
                    f"The {name} client option must be set either by passing {name} to the client{where}"
                    if where
                    else f"The {name} client option must be set by passing {name} to {client}"
                )
            found[name] = value
        return found


def changed(
    settings: Settings,
    *,
    environment: str | None,
    base_url: Any,
    timeout: Timeout | NotGiven,
    max_retries: int | NotGiven,
    http_client: Any,
    default_headers: Headers | None,
    set_default_headers: Headers | None,
    default_query: Mapping[str, object] | None,
    set_default_query: Mapping[str, object] | None,
    keys: Mapping[str, Any],
) -> Settings:
    """Return settings with other values; `default_*` extend what `set_default_*` replace."""
    if default_headers is not None and set_default_headers is not None:
        raise ValueError("The `default_headers` and `set_default_headers` arguments are mutually exclusive")
    if default_query is not None and set_default_query is not None:
        raise ValueError("The `default_query` and `set_default_query` arguments are mutually exclusive")
    headers = settings.headers if set_default_headers is None else set_default_headers
    query = settings.query if set_default_query is None else set_default_query
    return Settings(
        keys={**settings.keys, **{name: value for name, value in keys.items() if value is not None}},
        environment=settings.environment if environment is None else environment,
        base_url=base_url or (settings.base_url if environment is None else None),
        timeout=settings.timeout if timeout is NOT_GIVEN else timeout,
        max_retries=max_retries if isinstance(max_retries, int) else settings.max_retries,
        headers={**headers, **(default_headers or {})},
        query={**query, **(default_query or {})},
        http_client=http_client or settings.http_client,
        strict=settings.strict,
    )


def server_of(settings: Settings, provider: Provider, client: str) -> str:
    """Return the base URL of a client."""
    if settings.base_url is not None:
        return find_base_url(str(settings.base_url), provider, client)
    return find_base_url(None, provider, client, settings.environment)


def credentials_of(
    provider: Provider, base_url: str, arguments: Mapping[str, KeyArgument], values: Mapping[str, Any], client: str
) -> Credentials | None:
    """Return the credentials of a client; None if it has none."""
    security = provider.security
    if security is None:
        return None
    single = not isinstance(security, Security)
    if not isinstance(security, Security):
        security = Security({"": security}, (("",),))
    found: dict[str, Any] = {}
    for name, argument in arguments.items():
        if argument.scheme is None or values.get(name) is None:
            continue
        scheme = "" if single else argument.scheme
        if isinstance(security.schemes.get(scheme), Basic) and scheme in found:
            found[scheme] = found[scheme], values[name]
        else:
            found[scheme] = values[name]
    own = msgspec.structs.replace(security, variables={}, required=False)
    return make_credentials(client, msgspec.structs.replace(provider, security=own), base_url, None, found, None)


def headers_of(arguments: Mapping[str, KeyArgument], values: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that arguments of a client are sent as."""
    pairs = ((argument.header, values.get(name)) for name, argument in arguments.items())
    return {header: str(value) for header, value in pairs if header is not None and value is not None}
