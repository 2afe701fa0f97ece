"""Key rings for tests."""

from __future__ import annotations

from pathlib import Path

from topicwire import Key, KeyRing
from topicwire._key_file import format_ring
from topicwire._signature import public_key

HMAC = Key(kid="shared", algorithm="hmac-sha256", key=bytes(range(32)))
SEED = bytes(range(32, 64))
ED25519 = Key(kid="own", algorithm="ed25519", key=public_key(SEED), private_key=SEED)
ED25519_PUBLIC = Key(kid="own", algorithm="ed25519", key=public_key(SEED))

SHARED = KeyRing([HMAC])
SIGNING = KeyRing([ED25519])
VERIFYING = KeyRing([ED25519_PUBLIC])


def write_ring(path: Path, ring: KeyRing) -> Path:
    """Write a key file that only its owner can read."""
    path.write_text(format_ring(ring))
    path.chmod(0o600)
    return path
