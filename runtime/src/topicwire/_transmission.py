"""Messages on their way out: from the queues to the broker, until they are acknowledged."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Sequence

from topicwire._batching import Batches
from topicwire._connection import Connection
from topicwire._delivery import Delivery
from topicwire._greeting import Greeting
from topicwire._queue import Outgoing, OutgoingQueue
from topicwire._reasons import explain_publish
from topicwire._stats import Counters
from topicwire.errors import NotConnected, PublishExpired, PublishRejected, TopicwireError

# How much is handed over before the socket takes some of it.
_PUMP_MESSAGES = 256
_PUMP_BYTES = 2**20
_SLICE = 16  # messages
# Room for the fixed header and the properties when a size is held against the broker's limit.
_PACKET_OVERHEAD = 128
# That of a batch, whose headers are not known when messages are collected for it.
_BATCH_OVERHEAD = 1024


class Transmission:
    """Hands queued messages to a connection within the broker's limits, and follows them.

    `stored` is the queue of what comes from the outbox, if there is one; the two take turns.
    `batches` are what is collected to go into the queue.
    `max_in_flight` is this side's limit of unacknowledged messages; the broker's Receive Maximum
    counts too. `ack_timeout` is how long an acknowledgement may take, in seconds. All methods but
    `refusal` and the properties are for the network thread.
    """

    def __init__(
        self,
        queue: OutgoingQueue,
        stored: OutgoingQueue | None,
        batches: Batches,
        counters: Counters,
        *,
        max_in_flight: int,
        ack_timeout: float,
    ) -> None:
        self._queue = queue
        self._stored = stored
        self._batches = batches
        self._counters = counters
        self._max_in_flight = max_in_flight
        self._ack_timeout = ack_timeout
        self._greeting: Greeting | None = None
        # By packet identifier, in the order in which they were sent.
        self._in_flight: dict[int, Outgoing] = {}
        # Of these, what the connection before has not seen acknowledged.
        self._to_repeat: deque[int] = deque()
        self._undelivered: list[Delivery] = []
        self._stored_next = False

    @property
    def greeting(self) -> Greeting | None:
        """What the broker said of itself when it last accepted a connection."""
        return self._greeting

    @property
    def in_flight(self) -> int:
        """Number of messages sent and not yet acknowledged."""
        return len(self._in_flight)

    def refusal(self, item: Outgoing) -> PublishRejected | None:
        """Return why the broker would refuse a message, as far as its limits are known."""
        greeting = self._greeting
        if greeting is None:
            return None
        if item.size + _PACKET_OVERHEAD > greeting.maximum_packet_size:
            limit = greeting.maximum_packet_size
            reason = f"{item.size} bytes, the broker takes packets of {limit} at most"
        elif item.qos > greeting.maximum_qos:
            reason = f"QoS {item.qos}, the broker takes {greeting.maximum_qos} at most"
        elif item.retain and not greeting.retain_available:
            reason = "it is to be retained, and the broker does not do that"
        else:
            return None
        return PublishRejected(item.topic, reason)

    def begin(self, greeting: Greeting) -> None:
        """Keep to the limits of a new connection, and begin anew what its session has lost."""
        self._greeting = greeting
        self._batches.max_bytes = greeting.maximum_packet_size - _BATCH_OVERHEAD
        self._batches.flush()
        if not greeting.session_present:
            for item in reversed(self._in_flight.values()):
                self._put_back(item)
            self._in_flight.clear()
        # MQTT 5.0, section 4.4: in their order, before all others.
        self._to_repeat = deque(self._in_flight)

    def is_overdue(self) -> bool:
        """Return whether the broker owes an acknowledgement for longer than it may.

        MQTT sends nothing again while a connection lasts, so an acknowledgement that got lost
        would hold up the message, and its place in the window, for ever.
        """
        if len(self._to_repeat) == len(self._in_flight):
            return False  # it has not been asked again
        for item in self._in_flight.values():
            return time.monotonic() - item.sent_at > self._ack_timeout
        return False

    def pump(self, connection: Connection) -> bool:
        """Hand over what is queued, as far as socket and Receive Maximum allow.

        Returns whether a batch was among it.
        """
        self._batches.flush_due()
        if connection.congested:
            return False
        batches = False
        room = min(_PUMP_MESSAGES, self._window() - self._outstanding())
        while room > 0 and self._to_repeat:
            self._repeat(self._to_repeat.popleft(), connection)
            room -= 1
        while room > 0 and connection.waiting < _PUMP_BYTES:
            items = self._next(min(room, _SLICE))
            if not items:
                break
            room -= len(items)
            batches = batches or any(item.count > 1 for item in items)
            self.sent([item for item in items if self._send(item, connection) and item.qos])
        connection.flush()
        return batches

    def due_in(self) -> float:
        """Return in how many seconds a batch is to be sent that is not full."""
        return self._batches.due_in()

    def can_pump(self, connection: Connection) -> bool:
        """Return whether `pump` would send something now."""
        return (
            bool(self._queue or self._stored or self._to_repeat)
            and not connection.congested
            and self._outstanding() < self._window()
        )

    def is_idle(self, connection: Connection | None) -> bool:
        """Return whether everything has been sent and acknowledged.

        Without a connection, what the outbox keeps does not count.
        """
        if connection is None:
            return not self._queue and all(item.stored for item in self._in_flight.values())
        return not (self._queue or self._stored or self._in_flight or connection.congested)

    def take_back(self, connection: Connection) -> None:
        """Queue again, before all others, what a lost connection had not written."""
        for item in reversed(connection.unwritten()):
            self._put_back(item)

    def sent(self, items: Sequence[Outgoing]) -> None:
        """Note that messages are on their way."""
        if not items:
            return
        # There is one for each message, so neighbours of one channel are counted together.
        channel, count, size = items[0].channel, 0, 0
        for item in items:
            if item.channel is not channel:
                self._counters.note_sent(channel, count, size)
                channel, count, size = item.channel, 0, 0
            count += item.count
            size += len(item.payload)
            item.delivery._mark_sent()
        self._counters.note_sent(channel, count, size)

    def acknowledged(self, mid: int) -> None:
        """Note the PUBACK or PUBCOMP of a message."""
        item = self._in_flight.pop(mid, None)
        if item is not None:
            self._counters.acknowledged += item.count
            self._counters.tally(item.channel).acknowledged += item.count
            self._counters.round_trip.add(time.monotonic() - item.created)
            item.delivery._acknowledge()

    def received(self, mid: int, connection: Connection) -> None:
        """Note the PUBREC of a QoS 2 message, which is not to be sent again."""
        item = self._in_flight.get(mid)
        if item is not None:
            item.received = True
        # One that is not known is over for this side, and the broker waits for as much.
        connection.release(mid)

    def refused(self, mid: int, code: int) -> None:
        """Note that the broker does not take a message."""
        item = self._in_flight.pop(mid, None)
        if item is not None:
            reason = explain_publish(code)
            self._fail(item, PublishRejected(item.topic, reason, reason_code=code))

    def fail_all(self, reason: str, unwritten: Sequence[Outgoing] = ()) -> None:
        """Fail all that is neither sent nor acknowledged; what the outbox has is kept."""
        self._batches.close()
        unsent = [*unwritten, *self._queue.clear()]
        if self._stored is not None:
            unsent += self._stored.clear()
        for item in self._in_flight.values():
            self._give_up(item, f"sent, but not acknowledged, so it may have arrived: {reason}")
        for item in unsent:
            self._give_up(item, f"not sent: {reason}")
        self._in_flight.clear()

    def take_undelivered(self) -> tuple[Delivery, ...]:
        """Return, and forget, the deliveries that `fail_all` has failed."""
        undelivered, self._undelivered = tuple(self._undelivered), []
        return undelivered

    def _outstanding(self) -> int:
        return len(self._in_flight) - len(self._to_repeat)

    def _window(self) -> int:
        limit = self._greeting.receive_maximum if self._greeting is not None else 1
        return min(limit, self._max_in_flight)

    def _next(self, limit: int) -> list[Outgoing]:
        """Take messages from the queues, in turns if there are two."""
        if limit <= 0:
            return []
        if self._stored is None:
            return self._queue.take(limit)
        taken: list[Outgoing] = []
        while len(taken) < limit:
            self._stored_next = not self._stored_next
            first, second = self._queue, self._stored
            if self._stored_next:
                first, second = second, first
            item = first.pop() or second.pop()
            if item is None:
                break
            taken.append(item)
        return taken

    def _put_back(self, item: Outgoing) -> None:
        queue = self._stored if item.stored and self._stored is not None else self._queue
        queue.put_back(item)

    def _send(self, item: Outgoing, connection: Connection) -> bool:
        """Hand over a message; return False if it has failed instead."""
        try:
            refusal = self.refusal(item)
            if refusal is not None:
                raise refusal
            expiry = _seconds_left(item)
            if expiry is not None and expiry <= 0:
                raise PublishExpired(f"message to {item.topic!r} waited too long")
        except TopicwireError as error:
            self._fail(item, error)
            return False
        mid = 0
        if item.qos:
            mid = connection.new_mid()
            while mid in self._in_flight:
                mid = connection.new_mid()
            item.sent_at = time.monotonic()
            self._in_flight[mid] = item
        connection.publish(item, mid, expiry=expiry)
        return True

    def _repeat(self, mid: int, connection: Connection) -> None:
        item = self._in_flight.get(mid)
        if item is None:
            return
        item.sent_at = time.monotonic()
        if item.received:
            connection.release(mid)
        else:
            # The broker may have it already, so it is not for this side to let it expire.
            expiry = _seconds_left(item)
            left = None if expiry is None else max(1, expiry)
            connection.publish(item, mid, expiry=left, duplicate=True)

    def _give_up(self, item: Outgoing, reason: str) -> None:
        if item.stored:
            item.delivery._keep()
        else:
            self._fail(item, NotConnected(f"message to {item.topic!r} {reason}"))
            self._undelivered.append(item.delivery)

    def _fail(self, item: Outgoing, error: TopicwireError) -> None:
        self._counters.fail(error, item.count, channel=item.channel)
        item.delivery._fail(error)


def _seconds_left(item: Outgoing) -> int | None:
    if item.expires_at is None:
        return None
    return math.ceil(item.expires_at - time.monotonic())
