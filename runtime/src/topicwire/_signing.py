"""Signing of outgoing messages and belief in received ones, with the keys as they are now."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from topicwire import _base64url
from topicwire._envelope import Headers
from topicwire._identity import MAX_SENDER, read_number
from topicwire._key_file import KeySource
from topicwire._keys import Key, KeyRing
from topicwire._signature import VERSION, is_valid, sign, signed_input
from topicwire.errors import SignatureInvalid

Freshness = Literal["live", "durable", "retained"]

WINDOW = 300.0  # seconds
_MAX_AGE = 14 * 86_400.0  # seconds: an outbox keeps for 7 days, and a broker some more
_NONCE = 16  # bytes
_PARTS = ("sv", "kid", "n", "sig")
_KID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What a client signs and verifies with.

    `keys` is a key file, which is read again when it changes, or a `KeyRing`. `sender` is the
    name that it signs by (default: the client id). `replay_state` is a file of this client's own
    that remembers which messages of signed `durable` and `retained` channels came, over restarts;
    without it such channels cannot be received where they require signatures. `max_age` is how old
    a durable message may be, in seconds: at least as much as outboxes and sessions keep.
    """

    keys: KeyRing | Path | str
    sender: str | None = None
    replay_state: Path | str | None = None
    max_age: float = _MAX_AGE

    def __post_init__(self) -> None:
        if self.max_age <= WINDOW:
            raise ValueError(f"max_age must be more than {WINDOW:g} seconds")


def add_signature(key: Key, topic: str, headers: Headers, body: bytes) -> Headers:
    """Return the headers with a signature; they have the identity and the encoding already.

    Raises `ValueError` for a key that only verifies.
    """
    if key.secret is None:
        raise ValueError(f"key {key.kid!r} only verifies")
    headers = replace(
        headers,
        properties=(
            ("sv", VERSION),
            ("kid", key.kid),
            *headers.properties,
            ("n", _base64url.encode(secrets.token_bytes(_NONCE))),
        ),
    )
    message = signed_input(key.algorithm, topic, headers, body)
    signature = _base64url.encode(sign(key.algorithm, key.secret, message))
    return replace(headers, properties=(*headers.properties, ("sig", signature)))


@dataclass(frozen=True, slots=True)
class Signed:
    """What the valid signature of a message vouches for; `ts` in seconds since the epoch."""

    sender: str
    epoch: int
    sequence: int
    ts: float
    nonce: bytes
    signature: str


def claims_signature(headers: Headers) -> bool:
    """Return whether a message has any part of a signature."""
    return any(name in _PARTS for name, _ in headers.properties)


class Verifier:
    """Tells whether a message is signed by who it says, and fresh; not whether it came before."""

    def __init__(self, keys: KeySource, max_age: float = _MAX_AGE) -> None:
        self._keys = keys
        self._max_age = max_age

    def verify(
        self, topic: str, headers: Headers, body: bytes, freshness: Freshness, now: float
    ) -> Signed:
        """Return what a signature vouches for; raises `SignatureInvalid`.

        The cheap questions come first, and nothing of the body is looked into.
        """
        try:
            signed, kid, signature = _read(dict(headers.properties))
            key = self._allowed_key(kid, signed.sender, topic, now)
            self._check_time(signed.ts, freshness, now)
            message = signed_input(key.algorithm, topic, headers, body)
            if not is_valid(key.algorithm, key.key, signature, message):
                raise _Refused("bad_signature", f"it does not fit the message and key {kid!r}")
        except _Refused as refused:
            claimed = headers.get("sid")
            raise SignatureInvalid(topic, refused.reason, refused.text, sender=claimed) from None
        return signed

    def _allowed_key(self, kid: str, sender: str, topic: str, now: float) -> Key:
        key = self._keys.ring().get(kid)
        if key is None:
            raise _Refused("unknown_key", f"there is no key {kid!r} in the key ring")
        if not key.verifies_at(now):
            raise _Refused("key_not_valid", f"key {kid!r} is not valid now")
        if not key.is_for_sender(sender):
            raise _Refused("sender_not_allowed", f"key {kid!r} is not for this sender")
        if not key.is_for_topic(topic):
            raise _Refused("topic_not_allowed", f"key {kid!r} is not for this topic")
        return key

    def _check_time(self, ts: float, freshness: Freshness, now: float) -> None:
        oldest = {"live": now - WINDOW, "durable": now - self._max_age, "retained": 0.0}[freshness]
        if ts < oldest:
            raise _Refused("stale", f"made {now - ts:.0f} s ago; do the clocks agree?")
        if ts > now + WINDOW:
            raise _Refused("from_the_future", f"made {ts - now:.0f} s from now; set the clocks")


class _Refused(Exception):
    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        self.text = text


def _read(found: dict[str, str]) -> tuple[Signed, str, bytes]:
    """Return what a message claims, its key's name, and its signature; raises `_Refused`."""
    if not any(name in found for name in _PARTS):
        raise _Refused("unsigned", "its channel wants every message signed")
    missing = [name for name in (*_PARTS, "sid", "ep", "seq", "ts") if name not in found]
    if missing:
        raise _Refused("malformed", f"header {missing[0]!r} is missing")
    if found["sv"] != VERSION:
        raise _Refused("malformed", f"signature version {found['sv']!r}, this client knows 1")
    epoch, sequence, ts = (read_number(found[name]) for name in ("ep", "seq", "ts"))
    if epoch is None or sequence is None or ts is None:
        raise _Refused("malformed", "'ep', 'seq' and 'ts' have to be whole numbers")
    if not 0 < len(found["sid"]) <= MAX_SENDER or not _KID.fullmatch(found["kid"]):
        raise _Refused("malformed", "'sid' or 'kid' is empty or too long")
    try:
        nonce = _base64url.decode(found["n"])
        signature = _base64url.decode(found["sig"])
    except ValueError as error:
        raise _Refused("malformed", f"'n' or 'sig' is {error}") from None
    if len(nonce) != _NONCE:
        raise _Refused("malformed", f"a nonce has {_NONCE} bytes, this one {len(nonce)}")
    signed = Signed(found["sid"], epoch, sequence, ts / _MICROSECONDS, nonce, found["sig"])
    return signed, found["kid"], signature
