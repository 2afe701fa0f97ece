"""Every error the runtime raises, as one tree.

Two branches matter to a caller: `LocalError` is a misuse or a limit on this side (mend the
program or the settings), `RemoteError` is what the broker or another client did (retry, report,
or look at the other side). Errors carry what they know as attributes, not only as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from topicwire._error_tree import LocalError, RemoteError, TopicwireError
from topicwire._refusals import (
    CompressionInvalid,
    MessageRefused,
    MessageTooLarge,
    ReplayDetected,
    SignatureInvalid,
)

__all__ = [
    "AbilityMissing", "CertificateInvalid", "ClientIdTaken", "CompressionInvalid",
    "ConnectionFailed", "ContentUnsupported", "DeliveryTimeout", "EnvelopeInvalid", "FieldError",
    "HandlerFailed", "HeadersInvalid", "KeptInOutbox", "KeyRingInvalid", "LocalError",
    "MessageRefused", "MessageTooLarge", "NetworkThreadStuck", "NotConnected", "OutboxFailed",
    "OutboxFull", "PacketInvalid", "PayloadInvalid", "PublishExpired", "PublishRejected",
    "QosLowered", "QueueFull", "RemoteError", "ReplayDetected", "ReplayStateFailed",
    "RequestFailed", "RequestTimeout", "SecurityRequired", "SessionLost",
    "SharedSubscriptionsUnavailable", "SignatureInvalid", "SigningRequired", "SpecMismatch",
    "SubscribeRejected", "TopicInvalid", "TopicwireError", "WouldDeadlock",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldError:
    """One reason why a payload does not fit its schema.

    `path` is a JSON pointer into the payload ("" for the payload itself), `kind` a stable code
    of pydantic ("missing", "extra_forbidden", "greater_than", ...).
    """

    path: str
    message: str
    kind: str

    def __str__(self) -> str:
        return f"{self.path or '(payload)'}: {self.message}"


class PayloadInvalid(TopicwireError):
    """A payload does not fit the schema of its channel; it was not sent, or not handed on.

    Attributes: `channel` (name in the spec), `topic` (concrete, or None before it is known),
    `direction` ("send" or "receive"), `errors`, `index` (position in a batch, or None), and
    `schema_ids` (those of the sender and of this package, when they are not the same).
    """

    _WHAT = "payload does not fit its schema"

    def __init__(
        self,
        channel: str,
        direction: str,
        errors: Sequence[FieldError],
        *,
        topic: str | None = None,
        index: int | None = None,
        schema_ids: tuple[str, str] | None = None,
    ) -> None:
        self.channel = channel
        self.direction = direction
        self.schema_ids = schema_ids
        self.errors = tuple(errors)
        self.topic = topic
        self.index = index
        where = f"channel {channel!r}" if topic is None else f"channel {channel!r}, topic {topic!r}"
        if index is not None:
            where += f", batch element {index}"
        shown = "; ".join(map(str, self.errors[:5]))
        more = f"; and {len(self.errors) - 5} more" if len(self.errors) > 5 else ""
        text = f"{self._WHAT} on {direction} ({where}): {shown}{more}"
        if schema_ids is not None:
            text += (
                f"; the sender speaks another schema of this channel ({schema_ids[0]}) than this "
                f"package ({schema_ids[1]}): make both of the same version of the document"
            )
        super().__init__(text)


class HeadersInvalid(PayloadInvalid):
    """The headers of a message do not fit their schema; it was not sent, or not handed on."""

    _WHAT = "headers do not fit their schema"


class TopicInvalid(LocalError):
    """A topic cannot be made from these parameters, or does not belong to its channel.

    `channel` is "" for a topic that no channel has.
    """

    def __init__(self, channel: str, reason: str, *, parameter: str | None = None) -> None:
        self.channel = channel
        self.parameter = parameter
        self.reason = reason
        super().__init__(f"channel {channel!r}: {reason}" if channel else reason)


class SigningRequired(LocalError):
    """The spec wants every message of this channel signed, and this client cannot do its part."""

    def __init__(self, channel: str, reason: str) -> None:
        self.channel = channel
        self.reason = reason
        super().__init__(
            f"channel {channel!r} is `signing: required` in the spec, and {reason}; on a broker "
            "you trust completely, such as one on loopback, allow_unsigned=True does without"
        )


class KeyRingInvalid(LocalError):
    """A key ring cannot be read, or is not safe to use; `origin` is its file or variable."""

    def __init__(self, origin: str, reason: str) -> None:
        self.origin = origin
        self.reason = reason
        super().__init__(f"keys in {origin}: {reason}")


class ReplayStateFailed(LocalError):
    """The file that remembers which signed messages came could not be read or written."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"replay state {path}: {reason}")


