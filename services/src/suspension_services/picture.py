"""What the orchestrator knows, for all its coroutines that wait for something to change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from pydantic import JsonValue
from suspension_protocol.models import ProcessingResult, TestStatus

from suspension_services.health import Health


@dataclass
class Picture:
    """What the orchestrator knows of the running test and of the services."""

    health: Health
    statuses: dict[str, TestStatus] = field(default_factory=dict[str, TestStatus])
    results: dict[str, ProcessingResult] = field(default_factory=dict[str, ProcessingResult])
    stops: dict[str, str] = field(default_factory=dict[str, str])
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def change(self) -> None:
        """Have everybody look who waits for something."""
        async with self.changed:
            self.changed.notify_all()

    def details(self, service: str) -> dict[str, JsonValue]:
        """Return the details of a service's last status."""
        status = self.health.status(service)
        return status.details if status is not None and isinstance(status.details, dict) else {}

    def forget(self, test_id: str) -> None:
        """Forget a test that is over."""
        for table in (self.statuses, self.results, self.stops):
            table.pop(test_id, None)
