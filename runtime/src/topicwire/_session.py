"""The life of a client's connection: the one thread that talks to the broker.

Other threads put work into queues and wake this one; nothing else ever calls into paho. So
there are no locks around paho, and no lock of ours is held while it calls back.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from paho.mqtt.enums import MQTTProtocolVersion

from topicwire._completion import Completion, enter_network_thread, leave_network_thread
from topicwire._connection import Connection, ConnectionSettings, FilterRequest, Greeting
from topicwire._delivery import Delivery
from topicwire._dialer import V5, Dialer
from topicwire._inbound import AckLedger, Inbound
from topicwire._queue import Outgoing, OutgoingQueue
from topicwire._reconnect import Backoff, ReconnectPolicy
from topicwire._stats import Counters
from topicwire._subscriptions import FilterEntry, SubscriptionTable
from topicwire.errors import (
    ConnectionFailed,
    NotConnected,
    PublishExpired,
    PublishRejected,
    SessionLost,
    SubscribeRejected,
    TopicwireError,
)

log = logging.getLogger("topicwire")

_PUMP_MESSAGES = 256
# Room for the fixed header and the properties when a size is held against the broker's limit.
_PACKET_OVERHEAD = 128


class Owner(Protocol):
    """The client a session belongs to; called on the network thread, must not block."""

    def deliver(self, inbound: Inbound) -> None:
        """Hand a message to its handlers, and call `inbound.done` for each."""
        ...

    def report(self, error: TopicwireError) -> None:
        """Make an error known that no call can raise."""
        ...


class Session:
    """Connects, keeps the connection, and moves messages between the queues and the broker."""

    def __init__(
        self,
        settings: ConnectionSettings,
        *,
        queue: OutgoingQueue,
        subscriptions: SubscriptionTable,
        reconnect: ReconnectPolicy,
        counters: Counters,
        owner: Owner,
        max_in_flight: int,
        version: MQTTProtocolVersion | None,
    ) -> None:
        self.ready = Completion()
        self.ended = Completion()
        self._settings = settings
        self._queue = queue
        self._subscriptions = subscriptions
        self._counters = counters
        self._owner = owner
        self._max_in_flight = max_in_flight
        self._backoff = Backoff(reconnect)
        self._commands: deque[Callable[[Connection], None]] = deque()
        self._ledger = AckLedger()
        self._in_flight: dict[int, Outgoing] = {}
        self._undelivered: list[Delivery] = []
        self._subscribing: dict[int, list[FilterEntry]] = {}
        self._dialer = Dialer(settings, self, version)
        self._greeting: Greeting | None = None
        # Whether there has been a connection since `start`, which the next one continues.
        self._resuming = False
        # Counts the connections there have been.
        self._epoch = 0
        self._woken = False
        self._closing = False
        self._drained: Completion | None = None
        self._sleep = threading.Event()
        self._thread: threading.Thread | None = None
        self.last_failure: ConnectionFailed | None = None

    # ---- for any thread ---------------------------------------------------------------------

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted the connection and all subscriptions are granted."""
        return self.ready.done and self.ready.error is None and not self._closing

    @property
    def is_running(self) -> bool:
        """Whether the network thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def in_flight(self) -> int:
        """Number of messages sent and not yet acknowledged."""
        return len(self._in_flight)

    def refusal(self, item: Outgoing) -> PublishRejected | None:
        """Return why the broker would refuse a message, as far as its limits are known."""
        greeting = self._greeting
        if greeting is None or item.size + _PACKET_OVERHEAD <= greeting.maximum_packet_size:
            return None
        limit = greeting.maximum_packet_size
        return PublishRejected(
            item.topic, f"{item.size} bytes, the broker takes packets of {limit} at most"
        )

    @property
    def version_name(self) -> str:
        """The MQTT version in use, "5" or "3.1.1"."""
        return "5" if self._dialer.version is V5 else "3.1.1"

    def take_undelivered(self) -> tuple[Delivery, ...]:
        """Return, and forget, the deliveries that failed because the session ended."""
        undelivered, self._undelivered = tuple(self._undelivered), []
        return undelivered

    def start(self) -> None:
        """Start the network thread; `ready` tells when the broker has accepted."""
        self._closing = False
        self._resuming = False
        self._drained = None
        self._sleep.clear()
        if self.ready.done:
            self.ready = Completion()
        self.ended = Completion()
        self._queue.open()
        self._thread = threading.Thread(
            target=self._run, name=f"topicwire-{self._settings.client_id}", daemon=True
        )
        self._thread.start()

    def wake(self) -> None:
        """Tell the network thread that there is something to do."""
        if self._woken:
            return
        self._woken = True
        self._sleep.set()
        connection = self._dialer.connection
        if connection is not None:
            connection.wake()

    def subscribe(self, entry: FilterEntry) -> None:
        """Ask the broker for a filter; `entry.granted` tells the answer.

        While there is no connection nothing is done: connecting asks for all filters anyway.
        """
        self._command(lambda connection: self._request([entry], connection))

    def unsubscribe(self, name: str) -> None:
        """Tell the broker to forget a filter."""
        self._command(lambda connection: connection.unsubscribe(name))

    def acknowledge(self, inbound: Inbound) -> None:
        """Acknowledge a received message, when those before it are, if it may still be."""
        if inbound.qos:
            self._command(lambda connection: self._release(inbound, connection))

    def drain(self) -> Completion:
        """Take in nothing more, in either direction; the result tells when all is sent."""
        self._queue.close()
        drained = Completion()
        self._drained = drained
        if not self.is_running:
            drained._finish()
        self.wake()
        return drained

    def stop(self, timeout: float) -> None:
        """Disconnect and end the network thread, waiting for it up to `timeout` seconds."""
        self._closing = True
        self._woken = False
        self.wake()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)
        if not self.is_running:
            # It may never have been started, and then nobody else would.
            self._fail_waiting(NotConnected("not delivered: the client was closed"))

    # ---- the network thread -----------------------------------------------------------------

    def _run(self) -> None:
        enter_network_thread()
        failure: TopicwireError = NotConnected("the client was closed")
        try:
            while not self._closing:
                problem = self._connect_and_serve()
                if self._closing:
                    break
                self.last_failure = problem
                delay = None if problem.fatal else self._backoff.next_delay()
                if delay is None:
                    failure = problem
                    break
                log.warning("%s; trying again in %.1f s", problem, delay)
                self._pause(delay)
        except Exception as error:
            log.exception("network thread failed")
            failure = NotConnected(f"network thread failed: {error!r}")
        finally:
            self._end(failure)
            leave_network_thread()

    def _connect_and_serve(self) -> ConnectionFailed:
        """Connect, and move messages until the connection is lost; return why there is none."""
        try:
            connection, greeting = self._dialer.dial(
                resume=self._resuming, cancelled=lambda: self._closing
            )
        except ConnectionFailed as problem:
            return problem
        self._greeting = greeting
        started = time.monotonic()
        self._begin(connection, greeting)
        while connection.lost is None and not self._closing:
            self._woken = False
            while self._commands and connection.lost is None:
                self._commands.popleft()(connection)
            self._pump(connection)
            if self._drained is not None and not self._busy(connection):
                self._drained._finish()
            connection.poll(0 if self._commands or self._more_to_send(connection) else 1.0)
        self._backoff.connected_for(time.monotonic() - started)
        self._leave(connection)
        return self._dialer.problem(connection.lost or "closed")

    def _begin(self, connection: Connection, greeting: Greeting) -> None:
        """Set up a new connection: ask for what the broker's session does not know."""
        lost_session = self._resuming and not greeting.session_present
        if self._resuming:
            self._counters.add("reconnects")
        self._resuming = True
        self._epoch += 1
        self._commands.clear()
        if not greeting.session_present:
            self._subscriptions.forget_grants()
        missing = [entry for entry in self._subscriptions.entries() if not entry.active]
        self._request(missing, connection)
        if lost_session:
            self._owner.report(
                SessionLost(
                    "the broker lost the session; messages sent to it meanwhile may be lost, "
                    f"{len(missing)} filters are being subscribed again"
                )
            )
        log.info("connected to %s over MQTT %s", self._settings.url, self.version_name)
        self._check_ready()

    def _leave(self, connection: Connection) -> None:
        """Forget what belonged to the connection that ended."""
        if self.ready.done:
            self.ready = Completion()
        self._ledger.clear()
        self._commands.clear()
        self._subscribing.clear()
        if connection.lost is not None:
            for item in reversed(connection.unwritten()):
                self._queue.put_back(item)

    def _request(self, entries: list[FilterEntry], connection: Connection) -> None:
        pending = {id(entry) for waiting in self._subscribing.values() for entry in waiting}
        for entry in entries:
            if id(entry) in pending:
                continue  # connecting has asked for it at the same moment
            # One packet a filter: an identifier belongs to a packet, and each filter has its own.
            identifiers = self._greeting is not None and self._greeting.subscription_identifiers
            request = FilterRequest(entry.filter, entry.qos, entry.identifier if identifiers else 0)
            self._subscribing[connection.subscribe([request])] = [entry]

    def _release(self, inbound: Inbound, connection: Connection) -> None:
        # A packet identifier means nothing on another connection than its own.
        if inbound.epoch == self._epoch:
            for ready in self._ledger.finish(inbound):
                connection.acknowledge(ready)

    def _more_to_send(self, connection: Connection) -> bool:
        return (
            bool(self._queue) and not connection.congested and len(self._in_flight) < self._window()
        )

    def _busy(self, connection: Connection) -> bool:
        return bool(self._queue or self._in_flight or connection.congested)

    def _window(self) -> int:
        limit = self._greeting.receive_maximum if self._greeting is not None else 1
        return min(limit, self._max_in_flight)

    def _pump(self, connection: Connection) -> None:
        """Hand queued messages to paho, as far as socket and Receive Maximum allow."""
        if connection.congested:
            return
        for _ in range(_PUMP_MESSAGES):
            if len(self._in_flight) >= self._window():
                break
            item = self._queue.pop()
            if item is None:
                break
            self._send(item, connection)
        connection.flush()

    def _send(self, item: Outgoing, connection: Connection) -> None:
        refusal = self.refusal(item)
        if refusal is not None:
            self._fail(item, refusal)
            return
        expiry = None
        if item.expires_at is not None:
            expiry = math.ceil(item.expires_at - time.monotonic())
            if expiry <= 0:
                self._fail(item, PublishExpired(f"message to {item.topic!r} waited too long"))
                return
        mid = connection.publish(item, expiry=expiry)
        if mid is not None:
            self._in_flight[mid] = item
            item.delivery._mark_sent()
            self._counters.add("sent")

    def _fail_waiting(self, error: NotConnected, unwritten: Sequence[Outgoing] = ()) -> None:
        """Fail all that is neither sent nor acknowledged."""
        for item in (*self._in_flight.values(), *unwritten, *self._queue.clear()):
            self._fail(item, error)
            self._undelivered.append(item.delivery)
        self._in_flight.clear()

    def _fail(self, item: Outgoing, error: TopicwireError) -> None:
        self._counters.add("failed")
        item.delivery._fail(error)

    def _check_ready(self) -> None:
        if not self._subscribing and not self.ready.done:
            self.ready._finish()

    def _pause(self, delay: float) -> None:
        deadline = time.monotonic() + delay
        while not self._closing and (left := deadline - time.monotonic()) > 0:
            self._sleep.wait(left)
            self._sleep.clear()
            self._woken = False

    def _end(self, failure: TopicwireError) -> None:
        """Say good-bye, release everything, and fail what can no longer happen."""
        connection = self._dialer.connection
        if connection is not None and connection.greeting is not None and connection.lost is None:
            connection.disconnect()
            connection.flush()
        unwritten = connection.unwritten() if connection is not None else []
        self._dialer.close()
        self._queue.close()
        self._fail_waiting(NotConnected(f"not delivered: {failure}"), unwritten)
        for entry in self._subscriptions.entries():
            entry.granted._finish(failure)
        self.ready._finish(failure)
        if self._drained is not None:
            self._drained._finish()
        self.ended._finish(None if self._closing else failure)
        if not self._closing:
            log.error("giving up: %s", failure)
            self._owner.report(failure)

    def _command(self, command: Callable[[Connection], None]) -> None:
        if self._dialer.connection is not None:
            self._commands.append(command)
            self.wake()

    # ---- what the connection tells (Listener) -----------------------------------------------

    def on_subscribed(self, mid: int, reason_codes: list[int]) -> None:
        """Take note of SUBACK; a refused filter is reported and its waiters are told."""
        entries = self._subscribing.pop(mid, [])
        for entry, code in zip(entries, reason_codes, strict=False):
            if code < 0x80:
                entry.granted._finish()
                continue
            error = SubscribeRejected({entry.filter: code})
            entry.granted._finish(error)
            self._owner.report(error)
        self._check_ready()

    def on_acknowledged(self, mid: int, reason_code: int, reason: str) -> None:
        """Take note of PUBACK or PUBCOMP."""
        item = self._in_flight.pop(mid, None)
        if item is None:
            return
        if reason_code >= 0x80:
            self._fail(item, PublishRejected(item.topic, reason, reason_code=reason_code))
        else:
            self._counters.add("acknowledged")
            item.delivery._acknowledge()

    def on_sent(self, item: Outgoing) -> None:
        """Take note that a QoS 0 message is on its way."""
        self._counters.add("sent")
        item.delivery._mark_sent()

    def on_inbound(self, inbound: Inbound) -> None:
        """Hand on a received message; while draining, leave it to the next session."""
        if self._drained is not None:
            return
        self._counters.add("received")
        inbound.epoch = self._epoch
        if inbound.qos:
            self._ledger.add(inbound)
        self._owner.deliver(inbound)
