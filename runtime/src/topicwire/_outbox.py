"""The outbox: messages of durable channels wait on disk until the broker has acknowledged them.

Callers write into the store; one thread moves what is stored, in order and at a bounded rate,
into a queue of its own, from where the network thread takes it, and removes what was
acknowledged.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from topicwire._delivery import Delivery
from topicwire._envelope import Headers
from topicwire._identity import Identity
from topicwire._log_fields import fields
from topicwire._outbox_store import OutboxStore, StoredMessage
from topicwire._queue import Outgoing, OutgoingQueue
from topicwire._stats import Counters
from topicwire.errors import (
    NotConnected,
    OutboxFailed,
    PublishExpired,
    PublishRejected,
    TopicwireError,
)

log = logging.getLogger("topicwire")

# What is in memory of the outbox at a time; the rest stays on disk.
_WINDOW_MESSAGES = 100
_WINDOW_BYTES = 4 * 2**20
_EXPIRY_CHECKS = 60.0  # seconds between them
_RETRY_DISK = 1.0  # seconds
_BURST = 0.01  # seconds: how much of the rate is sent at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Where messages of `durable` channels wait for the broker, and how many may.

    `path` is a file of this client's own. It takes `max_bytes` of topics and payloads, and
    messages are given up after `max_age` seconds. At most `rate` messages a second are sent
    from it, so that what has piled up does not crowd out everything else. With `sync=False`
    the operating system decides when a message reaches the disk: faster, and safe against
    crashes of the program, but not against a loss of power.
    """

    path: Path | str
    max_bytes: int = 256 * 2**20
    max_age: float = 7 * 86_400.0
    rate: float = 1_000.0
    sync: bool = True

    def __post_init__(self) -> None:
        if self.max_bytes < 1 or self.max_age <= 0 or self.rate <= 0:
            raise ValueError("max_bytes, max_age and rate of an outbox must be positive")


