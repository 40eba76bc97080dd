"""Authentication of requests by the security requirements of the document."""

import base64
import binascii
from collections.abc import Collection, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote_plus

import attrs

from specwire_codegen.mock import TEST_KEY
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.operations import Operation
from specwire_codegen.mock.request.parameters import Sources

Place: TypeAlias = tuple[str, str]
"""Location of a credential: `header`, `query` or `cookie`, and the name in it."""
_AUTHORIZATION: Place = ("header", "authorization")
_UNDECLARED: Mapping[str, Any] = {"type": "undeclared"}


@attrs.frozen(eq=False)
class Guard:
    """Guard with the security schemes of a document and the accepted keys."""

    schemes: Mapping[str, Mapping[str, Any]]
    keys: frozenset[str] = attrs.field(repr=False)

    def refusal(self, operation: Operation, sources: Sources) -> str | None:
        """Return the reason for a rejection, or None; the reason never repeats a credential."""
        if not operation.security:
            return None
        reasons = [self._unmet(requirement, sources) for requirement in operation.security]
        return None if None in reasons else next(reason for reason in reasons if reason)

    def challenge(self, operation: Operation) -> str:
        """Return the value of the WWW-Authenticate header."""
        for name in (name for requirement in operation.security for name in requirement):
            scheme = self.schemes.get(name, {})
            if scheme.get("type") == "http":
                return f'{str(scheme.get("scheme", "")).capitalize()} realm="mock"'
        return 'Bearer realm="mock"'

    def secrets(self) -> frozenset[Place]:
        """Return the locations of credentials, with header names in lower case."""
        return frozenset((_AUTHORIZATION, ("header", "proxy-authorization"), *map(_place, self.schemes.values())))

    def _unmet(self, requirement: tuple[str, ...], sources: Sources) -> str | None:
        """Return what is missing; of several schemes with the same header, a request can meet only one."""
        found: dict[Place, list[str | None]] = {}
        for name in requirement:
            place = _place(self.schemes.get(name, _UNDECLARED))
            found.setdefault(place, []).append(self._missing(name, sources))
        return next((reasons[0] for reasons in found.values() if None not in reasons), None)

    def _missing(self, name: str, sources: Sources) -> str | None:
        match (scheme := self.schemes.get(name, _UNDECLARED)).get("type"):
            case "apiKey":
                return self._api_key(scheme, sources)
            case "http" if scheme.get("scheme", "").lower() == "basic":
                return self._basic(sources)
            case "http":
                return self._token(scheme.get("scheme", "Bearer"), sources)
            case "mutualTLS" | "undeclared":
                return None
            case _:
                return self._token("Bearer", sources)

    def _api_key(self, scheme: Mapping[str, Any], sources: Sources) -> str | None:
        name = scheme["name"]
        match scheme["in"]:
            case "header":
                value = sources.headers.get(name.lower(), "").rpartition(" ")[2] or None
            case "query":
                value = dict(sources.query).get(name)
            case _:
                value = dict(sources.cookies).get(name)
        return self._check_key(None if value is None else unquote_plus(value), f"{scheme['in']} {name}")

    def _token(self, word: str, sources: Sources) -> str | None:
        kind, _, token = sources.headers.get("authorization", "").partition(" ")
        shown = word.capitalize()
        return self._check_key(
            token.strip() if kind.lower() == word.lower() else None, f"header Authorization: {shown}"
        )

    def _basic(self, sources: Sources) -> str | None:
        kind, _, coded = sources.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return self._check_key(None, "header Authorization: Basic")
        try:
            pair = base64.b64decode(coded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return "header Authorization: Basic is not base64 of user:password"
        user, _, password = pair.partition(":")
        return None if {pair, user, password} & self.keys else self._unknown("header Authorization: Basic")

    def _check_key(self, value: str | None, place: str) -> str | None:
        if not value:
            return f"{place} is missing"
        return None if value in self.keys else self._unknown(place)

    def _unknown(self, place: str) -> str:
        accepted = TEST_KEY if TEST_KEY in self.keys else "one that was named with --key"
        return f"{place} has a key that this mock server does not accept: use {accepted}"


def _place(scheme: Mapping[str, Any]) -> Place:
    """Return the location of a scheme's credential, with a header name in lower case."""
    if scheme.get("type") != "apiKey":
        return _AUTHORIZATION
    return scheme["in"], scheme["name"].lower() if scheme["in"] == "header" else scheme["name"]


def guard(document: Document, keys: Collection[str]) -> Guard:
    """Return the guard of a document; a scheme that it does not declare cannot be checked."""
    declared = document.data.get("components", {}).get("securitySchemes", {})
    return Guard({name: document.resolve(scheme) for name, scheme in declared.items()}, frozenset(keys))
