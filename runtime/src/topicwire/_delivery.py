"""What becomes of one published message."""

from __future__ import annotations

from enum import Enum

from topicwire._completion import Completion
from topicwire.errors import KeptInOutbox, TopicwireError


class DeliveryState(Enum):
    """The states of a delivery: queued, then sent, then acknowledged; or failed, exactly once.

    A QoS 0 message is done when it is sent, the others when they are acknowledged. One that
    was still in the outbox when the client closed is kept there, and sent by the next one.
    """

    QUEUED = "queued"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    KEPT = "kept"


class Delivery(Completion):
    """Follow one published message; wait for it with `wait()` or `await`.

    Both end when the message is sent (QoS 0) or acknowledged by the broker (QoS 1 and 2), and
    raise the error when it failed. A message reported failed is never sent afterwards; one that
    raises `KeptInOutbox` has not failed.
    """

    __slots__ = ("__weakref__", "_sent", "qos", "topic")

    def __init__(self, topic: str, qos: int) -> None:
        super().__init__()
        self.topic = topic
        self.qos = qos
        self._sent = False

    @property
    def state(self) -> DeliveryState:
        """Where the message is now."""
        if self._done:
            if isinstance(self._error, KeptInOutbox):
                return DeliveryState.KEPT
            if self._error is not None:
                return DeliveryState.FAILED
            return DeliveryState.ACKNOWLEDGED if self.qos else DeliveryState.SENT
        return DeliveryState.SENT if self._sent else DeliveryState.QUEUED

    def __repr__(self) -> str:
        return f"<Delivery {self.topic!r} QoS {self.qos} {self.state.value}>"

    def _mark_sent(self) -> None:
        self._sent = True
        if not self.qos:
            self._finish()

    def _acknowledge(self) -> None:
        self._finish()

    def _keep(self) -> None:
        self._finish(
            KeptInOutbox(f"message to {self.topic!r} is in the outbox; the next client sends it")
        )

    def _fail(self, error: TopicwireError) -> None:
        self._finish(error)
