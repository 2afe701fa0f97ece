"""When to ping the broker and when to hold it for dead. Pure: the clock is the caller's.

MQTT 5.0, section 3.1.2.10 wants a packet from the client in every interval, and leaves to it
how long to wait for the answer to a ping.
"""

from __future__ import annotations

from dataclasses import dataclass

# Of the interval: silence before a ping, and silence after it that means death. Together with
# the poll's granularity they stay below one and a half intervals.
_PING_AFTER = 0.75
_DEAD_AFTER = 0.5


@dataclass(slots=True)
class KeepAlive:
    """The state of one connection's pings; `interval` in seconds, 0 for none. Times too."""

    interval: float
    pinged: float | None = None

    def is_dead(self, now: float, last_received: float) -> bool:
        """Return whether nothing has come since a ping for too long."""
        if self.pinged is not None and last_received >= self.pinged:
            self.pinged = None
        return self.pinged is not None and now - self.pinged >= self.interval * _DEAD_AFTER

    def wants_ping(self, now: float, last_received: float, last_sent: float) -> bool:
        """Return whether a ping is due, and take it that it will be sent now."""
        if not self.interval or self.pinged is not None:
            return False
        if now - min(last_received, last_sent) < self.interval * _PING_AFTER:
            return False
        self.pinged = now
        return True

    def patience(self) -> float:
        """Return how long a poll may wait without being late for the next step, in seconds."""
        return self.interval / 20 if self.interval else 1.0
