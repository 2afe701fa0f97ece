"""Signing of outgoing messages and belief in received ones, with the keys as they are now."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from topicwire import _base64url
from topicwire._claims import NONCE, VERSION, Refused, Signed, read_claims, signed_bytes
from topicwire._envelope import Headers
from topicwire._key_file import KeySource
from topicwire._keys import Key, KeyRing
from topicwire._signature import is_valid, sign, signed_input
from topicwire.errors import SignatureInvalid

Freshness = Literal["live", "durable", "retained"]

WINDOW = 300.0  # seconds
_MAX_AGE = 14 * 86_400.0  # seconds: an outbox keeps for 7 days, and a broker some more
_PARTS = ("sv", "kid", "n", "sig")


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
    properties = (
        ("sv", VERSION),
        ("kid", key.kid),
        *headers.properties,
        ("n", _base64url.encode(secrets.token_bytes(NONCE))),
    )
    others = headers.content_type, headers.response_topic, headers.correlation
    message = signed_bytes(key.algorithm, topic, properties, *others, body)
    signature = _base64url.encode(sign(key.algorithm, key.secret, message))
    return Headers((*properties, ("sig", signature)), *others)


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
            claimed = read_claims(headers.properties)
            key = self._allowed_key(claimed.kid, claimed.sender, topic, now)
            self._check_time(claimed.ts, freshness, now)
            message = signed_input(key.algorithm, topic, headers, body)
            if not is_valid(key.algorithm, key.key, claimed.mac, message):
                raise Refused("bad_signature", f"it does not fit the message and key {key.kid!r}")
        except Refused as refused:
            sender = headers.get("sid")
            raise SignatureInvalid(topic, refused.reason, refused.text, sender=sender) from None
        return claimed

    def _allowed_key(self, kid: str, sender: str, topic: str, now: float) -> Key:
        key = self._keys.ring().get(kid)
        if key is None:
            raise Refused("unknown_key", f"there is no key {kid!r} in the key ring")
        if not key.verifies_at(now):
            raise Refused("key_not_valid", f"key {kid!r} is not valid now")
        if not key.is_for_sender(sender):
            raise Refused("sender_not_allowed", f"key {kid!r} is not for this sender")
        if not key.is_for_topic(topic):
            raise Refused("topic_not_allowed", f"key {kid!r} is not for this topic")
        return key

    def _check_time(self, ts: float, freshness: Freshness, now: float) -> None:
        if freshness == "live":
            oldest = now - WINDOW
        else:
            oldest = now - self._max_age if freshness == "durable" else 0.0
        if ts < oldest:
            raise Refused("stale", f"made {now - ts:.0f} s ago; do the clocks agree?")
        if ts > now + WINDOW:
            raise Refused("from_the_future", f"made {ts - now:.0f} s from now; set the clocks")
