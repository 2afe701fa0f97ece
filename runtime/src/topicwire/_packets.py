"""Packets that carry messages: compiled where that was possible, else the source as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topicwire._compiled import WANTED

if TYPE_CHECKING or not WANTED:
    from topicwire._packets_py import (
        PacketSplitter,
        PublishPacket,
        pack_answer,
        pack_properties,
        pack_publish,
        read_publish,
    )
else:
    try:
        from topicwire._packets_c import (
            PacketSplitter,
            PublishPacket,
            pack_answer,
            pack_properties,
            pack_publish,
            read_publish,
        )
    except ImportError:
        from topicwire._packets_py import (
            PacketSplitter,
            PublishPacket,
            pack_answer,
            pack_properties,
            pack_publish,
            read_publish,
        )

__all__ = [
    "PacketSplitter",
    "PublishPacket",
    "pack_answer",
    "pack_properties",
    "pack_publish",
    "read_publish",
]
