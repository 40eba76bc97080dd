"""Removal of secrets from recordings and reports."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import attrs

from specwire_codegen.contract.values.exchange import Exchange, Pairs

HIDDEN = "***"
_HEADERS = frozenset(
    "authorization proxy-authorization cookie set-cookie x-api-key api-key apikey x-auth-token x-csrf-token".split()
)
"""Headers that hold secrets in every API."""
_FIELD = re.compile(
    r"(?i)(^|[_-])(password|passwd|secret|api_?key|private_?key|access_?token|refresh_?token|id_?token|auth_?token"
    r"|client_?secret|session_?token|credentials?)$"
)
"""Names of JSON fields and query parameters that hold secrets."""
_SHORTEST = 3
"""Minimum length of a secret that is hidden in any text: shorter ones would hide parts of words."""
_SIGNATURES = frozenset(
    "sig signature x-amz-signature x-amz-credential x-amz-security-token x-goog-signature x-goog-credential".split()
)
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*")
_USER = re.compile(r"(//)[^/@\s\"'<>?#]+@")
_PAIR = re.compile(r"""((?:^|(?<=[?&\s"'])|(?<=\b))([\w-]{1,60})=)[^&\s"'<>;]+""")
"""Field of a query or of a form."""
_PART = re.compile(r"""("?([\w-]{1,60})"?(?:\s*:\s*"|"(?:\r?\n[\w-]+:[^\r\n]*)*\r?\n\r?\n))(?:[^"\\\r\n]|\\.)+""")
"""Field of a JSON text, or part of a form."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@attrs.frozen
class Redactor:
    """Function from texts and exchanges to the same without secrets."""

    secrets: tuple[str, ...] = attrs.field(default=(), repr=False)
    """Texts to hide wherever they are, longest first."""
    headers: frozenset[str] = _HEADERS
    query: frozenset[str] = frozenset()

    def text(self, text: str) -> str:
        """Return a text without the secrets, and without what has the form or the name of one."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        text = _JWT.sub(HIDDEN, text)
        text = _USER.sub(rf"\1{HIDDEN}@", text)
        text = _PART.sub(lambda hit: f"{hit[1]}{HIDDEN}" if names_secret(hit[2]) else hit[0], text)
        return _PAIR.sub(
            lambda hit: f"{hit[1]}{HIDDEN}" if _is_signature(hit[2]) or names_secret(hit[2]) else hit[0], text
        )

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return an exchange without secrets in its URL, headers and bodies."""
        return attrs.evolve(
            exchange,
            url=self._url(exchange.url),
            headers=self._pairs(exchange.headers),
            body=self._body(exchange.body),
            response_headers=self._pairs(exchange.response_headers),
            response_body=self._body(exchange.response_body),
        )

    def _url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        path = _USER.sub(rf"\1{HIDDEN}@", path)
        pairs = (pair.partition("=") for pair in query.split("&"))
        kept = (f"{name}{sign}{HIDDEN if sign and self._is_secret(name) else value}" for name, sign, value in pairs)
        return self.text(path + mark + "&".join(kept))

    def _is_secret(self, name: str) -> bool:
        return name in self.query or names_secret(name)

    def _pairs(self, pairs: Pairs) -> Pairs:
        return tuple((name, self._header(name, value)) for name, value in pairs)

    def _header(self, name: str, value: str) -> str:
        if name not in self.headers and not names_secret(name):
            return self.text(value)
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {HIDDEN}" if space and scheme.isalpha() and "cookie" not in name else HIDDEN

    def _body(self, body: bytes) -> bytes:
        if not body:
            return body
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return self._bytes(body)
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return self.text(text).encode()
        cleaned = _without_fields(value)
        return self.text(text if cleaned == value else json.dumps(cleaned)).encode()

    def _bytes(self, body: bytes) -> bytes:
        for secret in self.secrets:
            body = body.replace(secret.encode(), HIDDEN.encode())
        return body


def names_secret(name: str) -> bool:
    """Return True for a name of a field, a header or a parameter that holds a secret."""
    return _FIELD.search(_CAMEL.sub("_", name).replace("-", "_")) is not None


def _is_signature(name: str) -> bool:
    """Return True for a query parameter that makes a signed URL a secret."""
    return name.lower() in _SIGNATURES


def _without_fields(value: Any) -> Any:
    """Return JSON without the texts of fields whose names are those of secrets."""
    match value:
        case dict():
            return {
                key: HIDDEN if isinstance(one, str) and one and names_secret(key) else _without_fields(one)
                for key, one in value.items()
            }
        case list():
            return [_without_fields(one) for one in value]
        case _:
            return value


def redactor(keys: Iterable[str], places: Iterable[tuple[str, str]] = ()) -> Redactor:
    """Return the redactor of these keys, in all their forms, and of the places of a document's credentials."""
    forms: set[str] = set()
    for key in keys:
        _, colon, password = key.partition(":")
        pairs = [key] if colon else [f"{key}:{key}", f"{key}:", f":{key}"]
        coded = [base64.b64encode(pair.encode()).decode() for pair in pairs]
        forms.update((key, quote(key, safe=""), json.dumps(key)[1:-1], *coded, *([password] if password else [])))
    listed = [*places]
    return Redactor(
        tuple(sorted((form for form in forms if len(form) >= _SHORTEST), key=len, reverse=True)),
        _HEADERS | {name.lower() for place, name in listed if place == "header"},
        frozenset(name for place, name in listed if place == "query"),
    )
