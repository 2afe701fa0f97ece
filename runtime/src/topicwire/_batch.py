"""The batching core: compiled where that was possible, else the same source as it is.

`COMPILED` says which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topicwire._compiled import WANTED

COMPILED = False
if TYPE_CHECKING or not WANTED:
    from topicwire._batch_py import Collector, OpenBatch, Room, hand_out
else:
    try:
        from topicwire._batch_c import Collector, OpenBatch, Room, hand_out

        COMPILED = True
    except ImportError:
        from topicwire._batch_py import Collector, OpenBatch, Room, hand_out

__all__ = ["COMPILED", "Collector", "OpenBatch", "Room", "hand_out"]
