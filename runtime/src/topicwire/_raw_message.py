"""A message as it is on the wire."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """One message: topic, bytes, and the properties of MQTT 5 (over 3.1.1 there are none).

    `expiry` is in seconds, what was left of it when the message came; `is_text` the payload format
    indicator. `user_properties` keep their order, and may have a name several times. Of a received
    message, `timestamp` is the time of receipt in seconds since the epoch, `duplicate` says that it
    may have come before. `retain` is as it was published; over MQTT 3.1.1 only what the broker had
    kept is marked.
    """

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    content_type: str | None = None
    response_topic: str | None = None
    correlation: bytes | None = None
    user_properties: tuple[tuple[str, str], ...] = ()
    is_text: bool = False
    expiry: int | None = None
    duplicate: bool = False
    timestamp: float = 0.0

    @property
    def has_properties(self) -> bool:
        """Whether there is anything that MQTT 3.1.1 cannot carry."""
        return (
            self.content_type is not None
            or self.response_topic is not None
            or self.correlation is not None
            or self.expiry is not None
            or self.is_text
            or bool(self.user_properties)
        )
