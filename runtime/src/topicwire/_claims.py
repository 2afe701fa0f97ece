"""Claims of signed messages: compiled where that was possible, else the source as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topicwire._compiled import WANTED

if TYPE_CHECKING or not WANTED:
    from topicwire._claims_py import (
        MAX_SENDER,
        NONCE,
        VERSION,
        Refused,
        Signed,
        is_kid,
        read_claims,
        read_number,
        signed_bytes,
    )
else:
    try:
        from topicwire._claims_c import (
            MAX_SENDER,
            NONCE,
            VERSION,
            Refused,
            Signed,
            is_kid,
            read_claims,
            read_number,
            signed_bytes,
        )
    except ImportError:
        from topicwire._claims_py import (
            MAX_SENDER,
            NONCE,
            VERSION,
            Refused,
            Signed,
            is_kid,
            read_claims,
            read_number,
            signed_bytes,
        )

__all__ = [
    "MAX_SENDER",
    "NONCE",
    "VERSION",
    "Refused",
    "Signed",
    "is_kid",
    "read_claims",
    "read_number",
    "signed_bytes",
]
