"""One connection of a client: what comes in and what is answered. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from topicwire._mqtt_text import is_topic
from topicwire._packets import PacketSplitter
from topicwire.testing._broker.faults import Fault, FaultKind, asked_for, without_request
from topicwire.testing._broker.hub import Hub
from topicwire.testing._broker.messages import Message
from topicwire.testing._broker.packets import (
    Answer,
    Connect,
    Disconnect,
    FilterRequest,
    Kind,
    Packet,
    Ping,
    Publish,
    Subscribe,
    Unsubscribe,
)
from topicwire.testing._broker.properties import Properties
from topicwire.testing._broker.reading import MQTT_5, VERSION_NAMES, read_connect, read_packet
from topicwire.testing._broker.reasons import Reason, Violation
from topicwire.testing._broker.session import Session, Unreleased
from topicwire.testing._broker.subscriptions import Subscription
from topicwire.testing._broker.writing import (
    PINGRESP,
    pack_answer,
    pack_connack,
    pack_disconnect,
    pack_suback,
    pack_unsuback,
)

_LARGEST = 268_435_460  # bytes (MQTT 5.0, section 2.1.4)
_GRACE = 1.5  # intervals of keep-alive (MQTT 5.0, section 3.1.2.10)


@dataclass(slots=True)
class _Limits:
    """What the client has said of itself."""

    receive_maximum: int = 65_535
    packet_size: int = _LARGEST
    keep_alive: float = 0.0


class Connection:
    """Reads packets from bytes and writes the answers into `output`.

    When `is_ended`, nothing more is read, and the socket is to be closed once `output` is sent;
    when `is_broken`, at once.
    """

    def __init__(self, hub: Hub) -> None:
        self.version = MQTT_5
        self.output = bytearray()
        self.is_ended = False
        self.is_broken = False
        self._hub = hub
        self._splitter = PacketSplitter()
        self._session: Session | None = None
        self._limits = _Limits()
        self._aliases: dict[int, str] = {}
        self._last_heard = 0.0

    # ---- from outside ----------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Take what has come over the socket."""
        self._splitter.feed(data)
        try:
            while not self.is_ended and (body := self._splitter.next()) is not None:
                self._last_heard = self._hub.clock.now()
                self._handle(self._splitter.command, body)
        except Violation as violation:
            self._refuse(violation)
        except ValueError as error:  # of the splitter
            self._refuse(Violation(Reason.MALFORMED, str(error)))

    def end(self, reason: Reason, text: str = "") -> None:
        """End the connection with a reason, which MQTT 3.1.1 cannot say; the will is published."""
        if not self.is_ended and self._session is not None and self.version == MQTT_5:
            self.output += pack_disconnect(reason, text)
        self._finish(with_will=True)

    def break_off(self) -> None:
        """End the connection as if the network had gone."""
        self.is_broken = True
        self.output.clear()
        self._finish(with_will=True)

    def send(self, packet: bytes) -> bool:
        """Send a packet; return False, and leave it out, if it is larger than the client takes."""
        if len(packet) > self._limits.packet_size:
            return False
        self.output += packet
        return True

    # ---- connecting ------------------------------------------------------------------------------

    def _handle(self, command: int, body: bytes) -> None:
        largest = self._hub.settings.maximum_packet_size
        if largest is not None and len(body) + 2 > largest:
            raise Violation(Reason.PACKET_TOO_LARGE, f"more than {largest} bytes")
        if self._session is None:
            self._connect(read_connect(command, body))
        else:
            self._dispatch(read_packet(command, body, self.version), self._session)

    def _refuse(self, violation: Violation) -> None:
        if self._session is not None:
            self.end(violation.reason, str(violation))
            return
        properties = Properties(reason_string=str(violation))
        self.output += pack_connack(violation.reason, self.version, properties=properties)
        self.is_ended = True

    def _connect(self, connect: Connect) -> None:
        self.version = connect.version
        self._check(connect)
        settings, given = self._hub.settings, connect.properties
        client_id = connect.client_id or self._hub.new_client_id()
        keep_alive = settings.server_keep_alive or connect.keep_alive
        self._limits = _Limits(
            given.receive_maximum or 65_535, given.maximum_packet_size or _LARGEST, keep_alive
        )
        present, session = self._hub.admit(connect, client_id, self)
        self._session = session
        answer = Properties(
            assigned_client_id=None if connect.client_id else client_id,
            server_keep_alive=settings.server_keep_alive,
            receive_maximum=_unless(settings.receive_maximum, 65_535),
            maximum_packet_size=settings.maximum_packet_size,
            maximum_qos=_unless(settings.maximum_qos, 2),
            retain_available=_unless(int(settings.retain_available), 1),
            shared_available=_unless(int(settings.shared_available), 1),
            topic_alias_maximum=_unless(settings.topic_alias_maximum, 0),
        )
        self.output += pack_connack(
            Reason.SUCCESS, self.version, present=present, properties=answer
        )
        self._watch()
        session.outflow.attach(self.send, self.version, self._limits.receive_maximum)

    def _check(self, connect: Connect) -> None:
        """Raise `Violation` for a client that is not let in."""
        settings = self._hub.settings
        if VERSION_NAMES[connect.version] not in settings.versions:
            raise Violation(Reason.UNSUPPORTED_VERSION, "this broker does not speak it")
        if connect.properties.authentication_method is not None:
            raise Violation(Reason.BAD_AUTHENTICATION_METHOD, "there is no enhanced one")
        if not connect.client_id and not connect.clean_start and self.version != MQTT_5:
            raise Violation(Reason.CLIENT_ID_NOT_VALID, "a session needs a client id")
        if settings.credentials is not None:
            password = settings.credentials.get(connect.username or "")
            given = connect.password or b""
            if password is None or not hmac.compare_digest(password.encode(), given):
                raise Violation(Reason.BAD_CREDENTIALS, "unknown user name or password")
        will = connect.will
        if will is not None:
            if not is_topic(will.topic):
                raise Violation(Reason.TOPIC_INVALID, f"the topic of the will, {will.topic!r}")
            self._check_features(will.qos, will.retain)

    def _watch(self) -> None:
        """Look whether the client keeps silent for too long, and look again when it could be."""
        patience = self._limits.keep_alive * _GRACE
        if not patience or self.is_ended:
            return
        silent = self._hub.clock.now() - self._last_heard
        if silent >= patience:
            self.end(Reason.KEEP_ALIVE_TIMEOUT, f"nothing came for {silent:.1f} s")
        else:
            self._hub.timers.after(patience - silent, self._watch)

    def _finish(self, *, with_will: bool) -> None:
        self.is_ended = True
        session, self._session = self._session, None
        if session is not None:
            self._hub.leave(session, with_will=with_will)

    # ---- packets ---------------------------------------------------------------------------------

    def _dispatch(self, packet: Packet, session: Session) -> None:
        match packet:
            case Publish():
                self._publish(packet, session)
            case Answer(kind=Kind.PUBREL):
                self._release(packet, session)
            case Answer():
                session.outflow.answered(packet)
            case Subscribe():
                self._subscribe(packet, session)
            case Unsubscribe():
                codes = [
                    Reason.NO_SUBSCRIPTION_EXISTED
                    if session.subscriptions.pop(text, None) is None
                    else Reason.SUCCESS
                    for text in packet.filters
                ]
                self.output += pack_unsuback(packet.mid, codes, self.version)
            case Ping():
                self.output += PINGRESP
            case Disconnect():
                self._disconnect(packet, session)
            case Connect():
                raise Violation(Reason.PROTOCOL_ERROR, "a second CONNECT")

    def _publish(self, packet: Publish, session: Session) -> None:
        topic = self._topic(packet)
        self._check_features(packet.qos, packet.retain)
        fault = self._fault(packet, topic, session)
        packet = without_request(packet)
        if fault is not None and fault.kind is FaultKind.DISCONNECT:
            self.break_off()
        elif fault is not None and fault.kind is FaultKind.REFUSE:
            self._reject(packet, Reason.UNSPECIFIED, int(fault.amount))
        elif not self._hub.settings.may(session.client_id, "publish", topic):
            self._reject(packet, Reason.NOT_AUTHORIZED, Reason.NOT_AUTHORIZED)
        elif packet.qos == 2:
            self._store(packet, topic, session, fault)
        else:
            reached = self._hub.publish(self._message(packet, topic, session), fault)
            if packet.qos and (fault is None or fault.kind is not FaultKind.WITHHOLD):
                reason = Reason.SUCCESS if reached else Reason.NO_MATCHING_SUBSCRIBERS
                self.output += pack_answer(Kind.PUBACK, packet.mid, reason, self.version)

    def _topic(self, packet: Publish) -> str:
        alias, topic = packet.properties.topic_alias, packet.topic
        if alias is not None:
            if not 0 < alias <= self._hub.settings.topic_alias_maximum:
                raise Violation(Reason.TOPIC_ALIAS_INVALID, f"topic alias {alias}")
            if topic:
                self._aliases[alias] = topic
            elif (topic := self._aliases.get(alias, "")) == "":
                raise Violation(Reason.PROTOCOL_ERROR, f"topic alias {alias} is not known")
        if not is_topic(topic):
            raise Violation(Reason.TOPIC_INVALID, f"{topic!r} cannot be published to")
        return topic

    def _check_features(self, qos: int, retain: bool) -> None:
        if qos > self._hub.settings.maximum_qos:
            raise Violation(Reason.QOS_NOT_SUPPORTED, f"QoS {qos}")
        if retain and not self._hub.settings.retain_available:
            raise Violation(Reason.RETAIN_NOT_SUPPORTED, "a retained message")

    def _fault(self, packet: Publish, topic: str, session: Session) -> Fault | None:
        try:
            asked = asked_for(packet)
        except ValueError as error:
            raise Violation(Reason.UNSPECIFIED, str(error)) from None
        return asked or self._hub.fault_for(topic, session.client_id)

    def _message(self, packet: Publish, topic: str, session: Session) -> Message:
        return Message.of(packet, topic, session.client_id, self._hub.clock.now())

    def _reject(self, packet: Publish, closing: Reason, reason: int) -> None:
        """Refuse a message: by the answer to it, or where there is none by closing."""
        if packet.qos and self.version == MQTT_5:
            kind = Kind.PUBACK if packet.qos == 1 else Kind.PUBREC
            self.output += pack_answer(kind, packet.mid, reason, self.version)
        else:
            self.end(closing, f"a message to {packet.topic!r} was refused")

    def _store(self, packet: Publish, topic: str, session: Session, fault: Fault | None) -> None:
        """Take a QoS 2 message; it is passed on when its sender releases it."""
        is_known = packet.mid in session.unreleased
        if not is_known and len(session.unreleased) >= self._hub.settings.receive_maximum:
            raise Violation(Reason.RECEIVE_MAXIMUM_EXCEEDED, "too many QoS 2 messages")
        # One that is no repetition is of a client that has forgotten the exchange before.
        if not is_known or not packet.duplicate:
            session.unreleased[packet.mid] = Unreleased(packet, topic, fault)
        if fault is None or fault.kind is not FaultKind.WITHHOLD:
            self.output += pack_answer(Kind.PUBREC, packet.mid, Reason.SUCCESS, self.version)

    def _release(self, packet: Answer, session: Session) -> None:
        found = session.unreleased.pop(packet.mid, None)
        reason = Reason.PACKET_ID_NOT_FOUND
        if found is not None:
            reason = Reason.SUCCESS
            self._hub.publish(self._message(found.packet, found.topic, session), found.fault)
        self.output += pack_answer(Kind.PUBCOMP, packet.mid, reason, self.version)

    def _subscribe(self, packet: Subscribe, session: Session) -> None:
        codes: list[int] = []
        afterwards: list[Callable[[], None]] = []
        for request in packet.requests:
            subscription = self._wanted(request, packet.identifier, session)
            if isinstance(subscription, Reason):
                # MQTT 3.1.1 has one code for all that fails.
                codes.append(subscription if self.version == MQTT_5 else Reason.UNSPECIFIED)
            else:
                afterwards.append(self._hub.subscribe(session, subscription))
                codes.append(subscription.request.qos)
        self.output += pack_suback(packet.mid, codes, self.version)
        for send_retained in afterwards:
            send_retained()

    def _wanted(
        self, request: FilterRequest, identifier: int, session: Session
    ) -> Subscription | Reason:
        """Return the subscription as it is granted, or why it is not."""
        try:
            subscription = Subscription.of(request, identifier)
        except ValueError:
            return Reason.FILTER_INVALID
        settings = self._hub.settings
        if subscription.group is not None:
            if request.no_local:
                raise Violation(Reason.PROTOCOL_ERROR, "no-local on a shared subscription")
            if not settings.shared_available:
                return Reason.SHARED_NOT_SUPPORTED
        if not settings.may(session.client_id, "subscribe", request.filter):
            return Reason.NOT_AUTHORIZED
        return subscription.limited(settings.maximum_qos)

    def _disconnect(self, packet: Disconnect, session: Session) -> None:
        expiry = packet.properties.session_expiry
        if expiry is not None:
            if expiry and not session.expiry:
                raise Violation(Reason.PROTOCOL_ERROR, "the session has ended already")
            session.set_expiry(expiry)
        self._finish(with_will=packet.reason != Reason.SUCCESS)


def _unless(value: int, default: int) -> int | None:
    return None if value == default else value
