"""Received messages: compiled where that was possible, else the same source as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topicwire._compiled import WANTED

if TYPE_CHECKING or not WANTED:
    from topicwire._inbound_py import AckLedger, Inbound
else:
    try:
        from topicwire._inbound_c import AckLedger, Inbound
    except ImportError:
        from topicwire._inbound_py import AckLedger, Inbound

__all__ = ["AckLedger", "Inbound"]
