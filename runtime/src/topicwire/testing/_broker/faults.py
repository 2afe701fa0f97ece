"""What goes wrong with messages because a test wants it to. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

from topicwire._topic_filter import TopicFilter
from topicwire.testing._broker.messages import Message
from topicwire.testing._broker.packets import Publish

PROPERTY: Final = "topicwire-fault"
"""The user property by which a message says itself what is to go wrong with it."""


class FaultKind(StrEnum):
    """What can go wrong with a message that a client publishes.

    - `DROP`: it is acknowledged, and reaches nobody.
    - `DUPLICATE`: it reaches everybody `amount` times (default 2).
    - `DELAY`: it is acknowledged, and passed on after `amount` seconds of the broker's clock.
    - `REORDER`: it is acknowledged, and passed on behind the next message that passes the broker.
    - `CORRUPT`: a byte in the middle of the payload arrives with all its bits inverted.
    - `REFUSE`: it is answered with the reason code `amount` (default 0x80) and reaches nobody;
      over MQTT 3.1.1, which has no such answer, the connection is closed.
    - `WITHHOLD`: it is passed on, and never acknowledged on this connection.
    - `DISCONNECT`: the publisher's connection breaks before anything is done with it.
    """

    DROP = "drop"
    DUPLICATE = "duplicate"
    DELAY = "delay"
    REORDER = "reorder"
    CORRUPT = "corrupt"
    REFUSE = "refuse"
    WITHHOLD = "withhold"
    DISCONNECT = "disconnect"


_AMOUNTS = {FaultKind.DUPLICATE: 2.0, FaultKind.DELAY: 1.0, FaultKind.REFUSE: 128.0}
# Copies, seconds, and the codes that are refusals.
_LIMITS = {
    FaultKind.DUPLICATE: (1.0, 1000.0),
    FaultKind.DELAY: (0.0, 1e9),
    FaultKind.REFUSE: (0x80, 0xFF),
}


@dataclass(eq=False, slots=True)
class Fault:
    """A rule that lets something go wrong; as a context manager it holds until the end of `with`.

    It is for messages of topics that fit `topic`, from `client_id` (None: from all), for the
    first `times` of them (None: for all). `count` tells how many it has met.
    """

    kind: FaultKind
    topic: str = "#"
    client_id: str | None = None
    times: int | None = None
    amount: float = 0.0
    count: int = 0
    _filter: TopicFilter = field(init=False)

    def __post_init__(self) -> None:
        self.kind = FaultKind(self.kind)
        self._filter = TopicFilter(self.topic)
        self.amount = float(self.amount) or _AMOUNTS.get(self.kind, 0.0)
        low, high = _LIMITS.get(self.kind, (0.0, 0.0))
        whole = self.kind is FaultKind.DELAY or self.amount.is_integer()
        if not low <= self.amount <= high or not whole:
            raise ValueError(f"{self.amount:g} cannot be the amount of {self.kind.value!r}")

    def meets(self, topic: str, client_id: str) -> bool:
        """Return whether it is for a message, and count it then."""
        if (
            (self.times is not None and self.count >= self.times)
            or self.client_id not in (None, client_id)
            or not self._filter.matches(topic)
        ):
            return False
        self.count += 1
        return True

    def end(self) -> None:
        """Let nothing go wrong any more."""
        self.times = self.count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()


def asked_for(packet: Publish) -> Fault | None:
    """Return the fault that a message asks for by its user property, `KIND` or `KIND=AMOUNT`.

    Raises `ValueError` for one that does not exist: a test must not pass for a slip of the pen.
    """
    wanted = dict(packet.properties.user).get(PROPERTY)
    if wanted is None:
        return None
    kind, _, amount = wanted.partition("=")
    try:
        value = float(int(amount, 0)) if amount.startswith("0x") else float(amount or 0)
        return Fault(FaultKind(kind), amount=value)
    except ValueError as error:
        known = ", ".join(FaultKind)
        raise ValueError(f"{PROPERTY}: {wanted}: {error}; there are {known}") from None


def without_request(packet: Publish) -> Publish:
    """Return a message without the user property, which is not for its receivers."""
    user = tuple(pair for pair in packet.properties.user if pair[0] != PROPERTY)
    return replace(packet, properties=replace(packet.properties, user=user))


def corrupted(message: Message) -> Message:
    """Return a message with one byte wrong; an empty one gets a byte."""
    payload = bytearray(message.payload or b"\0")
    payload[len(payload) // 2] ^= 0xFF
    return replace(message, payload=bytes(payload))