class OutboxFeed:
    """Moves messages from a store into `queue`, and out of the store when they are delivered.

    `wake` tells the network thread that there is something in the queue; `report` takes errors
    of messages that nobody holds the delivery of any more. The network thread never waits for
    the disk: what it tells is noted, and this thread is woken.
    """

    def __init__(
        self,
        settings: Outbox,
        sender: str,
        *,
        headers_of: Callable[[StoredMessage, Identity], Headers],
        wake: Callable[[], None],
        report: Callable[[TopicwireError], None],
        counters: Counters,
    ) -> None:
        self.queue = OutgoingQueue(_WINDOW_MESSAGES, 2**62, "reject", 0.0, counters)
        self._settings = settings
        self._sender = sender
        self.store = OutboxStore(
            settings.path, sender=sender, max_bytes=settings.max_bytes, sync=settings.sync
        )
        self._headers_of = headers_of
        self._wake = wake
        self._report = report
        # Who published something may still wait for it, or not hold its delivery any more.
        self._deliveries: weakref.WeakValueDictionary[int, Delivery] = weakref.WeakValueDictionary()
        # Held while a message is stored, so that nobody finds it before its delivery.
        self._storing = threading.Lock()
        # Guards what follows, for moments only.
        self._lock = threading.Lock()
        self._cursor = 0
        self._in_flight: set[int] = set()
        self._finished: list[int] = []
        self._refused: list[tuple[int, str]] = []
        self._woken = threading.Event()
        self._stopping = False
        self._closed = False
        self._thread: threading.Thread | None = None
        self._next_settling = 0.0
        self._next_send = 0.0
        self._next_expiry = 0.0

    def publish(self, message: StoredMessage) -> Delivery:
        """Store a message; raises `OutboxFull`, `OutboxFailed`, or `NotConnected` when closed."""
        delivery = Delivery(message.topic, message.qos)
        with self._storing:
            if self._closed:
                raise NotConnected("the client is closed; nothing can be published")
            self._deliveries[self.store.add(message)] = delivery
        self._woken.set()
        return delivery

    def start(self) -> None:
        """Begin to send what is stored; raises `OutboxFailed` if it cannot be opened again."""
        self._stopping = self._closed = False
        self.store.open()
        self._thread = threading.Thread(target=self._run, name="topicwire-outbox", daemon=True)
        self._thread.start()

    def refuse_new(self) -> None:
        """Store nothing more."""
        self._closed = True

    def stop(self) -> None:
        """Send nothing more, and have the thread end when it has removed what was delivered."""
        self._stopping = self._closed = True
        self._woken.set()

    def close(self, timeout: float) -> None:
        """Stop, wait for it up to `timeout` seconds, and let others have the file."""
        self.stop()
        if self._thread is None:
            self._end()
        else:
            self._thread.join(timeout)
            if self._thread.is_alive():
                return  # the disk hangs; the file is released when the process ends
            self._thread = None
        self.store.close()

    def is_idle(self) -> bool:
        """Return whether everything stored has been acknowledged or refused."""
        with self._lock:
            return not self._in_flight and self._unseen() == 0

    # ---- the thread -------------------------------------------------------------------------

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping:
            self._woken.wait(pause)
            self._woken.clear()
            # What cannot be removed, as on a full disk, must not keep the rest from being sent.
            for step in (self._settle, self._expire, self._feed):
                try:
                    step()
                except OutboxFailed as error:
                    log.error(
                        "%s; trying again in %g s", error, _RETRY_DISK,
                        extra=fields("outbox_failed", error, client=self._sender),
                    )  # fmt: skip
            pause = self._pause()
        self._end()

    def _pause(self) -> float:
        """Return how long there is nothing to do."""
        until = self._next_expiry
        with self._lock:
            if self._finished or self._refused:
                until = min(until, self._next_settling)
            if len(self._in_flight) < _WINDOW_MESSAGES and self._unseen():
                until = min(until, self._next_send)
        return max(0.0, until - time.monotonic())

    def _unseen(self) -> int:
        # Called with the lock held.
        known = len(self._in_flight) + len(self._finished) + len(self._refused)
        return self.store.waiting - known

    def _settle(self) -> None:
        """Remove from the store what has been delivered, and mark what was refused.

        On a full disk even that fails; it is done when there is room again.
        """
        if time.monotonic() < self._next_settling and not self._stopping:
            return
        self._next_settling = time.monotonic() + _RETRY_DISK
        with self._lock:
            finished, refused = list(self._finished), list(self._refused)
        if finished:
            self.store.remove(finished)
            with self._lock:
                del self._finished[: len(finished)]
        for sequence, reason in refused:
            self.store.refuse(sequence, reason)
            with self._lock:
                del self._refused[0]
        self._next_settling = 0.0

    def _expire(self) -> None:
        if time.monotonic() < self._next_expiry:
            return
        self._next_expiry = time.monotonic() + _EXPIRY_CHECKS
        found = self.store.expired(time.time(), self._settings.max_age)
        with self._lock:
            known = self._in_flight.union(self._finished)
        over = [message for message in found if message[0] not in known]
        self.store.remove(sequence for sequence, _ in over)
        for sequence, topic in over:
            error = PublishExpired(f"message to {topic!r} waited too long in the outbox")
            log.warning(
                "outbox message %d: %s", sequence, error,
                extra=fields("outbox_expired", error, client=self._sender, topic=topic),
            )  # fmt: skip
            delivery = self._deliveries.get(sequence)
            if delivery is None:
                self._report(error)
            else:
                delivery._fail(error)

    def _feed(self) -> None:
        """Hand over as many messages as the window and the rate allow."""
        now = time.monotonic()
        with self._lock:
            room = _WINDOW_MESSAGES - len(self._in_flight)
            if now < self._next_send or not room or not self._unseen():
                return
        limit = min(room, max(1, int(self._settings.rate * _BURST)))
        self._next_send = now + _RETRY_DISK
        with self._storing:
            messages = self.store.pending(self._cursor, limit, _WINDOW_BYTES)
            deliveries = [self._deliveries.get(message.sequence) for message in messages]
        for message, delivery in zip(messages, deliveries, strict=True):
            with self._lock:
                self._cursor = message.sequence
                if message.sequence in self._in_flight:
                    continue  # it failed and came back while others were still under way
                self._in_flight.add(message.sequence)
            self._send(message, delivery)
        self._next_send = now + len(messages) / self._settings.rate
        self._wake()

    def _send(self, message: StoredMessage, held: Delivery | None) -> None:
        sequence = message.sequence
        delivery = held or Delivery(message.topic, message.qos)
        orphaned = held is None
        delivery.add_done_callback(lambda ended: self._ended(sequence, ended.error, orphaned))
        try:
            headers = self._headers_of(message, Identity(self._sender, self.store.epoch, sequence))
        except TopicwireError as error:
            delivery._fail(PublishRejected(message.topic, str(error)))
            return
        self.queue.put(self.outgoing(message, headers, delivery), may_wait=False)

    def outgoing(self, message: StoredMessage, headers: Headers, delivery: Delivery) -> Outgoing:
        """Return a stored message as it is sent."""
        expires_at = None
        if message.expires is not None:
            expires_at = time.monotonic() + message.expires - time.time()
        item = Outgoing(
            message.topic,
            message.payload,
            message.qos,
            bool(message.retain),
            headers,
            expires_at,
            delivery,
            message.channel,
        )
        item.stored = True
        return item

    def _ended(self, sequence: int, error: TopicwireError | None, orphaned: bool) -> None:
        # On the network thread.
        with self._lock:
            self._in_flight.discard(sequence)
            if error is None or isinstance(error, PublishExpired):
                self._finished.append(sequence)
            elif isinstance(error, PublishRejected):
                self._refused.append((sequence, str(error)))
            else:
                # Kept: sent again from here when the client connects once more.
                self._cursor = min(self._cursor, sequence - 1)
        self._woken.set()
        if orphaned and isinstance(error, (PublishExpired, PublishRejected)):
            self._report(error)

    def _end(self) -> None:
        """Settle what can be, and tell those who wait that their messages are kept."""
        with self._storing:
            left = list(self._deliveries.values())
        for item in self.queue.clear():
            item.delivery._keep()
        for delivery in left:
            delivery._keep()
        try:
            self._settle()
        except OutboxFailed as error:
            log.error(
                "%s; what was delivered may be sent again", error,
                extra=fields("outbox_unsettled", error, client=self._sender),
            )  # fmt: skip
        if self.store.waiting:
            log.info(
                "%d messages are kept in the outbox %s", self.store.waiting, self.store.path,
                extra=fields("outbox_kept", client=self._sender, messages=self.store.waiting),
            )  # fmt: skip
