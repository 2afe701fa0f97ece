"""The bounded queue between publishers and the network thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from topicwire._delivery import Delivery
from topicwire._envelope import Headers
from topicwire.errors import NotConnected, QueueFull

QueuePolicy = Literal["block", "reject", "drop_oldest"]


@dataclass(slots=True, eq=False)
class Outgoing:
    """One message on its way out: everything the network thread needs to send it.

    `expires_at`, `created` and `sent_at` are on the monotonic clock, in seconds; the first is None
    for a message without expiry. `stored` is set for messages from the outbox, which have a queue
    of their own.
    """

    topic: str
    payload: bytes
    qos: int
    retain: bool
    headers: Headers
    expires_at: float | None
    delivery: Delivery
    stored: bool = False
    created: float = field(default_factory=time.monotonic)
    sent_at: float = 0.0
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = len(self.topic) + len(self.payload) + self.headers.size


class OutgoingQueue:
    """First in, first out, at most `max_messages` and `max_bytes` (topics and payloads).

    When it is full, `put` waits up to `block_timeout` seconds (`block`), raises `QueueFull`
    (`reject`), or fails the oldest messages to make room (`drop_oldest`).
    """

    def __init__(
        self, max_messages: int, max_bytes: int, policy: QueuePolicy, block_timeout: float
    ) -> None:
        if max_messages < 1 or max_bytes < 1:
            raise ValueError(f"queue limits must be positive, got {max_messages}, {max_bytes}")
        self.max_messages = max_messages
        self.max_bytes = max_bytes
        self.policy = policy
        self.block_timeout = block_timeout
        self._items: deque[Outgoing] = deque()
        self._bytes = 0
        self._closed = False
        self._room = threading.Condition()

    def put(self, item: Outgoing, *, may_wait: bool = True) -> list[QueueFull]:
        """Append `item`, and return the errors of the messages that were dropped for it.

        Raises `QueueFull` when there is no room, `NotConnected` when closed.

        `may_wait=False` (asyncio, the network thread) turns `block` into `reject`.
        """
        with self._room:
            self._check_open()
            if item.size > self.max_bytes:
                raise QueueFull(
                    len(self._items),
                    self._bytes,
                    f"a message of {item.size} bytes can never fit {self.max_bytes}",
                )
            dropped: list[Outgoing] = []
            if not self._fits(item):
                if self.policy == "drop_oldest":
                    while not self._fits(item):
                        dropped.append(self._pop())
                elif self.policy == "block" and may_wait:
                    self._wait_for_room(item)
                else:
                    raise self._full("nothing was dropped and this message was not queued")
            self._items.append(item)
            self._bytes += item.size
        errors: list[QueueFull] = []
        for old in dropped:
            errors.append(self._full("dropped to make room for a newer message"))
            old.delivery._fail(errors[-1])
        return errors

    def pop(self) -> Outgoing | None:
        """Remove and return the oldest message, or None when there is none."""
        with self._room:
            if not self._items:
                return None
            item = self._pop()
            self._room.notify()
            return item

    def put_back(self, item: Outgoing) -> None:
        """Return a message that could not be sent to the front, whatever the limits."""
        with self._room:
            self._items.appendleft(item)
            self._bytes += item.size

    def close(self) -> None:
        """Refuse further messages and wake those who wait for room; what is queued stays."""
        with self._room:
            self._closed = True
            self._room.notify_all()

    def open(self) -> None:
        """Accept messages again."""
        with self._room:
            self._closed = False

    def clear(self) -> list[Outgoing]:
        """Remove and return everything."""
        with self._room:
            items = list(self._items)
            self._items.clear()
            self._bytes = 0
            self._room.notify_all()
            return items

    def __len__(self) -> int:
        return len(self._items)

    @property
    def size(self) -> int:
        """Bytes of the queued topics and payloads."""
        return self._bytes

    def _fits(self, item: Outgoing) -> bool:
        return len(self._items) < self.max_messages and self._bytes + item.size <= self.max_bytes

    def _pop(self) -> Outgoing:
        item = self._items.popleft()
        self._bytes -= item.size
        return item

    def _wait_for_room(self, item: Outgoing) -> None:
        deadline = time.monotonic() + self.block_timeout
        while not self._fits(item):
            left = deadline - time.monotonic()
            if left <= 0:
                raise self._full(f"no room within {self.block_timeout:g} s")
            self._room.wait(left)
            self._check_open()

    def _check_open(self) -> None:
        if self._closed:
            raise NotConnected("the client is closed; nothing can be published")

    def _full(self, reason: str) -> QueueFull:
        return QueueFull(len(self._items), self._bytes, reason)
