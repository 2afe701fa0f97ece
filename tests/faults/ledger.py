"""What became of numbered messages: which are lost, repeated, out of order, or should not be."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from topicwire import Delivery, DeliveryState


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of messages: `lost` were acknowledged or kept and never came, `phantom` were
    reported unsent and came all the same, `open` deliveries have not ended."""

    published: int
    received: int
    lost: int
    duplicated: int
    reordered: int
    phantom: int
    open: int


@dataclass
class Ledger:
    """Collects the deliveries of numbered messages, and the numbers that came."""

    deliveries: dict[int, Delivery] = field(default_factory=dict)
    promised: set[int] = field(default_factory=set)
    arrived: list[int] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def publish(self, number: int, delivery: Delivery) -> None:
        """Note a published message; what it promises shows in its delivery."""
        self.deliveries[number] = delivery

    def promise(self, number: int) -> None:
        """Note a message that must arrive, whoever has its delivery."""
        self.promised.add(number)

    def receive(self, number: int) -> None:
        """Note a message that has come."""
        with self._changed:
            self.arrived.append(number)
            self._changed.notify_all()

    def wait_for(self, numbers: set[int], timeout: float) -> bool:
        """Wait until all of `numbers` have come; return whether they have."""
        with self._changed:
            return self._changed.wait_for(
                lambda: len(self.arrived) >= len(numbers) and numbers.issubset(self.arrived),
                timeout,
            )

    def expected(self) -> set[int]:
        """Return the numbers that must arrive."""
        done = {
            number
            for number, delivery in self.deliveries.items()
            if delivery.state in (DeliveryState.ACKNOWLEDGED, DeliveryState.KEPT)
        }
        return done | self.promised

    def verdict(self) -> Verdict:
        """Return what became of the messages so far."""
        counts = Counter(self.arrived)
        order = list(dict.fromkeys(self.arrived))
        unsent = {
            number
            for number, delivery in self.deliveries.items()
            if delivery.error is not None and "not sent" in str(delivery.error)
        }
        return Verdict(
            published=len(self.deliveries) or len(self.promised),
            received=len(self.arrived),
            lost=len(self.expected() - counts.keys()),
            duplicated=len(self.arrived) - len(counts),
            reordered=sum(second < first for first, second in pairwise(order)),
            phantom=len(unsent & counts.keys()),
            open=sum(not delivery.done for delivery in self.deliveries.values()),
        )
