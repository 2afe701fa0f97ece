"""From an encoded message to what goes on the wire: compressed, numbered and signed."""

from __future__ import annotations

import time
from typing import Any

from topicwire._channel import Channel
from topicwire._compression import compress
from topicwire._envelope import Headers, TracedHeaders, fits_envelope
from topicwire._identity import Identity, IdentitySource
from topicwire._outbox_store import StoredMessage
from topicwire._signing import WINDOW, add_signature
from topicwire._trust import Trust
from topicwire.errors import PublishRejected, SigningRequired


class Composer:
    """Makes the bodies and headers of one client's messages. Safe to use from any thread."""

    def __init__(self, trust: Trust) -> None:
        self._identities = IdentitySource(trust.sender)
        self._trust = trust

    def check(self, channel: Channel[Any], topic: str) -> None:
        """Raise `SigningRequired` if a message could not be signed that has to be."""
        self._trust.signing_key(channel, topic)

    def compose(
        self, channel: Channel[Any], topic: str, body: bytes, headers: Headers
    ) -> tuple[bytes, Headers, float | None]:
        """Return body, headers and the expiry in seconds (None: never) of a message.

        `headers` say how it is addressed. Raises `SigningRequired` and `PublishRejected`.
        """
        key = self._trust.signing_key(channel, topic)
        expiry: float | None = channel.message_expiry
        if (
            key is None
            and channel.compression is None
            and channel.delivery != "durable"
            and headers.is_plain
        ):
            return body, headers, expiry
        payload, encoding = compress(body, channel.compression)
        properties = headers.properties
        if key is not None or channel.delivery == "durable":
            properties += self._identities.next().properties(time.time())
        if encoding is not None:
            properties += (("content-encoding", encoding),)
        if properties and channel.schema_id is not None:
            # Only beside other headers: a message that needs none stays its body and nothing else.
            properties += (("schema-id", channel.schema_id),)
        if properties:
            headers = Headers(
                properties, headers.content_type, headers.response_topic, headers.correlation
            )
        if key is not None:
            headers = add_signature(key, topic, headers, payload)
        if key is not None and channel.delivery == "live":
            # Receivers would not believe it any more.
            expiry = WINDOW if expiry is None else min(expiry, WINDOW)
        if not fits_envelope(headers):
            raise PublishRejected(topic, "its headers are longer than MQTT 3.1.1 could carry")
        return payload, headers, expiry

    def stored(self, channel: Channel[Any], topic: str, body: bytes) -> StoredMessage:
        """Return a message for the outbox, which is signed when it is sent."""
        signed = self._trust.signing_key(channel, topic) is not None
        payload, encoding = compress(body, channel.compression)
        now = time.time()
        return StoredMessage(
            channel=channel.name,
            topic=topic,
            payload=payload,
            qos=channel.qos,
            retain=channel.retain,
            content_type=channel.content_type,
            created=now,
            expires=now + channel.message_expiry if channel.message_expiry is not None else None,
            encoding=encoding,
            signed=signed,
            schema_id=channel.schema_id,
        )

    def headers_of(self, message: StoredMessage, identity: Identity) -> Headers:
        """Return the headers of a message from the outbox; raises `SigningRequired`."""
        properties = identity.properties(message.created)
        if message.encoding is not None:
            properties += (("content-encoding", message.encoding),)
        if message.schema_id is not None:
            properties += (("schema-id", message.schema_id),)
        headers = Headers(properties, message.content_type)
        if message.signed:
            key = self._trust.key_for(message.topic)
            if key is None:
                raise SigningRequired(message.channel, self._trust.missing(message.topic))
            headers = add_signature(key, message.topic, headers, message.payload)
        if message.traceparent is not None:
            headers = TracedHeaders.of(headers, (("traceparent", message.traceparent),))
        return headers
