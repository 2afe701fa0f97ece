"""The life of a client's connection: the one thread that talks to the broker.

Other threads put work into queues and wake this one; nothing else ever calls into paho. So
there are no locks around paho, and no lock of ours is held while it calls back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from paho.mqtt.enums import MQTTProtocolVersion

from topicwire._completion import Completion, enter_network_thread, leave_network_thread
from topicwire._connection import Connection, FilterRequest, Greeting
from topicwire._connection_settings import ConnectionSettings
from topicwire._dialer import V5, Dialer
from topicwire._inbound import AckLedger, Inbound
from topicwire._queue import Outgoing, OutgoingQueue
from topicwire._reconnect import Backoff, ReconnectPolicy
from topicwire._stats import Counters
from topicwire._subscriptions import FilterEntry, SubscriptionTable
from topicwire._transmission import Transmission
from topicwire.errors import (
    ConnectionFailed,
    NotConnected,
    SessionLost,
    SubscribeRejected,
    TopicwireError,
)

log = logging.getLogger("topicwire")


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
        transmission: Transmission,
        subscriptions: SubscriptionTable,
        reconnect: ReconnectPolicy,
        counters: Counters,
        owner: Owner,
        version: MQTTProtocolVersion | None,
    ) -> None:
        self.ready = Completion()
        self.ended = Completion()
        self._settings = settings
        self._queue = queue
        self._transmission = transmission
        self._subscriptions = subscriptions
        self._counters = counters
        self._owner = owner
        self._backoff = Backoff(reconnect)
        self._commands: deque[Callable[[Connection], None]] = deque()
        self._ledger = AckLedger()
        # Filters that the broker's session may still know, though nobody wants them any more.
        self._leaving: set[str] = set()
        self._subscribing: dict[int, list[FilterEntry]] = {}
        self._dialer = Dialer(settings, self, version)
        self._identifiers = False
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
    def version_name(self) -> str:
        """The MQTT version in use, "5" or "3.1.1"."""
        return "5" if self._dialer.version is V5 else "3.1.1"

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
        self._leaving.discard(entry.filter)
        self._command(lambda connection: self._request([entry], connection))

    def unsubscribe(self, name: str) -> None:
        """Tell the broker to forget a filter, now or when its session is resumed."""
        self._leaving.add(name)
        self._command(self._leave_filters)

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
            self._transmission.fail_all(NotConnected("not delivered: the client was closed"))

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
        self._transmission.begin(greeting)
        self._identifiers = greeting.subscription_identifiers
        started = time.monotonic()
        self._begin(connection, greeting)
        while connection.lost is None and not self._closing:
            self._woken = False
            while self._commands and connection.lost is None:
                self._commands.popleft()(connection)
            self._transmission.pump(connection)
            if self._drained is not None and self._transmission.is_idle(connection):
                self._drained._finish()
            busy = self._commands or self._transmission.can_pump(connection)
            connection.poll(0 if busy else 1.0)
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
        if greeting.session_present:
            self._leave_filters(connection)
        self._leaving.clear()
        missing = self._subscriptions.missing(session_present=greeting.session_present)
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
            self._transmission.take_back(connection)

    def _leave_filters(self, connection: Connection) -> None:
        while self._leaving:
            connection.unsubscribe(self._leaving.pop())

    def _request(self, entries: list[FilterEntry], connection: Connection) -> None:
        pending = {id(entry) for waiting in self._subscribing.values() for entry in waiting}
        for entry in entries:
            if id(entry) in pending:
                continue  # connecting has asked for it at the same moment
            # One packet a filter: an identifier belongs to a packet, and each filter has its own.
            identifier = entry.identifier if self._identifiers else 0
            request = FilterRequest(entry.filter, entry.qos, identifier)
            self._subscribing[connection.subscribe([request])] = [entry]

    def _release(self, inbound: Inbound, connection: Connection) -> None:
        # A packet identifier means nothing on another connection than its own.
        if inbound.epoch == self._epoch:
            for ready in self._ledger.finish(inbound):
                connection.acknowledge(ready)

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
        self._transmission.fail_all(NotConnected(f"not delivered: {failure}"), unwritten)
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
        self._transmission.acknowledged(mid, reason_code, reason)

    def on_sent(self, item: Outgoing) -> None:
        """Take note that a QoS 0 message is on its way."""
        self._transmission.sent(item)

    def on_inbound(self, inbound: Inbound) -> None:
        """Hand on a received message; while draining, leave it to the next session."""
        if self._drained is not None:
            return
        self._counters.add("received")
        inbound.epoch = self._epoch
        if inbound.qos:
            self._ledger.add(inbound)
        self._owner.deliver(inbound)
