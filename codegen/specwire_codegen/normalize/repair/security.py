"""Security schemes and requirements: valid names, types and flows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from specwire_codegen.normalize.source_map import Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import rebuild

_UNFIT = re.compile(r"[^a-zA-Z0-9._-]+")
_TYPES = {each.lower(): each for each in ("apiKey", "http", "mutualTLS", "oauth2", "openIdConnect")}
_BEARER = {"type": "http", "scheme": "bearer"}
_ADDRESSES = {
    "implicit": ("authorizationUrl",),
    "password": ("tokenUrl",),
    "clientCredentials": ("tokenUrl",),
    "authorizationCode": ("authorizationUrl", "tokenUrl"),
    "deviceAuthorization": ("deviceAuthorizationUrl", "tokenUrl"),
}
"""OAuth 2 flows -> their required URL fields."""
_PLACES = ("header", "query", "cookie")
"""Allowed places of an API key."""
_NEEDED = {"apiKey": ("name", "in"), "http": ("scheme",), "mutualTLS": ()}


def apply(data: Node, report: Report) -> Node:
    """Return the document with valid security schemes and requirements; unusable schemes are removed."""
    components = data.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    names: dict[str, str] = {}
    if isinstance(components, dict) and isinstance(schemes, dict):
        names = _names(schemes, report)
        repaired = {names[name]: _scheme(scheme, name, report) for name, scheme in schemes.items()}
        kept = {name: scheme for name, scheme in repaired.items() if scheme is not None}
        data = {**data, "components": {**components, "securitySchemes": kept}}

    def visit(node: Node, kind: ObjectType, trail: Trail) -> Node:
        if kind not in ("openapi", "operation") or "security" not in node:
            return node
        return {**node, "security": _requirements(node["security"], names, report, origin_of(node, trail))}

    settled: Node = rebuild(data, "openapi", visit, kinds=frozenset({"openapi", "operation"}))
    return settled


def _names(schemes: Node, report: Report) -> dict[str, str]:
    names: dict[str, str] = {}
    for name, scheme in schemes.items():
        fit = _UNFIT.sub("_", str(name)).strip("_") or "key"
        if fit == name:
            names[name] = name
            continue
        while fit in schemes or fit in names.values():
            fit += "_"
        names[name] = fit
        message = f"{name!r} is not a valid name for a security scheme; renamed to {fit!r}"
        place = origin_of(scheme, pointers.join("/components/securitySchemes", name))
        report.warning("bad-name", message, place, "use letters, digits, '.', '-' and '_'")
    return names


def _scheme(scheme: Any, name: str, report: Report) -> Any:
    """Return a scheme as OpenAPI 3.2 defines it, or None if it is unusable."""
    if not isinstance(scheme, dict) or "$ref" in scheme:
        return scheme
    place, stated = origin_of(scheme), scheme.get("type")
    known = _TYPES.get(str(stated).lower())
    if known == "oauth2" and isinstance(scheme.get("flows"), dict):
        scheme = {**scheme, "flows": dict(_usable(scheme["flows"], name, report, place))}
    needed = _NEEDED.get(known or "", ())
    lacking = [key for key in needed if not isinstance(scheme.get(key), str)]
    if known == "apiKey" and not lacking and scheme["in"] not in _PLACES:
        message = f"the API key {name!r} has the invalid place {scheme['in']!r}; the client cannot use it"
        report.warning("unusable-security-scheme", message, place, f"use {', '.join(_PLACES)}")
        return None
    if known is None and str(stated).lower() in ("basic", "bearer", "digest"):
        new: Node = {**scheme, "type": "http", "scheme": str(stated).lower()}
        message = f"{stated!r} is not a type of security scheme; treated as HTTP authentication"
    elif known is None or lacking:
        what = (
            f"has no {lacking[0]!r}" if known else f"has the type {stated!r}" if "type" in scheme else "has no 'type'"
        )
        message = f"the security scheme {name!r} {what}; the client cannot use it"
        report.warning("unusable-security-scheme", message, place, "check its type, name, in and scheme")
        return None
    elif (known == "oauth2" and not _flows(scheme)) or (
        known == "openIdConnect" and not scheme.get("openIdConnectUrl")
    ):
        new = {**{key: value for key, value in scheme.items() if key not in ("flows", "openIdConnectUrl")}, **_BEARER}
        message = f"the security scheme {name!r} has no token URL; treated as a bearer token"
    elif known != stated:
        new, message = {**scheme, "type": known}, f"security scheme type {stated!r} is misspelled; treated as {known!r}"
    else:
        return scheme
    report.warning("unusable-security-scheme", message, place, "declare it as in the OpenAPI specification")
    return new


def _usable(flows: Node, name: str, report: Report, here: str) -> Iterator[tuple[str, Any]]:
    """Yield the flows that have their URLs; missing scopes become an empty map."""
    for key, flow in flows.items():
        if key in _ADDRESSES and isinstance(flow, dict):
            place = origin_of(flow, pointers.join(here, "flows", key))
            lacking = [each for each in _ADDRESSES[key] if not flow.get(each) or not isinstance(flow[each], str)]
            if lacking:
                message = f"the flow {key!r} of {name!r} has no {lacking[0]!r}; the client does not use it"
                report.warning("missing-field", message, place, f"add {lacking[0]!r}")
                continue
            if not isinstance(flow.get("scopes"), dict):
                message = f"the flow {key!r} of {name!r} has no scopes; treated as empty"
                report.warning("missing-field", message, place, "write `scopes: {}`")
                flow = {**flow, "scopes": {}}
            scopes = {scope: text if isinstance(text, str) else "" for scope, text in flow["scopes"].items()}
            flow = {**flow, "scopes": scopes}
        yield key, flow


def _flows(scheme: Mapping[str, Any]) -> bool:
    flows = scheme.get("flows")
    return isinstance(flows, dict) and any(isinstance(flow, dict) for flow in flows.values())


def _requirements(security: Any, names: Mapping[str, str], report: Report, here: str) -> Any:
    """Return the alternatives of a requirement; invalid values are returned unchanged."""
    stated = security if isinstance(security, list) else [security]
    if not all(isinstance(each, (dict, str)) for each in stated):
        return security
    if any("$ref" in each for each in stated if isinstance(each, dict)):
        place = pointers.join(here, "security")
        report.error("bad-ref", "a security requirement cannot be a reference", place, "write the requirement")
    listed = [{each: []} if isinstance(each, str) else each for each in stated]
    repaired = [{name: _scopes(scopes) for name, scopes in each.items()} for each in listed]
    if repaired != security:
        message = "'security' must be a list of objects with lists of scopes; converted"
        report.warning("wrong-type", message, pointers.join(here, "security"), "write `- name: []`")
    return [{names.get(name, name): scopes for name, scopes in each.items()} for each in repaired]


def _scopes(scopes: Any) -> list[str]:
    return [scope for scope in scopes if isinstance(scope, str)] if isinstance(scopes, list) else []
