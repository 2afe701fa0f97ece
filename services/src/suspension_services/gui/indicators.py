"""Green, yellow, red: what the services have told of themselves. Pure: times are given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from suspension_protocol.models import Heartbeat, ServiceState, ServiceStatus

from suspension_services.health import GONE, READY, Health

REQUIRED = ("bridge", "processing", "orchestrator")
OPTIONAL = ("simulator",)  # shown once it was there: a real bench has none
_PATIENCE = 6.0  # s for the first word of a service, from when the broker was reached


class Level(StrEnum):
    """How a service is, at a glance."""

    GOOD = "good"
    WAIT = "wait"
    BAD = "bad"
    UNKNOWN = "unknown"  # the broker is away, and with it whatever could be known


@dataclass(frozen=True, slots=True)
class Indicator:
    """One light. `state` None: nothing was heard of the service; `error` is its own word."""

    service: str
    level: Level
    state: ServiceState | None = None
    error: str = ""
    status: ServiceStatus | None = None


class Indicators:
    """The lights of all services.

    The broker sends the last will of a service at once if its connection breaks, and at the
    latest when its keep-alive has passed. A service that is connected and stuck is caught by its
    heartbeats. `interval` is that of the heartbeats in s.
    """

    def __init__(self, interval: float) -> None:
        self._health = Health(interval)
        self._since: float | None = None  # when the broker was reached
        self._seen: set[str] = set()

    def reach(self, now: float) -> None:
        """Note that the broker has been reached: services have to be heard of from here on."""
        self._since = now

    def lose(self) -> None:
        """Note that the broker is away."""
        self._since = None

    def take_status(self, status: ServiceStatus, now: float) -> None:
        """See a service's status."""
        self._health.take_status(status, now)
        if status.status not in GONE:
            self._seen.add(status.service)

    def take_heartbeat(self, heartbeat: Heartbeat, now: float) -> None:
        """See that a service is alive."""
        self._health.take_heartbeat(heartbeat, now)

    def lights(self, now: float) -> tuple[Indicator, ...]:
        """Return an indicator for each service that there should be."""
        shown = [*REQUIRED, *(name for name in OPTIONAL if name in self._seen)]
        return tuple(self.light(name, now) for name in shown)

    def light(self, service: str, now: float) -> Indicator:
        """Return the indicator of one service."""
        status = self._health.status(service)
        if self._since is None:
            return Indicator(service, Level.UNKNOWN, status=status)
        if status is None:
            late = now - self._since > _PATIENCE
            return Indicator(service, Level.BAD if late else Level.WAIT)
        state = self._health.state(service, now)
        error = status.error if isinstance(status.error, str) else ""
        if state is ServiceState.ERROR or state in GONE:
            level = Level.WAIT if state is ServiceState.STOPPING else Level.BAD
        else:
            level = Level.GOOD if state in READY else Level.WAIT
        return Indicator(service, level, state, error, status)

    def missing(self, now: float) -> tuple[Indicator, ...]:
        """Return the indicators of the services without which no test can be begun."""
        lights = (self.light(name, now) for name in REQUIRED)
        return tuple(light for light in lights if light.level is not Level.GOOD)
