"""The GUI as a service: between the broker, the state that is shown, and the history."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from suspension_protocol.aio.apps import Gui
from suspension_protocol.models import (
    GuiLiveData,
    GuiResult,
    GuiStatusUpdate,
    Heartbeat,
    LiveMeasurement,
    SensorReading,
    ServiceStatus,
    TestCompleted,
    TestResult,
    TestStatus,
)
from topicwire import Context

from suspension_services.access import Access
from suspension_services.gui.desk import Desk
from suspension_services.gui.history import History
from suspension_services.gui.records import Record
from suspension_services.gui.web import WebSettings, serve
from suspension_services.logs import get_logger
from suspension_services.places import state_file
from suspension_services.service import BackendService, ServiceSettings

log = get_logger(__name__)

_TICK = 0.25  # s between two looks at the connection and at the clock
_ASK_AGAIN = 2.0  # s, as long as the orchestrator was not heard of


class GuiService(BackendService):
    """Shows the bench to any number of browsers, which all see the same.

    `history` is a file (None: one of this user), `duration` that of a sweep in s. The pages are
    there before the broker is, and stay while it is away. The broker keeps for the GUI what
    durable channels carry meanwhile, so that the history lacks no result.
    """

    name: ClassVar[str] = "gui"
    keeps_session = True
    connect_timeout = float(10**9)  # s

    def __init__(
        self,
        access: Access,
        settings: ServiceSettings = ServiceSettings(),  # noqa: B008 - it is frozen
        *,
        web: WebSettings = WebSettings(),  # noqa: B008
        history: Path | None = None,
        duration: float = 24.0,
    ) -> None:
        super().__init__(access, settings)
        self._app = Gui(self.client)
        self._web = web
        self._history = History(history or state_file("history.sqlite"))
        self._desk = Desk(self._app, self._history, heartbeat=settings.heartbeat, duration=duration)
        self._bench = self._desk.bench
        self._reconnects = -1  # so that the first connection is seen as new, too

    def set_up(self) -> None:
        """Listen to everything that is shown, and open the pages."""
        on = self._app.on
        for subscriber in (
            on.system_status, on.simulator_status, on.processing_status, on.hardware_status,
        ):  # fmt: skip
            subscriber(self._on_service_status)
        on.system_heartbeat(self._on_heartbeat)
        on.gui_update(self._on_update)
        on.test_status(self._on_test_status)
        on.test_completed(self._on_completed)
        on.results_processed(self._on_result)
        on.measurements_live.batches(self._on_measurements)
        on.sensor(quantity="force").batches(self._on_forces)
        self.spawn(serve(self._desk, self._web, self._web.listen()), "web")
        self.spawn(self._watch(), "watch")

    async def close(self) -> None:
        """End in good order, the history last."""
        await super().close()
        self._history.close()

    # ---- what is told ------------------------------------------------------------------------

    async def _on_service_status(self, status: ServiceStatus, context: Context) -> None:
        if status.service != self.name:
            self._keep(self._bench.take_service_status(status, time.monotonic(), time.time()))

    async def _on_heartbeat(self, heartbeat: Heartbeat, context: Context) -> None:
        self._bench.take_heartbeat(heartbeat, time.monotonic())

    async def _on_update(
        self, update: GuiLiveData | GuiStatusUpdate | GuiResult, context: Context
    ) -> None:
        self._keep(self._bench.take_update(update, time.monotonic(), time.time()))

    async def _on_test_status(self, status: TestStatus, context: Context) -> None:
        self._keep(self._bench.take_test_status(status, time.monotonic(), time.time()))

    async def _on_completed(self, completed: TestCompleted, context: Context) -> None:
        self._keep(self._bench.take_completed(completed, time.monotonic(), time.time()))

    async def _on_result(self, result: TestResult, context: Context) -> None:
        self._keep(self._bench.take_result(result, time.monotonic(), time.time()))

    async def _on_measurements(
        self, measurements: Sequence[LiveMeasurement], context: Context
    ) -> None:
        self._bench.take_measurements(measurements, time.monotonic())

    async def _on_forces(self, readings: Sequence[SensorReading], context: Context) -> None:
        self._bench.take_forces(readings)

    # ---- within ------------------------------------------------------------------------------

    def _keep(self, record: Record | None) -> None:
        if record is not None:
            self.note_activity()
            self._desk.keep(record)

    async def _watch(self) -> None:
        """See the broker come and go, and time pass."""
        asked = 0.0
        while True:
            now = time.monotonic()
            connected = self.client.is_connected
            reconnects = self.client.stats().reconnects
            if connected != self._bench.connected or (connected and reconnects != self._reconnects):
                self._reconnects = reconnects if connected else self._reconnects
                self._bench.set_connected(connected, now)
                asked = 0.0
            unknown = self._bench.indicators.light("orchestrator", now).state is None
            if connected and (asked == 0.0 or (unknown and now - asked > _ASK_AGAIN)):
                asked = now
                await self._desk.refresh()
            self._keep(self._bench.tick(now, time.time()))
            await asyncio.sleep(_TICK)
