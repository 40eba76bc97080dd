"""HTTP digest authentication (RFC 7616): parser of challenges, and the matching `Authorization` headers."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from specwire._network.fork import reset_after_fork
from specwire._operations.security import AppliedAuth

_ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
_WORD = re.compile(r"""([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?""")


class Challenge(msgspec.Struct, frozen=True):
    """Digest challenge of a server."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    counted: bool = True
    """True if requests are counted (`qop=auth`); the first edition of digest didn't count them."""
    opaque: str | None = None
    hashed_user: bool = False


def parse_challenge(header: str) -> Challenge | None:
    """Return the first supported challenge of a `WWW-Authenticate` header, or None."""
    for scheme, facts in _challenges(header):
        algorithm = facts.get("algorithm", "MD5")
        offered = [one.strip().lower() for one in facts.get("qop", "").split(",")]
        known = _hash_name(algorithm) in hashlib.algorithms_available
        if scheme == "digest" and facts.get("nonce") and known and offered != ["auth-int"]:
            return Challenge(
                facts.get("realm", ""),
                facts["nonce"],
                algorithm,
                "auth" in offered,
                facts.get("opaque"),
                facts.get("userhash", "").lower() == "true",
            )
    return None


def _challenges(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    for name, quoted, plain in (match.groups() for match in _WORD.finditer(header)):
        if quoted is None and plain is None:
            found.append((name.lower(), {}))
        elif found:
            found[-1][1].setdefault(name.lower(), plain if quoted is None else quoted)
    yield from found


def authorization(
    challenge: Challenge, user: str, password: str, method: str, target: str, *, count: int, client_nonce: str
) -> str:
    """Return the `Authorization` header for a challenge and a request; `count` is the number of uses of the nonce."""
    secret = _hash(challenge, f"{user}:{challenge.realm}:{password}")
    if challenge.algorithm.lower().endswith("-sess"):
        secret = _hash(challenge, f"{secret}:{challenge.nonce}:{client_nonce}")
    request = _hash(challenge, f"{method}:{target}")
    counted = f"{count:08x}:{client_nonce}:auth:" if challenge.counted else ""
    name = _hash(challenge, f"{user}:{challenge.realm}") if challenge.hashed_user else user
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    facts = [
        f'username="{escaped}"' if name.isascii() else f"username*=UTF-8''{quote(name, safe='')}",
        f'realm="{challenge.realm}"',
        f'nonce="{challenge.nonce}"',
        f'uri="{target}"',
        f'response="{_hash(challenge, f"{secret}:{challenge.nonce}:{counted}{request}")}"',
        f"algorithm={challenge.algorithm}",
    ]
    if challenge.opaque is not None:
        facts.append(f'opaque="{challenge.opaque}"')
    if challenge.counted:
        facts += ["qop=auth", f"nc={count:08x}", f'cnonce="{client_nonce}"']
    if challenge.hashed_user:
        facts.append("userhash=true")
    return f"Digest {', '.join(facts)}"


def _hash(challenge: Challenge, text: str) -> str:
    return hashlib.new(_hash_name(challenge.algorithm), text.encode(), usedforsecurity=False).hexdigest()


def _hash_name(algorithm: str) -> str:
    return _ALGORITHMS.get(algorithm.upper().removesuffix("-SESS"), "")


class DigestAuth:
    """User and password, with the last challenge of the server."""

    def __init__(self, user: str, password: str) -> None:
        self._user = user
        self._password = password
        self._challenge: Challenge | None = None
        self._count = 0
        self._lock = threading.Lock()
        reset_after_fork(self)

    def forked(self) -> None:
        """Drop the challenge: the parent continues its count."""
        self._lock = threading.Lock()
        self._challenge = None

    def auth(self) -> AppliedAuth:
        """Return the headers for the latest challenge; nothing before the first challenge."""
        secret = (self._password,)
        return AppliedAuth(secrets=secret) if self._challenge is None else AppliedAuth(secrets=secret, sign=self._sign)

    def challenged(self, header: str) -> bool:
        """Process a `WWW-Authenticate` header, and return True if it contains a supported challenge."""
        challenge = parse_challenge(header)
        if challenge is None:
            return False
        with self._lock:
            self._challenge, self._count = challenge, 0
        return True

    def _sign(self, method: str, target: str) -> str:
        with self._lock:
            self._count += 1
            challenge, count = self._challenge, self._count
        assert challenge is not None
        nonce = secrets.token_hex(16)
        return authorization(challenge, self._user, self._password, method, target, count=count, client_nonce=nonce)
