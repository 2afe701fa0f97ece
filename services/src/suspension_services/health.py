"""How the services are, as the orchestrator sees them. Pure: no I/O; times are given."""

from __future__ import annotations

from dataclasses import dataclass, field

from suspension_protocol.models import Heartbeat, ServiceState, ServiceStatus

_BEATS = 3.5  # intervals without a heartbeat after which a service is taken for gone
_GRACE = 5.0  # s in error before a service is restarted: it may mend itself
_ATTEMPTS = 3  # restarts of a service, until it has been well for a while
_WELL = 60.0  # s

READY = (ServiceState.ONLINE, ServiceState.RUNNING)
GONE = (ServiceState.OFFLINE, ServiceState.STOPPED, ServiceState.STOPPING)


@dataclass
class _Service:
    status: ServiceStatus
    since: float  # when it came into its state
    heard: float
    restarts: list[float] = field(default_factory=list[float])


class Health:
    """What the services have told of themselves; times in s by a clock that only goes on."""

    def __init__(self, heartbeat: float) -> None:
        self._interval = heartbeat
        self._services: dict[str, _Service] = {}

    def take_status(self, status: ServiceStatus, now: float) -> None:
        """See a service's status."""
        known = self._services.get(status.service)
        if known is None:
            self._services[status.service] = _Service(status, now, now)
            return
        if known.status.status is not status.status:
            known.since = now
        known.status, known.heard = status, now

    def take_heartbeat(self, heartbeat: Heartbeat, now: float) -> None:
        """See that a service is alive."""
        known = self._services.get(heartbeat.service)
        if known is not None:
            known.heard = now

    def state(self, service: str, now: float) -> ServiceState:
        """Return a service's state: `offline` for one that has fallen silent.

        One that has not been heard of yet counts as `starting`: its status may be on the way.
        """
        known = self._services.get(service)
        if known is None:
            return ServiceState.STARTING
        if self._is_silent(known, now):
            return ServiceState.OFFLINE
        return known.status.status

    def gone_for(self, service: str, now: float) -> float:
        """Return for how many seconds a service has been gone; 0 for one that is not."""
        known = self._services.get(service)
        if known is None or self.state(service, now) not in GONE:
            return 0.0
        return now - (known.heard if self._is_silent(known, now) else known.since)

    def status(self, service: str) -> ServiceStatus | None:
        """Return the last status of a service."""
        known = self._services.get(service)
        return None if known is None else known.status

    def statuses(self) -> list[ServiceStatus]:
        """Return the last status of each service that is known."""
        return [service.status for service in self._services.values()]

    def to_restart(self, now: float) -> list[str]:
        """Return the services that are in error and are to be restarted; counts the attempts."""
        found: list[str] = []
        for name, service in self._services.items():
            if service.status.status is not ServiceState.ERROR:
                if service.status.status in READY and now - service.since > _WELL:
                    service.restarts.clear()
                continue
            last = service.restarts[-1] if service.restarts else service.since
            if now - max(last, service.since) >= _GRACE and len(service.restarts) < _ATTEMPTS:
                service.restarts.append(now)
                found.append(name)
        return found

    def attempts(self, service: str) -> int:
        """Return how often a service was restarted since it was well."""
        known = self._services.get(service)
        return 0 if known is None else len(known.restarts)

    def _is_silent(self, service: _Service, now: float) -> bool:
        return now - service.heard > _BEATS * self._interval
