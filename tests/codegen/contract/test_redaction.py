"""Secrets of a run, and what has the form or the name of one, are in no report and no recording."""

from __future__ import annotations

import pytest
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
