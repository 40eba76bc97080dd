"""Credentials of a client: sources, and selection for each call."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from specwire._auth.credential import AsyncKey, Source, StaticCredential, source_of
from specwire._operations.security import Anonymous, ApiKey, AppliedAuth, MutualTLS, Security, Undeclared, combined
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._http.options import Options
    from specwire._http.transport import AsyncTransport, Transport
    from specwire._models.headers import Headers
    from specwire._operations.operation import Operation, Requirement
    from specwire._operations.provider import Provider


class Credentials:
    """Credentials of a client, by scheme."""

    def __init__(self, client: str, security: Security, sources: Mapping[str, Source], certified: bool | None) -> None:
        self._client = client
        self._security = security
        self._sources = sources
        self._certified = certified
        """True if connections present a client certificate; None if only the user knows."""
        self._chosen: dict[tuple[Requirement, ...], tuple[Source, ...]] = {}
        self._usual: AppliedAuth | None = None
        found = (
            self._sources_for(security.requirements, "") if security.required else self._found(security.requirements)
        )
        if found is not None and len(found) == 1 and isinstance(found[0], StaticCredential):
            self._usual = found[0].auth

    def ready(self, operation: Operation) -> AppliedAuth | None:
        """Return the authentication of a call if it is always the same, else None."""
        return self._usual if operation.security is None else None

    def get(self, operation: Operation, transport: Transport, options: Options) -> AppliedAuth | None:
        """Return the credentials to apply to a call, or None if it needs none; raise `ConfigurationError`."""
        sources = self._of(operation)
        return combined(tuple(source.get(transport, options) for source in sources)) if sources else None

    async def aget(self, operation: Operation, transport: AsyncTransport, options: Options) -> AppliedAuth | None:
        """Return the credentials to apply to a call, or None if it needs none; raise `ConfigurationError`."""
        sources = self._of(operation)
        return combined(tuple([await source.aget(transport, options) for source in sources])) if sources else None

    def rejected(self, operation: Operation, auth: AppliedAuth, headers: Headers) -> bool:
        """Process a rejection by the server, and return True if other authentication is available."""
        return any([source.rejected(auth, headers) for source in self._of(operation)])

    def _of(self, operation: Operation) -> tuple[Source, ...]:
        alternatives = self._security.requirements if operation.security is None else operation.security
        chosen = self._chosen.get(alternatives)
        if chosen is None:
            chosen = self._chosen[alternatives] = self._sources_for(alternatives, f" for {operation.id}")
        return chosen

    def _found(self, alternatives: tuple[Requirement, ...]) -> tuple[Source, ...] | None:
        """Return the sources of the first alternative that has all of them, or None."""
        schemes, sources = self._security.schemes, self._sources
        for certified in (False, True) if self._certified is None else (self._certified,):
            for names in filter(None, alternatives):
                if all(name in sources or (certified and isinstance(schemes[name], MutualTLS)) for name in names):
                    return tuple(sources[name] for name in names if name in sources)
        return () if () in alternatives or not alternatives else None

    def _sources_for(self, alternatives: tuple[Requirement, ...], what: str) -> tuple[Source, ...]:
        found = self._found(alternatives)
        if found is not None:
            return found
        schemes = self._security.schemes
        client, variables = self._client, self._security.variables
        if len(schemes) == 1 and not isinstance(next(iter(schemes.values())), MutualTLS | Undeclared):
            where = "".join(f", or set {variable}" for variable in variables.values())
            raise ConfigurationError(
                f"{client} needs an API key{what}: pass {client}(api_key=...){where}; api_key=ANONYMOUS sends none"
            )
        if all(isinstance(schemes[name], Undeclared) for names in alternatives for name in names):
            raise ConfigurationError(
                f"{client} needs credentials{what} which the document does not declare: {next(iter(alternatives))[0]}. "
                "Pass api_key=ANONYMOUS, with headers={...} if the server requires some, or declare it in the document"
            )
        wanted = ", or ".join(" and ".join(self._shown(name) for name in names) for names in alternatives)
        raise ConfigurationError(
            f"{client} needs credentials{what}: {wanted}. Pass {client}(credentials={{name: ...}}), or set the "
            "environment variables; api_key=ANONYMOUS sends none"
        )

    def _shown(self, name: str) -> str:
        match self._security.schemes[name]:
            case MutualTLS():
                return f"{name} (pass cert=...)"
            case Undeclared():
                return f"{name} (undeclared: give ANONYMOUS for it, and headers=...)"
        variable = self._security.variables.get(name)
        return f"{name} ({variable})" if variable else name


def make_credentials(
    client: str,
    provider: Provider,
    base_url: str,
    key: AsyncKey | None,
    credentials: Mapping[str, AsyncKey] | None,
    certified: bool | None,
) -> Credentials | None:
    """Return the credentials passed, else those of the environment; raise `ConfigurationError`.

    `key` is for the first scheme that accepts one. None if the API has no security, or if none is wanted.
    """
    security = provider.security
    if isinstance(key, Anonymous):
        return None
    if security is None:
        if key or credentials:
            raise ConfigurationError(
                f"the document of {client} declares no security scheme: leave out the key or pass {client}(headers=...)"
            )
        return None
    if not isinstance(security, Security):
        if credentials:
            raise ConfigurationError(
                f"{client} has one security scheme: pass {client}(api_key=...) instead of credentials"
            )
        variables = {"": provider.key_variable} if provider.key_variable else {}
        security = Security({"": security}, (("",),), variables)
    given = dict(_given(client, security, key, credentials))
    sources = {name: source_of(name, security.schemes[name], value, base_url) for name, value in given.items()}
    _hide(security)
    return Credentials(client, security, sources, certified)


def _given(
    client: str, security: Security, key: AsyncKey | None, credentials: Mapping[str, AsyncKey] | None
) -> Iterator[tuple[str, AsyncKey]]:
    named = credentials or {}
    known = [name for name, scheme in security.schemes.items() if not isinstance(scheme, MutualTLS)]
    declared = [name for name in known if not isinstance(security.schemes[name], Undeclared)]
    first = next(iter(declared or known), None)
    for name in named:
        if name not in known:
            taken = ", ".join(known) or "a certificate"
            raise ConfigurationError(f"{client} has no security scheme {name!r}; it has {taken}")
    for name in known:
        variable = security.variables.get(name)
        value = named.get(name) or (key if name == first else None)
        found = value or (os.environ.get(variable, "").strip() if variable else "")
        if found:
            yield name, found


def _hide(security: Security) -> None:
    """Keep keys in queries out of the HTTP library's log."""
    keys = [scheme for scheme in security.schemes.values() if isinstance(scheme, ApiKey)]
    names = {key.name for key in keys if key.place == "query"}
    if names:
        from specwire._http.redaction import hide_in_logs

        hide_in_logs(names)
