"""base64url without padding (RFC 4648, section 5), one text for each value and no other."""

from __future__ import annotations

import base64
import binascii


def encode(value: bytes) -> str:
    """Return `value` as text."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes that `text` stands for; raises `ValueError`.

    A text that `encode` would not have written is refused: padding, other characters, and
    unused bits that are not zero. So no change of a text leaves its value as it was.
    """
    try:
        raw = text.encode("ascii")
        value = base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError(f"not base64url: {error}") from None
    if encode(value) != text:
        raise ValueError("not base64url without padding, in its only form")
    return value
