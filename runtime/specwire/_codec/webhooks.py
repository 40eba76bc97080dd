"""Webhooks whose signatures follow the Standard Webhooks specification: `webhook-id`, `-timestamp` and `-signature`."""

from __future__ import annotations

import base64
import binascii
import hmac
import time
from collections.abc import Mapping
from types import UnionType
from typing import Any, Final, TypeVar, final, overload

import msgspec

from specwire._codec.conversion import from_json
from specwire.errors import ConfigurationError, WebhookError

T = TypeVar("T")
_ID: Final = "webhook-id"
_TIMESTAMP: Final = "webhook-timestamp"
_SIGNATURE: Final = "webhook-signature"
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1"
_MOST_SIGNATURES: Final = 100
"""Maximum number of signatures that are compared; a sender has one for each of its keys."""


@final
class Webhooks:
    """Verification and parsing of the webhooks that a sender signs.

    `keys` are its secrets, such as `whsec_...`; during a rotation, the old and the new one. `tolerance` is the largest
    difference between its clock and ours, in seconds, so that recorded webhooks cannot be sent again later.
    """

    __slots__ = ("_keys", "_tolerance")

    def __init__(self, *keys: str, tolerance: float = 300.0) -> None:
        if not keys:
            raise ConfigurationError("Webhooks() needs the secret of the sender: give it as the first argument")
        self._keys = tuple(map(_decoded, keys))
        self._tolerance = tolerance

    def __repr__(self) -> str:
        return (
            f"Webhooks(<{len(self._keys)} secret{'s' if len(self._keys) > 1 else ''}>, tolerance={self._tolerance!r})"
        )

    @overload
    def unwrap(self, body: bytes | str, headers: Mapping[str, str], kind: type[T]) -> T: ...

    @overload
    def unwrap(self, body: bytes | str, headers: Mapping[str, str], kind: UnionType) -> Any: ...

    def unwrap(self, body: bytes | str, headers: Mapping[str, str], kind: Any) -> Any:
        """Verify a webhook, and return its body as `kind`: a model, or a union of models.

        `body` is the body as it was received: text that was parsed and written again has another signature. Raise
        `WebhookError`.
        """
        self.verify(body, headers)
        try:
            return from_json(kind, body)
        except msgspec.DecodeError as error:
            raise WebhookError(f"the webhook is signed, but has another form: {error}") from error

    def verify(self, body: bytes | str, headers: Mapping[str, str]) -> None:
        """Raise `WebhookError` for a webhook that the sender did not sign, or not now."""
        known = {name.lower(): value for name, value in headers.items()}
        missing = [name for name in (_ID, _TIMESTAMP, _SIGNATURE) if not known.get(name)]
        if missing:
            raise WebhookError(f"the webhook has no {' and no '.join(missing)}: pass its headers as they were received")
        stamp = known[_TIMESTAMP]
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16):
            raise WebhookError(f"{_TIMESTAMP} is not a number of seconds")
        if abs(time.time() - int(stamp)) > self._tolerance:
            raise WebhookError(
                f"{_TIMESTAMP} is more than {self._tolerance:g} s from now: check the clock of this machine"
            )
        expected = [_signature(key, known[_ID], stamp, body).encode() for key in self._keys]
        given = [each.encode() for each in known[_SIGNATURE].split(" ", _MOST_SIGNATURES)[:_MOST_SIGNATURES]]
        # Every pair is compared, so that the time tells nothing about a secret.
        if not any([hmac.compare_digest(one, other) for one in expected for other in given]):
            raise WebhookError(
                f"{_SIGNATURE} has no signature of the sender: pass its secret, and the body as received"
            )

    def sign(self, body: bytes | str, *, id: str, timestamp: int | None = None) -> dict[str, str]:
        """Return the headers of a webhook, signed with every secret, for tests of a receiver."""
        stamp = str(int(time.time()) if timestamp is None else timestamp)
        signatures = " ".join(_signature(key, id, stamp, body) for key in self._keys)
        return {_ID: id, _TIMESTAMP: stamp, _SIGNATURE: signatures}


def _decoded(key: str) -> bytes:
    """Return the bytes of a secret; no message repeats it."""
    try:
        found = base64.b64decode(key.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not found:
        raise ConfigurationError(f"a secret of webhooks is base64, with or without {_PREFIX}: copy it from the sender")
    return found


def _signature(key: bytes, id: str, timestamp: str, body: bytes | str) -> str:
    data = body.encode() if isinstance(body, str) else body
    digest = hmac.digest(key, b"%s.%s.%s" % (id.encode(), timestamp.encode(), data), "sha256")
    return f"{_VERSION},{base64.b64encode(digest).decode()}"
