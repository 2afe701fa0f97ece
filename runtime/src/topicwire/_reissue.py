"""Recorded messages with another identity than that of their senders, or with none. Pure.

A signature vouches for the moment of a message, so a recorded one is not believed again: a receiver
finds it too old, or knows it already. And durable messages are known by their numbers.
"""

from __future__ import annotations

import time
from dataclasses import replace

from topicwire._envelope import Headers, pack_envelope, read_headers
from topicwire._identity import IdentitySource
from topicwire._key_file import KeySource
from topicwire._raw_message import RawMessage
from topicwire._signing import Signing, add_signature, claims_signature
from topicwire.errors import PublishRejected

_IDENTITY = frozenset({"sv", "kid", "sid", "ep", "seq", "ts", "n", "sig"})


def is_signed(message: RawMessage) -> bool:
    """Return whether a message carries a signature, valid or not."""
    return claims_signature(_unpack(message)[0])


def has_identity(message: RawMessage) -> bool:
    """Return whether a message says who has sent it, by which repetitions are known."""
    return _unpack(message)[0].get("sid") is not None


def without_identity(message: RawMessage) -> RawMessage:
    """Return a message without signature and number; one that has neither as it is."""
    if not has_identity(message) and not is_signed(message):
        return message
    headers, body, enveloped = _unpack(message)
    return _pack(message, _bare(headers), body, enveloped)


class Reissuer:
    """Gives messages the identity of another sender, and signs those that were signed.

    `signing` has the keys; without it, messages that were signed cannot be given a signature.
    """

    def __init__(self, sender: str, signing: Signing | None = None) -> None:
        self._numbers = IdentitySource(sender)
        self._keys = KeySource(signing.keys) if signing is not None else None

    def reissue(self, message: RawMessage) -> RawMessage:
        """Return a message as this sender would send it now; one without identity as it is.

        Raises `PublishRejected` when there is no key to sign with on its topic.
        """
        signed = is_signed(message)
        if not signed and not has_identity(message):
            return message
        headers, body, enveloped = _unpack(message)
        now = time.time()
        bare = _bare(headers)
        headers = replace(bare, properties=self._numbers.next().properties(now) + bare.properties)
        if signed:
            key = None
            if self._keys is not None:
                key = self._keys.ring().signing_key(self._numbers.sender, message.topic, now)
            if key is None:
                raise PublishRejected(
                    message.topic, f"there is no key to sign it with as {self._numbers.sender!r}"
                )
            headers = add_signature(key, message.topic, headers, body)
        return _pack(message, headers, body, enveloped)


def _bare(headers: Headers) -> Headers:
    kept = tuple(pair for pair in headers.properties if pair[0] not in _IDENTITY)
    return replace(headers, properties=kept)


def _unpack(message: RawMessage) -> tuple[Headers, bytes, bool]:
    """Return headers and body, and whether they are in an envelope of MQTT 3.1.1."""
    native = Headers(
        message.user_properties, message.content_type, message.response_topic, message.correlation
    )
    headers, body, problem = read_headers(native, message.payload)
    if problem is not None:
        return native, message.payload, False
    return headers, body, body is not message.payload and len(body) != len(message.payload)


def _pack(message: RawMessage, headers: Headers, body: bytes, enveloped: bool) -> RawMessage:
    if enveloped:
        return replace(message, payload=pack_envelope(headers, body))
    return replace(message, user_properties=headers.properties)
