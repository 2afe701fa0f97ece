"""What a handler is told besides the message: compiled, or the same source as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topicwire._compiled import WANTED

if TYPE_CHECKING or not WANTED:
    from topicwire._context_py import Context
else:
    try:
        from topicwire._context_c import Context
    except ImportError:
        from topicwire._context_py import Context

__all__ = ["Context"]
