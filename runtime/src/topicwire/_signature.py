"""Signature version 1: the exact bytes that are signed, and the algorithms. Pure.

docs/wire.md describes it for other implementations; tests/vectors holds its test vectors.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Callable
from functools import cache
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from topicwire._envelope import Headers

Algorithm = Literal["hmac-sha256", "ed25519"]

VERSION = "1"
_MAGIC = b"topicwire/sig/v1\0"
_length = struct.Struct(">I").pack


def signed_input(algorithm: Algorithm, topic: str, headers: Headers, body: bytes) -> bytes:
    """Return what a signature is made over: each part after its length, absent ones empty.

    Of the headers, the values count as their text on the wire; `body` is as on the wire too.
    """
    found = dict(headers.properties)
    parts = [
        algorithm.encode(),
        *(found.get(name, "").encode() for name in ("kid", "sid", "ep", "seq", "ts", "n")),
        topic.encode(),
        (headers.content_type or "").encode(),
        found.get("content-encoding", "").encode(),
        (headers.response_topic or "").encode(),
        headers.correlation or b"",
        found.get("schema-id", "").encode(),
        body,
    ]
    pieces = [_MAGIC]
    for part in parts:
        pieces += _length(len(part)), part
    return b"".join(pieces)


def sign(algorithm: Algorithm, secret: bytes, message: bytes) -> bytes:
    """Return the signature; `secret` is the HMAC key or the Ed25519 seed."""
    if algorithm == "hmac-sha256":
        return hmac.digest(secret, message, "sha256")
    return _private(secret).sign(message)


def is_valid(algorithm: Algorithm, key: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether the signature is one of `message`; `key` is the HMAC key or the public key."""
    if algorithm == "hmac-sha256":
        return hmac.compare_digest(hmac.digest(key, message, "sha256"), signature)
    try:
        _public(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def public_key(seed: bytes) -> bytes:
    """Return the public key of an Ed25519 seed."""
    return _private(seed).public_key().public_bytes_raw()


# Making these takes longer than using them.
_private: Callable[[bytes], Ed25519PrivateKey] = cache(Ed25519PrivateKey.from_private_bytes)
_public: Callable[[bytes], Ed25519PublicKey] = cache(Ed25519PublicKey.from_public_bytes)
