"""What a client collects to send together: for each channel with `batch`, topic by topic."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from topicwire._batch import Collector, OpenBatch
from topicwire._channel import Batch, Channel
from topicwire._composition import Composer
from topicwire._delivery import Delivery
from topicwire._queue import Outgoing, OutgoingQueue
from topicwire._stats import Counters
from topicwire._trace_hooks import ClientTracing
from topicwire.errors import TopicwireError

# Sooner than this the network thread looks for what is due only when it is told.
_NAP = 1.0  # seconds


class Batches:
    """The collectors of one client. Safe to use from any thread.

    A batch that is full or due goes to `queue` as one message. It is put together, compressed and
    signed before, on the thread of the publisher that filled it: a network thread that let go of
    the interpreter for each of these would wait for busy publishers every time. `max_bytes` is
    how large a batch may be for the broker, `wake` calls the network thread, and `refuse` raises
    why nothing is collected any more.
    """

    def __init__(
        self,
        queue: OutgoingQueue,
        composer: Composer,
        counters: Counters,
        wake: Callable[[], None],
        refuse: Callable[[], None],
        *,
        tracing: ClientTracing | None = None,
    ) -> None:
        self.max_bytes = 2**28
        self._queue = queue
        self._composer = composer
        self._counters = counters
        self._wake = wake
        self._refuse = refuse
        self._tracing = tracing
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._collectors: dict[str, Collector] = {}
        self._closed = False

    def collector(self, channel: Channel[Any], limits: Batch) -> Collector:
        """Return the collector of a channel, which its publishers share."""
        with self._making:
            found = self._collectors.get(channel.name)
            if found is None:
                template = channel.batch_template or channel.template
                found = Collector(
                    max_messages=limits.max_messages,
                    linger=limits.linger,
                    room=self._queue.room,
                    lock=self._lock,
                    encode=channel.codec.encode,
                    topic_of=template.topic,
                    begin=partial(self._begin, channel, limits),
                    finish=partial(self._finish, channel),
                    make_room=self._make_room,
                    refuse=self._refuse,
                )
                found.closed = self._closed
                self._collectors[channel.name] = found
            return found

    @property
    def messages(self) -> int:
        """Number of messages that wait for others."""
        return sum(collector.messages for collector in self._known())

    def due_in(self) -> float:
        """Return in how many seconds the next batch is due."""
        due = [moment for one in self._known() if (moment := one.due()) is not None]
        return max(0.0, min(due) - time.monotonic()) if due else _NAP

    def flush_due(self) -> None:
        """Queue what is due."""
        now = time.monotonic()
        for collector in self._known():
            collector.flush_before(now)

    def flush(self) -> None:
        """Queue everything."""
        for collector in self._known():
            collector.flush()

    def open(self) -> None:
        """Collect again."""
        self._set_closed(False)

    def disown(self) -> None:
        """Collect no more in a process that `fork` made, where locks may be held by nobody."""
        for collector in self._known():
            collector.closed = True

    def close(self) -> None:
        """Collect no more, and queue what there is."""
        self._set_closed(True)
        self.flush()

    def _set_closed(self, closed: bool) -> None:
        with self._making, self._lock:
            self._closed = closed
            for collector in self._collectors.values():
                collector.closed = closed

    def _known(self) -> list[Collector]:
        return list(self._collectors.values())

    def _make_room(self, size: int, may_wait: bool) -> None:
        self._queue.make_room(size, may_wait=may_wait)

    def _begin(self, channel: Channel[Any], limits: Batch, topic: str) -> OpenBatch:
        # Without a key it would be refused when it is sent, which nobody would be told.
        self._composer.check(channel, topic)
        batch = OpenBatch(
            topic, min(limits.max_bytes, self.max_bytes), Delivery(topic, channel.qos)
        )
        if limits.linger < _NAP:
            self._wake()
        return batch

    def _finish(self, channel: Channel[Any], batch: OpenBatch) -> None:
        count = len(batch.bodies)
        try:
            payload, headers, lasts = self._composer.compose(
                channel, batch.topic, batch.join(), channel.headers
            )
        except TopicwireError as error:
            self._counters.fail(error, count, channel=channel.name)
            batch.delivery._fail(error)
            return
        if self._tracing is not None:
            headers = self._tracing.batch(channel, headers, count, batch.delivery)
        expires = batch.opened + lasts if lasts is not None else None
        item = Outgoing(
            batch.topic, payload, channel.qos, False, headers, expires, batch.delivery, channel.name
        )
        item.count = count
        item.created = batch.opened
        self._queue.append(item)
        self._wake()
