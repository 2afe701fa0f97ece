"""Why a received message reaches no handler although it came as MQTT has it: it is not believed."""

from __future__ import annotations

from topicwire._error_tree import RemoteError


class MessageRefused(RemoteError):
    """A received message was not believed, or not even looked into; no handler has seen it.

    `reason` is a stable word for counting, `topic` the concrete topic, `sender` who the message
    claims to be from (None: it does not say), which need not be true.
    """

    def __init__(self, topic: str, reason: str, text: str, *, sender: str | None = None) -> None:
        self.topic = topic
        self.reason = reason
        self.sender = sender
        claimed = f" that claims to be from {sender!r}" if sender is not None else ""
        super().__init__(f"message on {topic!r}{claimed} refused ({reason}): {text}")


class SignatureInvalid(MessageRefused):
    """A message is not signed as its channel wants it.

    Reasons: "unsigned", "malformed", "unknown_key", "key_not_valid", "sender_not_allowed",
    "topic_not_allowed", "stale", "from_the_future", "bad_signature", and "no_keys" when this
    client has none to look with.
    """


class ReplayDetected(MessageRefused):
    """A signed message is an old one, sent again by somebody.

    Reasons: "nonce_reused" (an alarm: two messages with one nonce and valid signatures),
    "too_old" (older than what is remembered), "superseded" (of a retained message, an earlier one).
    """


class MessageTooLarge(MessageRefused):
    """A received message is larger than this client takes, as it came or decompressed.

    Reason: "too_large".
    """

    def __init__(self, topic: str, limit: int) -> None:
        self.limit = limit
        super().__init__(
            topic,
            "too_large",
            f"more than {limit} bytes; raise max_message_bytes if it is meant to be",
        )


class CompressionInvalid(MessageRefused):
    """A body is not compressed as it says. Reason: "not_decompressible"."""

    def __init__(self, topic: str, text: str) -> None:
        super().__init__(topic, "not_decompressible", text)
