"""What the broker keeps of a client, with or without a connection (MQTT 5.0, section 4.1). Pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from topicwire.testing._broker.clock import Timer
from topicwire.testing._broker.faults import Fault
from topicwire.testing._broker.messages import Delivery, Message
from topicwire.testing._broker.outflow import Outflow
from topicwire.testing._broker.packets import Connect, Publish, Will
from topicwire.testing._broker.reading import MQTT_5
from topicwire.testing._broker.reasons import Reason
from topicwire.testing._broker.subscriptions import Subscription, merged

_FOR_EVER = 0xFFFF_FFFF


class Connected(Protocol):
    """What a session knows of its connection."""

    version: int

    def end(self, reason: Reason, text: str = "") -> None: ...
    def break_off(self) -> None: ...


@dataclass(slots=True)
class Unreleased:
    """A received QoS 2 message that its sender has not released, and what is to go wrong with it.

    The topic is there although it came as an alias, which means nothing to a later connection.
    """

    packet: Publish
    topic: str
    fault: Fault | None


@dataclass(slots=True)
class Session:
    """The state of one client; `expiry` in seconds after the end of its connection."""

    client_id: str
    now: Callable[[], float]
    expiry: float = 0.0
    connection: Connected | None = None
    will: Will | None = None
    subscriptions: dict[str, Subscription] = field(default_factory=dict[str, Subscription])
    unreleased: dict[int, Unreleased] = field(default_factory=dict[int, Unreleased])
    end_timer: Timer | None = None
    will_timer: Timer | None = None
    version: int = MQTT_5
    outflow: Outflow = field(init=False)

    def __post_init__(self) -> None:
        self.outflow = Outflow(self.now)

    def begin(self, connect: Connect) -> None:
        """Take over what a new connection says of the session."""
        self.version = connect.version
        if connect.version == MQTT_5:
            self.set_expiry(connect.properties.session_expiry or 0)
        else:
            self.expiry = 0.0 if connect.clean_start else math.inf
        self.will = connect.will
        if self.end_timer is not None:
            self.end_timer.cancel()
        if self.will_timer is not None:
            self.will_timer.cancel()
            self.will_timer = None

    def set_expiry(self, seconds: int) -> None:
        """Set how long the session outlives its connection."""
        self.expiry = math.inf if seconds == _FOR_EVER else float(seconds)

    def deliveries(self, message: Message) -> list[Delivery]:
        """Return what a message becomes for this client, shared subscriptions apart.

        With MQTT 5 there is one for each matching subscription, with its identifier; with 3.1.1
        there is one at most.
        """
        found = [
            subscription.delivery(message)
            for subscription in self.subscriptions.values()
            if subscription.group is None and subscription.wants(message, self.client_id)
        ]
        return found if self.version == MQTT_5 else merged(found)
