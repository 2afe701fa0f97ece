"""Signature version 1: its algorithms, over the bytes that `_claims` puts together. Pure.

docs/wire.md describes it for other implementations; tests/vectors holds its test vectors.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import cache
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from topicwire._claims import signed_bytes
from topicwire._envelope import Headers

Algorithm = Literal["hmac-sha256", "ed25519"]


def signed_input(algorithm: Algorithm, topic: str, headers: Headers, body: bytes) -> bytes:
    """Return what a signature of a message is made over."""
    return signed_bytes(
        algorithm,
        topic,
        headers.properties,
        headers.content_type,
        headers.response_topic,
        headers.correlation,
        body,
    )


def sign(algorithm: Algorithm, secret: bytes, message: bytes) -> bytes:
    """Return the signature; `secret` is the HMAC key or the Ed25519 seed."""
    if algorithm == "hmac-sha256":
        return _mac(secret, message)
    return _private(secret).sign(message)


def is_valid(algorithm: Algorithm, key: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether the signature is one of `message`; `key` is the HMAC key or the public key."""
    if algorithm == "hmac-sha256":
        return hmac.compare_digest(_mac(key, message), signature)
    try:
        _public(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def public_key(seed: bytes) -> bytes:
    """Return the public key of an Ed25519 seed."""
    return _private(seed).public_key().public_bytes_raw()


def _mac(secret: bytes, message: bytes) -> bytes:
    keyed = _keyed(secret).copy()
    keyed.update(message)
    return keyed.finalize()


def _new_hmac(secret: bytes) -> HMAC:
    return HMAC(secret, SHA256())


# Making these takes longer than using them.
_keyed: Callable[[bytes], HMAC] = cache(_new_hmac)
_private: Callable[[bytes], Ed25519PrivateKey] = cache(Ed25519PrivateKey.from_private_bytes)
_public: Callable[[bytes], Ed25519PublicKey] = cache(Ed25519PublicKey.from_public_bytes)
