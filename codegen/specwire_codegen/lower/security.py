"""Lowering of security schemes and requirements."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

import attrs
from specwire._network.server_url import shown_url, token_url_flaw, without_user

from specwire_codegen.config import ClientConfig, default_config
from specwire_codegen.diagnostics import Diagnostic, Location, warning
from specwire_codegen.documents.document import Document
from specwire_codegen.ir import (
    ApiKeyScheme,
    BasicScheme,
    BearerScheme,
    DigestScheme,
    HttpScheme,
    MutualTLSScheme,
    OAuth2Scheme,
    Operation,
    Requirement,
    Security,
    SecurityScheme,
    UndeclaredScheme,
)
from specwire_codegen.lower.key_prefix import prefix_of
from specwire_codegen.openapi.casing import snake
from specwire_codegen.openapi.identifiers import distinct
from specwire_codegen.openapi.methods import TOKEN
from specwire_codegen.openapi.pointer import join

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FRAMING = frozenset({"host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade"})
"""Headers that control routing or framing; they cannot carry a key."""
_FLOWS = ("clientCredentials", "password", "authorizationCode", "deviceAuthorization")
_REFRESHING = ("authorizationCode", "deviceAuthorization")
"""Flows whose refresh tokens the client uses."""
_SECRET_URLS = ("tokenUrl", "refreshUrl", "deviceAuthorizationUrl")
"""Fields of a flow with URLs that receive secrets."""
_HTTP: Mapping[str, SecurityScheme] = {"bearer": BearerScheme(), "basic": BasicScheme(), "digest": DigestScheme()}
_MOST_ALTERNATIVES = 16
_SCHEMES = "/components/securitySchemes"


def requirements(raw: Sequence[Mapping[str, Any]]) -> tuple[Requirement, ...]:
    """Return the alternatives of a `security` list, in order."""
    return tuple(dict.fromkeys(tuple(requirement) for requirement in raw if isinstance(requirement, Mapping)))


def lower_security(
    document: Document, operations: Sequence[Operation], config: ClientConfig, package: str
) -> tuple[Security | None, tuple[Operation, ...], tuple[Diagnostic, ...]]:
    """Return the security of the API, and the operations with their differences from it.

    Before this step, `Operation.security` holds all requirements of an operation. If the document has no global
    requirement, the most frequent one becomes the default.
    """
    raw = document.data.get("components", {}).get("securitySchemes", {})
    schemes = {name: scheme for name, one in raw.items() if (scheme := _scheme(name, one)) is not None}
    stated = requirements(document.data.get("security", []))
    per_operation = [operation.security or () for operation in operations]
    warnings = list(_warnings(document, raw, schemes, [stated, *per_operation]))
    ways = [_ways(each, schemes) for each in per_operation]
    usual = _ways(stated, schemes)
    if schemes and not any(any(each) for each in [usual, *ways]):
        # No operation requires credentials although schemes exist: the client sends those it has.
        usual = (*((name,) for name in schemes), ())
        ways = [usual for _ in operations]
        warnings.append(_unrequired(document))
    if not any(usual) and any(map(any, ways)):
        usual = Counter(each for each in ways if any(each)).most_common(1)[0][0]
        required = () not in usual and all(each == usual for each in ways)
    else:
        required = any(usual) and () not in usual and all(each == usual or not any(each) for each in ways)
    names = dict.fromkeys(name for each in [usual, *ways] for requirement in each for name in requirement)
    if not names:
        return None, tuple(attrs.evolve(one, secure=False, security=None) for one in operations), tuple(warnings)
    found = tuple(
        attrs.evolve(one, secure=any(each), security=each if any(each) and each != usual else None)
        for one, each in zip(operations, ways, strict=True)
    )
    kept = tuple((name, schemes.get(name, UndeclaredScheme())) for name in names)
    return Security(kept, usual, _variables(kept, config, package), required), found, tuple(warnings)


def _ways(stated: tuple[Requirement, ...], schemes: Mapping[str, SecurityScheme]) -> tuple[Requirement, ...]:
    """Return the alternatives that the client supports, or all of them if it supports none.

    A scheme is never dropped from an alternative, since the call would lack credentials.
    """
    met = [each for each in stated if schemes.keys() >= set(each)]
    return tuple(dict.fromkeys(one for each in met or stated for one in _separate(each, schemes)))


def _separate(names: Requirement, schemes: Mapping[str, SecurityScheme]) -> Iterator[Requirement]:
    """Yield combinations of schemes; schemes that use the same header or parameter exclude each other."""
    rivals: dict[object, list[str]] = {}
    for name in names:
        rivals.setdefault(_place(schemes[name]) if name in schemes else name, []).append(name)
    yield from islice(product(*rivals.values()), _MOST_ALTERNATIVES)


def _place(scheme: SecurityScheme) -> object:
    match scheme:
        case ApiKeyScheme(name, place):
            return place, name.lower() if place == "header" else name
        case MutualTLSScheme():
            return None
        case _:
            return "header", "authorization"


def _scheme(scheme_name: str, raw: Mapping[str, Any]) -> SecurityScheme | None:
    match raw:
        case {"type": "http", "scheme": str(scheme)} if TOKEN.fullmatch(scheme):
            return _HTTP.get(scheme.lower(), HttpScheme(scheme))
        case {"type": "apiKey", "in": "header" | "query" | "cookie" as place, "name": str(name)}:
            prefix = prefix_of(scheme_name, raw) if place == "header" else ""
            return ApiKeyScheme(name, place, prefix) if name and (place == "query" or _is_free(name)) else None
        case {"type": "oauth2"}:
            return _oauth2(raw)
        case {"type": "openIdConnect"}:
            return BearerScheme()
        case {"type": "mutualTLS"}:
            return MutualTLSScheme()
        case _:
            return None


def _oauth2(raw: Mapping[str, Any]) -> SecurityScheme:
    urls = _urls(raw, "tokenUrl")
    token_url = _usable(urls)
    if token_url is None:
        return BearerScheme()
    refresh_urls = _urls(raw, "refreshUrl")
    refresh_url, device_url = _usable(refresh_urls), _usable(_urls(raw, "deviceAuthorizationUrl"))
    usual, own = (token_url, refresh_url or token_url), []
    for flow, url in urls.items():
        pair = without_user(url), without_user(refresh_urls.get(flow, url))
        differs = pair != usual if flow in _REFRESHING else pair[0] != token_url
        if differs and not any(map(_token_url_flaw, pair)):
            own.append((flow, pair))
    return OAuth2Scheme(token_url, refresh_url, device_url, tuple(own))


def _urls(raw: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return one of the URLs of each flow that has it."""
    flows = {name: raw.get("flows", {}).get(name, {}) for name in _FLOWS}
    return {name: flow[key].strip() for name, flow in flows.items() if flow.get(key)}


