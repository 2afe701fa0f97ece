"""base64url without padding (RFC 4648, section 5), one text for each value and no other."""

from __future__ import annotations

from binascii import Error, a2b_base64, b2a_base64

_TO_URL = bytes.maketrans(b"+/", b"-_")
# What is not of this alphabet must not come to be read as something of the other one.
_FROM_URL = bytes.maketrans(b"-_+/", b"+/--")


def encode(value: bytes) -> str:
    """Return `value` as text."""
    return b2a_base64(value, newline=False).translate(_TO_URL).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes that `text` stands for; raises `ValueError`.

    A text that `encode` would not have written is refused: padding, other characters, and
    unused bits that are not zero. So no change of a text leaves its value as it was.
    """
    try:
        raw = text.encode("ascii").translate(_FROM_URL)
        value = a2b_base64(raw + b"=" * (-len(raw) % 4))
    except (UnicodeEncodeError, Error) as error:
        raise ValueError(f"not base64url: {error}") from None
    if encode(value) != text:
        raise ValueError("not base64url without padding, in its only form")
    return value
