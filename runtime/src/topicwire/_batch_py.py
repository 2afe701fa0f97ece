"""Messages that go together: collected for each topic until they are sent, and handed out again.

What loops over messages is here, without I/O. This one source is also compiled, under the name
`_batch_c` and with the C types of `_batch_c.pxd`; `_batch` takes what there is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from topicwire._delivery import Delivery

_NONE: Mapping[str, str] = {}
_KNOWN_TOPICS = 10_000


class Room:
    """How much there may be between publishers and the socket, and how much there is.

    `messages` and `size` (bytes) are those of the queue, which alone changes them; `open` batches
    of `collected` bytes are those of the collectors. A batch takes the place of one message.
    Beyond `ahead` bytes in the queue publishers ask before they go on, though there is room.
    """

    def __init__(self, max_messages: int, max_bytes: int) -> None:
        self.max_messages = max_messages
        self.max_bytes = max_bytes
        self.ahead = max_bytes
        self.messages = 0
        self.size = 0
        self.open = 0
        self.collected = 0

    def fits(self, size: int) -> bool:
        """Return whether one more message of `size` bytes may go at once."""
        return self.messages + self.open < self.max_messages and self.takes(size)

    def takes(self, size: int) -> bool:
        """Return whether `size` more bytes may go at once."""
        return self.size <= self.ahead and self.size + self.collected + size <= self.max_bytes

    def holds(self, size: int) -> bool:
        """Return whether there is room for one more message of `size` bytes."""
        return (
            self.messages + self.open < self.max_messages
            and self.size + self.collected + size <= self.max_bytes
        )


class OpenBatch:
    """Messages of one topic, in the order in which they came.

    `size` is that of the JSON array in bytes and `limit` how much it may be; `opened` is on the
    monotonic clock, in seconds. All of them share one `delivery`.
    """

    def __init__(self, topic: str, limit: int, delivery: Delivery) -> None:
        self.topic = topic
        self.limit = limit
        self.delivery = delivery
        self.opened = time.monotonic()
        self.bodies: list[bytes] = []
        self.size = 1

    def join(self) -> bytes:
        """Return the messages as one JSON array."""
        return b"[%b]" % b",".join(self.bodies)


class Collector:
    """Collects the messages of one channel, for each topic in a batch of its own.

    A batch is handed to `finish` when it has `max_messages`, when one more would not fit its
    limit of bytes, `linger` seconds after it was opened (`flush_before`), and at `flush`. `begin`
    makes the batch of a topic, and may refuse to. Both are called with `lock` held, which all
    collectors of a client share, so they must not wait; `make_room` is called without, when
    `room` does not let the number of bytes go that it is given. `encode` and `topic_of` make
    the body of a message and its topic from the parameters; `refuse` raises why nothing is taken
    when it is `closed`. Any thread may call any method.
    """

    def __init__(
        self,
        *,
        max_messages: int,
        linger: float,
        room: Room,
        lock: threading.Lock,
        encode: Callable[[Any], bytes],
        topic_of: Callable[[Mapping[str, str]], str],
        begin: Callable[[str], OpenBatch],
        finish: Callable[[OpenBatch], None],
        make_room: Callable[[int, bool], None],
        refuse: Callable[[], None],
    ) -> None:
        self.linger = linger
        self.closed = False
        self.messages = 0
        self._max_messages = max_messages
        self._room = room
        self._lock = lock
        self._encode = encode
        self._topic_of = topic_of
        self._begin = begin
        self._finish = finish
        self._make_room = make_room
        self._refuse = refuse
        # In the order in which they were opened, which is that in which they are due.
        self._open: dict[str, OpenBatch] = {}
        self._topics: dict[tuple[tuple[str, str], ...], str] = {}

    def publish(
        self, message: object, parameters: Mapping[str, str] = _NONE, may_wait: bool = True
    ) -> Delivery:
        """Validate a message and add it to the batch of its topic, whose delivery it shares.

        Raises what `encode`, `topic_of`, `begin`, `make_room` and `refuse` raise.
        """
        if self.closed:
            self._refuse()
        topic = self._topic(parameters)
        body: bytes = self._encode(message)
        size = len(body) + 1
        room = self._room
        if not (room.takes(size) if topic in self._open else room.fits(size)):
            self._make_room(size, may_wait)
        with self._lock:
            if self.closed:
                self._refuse()
            batch = self._open.get(topic)
            if batch is not None and batch.size + size > batch.limit:
                self._close(batch)
                batch = None
            if batch is None:
                batch = self._begin(topic)
                self._open[topic] = batch
                room.open += 1
            batch.bodies.append(body)
            batch.size += size
            room.collected += size
            self.messages += 1
            delivery = batch.delivery
            if len(batch.bodies) >= self._max_messages:
                self._close(batch)
        return delivery

    def due(self) -> float | None:
        """Return when the oldest batch is to be sent, on the monotonic clock; None without one."""
        with self._lock:
            for batch in self._open.values():
                return batch.opened + self.linger
        return None

    def flush_before(self, now: float) -> None:
        """Finish the batches that are due at `now`, in seconds of the monotonic clock."""
        opened = now - self.linger
        with self._lock:
            due: list[OpenBatch] = []
            for batch in self._open.values():
                if batch.opened > opened:
                    break
                due.append(batch)
            for batch in due:
                self._close(batch)

    def flush(self) -> None:
        """Finish all batches."""
        with self._lock:
            for batch in list(self._open.values()):
                self._close(batch)

    def _topic(self, parameters: Mapping[str, str]) -> str:
        key = tuple(parameters.items()) if parameters else ()
        topic = self._topics.get(key)
        if topic is None:
            topic = self._topic_of(parameters)
            if len(self._topics) >= _KNOWN_TOPICS:
                self._topics.clear()
            self._topics[key] = topic
        return topic

    def _close(self, batch: OpenBatch) -> None:
        del self._open[batch.topic]
        room = self._room
        room.open -= 1
        room.collected -= batch.size - 1
        self.messages -= len(batch.bodies)
        self._finish(batch)


def hand_out(  # noqa: PLR0917
    elements: Sequence[Any],
    context: Any,  # noqa: ANN401 - a Context, whichever build it is of
    batched: bool,
    handler: Callable[[Any, Any], None],
    invalid: type[Exception],
    rejected: Callable[[Any, Any], None],
    failed: Callable[[Exception, Any], None],
) -> None:
    """Call `handler` for each element, if they are of a batch with its own context.

    Elements of the type `invalid` go to `rejected`, and what the handler raises to `failed`.
    """
    index = 0
    for element in elements:
        own = context.at(index) if batched else context
        index += 1
        if isinstance(element, invalid):
            rejected(element, own)
            continue
        try:
            handler(element, own)
        except Exception as error:
            failed(error, own)