class SecurityRequired(LocalError):
    """The spec's server wants to know who connects, and this client has nothing to show.

    Attributes: `url` (without password), `servers` (the names in the spec of those that the
    address can be), `reason`.
    """

    def __init__(self, url: str, servers: tuple[str, ...], reason: str) -> None:
        self.url = url
        self.servers = servers
        self.reason = reason
        super().__init__(f"not connecting to {url}: {reason}")


class QueueFull(LocalError):
    """The outgoing queue is at its limit; this message was not (or is no longer) queued."""

    def __init__(self, messages: int, size: int, reason: str) -> None:
        self.messages = messages
        self.size = size
        super().__init__(f"outgoing queue is full ({messages} messages, {size} bytes): {reason}")


class WouldDeadlock(LocalError):
    """A wait was asked for on the network thread, which would have to do the awaited work."""


class OutboxFull(LocalError):
    """The outbox holds as much as it may; this message was not stored."""

    def __init__(self, path: str, size: int, limit: int) -> None:
        self.path = path
        self.size = size
        self.limit = limit
        super().__init__(
            f"outbox {path} holds {size} of at most {limit} bytes; messages go out when the "
            "broker can be reached, or raise max_bytes"
        )


class OutboxFailed(LocalError):
    """The outbox could not be read or written, as on a full disk; this message was not stored."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"outbox {path}: {reason}")


class KeptInOutbox(LocalError):
    """The client was closed before the message was acknowledged; the outbox has it.

    It has not failed: the next client with this outbox sends it.
    """


class NetworkThreadStuck(LocalError):
    """The network thread has not moved for too long; `stack` says where it was seen.

    As a rule a callback of the program (`add_done_callback`) waits for something on it.
    """

    def __init__(self, client_id: str, seconds: float, stack: str) -> None:
        self.client_id = client_id
        self.seconds = seconds
        self.stack = stack
        super().__init__(
            f"the network thread of {client_id!r} has not moved for {seconds:.0f} s:\n{stack}"
        )


class HandlerFailed(LocalError):
    """A handler raised; the exception itself is `__cause__`."""

    def __init__(self, handler: str, channel: str) -> None:
        self.handler = handler
        self.channel = channel
        super().__init__(f"handler {handler} of channel {channel!r} raised an exception")


class SpecMismatch(LocalError):
    """A generated package and the runtime are of different versions."""


class ConnectionFailed(RemoteError):
    """No connection to the broker could be made, or the broker refused it for good.

    Attributes: `url` (without password), `reason_code` (CONNACK code, or None when there was no
    answer), `fatal` (True when trying again cannot help).
    """

    def __init__(
        self, url: str, reason: str, *, reason_code: int | None = None, fatal: bool = False
    ) -> None:
        self.url = url
        self.reason = reason
        self.reason_code = reason_code
        self.fatal = fatal
        super().__init__(f"cannot connect to {url}: {reason}")


class CertificateInvalid(ConnectionFailed):
    """The broker's certificate is not to be trusted, so nothing was sent to it.

    `problem` is one of "expired", "not_yet_valid", "wrong_host", "self_signed",
    "unknown_authority", "revoked", "no_revocation_list" and "other".
    """

    def __init__(self, url: str, problem: str, reason: str) -> None:
        self.problem = problem
        super().__init__(url, reason)


class NotConnected(RemoteError):
    """The client is closed or gave up, so this cannot be done or was not done."""


class ClientIdTaken(RemoteError):
    """Another client uses the same id, so that the broker throws each of them out for the other.

    `certain` says whether the broker has said so, or only closes each connection soon after
    accepting it. The client goes on trying, more and more rarely.
    """

    def __init__(self, client_id: str, *, certain: bool) -> None:
        self.client_id = client_id
        self.certain = certain
        how = (
            "the broker says that another client has taken over"
            if certain
            else "the broker has closed three connections in a row soon after accepting them, "
            "most likely because another client uses"
        )
        super().__init__(f"{how} the client id {client_id!r}; every client needs one of its own")


class SessionLost(RemoteError):
    """The broker no longer knew the session: messages sent to it meanwhile may be lost.

    Everything has been subscribed again when this is signalled (through `on_error`).
    """


class PublishRejected(RemoteError):
    """The broker refused a message, or would refuse it (too large, not allowed).

    `reason_code` is the code of the PUBACK or PUBREC, or None when the runtime refused for it.
    """

    def __init__(self, topic: str, reason: str, *, reason_code: int | None = None) -> None:
        self.topic = topic
        self.reason = reason
        self.reason_code = reason_code
        super().__init__(f"message to {topic!r} refused: {reason}")


class PublishExpired(RemoteError):
    """A message waited longer for a connection than its message expiry; it was not sent."""


class SubscribeRejected(RemoteError):
    """The broker refused one or more subscriptions.

    `reason_codes` maps each refused filter to the code of the SUBACK.
    """

    def __init__(self, reason_codes: Mapping[str, int]) -> None:
        self.reason_codes = dict(reason_codes)
        listed = ", ".join(f"{name!r} (code {code})" for name, code in self.reason_codes.items())
        super().__init__(f"broker refused to subscribe {listed}; check its access rules")


class DeliveryTimeout(RemoteError, TimeoutError):
    """The awaited thing did not happen within the time given; it may still happen."""


class PacketInvalid(RemoteError):
    """A received message is not as MQTT has it, although the broker has passed it on."""

    def __init__(self, topic: str, reason: str) -> None:
        self.topic = topic
        self.reason = reason
        super().__init__(f"message on {topic!r} dropped, it is not as MQTT has it: {reason}")


class EnvelopeInvalid(RemoteError):
    """The headers of a received message are not as the wire format has them."""


class AbilityMissing(RemoteError):
    """The broker would lose something without a word, so it is not begun.

    `ability` is the field of `BrokerProfile` that says so, `broker` the name of the profile ("" for
    one that is not known by name); `loss` is what would be lost, `remedy` what to do instead.
    """

    def __init__(self, ability: str, broker: str, loss: str, remedy: str) -> None:
        self.ability = ability
        self.broker = broker
        self.loss = loss
        self.remedy = remedy
        super().__init__(
            f"{loss}; {remedy}; if this broker is better than that, say so with "
            f"broker=BrokerProfile({ability}=...)"
        )


class SharedSubscriptionsUnavailable(AbilityMissing):
    """The broker does not deliver to shared subscriptions, or cannot be trusted to.

    Several brokers grant them over MQTT 3.1.1 and then deliver nothing.
    """

    def __init__(self, name: str, broker: str) -> None:
        super().__init__(
            "shared_subscriptions",
            broker,
            f"{name!r} cannot be trusted to deliver with {broker or 'this broker'} and this "
            "version of MQTT",
            "give the channel `partitions` in the document and use subscriber.partitioned(group)",
        )


class QosLowered(RemoteError):
    """The broker granted a subscription with a lower quality of service than was asked for.

    Messages that should come exactly once may come twice, those that should come may be lost.
    """

    def __init__(self, name: str, asked: int, granted: int) -> None:
        self.filter = name
        self.asked = asked
        self.granted = granted
        super().__init__(
            f"{name!r} was asked for with QoS {asked} and granted with QoS {granted}: this broker "
            "lowers it, for what is published too; say so in the document, or use another broker"
        )


class RequestFailed(RemoteError):
    """The other side answered a request with an error.

    `code` is a word of its making, "invalid_request" for one that does not fit the schema, or
    "internal" when its handler failed otherwise.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


class RequestTimeout(DeliveryTimeout):
    """No answer to a request came in time; whether it was carried out is not known."""


class ContentUnsupported(RemoteError):
    """A message came in an encoding that this version cannot read, such as a compressed one."""

    def __init__(self, topic: str, encoding: str) -> None:
        self.topic = topic
        self.encoding = encoding
        super().__init__(
            f"message on {topic!r} has content-encoding {encoding!r}, which this version of "
            "topicwire does not read; send it uncompressed"
        )
