"""A received message on its way to the handlers, and the order of acknowledgements.

There is one for each message, so this source is also compiled, as `_inbound_c`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

from topicwire._claims import Signed
from topicwire._envelope import Headers
from topicwire.errors import EnvelopeInvalid

NO_HEADERS = Headers()


class Inbound:
    """One received message; it calls `on_done` when every route has dealt with it.

    `epoch` numbers the connection it came over; `timestamp` is the time of receipt in seconds
    since the epoch of the clock; `problem` says what is wrong with its headers, `signed` what a
    signature vouches for, once it was verified, and `max_bytes` how much its body may be.
    """

    __slots__ = (
        "_followers", "_lock", "_on_done", "_released", "_remaining", "_then", "duplicate", "epoch",
        "headers", "identifiers", "max_bytes", "mid", "payload", "problem", "qos", "retained",
        "signed", "timestamp", "topic",
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
        headers: Headers = NO_HEADERS,
        problem: EnvelopeInvalid | None = None,
        identifiers: tuple[int, ...] = (),
    ) -> None:
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retained = retained
        self.duplicate = duplicate
        self.mid = mid
        self.headers = headers
        self.problem = problem
        self.identifiers = identifiers
        self.timestamp = time.time()
        self.epoch = 0
        self.max_bytes = 0
        self.signed: Signed | None = None
        self._on_done: Callable[[Inbound], None] | None = None
        self._remaining = 0
        self._followers: list[Inbound] | None = None
        self._released = False
        self._then: Callable[[Callable[[], None]], object] | None = None
        self._lock = threading.Lock()

    def expect(self, routes: int, on_done: Callable[[Inbound], None]) -> None:
        """Say how many calls of `done` there will be; with none of them it is done at once."""
        self._remaining = routes
        self._on_done = on_done
        if not routes:
            self._release()

    def hold(self) -> None:
        """Ask for one more call of `done`; only before the last one."""
        with self._lock:
            self._remaining += 1

    def done(self) -> None:
        """Note that one route has dealt with the message."""
        with self._lock:
            self._remaining -= 1
            if self._remaining:
                return
        if self._then is not None:
            self._then(self._release)
        else:
            self._release()

    def when_done(self, then: Callable[[Callable[[], None]], object]) -> None:
        """Have `then` called when every route has dealt with it; before `expect`, on any thread.

        The message counts as done when `then` has called the function that it is given.
        """
        self._then = then

    def follow(self, first: Inbound | None, on_done: Callable[[Inbound], None]) -> None:
        """Be done when `first` is, of which this is a repetition; at once if it is None or done."""
        self._on_done = on_done
        if first is not None:
            with first._lock:
                if not first._released:
                    first._followers = [*(first._followers or ()), self]
                    return
        on_done(self)

    def _release(self) -> None:
        with self._lock:
            self._released = True
            followers, self._followers = self._followers, None
        if self._on_done is not None:
            self._on_done(self)
        for follower in followers or ():
            if follower._on_done is not None:
                follower._on_done(follower)


class AckLedger:
    """Releases acknowledgements in the order in which the messages came.

    MQTT 5.0, section 4.6 wants PUBACKs in the order of the PUBLISH packets, but handlers end in
    any order. Only for the network thread.
    """

    def __init__(self) -> None:
        self._order: deque[Inbound] = deque()
        self._finished: set[Inbound] = set()
        self._size = 0

    def add(self, inbound: Inbound) -> None:
        """Note that `inbound` (QoS 1 or 2) came and is to be acknowledged later."""
        self._order.append(inbound)
        self._size += len(inbound.payload)

    def finish(self, inbound: Inbound) -> Iterator[Inbound]:
        """Note that `inbound` is dealt with; yield the messages to acknowledge now, in order."""
        self._finished.add(inbound)
        while self._order and self._order[0] in self._finished:
            ready = self._order.popleft()
            self._finished.discard(ready)
            self._size -= len(ready.payload)
            yield ready

    def clear(self) -> None:
        """Forget everything: a new connection does not know the old packet identifiers."""
        self._order.clear()
        self._finished.clear()
        self._size = 0

    def is_full(self, messages: int, size: int) -> bool:
        """Return whether there are so many messages, or bytes of bodies, not acknowledged."""
        return len(self._order) >= messages or self._size >= size

    def __len__(self) -> int:
        return len(self._order)
