"""A received message on its way to the handlers, and the order of acknowledgements."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping


class Inbound:
    """One received message; it calls `on_done` when every route has dealt with it.

    `epoch` numbers the connection it came over; `timestamp` is the time of receipt in seconds
    since the epoch of the clock.
    """

    __slots__ = (
        "_lock", "_on_done", "_remaining", "content_type", "duplicate", "epoch", "headers",
        "identifiers", "mid", "payload", "qos", "retained", "timestamp", "topic",
    )  # fmt: skip

    def __init__(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int,
        retained: bool,
        duplicate: bool,
        mid: int,
        headers: Mapping[str, str],
        content_type: str | None,
        identifiers: tuple[int, ...],
    ) -> None:
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retained = retained
        self.duplicate = duplicate
        self.mid = mid
        self.headers = headers
        self.content_type = content_type
        self.identifiers = identifiers
        self.timestamp = time.time()
        self.epoch = 0
        self._on_done: Callable[[Inbound], None] | None = None
        self._remaining = 0
        self._lock = threading.Lock()

    def expect(self, routes: int, on_done: Callable[[Inbound], None]) -> None:
        """Say how many calls of `done` there will be; with none of them it is done at once."""
        self._remaining = routes
        self._on_done = on_done
        if not routes:
            on_done(self)

    def done(self) -> None:
        """Note that one route has dealt with the message."""
        with self._lock:
            self._remaining -= 1
            last = self._remaining == 0
        if last and self._on_done is not None:
            self._on_done(self)


class AckLedger:
    """Releases acknowledgements in the order in which the messages came.

    MQTT 5.0, section 4.6 wants PUBACKs in the order of the PUBLISH packets, but handlers end in
    any order. Only for the network thread.
    """

    def __init__(self) -> None:
        self._order: deque[Inbound] = deque()
        self._finished: set[Inbound] = set()

    def add(self, inbound: Inbound) -> None:
        """Note that `inbound` (QoS 1 or 2) came and is to be acknowledged later."""
        self._order.append(inbound)

    def finish(self, inbound: Inbound) -> Iterator[Inbound]:
        """Note that `inbound` is dealt with; yield the messages to acknowledge now, in order."""
        self._finished.add(inbound)
        while self._order and self._order[0] in self._finished:
            ready = self._order.popleft()
            self._finished.discard(ready)
            yield ready

    def clear(self) -> None:
        """Forget everything: a new connection does not know the old packet identifiers."""
        self._order.clear()
        self._finished.clear()

    def __len__(self) -> int:
        return len(self._order)
