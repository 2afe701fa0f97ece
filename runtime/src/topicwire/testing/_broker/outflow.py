"""Messages to one client, from the queue to the acknowledgement (MQTT 5.0, sections 4.3, 4.4, 4.9).

Pure. It belongs to the session, so it outlives connections.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from topicwire.testing._broker.messages import Delivery
from topicwire.testing._broker.packets import Answer, Kind
from topicwire.testing._broker.reasons import Reason
from topicwire.testing._broker.writing import pack_answer

_MIDS = 65_535


@dataclass(slots=True)
class _InFlight:
    delivery: Delivery
    received: bool = False
    """Whether the client has answered a QoS 2 message with PUBREC."""


class Outflow:
    """The queue of a session, and what is sent and not yet acknowledged."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._queue: deque[Delivery] = deque()
        self._in_flight: dict[int, _InFlight] = {}
        # Of a resumed session: those that this connection has not seen yet.
        self._again: deque[int] = deque()
        self._open: set[int] = set()
        self._send: Callable[[bytes], bool] | None = None
        self._version = 0
        self._window = 0
        self._last_mid = 0

    @property
    def waiting(self) -> int:
        """Number of messages that are queued or not acknowledged."""
        return len(self._queue) + len(self._in_flight)

    def attach(self, send: Callable[[bytes], bool], version: int, window: int) -> None:
        """Send over a connection from now on; at most `window` messages without an answer.

        `send` says whether the packet was not larger than the client takes.
        """
        self._send, self._version, self._window = send, version, window
        self._again = deque(self._in_flight)
        self._open = set()
        self.pump()

    def detach(self) -> None:
        """Keep from now on what needs an answer, and forget the rest."""
        self._send = None

    def add(self, delivery: Delivery) -> None:
        """Take a message for the client; one of QoS 0 is lost while there is no connection."""
        if delivery.qos:
            self._queue.append(delivery)
            self.pump()
        elif self._send is not None and delivery.message.expires > self._now():
            self._send(self._packed(delivery, 0))

    def answered(self, answer: Answer) -> None:
        """Take PUBACK, PUBREC or PUBCOMP of the client."""
        known = self._in_flight.get(answer.mid)
        if answer.kind is Kind.PUBREC:
            self._received(answer, known)
        elif known is not None and known.received == (answer.kind is Kind.PUBCOMP):
            self._done(answer.mid)
        self.pump()

    def pump(self) -> None:
        """Send what the window allows."""
        if self._send is None:
            return
        while len(self._open) < self._window and (self._again or self._queue):
            if self._again:
                self._repeat(self._again.popleft())
            else:
                self._first(self._queue.popleft())

    def _received(self, answer: Answer, known: _InFlight | None) -> None:
        if known is not None and answer.reason >= Reason.UNSPECIFIED:
            self._done(answer.mid)
            return
        reason = Reason.SUCCESS if known is not None else Reason.PACKET_ID_NOT_FOUND
        if known is not None:
            known.received = True
        self._release(answer.mid, reason)

    def _done(self, mid: int) -> None:
        del self._in_flight[mid]
        self._open.discard(mid)

    def _first(self, delivery: Delivery) -> None:
        if delivery.message.expires <= self._now():
            return
        mid = self._new_mid()
        if self._send is not None and self._send(self._packed(delivery, mid)):
            self._in_flight[mid] = _InFlight(delivery)
            self._open.add(mid)

    def _repeat(self, mid: int) -> None:
        found = self._in_flight.get(mid)
        if found is None:
            return
        self._open.add(mid)
        if found.received:
            self._release(mid, Reason.SUCCESS)
        elif self._send is not None and not self._send(
            self._packed(found.delivery, mid, duplicate=True)
        ):
            self._done(mid)

    def _release(self, mid: int, reason: Reason) -> None:
        if self._send is not None:
            self._send(pack_answer(Kind.PUBREL, mid, reason, self._version))

    def _packed(self, delivery: Delivery, mid: int, *, duplicate: bool = False) -> bytes:
        return delivery.packed(
            mid, self._now(), duplicate=duplicate, with_properties=self._version == 5
        )

    def _new_mid(self) -> int:
        while True:
            self._last_mid = self._last_mid % _MIDS + 1
            if self._last_mid not in self._in_flight:
                return self._last_mid
