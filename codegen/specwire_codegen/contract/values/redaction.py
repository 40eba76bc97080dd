"""Removal of secrets from recordings and reports."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

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
_LONG = 8
"""Minimum length of a secret that is also hidden in another case, in base64, and in hexadecimal digits."""
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

    secrets: tuple[re.Pattern[str], ...] = attrs.field(default=(), repr=False)
    """Texts to hide wherever they are, in all their forms, longest first."""
    headers: frozenset[str] = _HEADERS
    query: frozenset[str] = frozenset()

    def text(self, text: str) -> str:
        """Return a text without the secrets, and without what has the form or the name of one."""
        for secret in self.secrets:
            text = secret.sub(HIDDEN, text)
        text = _JWT.sub(HIDDEN, text)
        text = _USER.sub(rf"\1{HIDDEN}@", text)
        text = _PART.sub(lambda hit: f"{hit[1]}{HIDDEN}" if names_secret(hit[2]) else hit[0], text)
        return _PAIR.sub(
            lambda hit: f"{hit[1]}{HIDDEN}" if _is_signature(hit[2]) or names_secret(hit[2]) else hit[0], text
        )

    def has_secret(self, text: str) -> bool:
        """Return True if a secret is in a text."""
        return any(secret.search(text) for secret in self.secrets)

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
        return self.text(body.decode("latin-1")).encode("latin-1", "replace")


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


def _patterns(secret: str) -> Iterator[re.Pattern[str]]:
    """Yield patterns of a text as it is, escaped for URLs, JSON and HTML, in base64, and in hexadecimal digits."""
    is_long = len(secret) >= _LONG
    flags = re.IGNORECASE if is_long else re.NOFLAG
    for text in dict.fromkeys((secret, secret.encode().decode("latin-1"))):
        yield re.compile("".join(map(_character, text)), flags)
    content = secret.encode()
    if is_long:
        yield re.compile(content.hex(), re.IGNORECASE)
    for shift in range(3) if is_long else ():
        # The characters that encode nothing but the secret, whatever is before and after it.
        whole = base64.b64encode(b"\0" * shift + content).decode().rstrip("=")
        known = whole[-(-shift * 8 // 6) : (shift + len(content)) * 8 // 6]
        yield re.compile("".join(_BASE64.get(one, one) for one in known) + "[A-Za-z0-9+/_-]?={0,2}")
    if not is_long:
        yield re.compile(re.escape(base64.b64encode(content).decode()))


_BASE64 = {"+": "(?:[+-]|%2[Bb])", "/": r"(?:\\?/|_|%2[Ff])"}
"""Characters of base64 with those of its variant for URLs, and their escapes."""


def _character(one: str) -> str:
    """Return the pattern of one character, escaped or not."""
    # Texts in JSON in JSON have several backslashes.
    forms = {r"\\+" if one == "\\" else rf"\\*{re.escape(one)}", rf"\\+u(?i:{ord(one):04x})", rf"&#0*{ord(one)};"}
    forms.add(rf"&(?i:#x0*{ord(one):x});")
    forms.add("".join(rf"%(?:25)*(?i:{byte:02x})" for byte in one.encode()))
    if (named := html.escape(one)) != one:
        forms.add(re.escape(named).replace("&", "&(?:amp;)*"))
    if one == " ":
        forms.add(r"\+")
    return f"(?:{'|'.join(sorted(forms, key=len, reverse=True))})"


def redactor(keys: Iterable[str], places: Iterable[tuple[str, str]] = ()) -> Redactor:
    """Return the redactor of these keys, in all their forms, and of the places of a document's credentials."""
    secrets: set[str] = set()
    for key in keys:
        _, colon, password = key.partition(":")
        pairs = [] if colon else [f"{key}:{key}", f"{key}:", f":{key}"]
        # A short key is in the base64 of nothing else, so only these pairs are known.
        coded = [base64.b64encode(pair.encode()).decode() for pair in pairs] if key else []
        secrets.update((key, *coded, *([password] if password else [])))
    listed = [*places]
    longest_first = sorted((one for one in secrets if len(one) >= _SHORTEST), key=len, reverse=True)
    return Redactor(
        tuple(pattern for secret in longest_first for pattern in _patterns(secret)),
        _HEADERS | {name.lower() for place, name in listed if place == "header"},
        frozenset(name for place, name in listed if place == "query"),
    )
