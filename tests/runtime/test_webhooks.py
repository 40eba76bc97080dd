"""Webhooks: what is signed is parsed, and everything else is refused."""

from __future__ import annotations

import base64
import json
import pickle
import time
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given, strategies as st
from specwire import ConfigurationError, SpecwireError, WebhookError, Webhooks
from specwire.support import WireModel, constant

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"another secret").decode()
BODY = '{"type": "pet.sold", "name": "Rex"}'

Change = Callable[[dict[str, str]], dict[str, str]]
"""Function that changes the headers of a webhook."""


class Sold(WireModel, tag_field="type", tag="pet.sold", kw_only=True):
    """A pet was sold."""

    type: Literal["pet.sold"] = constant("pet.sold")
    name: str


class Born(WireModel, tag_field="type", tag="pet.born", kw_only=True):
    """A pet was born."""

    type: Literal["pet.born"] = constant("pet.born")


def signed(body: str = BODY, secret: str = SECRET, timestamp: int | None = None) -> dict[str, str]:
    """Return the headers of a webhook."""
    return Webhooks(secret).sign(body, id="msg_1", timestamp=timestamp)


def changed(**values: str) -> Change:
    """Return a function that changes headers of a webhook."""
    return lambda headers: {**headers, **{f"webhook-{name}": value for name, value in values.items()}}


def test_the_signature_is_that_of_the_specification() -> None:
    """With the values of its example."""
    headers = Webhooks(SECRET).sign('{"test": 2432232314}', id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signed_webhook_is_parsed() -> None:
    """As a model, or as the model of a union; names of headers in any case, bodies as text or bytes."""
    headers = {name.title(): value for name, value in signed().items()}
    assert Webhooks(SECRET).unwrap(BODY.encode(), headers, Sold) == Sold(name="Rex")
    event = Webhooks(SECRET).unwrap(BODY, headers, Sold | Born)
    assert isinstance(event, Sold)


def test_one_of_several_secrets_and_signatures_is_enough() -> None:
    """During a rotation; signatures of other versions are passed over."""
    Webhooks(OTHER, SECRET).verify(BODY, signed())
    headers = signed(secret=OTHER)
    headers["webhook-signature"] = f"v1a,abc {headers['webhook-signature']} {signed()['webhook-signature']}"
    Webhooks(SECRET).verify(BODY, headers)


@pytest.mark.parametrize(
    ("body", "change", "message"),
    [
        (BODY + " ", lambda headers: headers, "no signature of the sender"),
        (BODY, lambda _: signed(secret=OTHER), "no signature of the sender"),
        (BODY, changed(id="msg_2"), "no signature of the sender"),
        (BODY, changed(signature="v1,"), "no signature of the sender"),
        (BODY, changed(signature="\u00e9 " * 5000), "no signature of the sender"),
        (BODY, lambda headers: changed(signature=headers["webhook-signature"][3:])(headers), "no signature"),
        (BODY, changed(timestamp="1e9"), "not a number of seconds"),
        (BODY, changed(timestamp="9" * 5000), "not a number of seconds"),
        (BODY, changed(timestamp="\u0663"), "not a number of seconds"),
        (BODY, lambda _: {}, "has no webhook-id and no webhook-timestamp and no webhook-signature"),
        (BODY, changed(id=""), "has no webhook-id"),
    ],
)
def test_everything_else_is_refused(body: str, change: Change, message: str) -> None:
    """With an error of ours, which pickles and holds no secret."""
    headers = change(signed())
    with pytest.raises(WebhookError, match=message) as raised:
        Webhooks(SECRET).unwrap(body, headers, Sold)
    assert isinstance(raised.value, SpecwireError) and SECRET[6:] not in repr(raised.value)
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


@pytest.mark.parametrize("seconds", [-400, 400])
def test_an_old_or_future_webhook_is_refused(seconds: int) -> None:
    """It may have been recorded; a larger tolerance takes it."""
    headers = signed(timestamp=int(time.time()) + seconds)
    with pytest.raises(WebhookError, match="more than 300 s from now"):
        Webhooks(SECRET).verify(BODY, headers)
    Webhooks(SECRET, tolerance=500).verify(BODY, headers)


def test_a_signed_body_of_another_form_is_an_error() -> None:
    for body in ("{", '{"type": "pet.eaten"}', '{"type": "pet.sold"}', "[" * 2000):
        with pytest.raises(WebhookError, match="another form"):
            Webhooks(SECRET).unwrap(body, signed(body), Sold)


def test_unusable_secrets_are_refused_without_repeating_them() -> None:
    for secret in ("whsec_", "not base64 !", "\u00e9"):
        with pytest.raises(ConfigurationError, match="base64") as raised:
            Webhooks(secret)
        assert "not base64 !" not in str(raised.value)
    with pytest.raises(ConfigurationError, match="needs the secret"):
        Webhooks()
    assert SECRET[6:] not in repr(Webhooks(SECRET))


@given(st.dictionaries(st.text(), st.text()), st.integers(0, 255), st.data())
def test_any_change_of_a_body_is_noticed(value: dict[str, str], byte: int, data: st.DataObject) -> None:
    body = json.dumps(value).encode()
    place = data.draw(st.integers(0, len(body) - 1))
    changed = body[:place] + bytes([byte]) + body[place + 1 :]
    headers = Webhooks(SECRET).sign(body, id="msg")
    Webhooks(SECRET).verify(body, headers)
    if changed != body:
        with pytest.raises(WebhookError):
            Webhooks(SECRET).verify(changed, headers)
