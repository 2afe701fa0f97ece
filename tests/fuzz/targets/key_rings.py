"""Key rings: only `KeyRingInvalid`, and what is read is written and read again the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

from topicwire import _base64url
from topicwire._key_file import format_ring, parse_ring
from topicwire._signature import public_key
from topicwire.errors import KeyRingInvalid

from tests.fuzz.target import Target
from tests.fuzz.trees import tree_mutation

_SECRET = _base64url.encode(bytes(range(32)))
_PUBLIC = _base64url.encode(public_key(bytes(range(32))))
_TIMES = (
    "2026-12-31T00:00:00Z", "2026-01-01T12:00:00.123456+02:00", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59", "1969-12-31T23:59:59.999999Z", "2026-12-31", "2026-12-31T00:00:00",
    "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "2106-02-07T06:28:16.000001Z",
)  # fmt: skip
_WORDS = (
    "version", "keys", "kid", "alg", "key", "private_key", "senders", "topics", "not_before",
    "not_after", "sign_from", "hmac-sha256", "ed25519", "*", "bench-*", "#", "+", "a/#", "+/b",
    _SECRET, _PUBLIC, *_TIMES,
)  # fmt: skip


def _check(data: bytes) -> None:
    try:
        ring = parse_ring(data, "fuzz")
    except KeyRingInvalid as error:
        assert error.origin == "fuzz"
        assert error.reason
        return
    text = format_ring(ring)
    assert list(parse_ring(text, "again")) == list(ring)
    assert format_ring(parse_ring(text, "again")) == text
    for key in ring:
        # What is asked of every message must not raise either.
        key.signs_at(0.0)
        key.is_for_sender("bench-1")
        key.is_for_topic("a/b")
    ring.signing_key("bench-1", "a/b", 1.8e9)


def _seeds() -> Iterator[bytes]:
    hmac = {"kid": "a", "alg": "hmac-sha256", "key": _SECRET}
    signing = {"kid": "b", "alg": "ed25519", "private_key": _SECRET, "key": _PUBLIC}
    full = {**signing, "senders": ["x", "y*"], "topics": ["a/#", "+/b"], "sign_from": _TIMES[0]}
    for keys in ([], [hmac], [hmac, full], [{"kid": "c", "alg": "ed25519", "key": _PUBLIC}]):
        yield json.dumps({"version": 1, "keys": keys}).encode()
    for time in (*_TIMES, 0, 1e9, -1e11, 2e10, 1e15):
        for name in ("not_before", "not_after", "sign_from"):
            yield json.dumps({"version": 1, "keys": [{**hmac, name: time}]}).encode()


KEY_RINGS = Target(
    name="key-rings", check=_check, seeds=_seeds, mutate=tree_mutation(_WORDS), max_len=3000
)
