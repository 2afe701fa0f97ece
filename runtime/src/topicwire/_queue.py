"""The bounded queue between publishers and the network thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Literal

from topicwire._batch import Room
from topicwire._completion import on_network_thread
from topicwire._delivery import Delivery
from topicwire._envelope import Headers
from topicwire._stats import Counters
from topicwire.errors import NotConnected, QueueFull

QueuePolicy = Literal["block", "reject", "drop_oldest"]
# A publisher that never pauses keeps the interpreter from the network thread, and everything
# would wait in the queue. So it waits when there is this much, in bytes, until half is gone ...
_AHEAD = 2**19
# ... but not for a network that does not take anything; in seconds.
_PATIENCE = 0.02


class Outgoing:
    """One message on its way out: everything the network thread needs to send it.

    `expires_at`, `created` and `sent_at` are on the monotonic clock, in seconds; the first is None
    for a message without expiry. `size` is what it takes in the queue, in bytes. `stored` is set
    for messages from the outbox, which have a queue of their own. `count` is the number of
    messages in a batch, `channel` the name of theirs, if any. `received` says that the broker has a
    QoS 2 message, so that only its release is outstanding.
    """

    __slots__ = (
        "channel", "count", "created", "delivery", "expires_at", "headers", "payload", "qos",
        "received", "retain", "sent_at", "size", "stored", "topic",
    )  # fmt: skip

    def __init__(  # noqa: PLR0917 - one for each message, and names take their time
        self,
        topic: str,
        payload: bytes,
        qos: int,
        retain: bool,
        headers: Headers,
        expires_at: float | None,
        delivery: Delivery,
        channel: str = "",
    ) -> None:
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.headers = headers
        self.expires_at = expires_at
        self.delivery = delivery
        self.channel = channel
        self.stored = False
        self.count = 1
        self.created = time.monotonic()
        self.sent_at = 0.0
        self.received = False
        self.size = len(topic) + len(payload) + headers.size


class OutgoingQueue:
    """First in, first out, at most `max_messages` and `max_bytes` (topics and payloads).

    When it is full, `put` waits up to `block_timeout` seconds (`block`), raises `QueueFull`
    (`reject`), or fails the oldest messages to make room (`drop_oldest`), counted in `counters`.
    With `block`, publishers that are far ahead of a network that takes messages wait for it.
    """

    def __init__(
        self,
        max_messages: int,
        max_bytes: int,
        policy: QueuePolicy,
        block_timeout: float,
        counters: Counters,
    ) -> None:
        if max_messages < 1 or max_bytes < 1:
            raise ValueError(f"queue limits must be positive, got {max_messages}, {max_bytes}")
        self.policy = policy
        self.block_timeout = block_timeout
        self._counters = counters
        self.room = Room(max_messages, max_bytes)
        self._items: deque[Outgoing] = deque()
        self._waiting = 0
        self._closed = False
        self._lock = threading.Lock()
        self._change = threading.Condition(self._lock)
        self._paced = threading.Condition(self._lock)

    def put(self, item: Outgoing, *, may_wait: bool = True) -> None:
        """Append `item`.

        Raises `QueueFull` when there is no room, `NotConnected` when closed.

        `may_wait=False` (asyncio) turns `block` into `reject`, and so does the network thread.
        """
        dropped: list[Outgoing] = []
        with self._lock:
            if self._closed or not self.room.fits(item.size):
                self._check_open()
                dropped = self._make_room(item.size, may_wait)
            self._append(item)
        if dropped:
            self._fail(dropped)

    def make_room(self, size: int, *, may_wait: bool = True) -> None:
        """Wait for room or make it, as the policy says, without putting anything there yet."""
        with self._lock:
            self._check_open()
            dropped = self._make_room(size, may_wait)
        self._fail(dropped)

    def append(self, item: Outgoing) -> None:
        """Append what has a place already, whatever the limits."""
        with self._lock:
            self._append(item)

    def pop(self) -> Outgoing | None:
        """Remove and return the oldest message, or None when there is none."""
        taken = self.take(1)
        return taken[0] if taken else None

    def take(self, limit: int) -> list[Outgoing]:
        """Remove and return the oldest messages, up to `limit` of them."""
        if not self._items:
            return []
        with self._lock:
            taken = [self._pop() for _ in range(min(limit, len(self._items)))]
            self._change.notify(len(taken))
            self._set_pace()
        return taken

    def put_back(self, item: Outgoing) -> None:
        """Return a message that could not be sent to the front, whatever the limits."""
        with self._lock:
            self._items.appendleft(item)
            self._count(item, 1)

    def close(self) -> None:
        """Refuse further messages and wake those who wait for room; what is queued stays."""
        with self._lock:
            self._closed = True
            self._change.notify_all()
            self._paced.notify_all()

    def open(self) -> None:
        """Accept messages again."""
        with self._lock:
            self._closed = False

    def clear(self) -> list[Outgoing]:
        """Remove and return everything."""
        with self._lock:
            items = list(self._items)
            self._items.clear()
            self.room.messages = self.room.size = self._waiting = 0
            self._change.notify_all()
            self._paced.notify_all()
            return items

    def __len__(self) -> int:
        return len(self._items)

    @property
    def messages(self) -> int:
        """Number of queued messages, those of each batch counted one by one."""
        return self._waiting

    @property
    def size(self) -> int:
        """Bytes of the queued topics and payloads."""
        return self.room.size

    def _append(self, item: Outgoing) -> None:
        self._items.append(item)
        self._count(item, 1)

    def _pop(self) -> Outgoing:
        item = self._items.popleft()
        self._count(item, -1)
        return item

    def _count(self, item: Outgoing, sign: int) -> None:
        self.room.messages += sign
        self.room.size += sign * item.size
        self._waiting += sign * item.count

    def _make_room(self, size: int, may_wait: bool) -> list[Outgoing]:
        waits = self.policy == "block" and may_wait and not on_network_thread()
        if self.room.holds(size):
            self._keep_pace(waits)
        if self.room.holds(size):
            return []
        if size > self.room.max_bytes:
            raise self._full(f"a message of {size} bytes can never fit {self.room.max_bytes}")
        dropped: list[Outgoing] = []
        if self.policy == "drop_oldest":
            while self._items and not self.room.holds(size):
                dropped.append(self._pop())
        elif waits:
            self._wait_for_room(size)
        if not self.room.holds(size):
            # Not for the dropped ones: only open batches are left, and they are newer.
            self._items.extendleft(reversed(dropped))
            for item in dropped:
                self._count(item, 1)
            raise self._full("nothing was dropped and this message was not queued")
        return dropped

    def _fail(self, dropped: list[Outgoing]) -> None:
        for item in dropped:
            error = self._full("dropped to make room for a newer message")
            self._counters.fail(error, item.count, channel=item.channel)
            item.delivery._fail(error)

    def _wait_for_room(self, size: int) -> None:
        deadline = time.monotonic() + self.block_timeout
        while not self.room.holds(size):
            left = deadline - time.monotonic()
            if left <= 0:
                raise self._full(f"no room within {self.block_timeout:g} s")
            self._change.wait(left)
            self._check_open()

    def _keep_pace(self, waits: bool) -> None:
        room = self.room
        if waits and room.size > room.ahead:
            self._paced.wait_for(lambda: self._closed or room.size <= _AHEAD // 2, _PATIENCE)
            self._check_open()
        # So that whoever may not wait, or has waited in vain, is not asked each time.
        room.ahead = max(_AHEAD, room.size + _AHEAD)

    def _set_pace(self) -> None:
        if self.room.ahead != _AHEAD:
            self.room.ahead = _AHEAD
        if self.room.size <= _AHEAD // 2:
            self._paced.notify_all()

    def _check_open(self) -> None:
        if self._closed:
            raise NotConnected("the client is closed; nothing can be published")

    def _full(self, reason: str) -> QueueFull:
        return QueueFull(len(self._items), self.room.size, reason)
