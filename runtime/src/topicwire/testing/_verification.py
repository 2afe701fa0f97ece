"""Messages as they come, held against what an app may send. Pure."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from topicwire._channel import BATCH_SUFFIX, Channel
from topicwire._envelope import Headers, read_headers
from topicwire._inbound import Inbound
from topicwire._key_file import KeySource
from topicwire._options import MAX_MESSAGE
from topicwire._reception import Received, receive
from topicwire._signing import Verifier, claims_signature
from topicwire.errors import PayloadInvalid, SignatureInvalid, TopicwireError
from topicwire.raw import RawMessage
from topicwire.testing._contract import Contract, channel_of
from topicwire.testing._report import ChannelReport, Violation

_SAMPLE = 120  # characters
_MOST = 1_000  # different violations; a service that does everything wrong must not fill the memory


@dataclass(frozen=True, slots=True)
class _Finding:
    rule: str
    text: str
    pointer: str = ""
    kind: str = ""


class Verification:
    """Takes the messages of a broker one by one, and keeps what is wrong with them.

    `keys` are what signatures are verified by; without them it only looks for their presence.
    Messages that say that they are of another sender than `sender` are not looked at. With
    `exact` the retain flag is as published, and properties are to be expected (MQTT 5).
    """

    def __init__(
        self,
        contract: Contract,
        *,
        exact: bool,
        keys: KeySource | None = None,
        sender: str | None = None,
    ) -> None:
        self.messages = 0
        self.ignored = 0
        self._contract = contract
        self._exact = exact
        self._verifier = Verifier(keys) if keys is not None else None
        self._sender = sender
        self._seen: Counter[str] = Counter()
        self._violations: dict[tuple[str, ...], Violation] = {}

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What is wrong, the same on the same topic once."""
        return tuple(self._violations.values())

    @property
    def channels(self) -> tuple[ChannelReport, ...]:
        """What came on each channel of the app."""
        return tuple(
            ChannelReport(
                channel.name, channel.address, self._seen[channel.name],
                self._contract.shared[channel.name],
            )
            for channel in self._contract.sent
        )  # fmt: skip

    @property
    def is_complete(self) -> bool:
        """Whether something came on every channel of the app."""
        return all(self._seen[channel.name] for channel in self._contract.sent)

    def observe(self, message: RawMessage) -> None:
        """Take a message."""
        self.messages += 1
        native = Headers(
            message.user_properties, message.content_type, message.response_topic,
            message.correlation,
        )  # fmt: skip
        headers, body, problem = read_headers(native, message.payload)
        sender = headers.get("sid")
        if self._sender is not None and sender not in (None, self._sender):
            self.ignored += 1
            return
        channel = channel_of(message.topic, self._contract.sent)
        if channel is None:
            self._stray(message, sender)
            return
        self._seen[channel.name] += 1
        inbound = Inbound(
            message.topic, body, qos=message.qos, retained=message.retain,
            duplicate=message.duplicate, mid=0, headers=headers, problem=problem,
        )  # fmt: skip
        inbound.max_bytes = MAX_MESSAGE
        for finding in self._findings(channel, message, inbound):
            self._note(finding, channel.name, message)

    def _stray(self, message: RawMessage, sender: str | None) -> None:
        """Take a message that is on no channel of the app."""
        other = channel_of(message.topic, self._contract.others)
        if other is not None and (sender is None or sender != self._sender):
            self.ignored += 1
            return
        if other is not None:
            text = f"{self._contract.app} does not send to channel {other.name!r}"
            self._note(_Finding("direction", text), other.name, message)
            return
        nearest = self._contract.nearest(message.topic)
        hint = f"; the most like it is {nearest!r}" if nearest else ""
        self._note(_Finding("topic", f"no channel of the spec has this topic{hint}"), "", message)

    def _findings(
        self, channel: Channel[Any], message: RawMessage, inbound: Inbound
    ) -> Iterator[_Finding]:
        yield from self._delivery(channel, message)
        yield from self._properties(channel, message, inbound.headers)
        yield from self._signature(channel, inbound)
        received = receive(channel, inbound)
        yield from _elements(received)
        if received.batched and channel.batch is not None:
            size = len(received.elements)
            if size > channel.batch.max_messages:
                text = f"{size} messages, the spec allows {channel.batch.max_messages}"
                yield _Finding("batch", text)

    def _delivery(self, channel: Channel[Any], message: RawMessage) -> Iterator[_Finding]:
        if message.qos != channel.qos:
            yield _Finding("qos", f"QoS {message.qos}, the spec says {int(channel.qos)}")
        # Over MQTT 3.1.1 the flag only says that the broker had kept the message.
        is_batch = channel.batch is not None and message.topic.endswith(BATCH_SUFFIX)
        retain = channel.retain and not is_batch
        if message.retain and not retain:
            yield _Finding("retain", "retained, which the spec does not say")
        elif retain and not message.retain and self._exact:
            yield _Finding("retain", "not retained, although the spec says so")

    def _properties(
        self, channel: Channel[Any], message: RawMessage, headers: Headers
    ) -> Iterator[_Finding]:
        # Without any, it came from a client with MQTT 3.1.1, which has none.
        if not message.payload or (not message.has_properties and not headers.properties):
            return
        if headers.content_type != channel.content_type:
            yield _Finding(
                "content-type", f"{headers.content_type!r}, the spec says {channel.content_type!r}"
            )
        schema_id = headers.get("schema-id")
        if schema_id is not None and channel.schema_id not in (None, schema_id):
            text = f"the sender speaks another schema ({schema_id}) than this ({channel.schema_id})"
            yield _Finding("schema-id", text)
        if not message.has_properties or channel.message_expiry is None:
            return
        if message.expiry is None or message.expiry > channel.message_expiry:
            given = "none" if message.expiry is None else f"{message.expiry} s"
            yield _Finding("expiry", f"{given}, the spec says {channel.message_expiry} s")

    def _signature(self, channel: Channel[Any], inbound: Inbound) -> Iterator[_Finding]:
        if channel.signing == "off" or (not inbound.payload and channel.retain):
            return
        if not claims_signature(inbound.headers):
            if channel.signing == "required":
                yield _Finding("signature", "not signed, which the spec requires")
        elif self._verifier is not None:
            # Those that are retained may be of any age, and the watcher does not judge by it.
            freshness = channel.delivery if not inbound.retained else "retained"
            try:
                self._verifier.verify(
                    inbound.topic, inbound.headers, inbound.payload, freshness, time.time()
                )
            except SignatureInvalid as error:
                yield _Finding("signature", str(error), kind=error.reason)

    def _note(self, finding: _Finding, channel: str, message: RawMessage) -> None:
        key = (finding.rule, channel, message.topic, finding.pointer, finding.kind or finding.text)
        known = self._violations.get(key)
        if known is not None:
            known.count += 1
        elif len(self._violations) < _MOST:
            sample = message.payload[: 4 * _SAMPLE].decode("utf-8", "backslashreplace")
            self._violations[key] = Violation(
                finding.rule, channel, message.topic, finding.pointer, finding.text,
                sample if len(sample) <= _SAMPLE else f"{sample[:_SAMPLE]}...",
            )  # fmt: skip


def _elements(received: Received[Any]) -> Iterator[_Finding]:
    """Yield what is wrong with the contents of a message; in a batch the pointer has the index."""
    for element in received.elements:
        if isinstance(element, PayloadInvalid):
            prefix = f"/{element.index}" if element.index is not None else ""
            for error in element.errors:
                yield _Finding("payload", error.message, f"{prefix}{error.path}", error.kind)
        elif isinstance(element, TopicwireError):
            yield _Finding("envelope", str(element))
