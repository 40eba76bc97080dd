"""Arguments of clients: keys, timeouts, headers, and the options that they set."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from specwire._auth.credentials import Credentials, make_credentials
from specwire._compat.call import NOT_GIVEN, waits
from specwire._compat.response import sent
from specwire._http.configuration import find_base_url, make_options
from specwire._http.retry import USUAL_STATUSES
from specwire._operations.provider import Provider
from specwire._operations.security import Basic, Security
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._compat.call import Headers, NotGiven, Timeout
    from specwire._http.options import Options

DEFAULT_MAX_RETRIES = 2
_REFUSALS = frozenset({409, 425, 429})
"""Statuses after which SDKs of this style repeat any call."""
_CONNECT = 5.0
"""Default timeout for a connection, in seconds."""


class KeyArgument(msgspec.Struct, frozen=True):
    """An argument of a client: a key, a header, a query parameter, or a variable of the server's URL."""

    scheme: str | None = None
    header: str | None = None
    query: str | None = None
    server: str | None = None
    role: str | None = None
    """Part of a key, such as `username`; None for the whole."""
    variable: str | None = None
    """Environment variable with the value."""
    required: bool = True
    default: str | None = None


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

    def options(
        self, provider: Provider, default_timeout: float, headers: Mapping[str, str], query: Mapping[str, str]
    ) -> Options:
        """Return the options of a client with these arguments; `headers` and `query` are those of its keys."""
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
        statuses = USUAL_STATUSES if made.retry.statuses is None else made.retry.statuses
        retry = msgspec.structs.replace(made.retry, statuses=statuses | _REFUSALS, refusals=_REFUSALS)
        own = getattr(self.http_client, "timeout", None)
        timeout: Any = self.timeout
        if timeout is NOT_GIVEN and own is not None and own != type(own)(5.0):
            timeout = own
        patience = {**waits(default_timeout), "connect_timeout": _CONNECT} if timeout is NOT_GIVEN else waits(timeout)
        return msgspec.structs.replace(made, retry=retry, query={**query, **self.query}, **patience)

    def values(self, arguments: Mapping[str, KeyArgument], client: str) -> dict[str, Any]:
        """Return the keys of a client by argument, from the environment where none was passed."""
        found: dict[str, Any] = {}
        for name, argument in arguments.items():
            value = self.keys.get(name)
            if value is None and argument.variable:
                value = os.environ.get(argument.variable)
            if value is None and argument.required and argument.default is None:
                where = f" or by setting the {argument.variable} environment variable" if argument.variable else ""
                raise ConfigurationError(
                    f"The {name} client option must be set either by passing {name} to the client{where}"
                    if where
                    else f"The {name} client option must be set by passing {name} to {client}"
                )
            found[name] = argument.default if value is None else value
        return found


def changed(
    settings: Settings,
    *,
    environment: str | None = None,
    base_url: Any = None,
    timeout: Timeout | NotGiven = NOT_GIVEN,
    max_retries: int | NotGiven = NOT_GIVEN,
    http_client: Any = None,
    default_headers: Headers | None = None,
    set_default_headers: Headers | None = None,
    default_query: Mapping[str, object] | None = None,
    set_default_query: Mapping[str, object] | None = None,
    keys: Mapping[str, Any] = {},
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


def server_of(
    settings: Settings,
    provider: Provider,
    client: str,
    arguments: Mapping[str, KeyArgument],
    values: Mapping[str, Any],
) -> str:
    """Return the base URL of a client."""
    if settings.base_url is not None:
        return find_base_url(str(settings.base_url), provider, client)
    if settings.environment is None and os.environ.get(provider.base_url_variable or "", "").strip():
        return find_base_url(None, provider, client)
    stated = {one.server: values.get(name) for name, one in arguments.items() if one.server is not None}
    servers = provider.servers
    chosen = [server for name, server in servers.items() if settings.environment in (None, name)]
    variables = {name: value for name, value in stated.items() if any(name in each.variables for each in chosen)}
    return find_base_url(None, provider, client, settings.environment, variables)


def headers_from(variable: str | None) -> dict[str, str]:
    """Return the headers in an environment variable: a name, a colon and a value on each line."""
    lines = os.environ.get(variable, "").split("\n") if variable else []
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


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
    parts: dict[str, dict[str, Any]] = {}
    for name, argument in arguments.items():
        if argument.scheme is None or values.get(name) is None:
            continue
        scheme = "" if single else argument.scheme
        if argument.role is not None:
            parts.setdefault(scheme, {})[argument.role] = values[name]
        elif isinstance(security.schemes.get(scheme), Basic) and scheme in found:
            found[scheme] = found[scheme], values[name]
        else:
            found[scheme] = values[name]
    found |= {scheme: whole for scheme, roles in parts.items() if (whole := _whole(roles)) is not None}
    own = msgspec.structs.replace(security, variables={}, required=False)
    return make_credentials(client, msgspec.structs.replace(provider, security=own), base_url, None, found, None)


def _whole(roles: Mapping[str, Any]) -> Any:
    """Return the credential of these parts; None if one is missing."""
    match roles:
        case {"username": user, "password": password}:
            return user, password
        case {"client_id": client, "client_secret": secret}:
            from specwire._auth.grants import OAuth2ClientCredentials  # few clients use it

            return OAuth2ClientCredentials(client, secret)
        case _:
            return None


def headers_of(arguments: Mapping[str, KeyArgument], values: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that arguments of a client are sent as."""
    pairs = ((argument.header, values.get(name)) for name, argument in arguments.items())
    return {header: str(value) for header, value in pairs if header is not None and value is not None}


def query_of(arguments: Mapping[str, KeyArgument], values: Mapping[str, Any]) -> dict[str, str]:
    """Return the query parameters that arguments of a client are sent as."""
    pairs = ((argument.query, values.get(name)) for name, argument in arguments.items())
    return {query: str(value) for query, value in pairs if query is not None and value is not None}