def _usable(urls: Mapping[str, str]) -> str | None:
    """Return the first URL that secrets can be sent to, else the first URL, if any."""
    first = next(iter(urls.values()), None)
    found = next((url for url in urls.values() if _token_url_flaw(url) is None), first)
    return without_user(found) if found is not None else None


def _token_url_flaw(url: str) -> str | None:
    """Return the reason why secrets are not sent to a URL (possibly relative to the server), or None."""
    return token_url_flaw(url if _ABSOLUTE.match(url) else f"https://host/{url}")


def _is_free(name: str) -> bool:
    """Return whether a header or cookie can have this name and carry a key."""
    return TOKEN.fullmatch(name) is not None and name.lower() not in _FRAMING


def _variables(
    schemes: tuple[tuple[str, SecurityScheme], ...], config: ClientConfig, package: str
) -> tuple[tuple[str, str], ...]:
    """Return the environment variable of each key; `client.toml` can name the first one."""
    keyed = [name for name, scheme in schemes if not isinstance(scheme, MutualTLSScheme | UndeclaredScheme)]
    default = default_config(package).key_variable
    if len(schemes) == 1:
        return tuple((name, config.key_variable) for name in keyed if config.key_variable)
    prefix = (default or "").removesuffix("API_KEY")
    python = distinct([(name, snake(name)) for name in keyed], frozenset({"base_url"}))
    found = {name: prefix + python[name].upper() for name in keyed}
    if keyed and config.key_variable:
        found[keyed[0]] = config.key_variable
    return tuple(found.items())


def _warnings(
    document: Document,
    raw: Mapping[str, Any],
    schemes: Mapping[str, SecurityScheme],
    stated: Sequence[tuple[Requirement, ...]],
) -> Iterator[Diagnostic]:
    for name in raw:
        if name not in schemes:
            message = f"the client cannot use the security scheme {name!r}"
            where = document.locate(join(_SCHEMES, name))
            yield warning("unusable-security-scheme", message, where, "check its type, name, in and scheme")
    for name, scheme in schemes.items():
        if isinstance(scheme, OAuth2Scheme):
            yield from _url_warnings(name, scheme, raw[name], document.locate(join(_SCHEMES, name)))
    for together in dict.fromkeys(requirement for each in stated for requirement in each):
        known = tuple(name for name in together if name in schemes)
        if len({_place(schemes[name]) for name in known}) < len(known):
            message = f"{' and '.join(together)} use the same place in a request: only one of them is sent"
            help_ = "make them alternatives of each other"
            yield warning("rival-security-schemes", message, document.locate(_SCHEMES), help_)
    named = dict.fromkeys(name for each in stated for requirement in each for name in requirement)
    for name in named:
        if name not in raw:
            message = (
                f"the security scheme {name!r} is missing or unusable: calls that require it need ANONYMOUS as its key"
            )
            help_ = f"declare it under {_SCHEMES}, in the document or in overlay.yaml"
            yield warning("unknown-security-scheme", message, document.locate(_SCHEMES), help_)


def _url_warnings(name: str, scheme: OAuth2Scheme, raw: Mapping[str, Any], where: Location) -> Iterator[Diagnostic]:
    for kind, argument, url in (
        ("token", "token_url", scheme.token_url),
        ("token", "token_url", scheme.refresh_url),
        ("device authorization", "device_url", scheme.device_url),
    ):
        if url is not None and (flaw := _token_url_flaw(url)) is not None:
            message = f"the {kind} endpoint {shown_url(url)!r} of {name!r} cannot receive secrets: {flaw}"
            yield warning(
                "unusable-token-url", message, where, f"use an https URL, or pass `{argument}=` to the client"
            )
    stated = {url for key in _SECRET_URLS for url in _urls(raw, key).values()}
    for url in sorted(each for each in stated if without_user(each) != each):
        message = f"{shown_url(url)!r} contains a user and a password, which are ignored"
        yield warning("server-credentials", message, where, "pass credentials to the client")


def _unrequired(document: Document) -> Diagnostic:
    message = "no operation requires a security scheme: every call sends credentials if the client has them"
    help_ = "declare `security` at the root of the document, or on its operations"
    return warning("unrequired-security-scheme", message, document.locate(_SCHEMES), help_)
