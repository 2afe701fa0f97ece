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
from topicwire._connection import Connection
from topicwire._connection_settings import ConnectionSettings
from topicwire._dialer import V5, Dialer
from topicwire._filters import FilterRequests
from topicwire._greeting import Greeting, Loss
from topicwire._inbound import AckLedger, Inbound
from topicwire._log_fields import fields
from topicwire._profile import BrokerProfile
from topicwire._queue import OutgoingQueue
from topicwire._recognition import Recognition
from topicwire._reconnect import ReconnectPolicy
from topicwire._recovery import Recovery
from topicwire._stats import Counters
from topicwire._subscriptions import FilterEntry, SubscriptionTable
from topicwire._transmission import Transmission
from topicwire._watchdog import WATCHDOG
from topicwire.errors import (
    ConnectionFailed,
    NotConnected,
    PacketInvalid,
    SessionLost,
    TopicwireError,
)

log = logging.getLogger("topicwire")

# Who fills a batch has the next one soon. Each turn takes the interpreter from publishers several
# times, so after a batch this thread rests (in seconds) to take more of them at once.
_REST = 0.005


class Owner(Protocol):
    """The client a session belongs to; called on the network thread, must not block."""

    def deliver(self, inbound: Inbound) -> None:
        """Hand a message to its handlers, and call `inbound.done` for each."""
        ...

    def report(self, error: TopicwireError) -> None:
        """Make an error known that no call can raise."""
        ...

    def connected(self) -> None:
        """Take note that the broker has accepted the connection and all subscriptions."""
        ...

    def is_idle(self) -> bool:
        """Return whether nothing more is to be sent that the queues do not know of yet."""
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
        patience: float,
        profile: BrokerProfile,
        ack_timeout: float,
    ) -> None:
        self.ready = Completion()
        self.ended = Completion()
        self.turned = 0.0  # for the watchdog, as is the patience
        self.patience = patience
        # Longer waits would look as if the thread were stuck.
        self._nap = min(1.0, patience / 4) if patience else 1.0
        self._settings = settings
        self._recognition = Recognition(profile, settings, subscriptions, owner.report)
        self._queue = queue
        self._transmission = transmission
        self._subscriptions = subscriptions
        self._counters = counters
        self._owner = owner
        self._commands: deque[Callable[[Connection], None]] = deque()
        # Received messages that may be acknowledged.
        self._finished: deque[Inbound] = deque()
        self._ledger = AckLedger()
        # A broker that keeps to this side's Receive Maximum never sends as many.
        self._max_unacknowledged = 2 * settings.receive_maximum, settings.max_unacknowledged_bytes
        self._filters = FilterRequests(subscriptions, owner.report, ack_timeout=ack_timeout)
        self._dialer = Dialer(settings, self, transmission, version)
        self._recovery = Recovery(reconnect, self._dialer.ring, settings.client_id, owner.report)
        # Whether there has been a connection since `start`, which the next one continues.
        self._resuming = False
        # Counts the connections there have been.
        self._epoch = 0
        self._woken = False
        self._closing = False
        self._over = False
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
    def client_id(self) -> str:
        """The name of this client at the broker."""
        return self._settings.client_id

    @property
    def url(self) -> str:
        """The address of the broker in use or tried now, without the password."""
        return str(self._dialer.ring.current)

    @property
    def thread_id(self) -> int | None:
        """The identifier of the network thread, while there is one."""
        return self._thread.ident if self._thread is not None else None

    def report(self, error: TopicwireError) -> None:
        """Make an error known that no call can raise."""
        self._owner.report(error)

    @property
    def version_name(self) -> str:
        """The MQTT version in use, "5" or "3.1.1"."""
        return "5" if self._dialer.version is V5 else "3.1.1"

    def start(self) -> None:
        """Start the network thread; `ready` tells when the broker has accepted."""
        self._closing = False
        self._resuming = False
        self._drained = None
        self._over = False
        self._sleep.clear()
        if self.ready.done:
            self.ready = Completion()
        self.ended = Completion()
        self._queue.open()
        self.turned = time.monotonic()
        self._thread = threading.Thread(
            target=self._run, name=f"topicwire-{self._settings.client_id}", daemon=True
        )
        self._thread.start()
        if self.patience:
            WATCHDOG.watch(self)

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
        self._filters.want(entry.name)
        self._command(lambda connection: self._filters.subscribe(entry, connection))

    def unsubscribe(self, name: str) -> None:
        """Tell the broker to forget a filter, now or when its session is resumed."""
        self._filters.leave(name)
        self._command(self._filters.unsubscribe)

    def acknowledge(self, inbound: Inbound) -> None:
        """Acknowledge a received message, when those before it are, if it may still be."""
        if inbound.qos and self._dialer.connection is not None:
            self._finished.append(inbound)
            self.wake()

    def drain(self) -> Completion:
        """Take in nothing more, in either direction; the result tells when all is sent."""
        self._queue.close()
        drained = Completion()
        self._drained = drained
        # Once the thread has begun to end, it looks at `_drained` no more.
        if not self.is_running or self._over:
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
            self._transmission.fail_all("the client was closed")

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
                self._finish_drain(None)
                delay = self._recovery.delay_after(problem)
                if delay is None:
                    failure = problem
                    break
                log.warning(
                    "%s; trying again in %.1f s", problem, delay,
                    extra=self._fields("reconnecting", problem, delay=delay),
                )  # fmt: skip
                self._pause(delay)
        finally:
            self._end(failure)
            leave_network_thread()

    def _connect_and_serve(self) -> ConnectionFailed:
        """Connect, and move messages until the connection is lost; return why there is none."""
        try:
            connection, greeting = self._dialer.dial(
                resume=self._resuming,
                session_expiry=self._session_expiry(),
                cancelled=self._is_cancelled,
            )
        except ConnectionFailed as problem:
            self._recovery.attempt_failed(problem)
            return problem
        try:
            self._begin(connection, greeting)
            while connection.lost is None and not self._closing:
                self._turn(connection)
        except Exception as error:
            # Whatever it was, the next connection may do better; the messages are still there.
            log.exception("error on the network thread", extra=self._fields("internal", error))
            connection.end(f"internal error: {error!r}")
        loss = connection.lost or Loss("closed")
        failure = self._dialer.problem(loss.reason)
        self._recovery.ended(loss)
        self._leave(connection)
        return failure

    def _session_expiry(self) -> int:
        # A broker goes on giving a member its share as long as it has its session, and what a
        # member that died was given is lost with it. So it ends with the connection.
        settings = self._settings
        if settings.keep_session:
            return settings.session_expiry
        shares = any(entry.shared for entry in self._subscriptions.entries())
        self._filters.lingers = not shares and settings.session_expiry > 0
        return settings.session_expiry if self._filters.lingers else 0

    def _is_cancelled(self) -> bool:
        # Asked between the steps of an attempt, each of which may take its time.
        self.turned = time.monotonic()
        return self._closing

    def _turn(self, connection: Connection) -> None:
        """Do once what there is to do, and wait for more."""
        self._woken = False
        self.turned = time.monotonic()
        while self._commands and connection.lost is None:
            self._commands.popleft()(connection)
        while self._finished:
            self._release(self._finished.popleft(), connection)
        batches = self._transmission.pump(connection)
        if self._transmission.is_overdue() or self._filters.is_overdue():
            connection.end("the broker owes an acknowledgement for too long")
            return
        self._finish_drain(connection)
        connection.throttled = self._is_flooded()
        busy = bool(self._commands or self._finished) or self._transmission.can_pump(connection)
        if batches and not busy:
            self._woken = True
            time.sleep(_REST)
            busy = True
        connection.poll(0 if busy else min(self._nap, self._transmission.due_in()))

    def _is_flooded(self) -> bool:
        """Return whether more has come in than handlers can deal with in reasonable time."""
        return self._ledger.is_full(*self._max_unacknowledged)

    def _begin(self, connection: Connection, greeting: Greeting) -> None:
        """Set up a new connection: ask for what the broker's session does not know."""
        greeting = self._recognition.correct(greeting)
        self._transmission.begin(greeting)
        lost_session = self._resuming and not greeting.session_present
        if self._resuming:
            self._counters.add("reconnects")
        # Over MQTT 3.1.1, a session that is not to be kept ends with each connection.
        expected = self._dialer.version is V5 or self._settings.keep_session
        self._recovery.connected(resumed=greeting.session_present or not expected)
        self._resuming = True
        self._epoch += 1
        self._commands.clear()
        self._finished.clear()
        missing = self._filters.begin(connection, greeting)
        if lost_session:
            self._owner.report(
                SessionLost(
                    "the broker lost the session; messages sent to it meanwhile may be lost, "
                    f"{missing} filters are being subscribed again"
                )
            )
        log.info(
            "connected to %s over MQTT %s", self.url, self.version_name,
            extra=self._fields(
                "connected", mqtt_version=self.version_name, resumed=greeting.session_present
            ),
        )  # fmt: skip
        self._check_ready()

    def _fields(
        self, kind: str, error: Exception | None = None, **values: object
    ) -> dict[str, object]:
        """Return the fields of a log record of this client."""
        return fields(kind, error, client=self.client_id, url=self.url, **values)

    def _leave(self, connection: Connection) -> None:
        """Forget what belonged to the connection that ended."""
        if self.ready.done:
            self.ready = Completion()
        self._ledger.clear()
        self._commands.clear()
        self._finished.clear()
        self._filters.end()
        if connection.lost is not None:
            self._transmission.take_back(connection)

    def _release(self, inbound: Inbound, connection: Connection) -> None:
        # A packet identifier means nothing on another connection than its own.
        if inbound.epoch == self._epoch:
            for ready in self._ledger.finish(inbound):
                connection.acknowledge(ready)

    def _check_ready(self) -> None:
        if self._filters.settled and not self.ready.done:
            self.ready._finish()
            self._owner.connected()

    def _pause(self, delay: float) -> None:
        deadline = time.monotonic() + delay
        while not self._closing and (left := deadline - time.monotonic()) > 0:
            self.turned = time.monotonic()
            self._sleep.wait(min(left, self._nap))
            self._sleep.clear()
            self._woken = False
            self._finish_drain(None)

    def _finish_drain(self, connection: Connection | None) -> None:
        if self._drained is None or not self._transmission.is_idle(connection):
            return
        if connection is None or self._owner.is_idle():
            self._drained._finish()

    def _end(self, failure: TopicwireError) -> None:
        """Say good-bye, release everything, and fail what can no longer happen."""
        connection = self._dialer.connection
        if connection is not None and connection.greeting is not None and connection.lost is None:
            connection.disconnect()
            connection.flush()
        unwritten = connection.unwritten() if connection is not None else []
        self._dialer.close()
        self._queue.close()
        self._transmission.fail_all(str(failure), unwritten)
        for entry in self._subscriptions.entries():
            entry.granted._finish(failure)
        self.ready._finish(failure)
        self._over = True
        if self._drained is not None:
            self._drained._finish()
        WATCHDOG.leave(self)
        self.ended._finish(None if self._closing else failure)
        if not self._closing:
            log.error("giving up: %s", failure, extra=self._fields("giving_up", failure))
            self._owner.report(failure)

    def _command(self, command: Callable[[Connection], None]) -> None:
        if self._dialer.connection is not None:
            self._commands.append(command)
            self.wake()

    # ---- what the connection tells (Listener) -----------------------------------------------

    def on_subscribed(self, mid: int, code: int) -> None:
        """Take note of SUBACK."""
        self._filters.answered(mid, code)
        self._check_ready()

    def on_unreadable(self, topic: str, reason: str) -> None:
        """Take note of a message that was dropped, because MQTT does not allow it."""
        self._counters.received += 1
        self._counters.add("invalid")
        self._owner.report(PacketInvalid(topic, reason))

    def on_inbound(self, inbound: Inbound) -> None:
        """Hand on a received message; while draining, leave it to the next session."""
        if self._drained is not None:
            return
        self._counters.received += 1
        inbound.epoch = self._epoch
        if inbound.qos:
            self._ledger.add(inbound)
            if self._dialer.connection is not None and self._is_flooded():
                self._dialer.connection.throttled = True
        self._owner.deliver(inbound)
