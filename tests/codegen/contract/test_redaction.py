"""Secrets of a run, and what has the form or the name of one, are in no report and no recording."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.contract.values.redaction import redactor

SECRETS = redactor(("sk-key-123",), [("header", "x-shop"), ("query", "k")])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("key sk-key-123 is wrong", "key *** is wrong"),
        ('{"api_key": "sk_live_9"}', '{"api_key": "***"}'),
        ('{"accessToken":"abc\\"def", "n": 1}', '{"accessToken":"***", "n": 1}'),
        ("https://user:word@host/a?x=1", "https://***@host/a?x=1"),
        ("see https://host/a?X-Amz-Signature=abc&b=1", "see https://host/a?X-Amz-Signature=***&b=1"),
        ("password=hunter2&name=x", "password=***&name=x"),
        ('name="password"\r\n\r\nhunter2\r\n--b', 'name="password"\r\n\r\n***\r\n--b'),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig_x", "Bearer ***"),
    ],
)
def test_secrets_in_texts_are_hidden(text: str, expected: str) -> None:
    """Messages quote bodies, URLs and errors of servers."""
    assert SECRETS.text(text) == expected


@pytest.mark.parametrize("text", ["mail a@b.example", "max_tokens=5&token_count=2", '{"name": "x", "key": 1}', "a//b"])
def test_other_texts_stay(text: str) -> None:
    """Names that only look similar."""
    assert SECRETS.text(text) == text


def test_secrets_in_every_place_of_an_exchange_are_hidden() -> None:
    """Userinfo, query, declared and usual headers, bodies of both directions, and links to signed URLs."""
    secret = "s3cr3t-value"
    exchange = Exchange(
        "POST",
        f"https://u:{secret}@host/a?k={secret}&api_key={secret}",
        tuple((name, secret) for name in ("x-shop", "x-goog-api-key", "x-access-token", "cookie", "authorization")),
        f"client_secret={secret}&a=1".encode(),
        200,
        (("set-cookie", f"s={secret}"), ("location", f"https://host/b?sig={secret}"), ("x-refresh-token", secret)),
        f'{{"password": "{secret}", "url": "https://host/c?X-Goog-Signature={secret}&d=1"}}'.encode(),
    )
    assert secret not in repr(SECRETS.exchange(exchange))
    assert secret not in SECRETS.exchange(exchange).curl


AWKWARD = "sk/Ve+ry=\"se&cr<e't9 x\\y"
KEYS = ("sk-key-123456", "AKIA0123456789ABCDEF", AWKWARD, "schlüssel-漢字")
SECRET = redactor((AWKWARD,))
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": str.upper,
    "percent-encoded": lambda key: quote(key, safe=""),
    "percent-encoded with slashes": quote,
    "percent-encoded in lower case": lambda key: re.sub("%..", lambda hit: hit[0].lower(), quote(key, safe="")),
    "percent-encoded twice": lambda key: quote(quote(key, safe=""), safe=""),
    "in a form": quote_plus,
    "JSON": lambda key: json.dumps(key)[1:-1],
    "JSON with escaped slashes": lambda key: json.dumps(key)[1:-1].replace("/", "\\/"),
    "JSON in JSON": lambda key: json.dumps(json.dumps(key))[1:-1].strip('\\"'),
    "JSON with nothing but escapes": lambda key: "".join(f"\\u{ord(one):04X}" for one in key),
    "repr": lambda key: repr(key)[1:-1],
    "HTML": html.escape,
    "HTML twice": lambda key: html.escape(html.escape(key)),
    "HTML in numbers": lambda key: "".join(f"&#{ord(one)};" for one in key),
    "HTML in hexadecimal numbers": lambda key: "".join(f"&#x{ord(one):x};" for one in key),
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 of a user with it": lambda key: base64.b64encode(f"me:{key}".encode()).decode(),
    "base64 of a text with it": lambda key: base64.b64encode(f"key={key}, done".encode()).decode(),
    "base64 for URLs": lambda key: base64.urlsafe_b64encode(f"k{key}".encode()).decode().rstrip("="),
    "base64 in a URL": lambda key: quote(base64.b64encode(key.encode()).decode(), safe=""),
    "hexadecimal digits": lambda key: key.encode().hex(),
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("form", FORMS)
def test_a_key_is_hidden_in_every_form(key: str, form: str) -> None:
    """Servers quote keys in errors, links, pages and dumps of requests; nothing of the form is left to decode."""
    written = FORMS[form](key)
    hidden = redactor((key,)).text(f"before <{written}> after")
    assert hidden.startswith("before <") and hidden.endswith("> after") and "***" in hidden
    # Base64 of other text before or after the key stays; nothing of the key does.
    assert len(hidden) < len(f"before <{written}> after") - len(key) // 2
    assert written not in hidden


@pytest.mark.parametrize("form", FORMS)
def test_a_key_is_hidden_in_a_body_of_bytes(form: str) -> None:
    """Its other bytes stay as they are."""
    body = b"\xff\xfe\x00" + FORMS[form](AWKWARD).encode() + b"\x80"
    cleaned = SECRET.exchange(Exchange("GET", "https://host/", (), body)).body
    assert cleaned.startswith(b"\xff\xfe\x00") and cleaned.endswith(b"\x80")
    assert FORMS[form](AWKWARD).encode() not in cleaned and b"***" in cleaned


def test_short_keys_hide_no_other_words() -> None:
    """They are looked for as they are, escaped, and in the header of HTTP basic authentication."""
    short = redactor(("abc",))
    assert "see *** and %61" == short.text("see abc and %61")
    assert "ABC 616263 YWJj" == short.text("ABC 616263 YWJj").replace("***", "YWJj")
    assert "Basic ***" == short.text(f"Basic {base64.b64encode(b'abc:').decode()}")


@given(st.text(min_size=8, max_size=30), st.binary(max_size=5), st.binary(max_size=5))
def test_base64_of_a_key_is_hidden_at_every_position(key: str, before: bytes, after: bytes) -> None:
    """What is left cannot be decoded to the key."""
    try:
        content = key.encode()
    except UnicodeEncodeError:
        return
    hidden = redactor((key,)).text(base64.b64encode(before + content + after).decode())
    left = hidden.partition("***")
    assert left[1] and content not in base64.b64decode(left[0][: len(left[0]) // 4 * 4])
