"""Signatures: what was signed is believed, and nothing else, whatever is done to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from topicwire import _base64url
from topicwire._envelope import RESERVED, Headers
from topicwire._key_file import KeySource
from topicwire._keys import Key, KeyRing
from topicwire._signature import public_key, sign, signed_input
from topicwire._signing import Freshness, Verifier
from topicwire.errors import SignatureInvalid

from tests.fuzz.choices import Choices
from tests.fuzz.target import Target

NOW = 1_800_000_000.0
_SEED = bytes(range(32))
_KEYS = (
    Key(kid="hmac", algorithm="hmac-sha256", key=_SEED, senders=("bench-*",), topics=("a/#",)),
    Key(kid="ed", algorithm="ed25519", key=public_key(_SEED), private_key=_SEED),
    Key(kid="old", algorithm="hmac-sha256", key=_SEED, not_after=NOW - 1),
    Key(kid="soon", algorithm="hmac-sha256", key=bytes(32), not_before=NOW + 1),
)
_VERIFIER = Verifier(KeySource(KeyRing(_KEYS)))
_REASONS = {
    "unsigned", "malformed", "unknown_key", "key_not_valid", "sender_not_allowed",
    "topic_not_allowed", "stale", "from_the_future", "bad_signature",
}  # fmt: skip
_NAMES = tuple(sorted(RESERVED))
_FRESHNESS: tuple[Freshness, ...] = ("live", "durable", "retained")


@dataclass(frozen=True)
class _Message:
    topic: str
    headers: Headers
    body: bytes


def _signed(key: Key, topic: str, body: bytes, **optional: str) -> _Message:
    properties = {
        "sv": "1", "kid": key.kid, "sid": "bench-1", "ep": "7", "seq": "12",
        "ts": str(int(NOW * 1_000_000) - 5), "n": _base64url.encode(bytes(range(16))), **optional,
    }  # fmt: skip
    headers = Headers(tuple(properties.items()), "application/json", "reply/to", b"\1\2")
    assert key.secret is not None
    made = sign(key.algorithm, key.secret, signed_input(key.algorithm, topic, headers, body))
    properties["sig"] = _base64url.encode(made)
    return _Message(topic, replace(headers, properties=tuple(properties.items())), body)


# Every message that a holder of the keys has ever signed.
_SIGNED = (
    _signed(_KEYS[0], "a/b", b'{"value": 1}'),
    _signed(_KEYS[1], "a/b", b'{"value": 1}', **{"schema-id": "s", "content-encoding": "gzip"}),
    _signed(_KEYS[0], "other", b"{}"),
    _signed(_KEYS[2], "a/b", b"{}"),
    _signed(_KEYS[3], "a/b", b"{}"),
)
_VALID = _SIGNED[:2]


def _check(data: bytes) -> None:
    choices = Choices(data)
    message = choices.pick(_SIGNED)
    for _ in range(choices.number(6)):
        message = _changed(message, choices)
    freshness = choices.pick(_FRESHNESS)
    try:
        signed = _VERIFIER.verify(message.topic, message.headers, message.body, freshness, NOW)
    except SignatureInvalid as error:
        assert error.reason in _REASONS
        assert error.sender == message.headers.get("sid")
        assert str(error)
        assert _meaning(message) not in _MEANINGS, error
        return
    assert _meaning(message) in _MEANINGS, "accepted what nobody has signed"
    assert (signed.sender, signed.epoch, signed.sequence) == ("bench-1", 7, 12)


def _changed(message: _Message, choices: Choices) -> _Message:
    headers, kind = message.headers, choices.number(8)
    pairs = list(headers.properties)
    at = choices.number(len(pairs)) if pairs else 0
    if kind == 0:
        return replace(message, topic=choices.word(("a", "a/b", "a/b/c", "other", "")))
    if kind == 1:
        return replace(message, body=choices.raw(choices.number(32)))
    if kind == 2:
        text, number = choices.text(), choices.number(256)
        fields = choices.pick((
            {"content_type": text}, {"content_type": None}, {"response_topic": text},
            {"response_topic": None}, {"correlation": text.encode()}, {"correlation": None},
            {"correlation": bytes([number])}, {"content_type": "application/json"},
        ))  # fmt: skip
        return replace(message, headers=replace(headers, **fields))  # type: ignore[arg-type]
    if kind == 3 and pairs:
        del pairs[at]
    elif kind == 4:
        pairs.insert(at, (choices.word(_NAMES), choices.text(100)))
    elif kind == 5 and pairs:
        pairs[at] = (pairs[at][0], _edited(pairs[at][1], choices))
    elif kind == 6 and pairs:
        # A value from another message, as whoever listens can put them together.
        other = dict(choices.pick(_SIGNED).headers.properties)
        pairs[at] = (pairs[at][0], other.get(pairs[at][0], pairs[at][1]))
    elif pairs:
        pairs.append(pairs.pop(at))
    return replace(message, headers=replace(headers, properties=tuple(pairs)))


def _edited(value: str, choices: Choices) -> str:
    at = choices.number(len(value) + 1)
    return value[:at] + choices.text(4) + value[at + choices.number(3) :]


def _meaning(message: _Message) -> tuple[object, ...]:
    """Return what a signature covers; to it, absent and empty are one."""
    headers = message.headers
    found = dict(headers.properties)
    return (
        message.topic,
        message.body,
        *(found.get(name, "") for name in _NAMES),
        headers.content_type or "",
        headers.response_topic or "",
        headers.correlation or b"",
    )


_MEANINGS = frozenset(map(_meaning, _VALID))


def _seeds() -> Iterator[bytes]:
    for which in range(len(_SIGNED)):
        for freshness in range(3):
            yield bytes([which, 0, freshness])
    for kind in range(8):
        yield bytes([0, 1, kind, 3, 2, 2]) + b"abcdef"
        yield bytes([1, 2, kind, 7, 1, 1, 0, 5, 9, 1, 65])


SIGNATURES = Target(name="signatures", check=_check, seeds=_seeds, max_len=512)
