"""Counters of a client."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What a client has done since it was made; all are counts of messages but the last two.

    `dropped` counts QoS 0 messages that came faster than their handlers took them, `unrouted`
    messages that no handler was there for, `in_flight` messages sent and not yet acknowledged,
    `reconnects` connections after the first, `queued_bytes` topics and payloads in the queue.
    """

    sent: int
    acknowledged: int
    failed: int
    received: int
    invalid: int
    handler_errors: int
    dropped: int
    unrouted: int
    queued_messages: int
    in_flight: int
    reconnects: int
    queued_bytes: int


class Counters:
    """Named counts that any thread may raise."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, name: str, count: int = 1) -> None:
        """Raise one count."""
        with self._lock:
            self._counts[name] += count

    def snapshot(self, *, queued_messages: int, queued_bytes: int, in_flight: int) -> Stats:
        """Return the counts as they are now, with the given sizes."""
        with self._lock:
            counts = Counter(self._counts)
        return Stats(
            sent=counts["sent"],
            acknowledged=counts["acknowledged"],
            failed=counts["failed"],
            received=counts["received"],
            invalid=counts["invalid"],
            handler_errors=counts["handler_errors"],
            dropped=counts["dropped"],
            unrouted=counts["unrouted"],
            queued_messages=queued_messages,
            in_flight=in_flight,
            reconnects=counts["reconnects"],
            queued_bytes=queued_bytes,
        )
