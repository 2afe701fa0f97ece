"""Nonces of signed messages: compiled where that was possible, else the source as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topicwire._compiled import WANTED

if TYPE_CHECKING or not WANTED:
    from topicwire._nonces_py import NonceCache
else:
    try:
        from topicwire._nonces_c import NonceCache
    except ImportError:
        from topicwire._nonces_py import NonceCache

__all__ = ["NonceCache"]
