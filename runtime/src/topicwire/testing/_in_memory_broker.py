"""A broker inside the process, for tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypedDict, TypeVar, Unpack
from weakref import WeakSet

from topicwire._mqtt_text import is_topic
from topicwire.raw import RawMessage
from topicwire.testing._broker.clock import Clock
from topicwire.testing._broker.faults import Fault, FaultKind
from topicwire.testing._broker.hub import Hub
from topicwire.testing._broker.listener import Listener
from topicwire.testing._broker.messages import Message
from topicwire.testing._broker.packets import Publish
from topicwire.testing._broker.properties import Properties
from topicwire.testing._broker.reasons import Reason
from topicwire.testing._broker.settings import BrokerSettings

_BROKER = "$broker"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """What the broker knows of a client: `waiting` messages are queued or not acknowledged."""

    client_id: str
    connected: bool
    subscriptions: tuple[str, ...]
    waiting: int


class FaultOptions(TypedDict, total=False):
    """The options of `InMemoryBroker.fault`, as `Fault` has them."""

    topic: str
    client_id: str
    times: int
    amount: float


class InMemoryBroker:
    """A whole MQTT broker on a thread of this process, on loopback, that any MQTT client can use.

    It speaks MQTT 5 and 3.1.1 with QoS 0 to 2, retained messages, sessions and their expiry,
    wills, shared subscriptions, and the options and properties of MQTT 5. `settings` say what
    is to be different. With `real_time=False` its time, by which sessions, messages and wills
    expire, is only moved by `advance`. As a context manager it runs from entry to exit.
    All methods may be called from any thread.
    """

    def __init__(
        self, settings: BrokerSettings | None = None, *, port: int = 0, real_time: bool = True
    ) -> None:
        self._clock = Clock(running=real_time)
        self._hub = Hub(settings or BrokerSettings(), self._clock)
        self._listener = Listener(self._hub, port)

    @classmethod
    def at(cls, url: str) -> InMemoryBroker | None:
        """Return the broker of this process that runs at an address, if there is one."""
        return next((each for each in _RUNNING if each.url == url), None)

    # ---- running ---------------------------------------------------------------------------------

    @property
    def host(self) -> str:
        """The address to connect to."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """The TCP port; it stays the same over `stop` and `start`. 0 before the first start."""
        return self._listener.port

    @property
    def url(self) -> str:
        """The address as clients of topicwire take it."""
        return f"mqtt://{self.host}:{self.port}"

    def start(self) -> Self:
        """Take connections."""
        self._listener.start()
        _RUNNING.add(self)
        return self

    def stop(self, *, abruptly: bool = False, forget: bool = False) -> None:
        """End all connections and close the port; `start` opens it again.

        `abruptly` breaks the connections as a broker that is killed; `forget` loses sessions and
        retained messages as one without persistence.
        """
        self._listener.stop(abruptly=abruptly)
        _RUNNING.discard(self)
        if forget:
            self._hub.forget()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    # ---- looking into it -------------------------------------------------------------------------

    @property
    def messages(self) -> tuple[RawMessage, ...]:
        """All messages that were published and taken, in their order, wills included."""
        with self._changed:
            return tuple(map(_raw, self._hub.log))

    @property
    def retained(self) -> Mapping[str, RawMessage]:
        """The retained messages by their topics."""
        with self._changed:
            return {message.topic: _raw(message) for message in self._hub.retained()}

    @property
    def sessions(self) -> Mapping[str, SessionState]:
        """The clients that are connected, or whose sessions are kept, by their ids."""
        with self._changed:
            return {
                session.client_id: SessionState(
                    client_id=session.client_id,
                    connected=session.connection is not None,
                    subscriptions=tuple(session.subscriptions),
                    waiting=session.outflow.waiting,
                )
                for session in self._hub.sessions.values()
            }

    def wait_until(self, condition: Callable[[InMemoryBroker], bool], timeout: float = 5.0) -> None:
        """Wait until something is true of this broker, looking whenever something has happened.

        Raises `TimeoutError` after `timeout` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: condition(self), timeout):
                raise TimeoutError(
                    f"not within {timeout:g} s; {len(self._hub.log)} messages have passed, and "
                    f"the clients are {list(self.sessions.values())}"
                )

    # ---- taking part -----------------------------------------------------------------------------

    def publish(self, message: RawMessage) -> int:
        """Publish a message as if a client had; return for how many subscribers it is.

        Raises `ValueError` for what cannot be a topic.
        """
        if not is_topic(message.topic):
            raise ValueError(f"{message.topic!r} cannot be published to")
        properties = Properties(
            payload_format=1 if message.is_text else None,
            message_expiry=message.expiry,
            content_type=message.content_type,
            response_topic=message.response_topic,
            correlation=message.correlation,
            user=message.user_properties,
        )
        packet = Publish(
            message.topic, message.payload, message.qos, message.retain, False, 0, properties
        )
        return self._do(
            lambda: self._hub.publish(Message.of(packet, message.topic, _BROKER, self._clock.now()))
        )

    def disconnect(self, client_id: str, *, abruptly: bool = False) -> None:
        """End the connection of a client: with a reason, or `abruptly` as a broken network.

        Raises `LookupError` for one that is not connected.
        """

        def end() -> None:
            session = self._hub.sessions.get(client_id)
            connection = session.connection if session is not None else None
            if connection is None:
                raise LookupError(f"no client {client_id!r} is connected")
            if abruptly:
                connection.break_off()
            else:
                connection.end(Reason.UNSPECIFIED, "a test wants it so")

        self._do(end)

    def advance(self, seconds: float) -> None:
        """Put the broker's time forward, and do all that is due by then."""

        def move() -> None:
            self._clock.advance(seconds)
            self._hub.timers.run()

        self._do(move)

    def fault(self, kind: FaultKind | str, **options: Unpack[FaultOptions]) -> Fault:
        """Let something go wrong with messages from now on; return the fault, to end it.

        See `FaultKind` for what can go wrong and `Fault` for the options. Of several faults that
        a message meets it is the first that happens.
        """
        fault = Fault(FaultKind(kind), **options)
        self._do(lambda: self._hub.faults.append(fault))
        return fault

    @property
    def _changed(self) -> threading.Condition:
        return self._listener.changed

    def _do(self, work: Callable[[], T]) -> T:
        with self._changed:
            result = work()
            self._changed.notify_all()
        self._listener.wake()
        return result


# Whoever fails to receive something can be told what has passed.
_RUNNING: WeakSet[InMemoryBroker] = WeakSet()


def _raw(message: Message) -> RawMessage:
    properties = message.properties
    return RawMessage(
        topic=message.topic,
        payload=message.payload,
        qos=message.qos,
        retain=message.retain,
        content_type=properties.content_type,
        response_topic=properties.response_topic,
        correlation=properties.correlation,
        user_properties=properties.user,
        is_text=properties.payload_format == 1,
        expiry=properties.message_expiry,
    )
