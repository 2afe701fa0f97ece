"""What a user can do, and the bench as all browsers see it."""

from __future__ import annotations

import time
import uuid

from suspension_protocol.aio.apps import Gui
from suspension_protocol.models import (
    GuiAction,
    GuiCommand,
    TestParameters,
    TestStop,
    WheelPosition,
)
from topicwire import TopicwireError

from suspension_services.gui.bench_state import BenchState
from suspension_services.gui.causes import STOPPED_HERE
from suspension_services.gui.history import History
from suspension_services.gui.indicators import Indicators
from suspension_services.gui.records import Record, Visit
from suspension_services.logs import get_logger
from suspension_services.quarter_car import HIGH, LOW

log = get_logger(__name__)

_REMEMBERED = 1_000  # tests of the history that are no news


class Desk:
    """The state that is shown, the history, and the commands; one for all browsers.

    `heartbeat` is the interval of the services' heartbeats, `duration` that of a sweep, in s.
    """

    def __init__(self, app: Gui, history: History, *, heartbeat: float, duration: float) -> None:
        self._app = app
        self.history = history
        self.duration = duration
        visit = history.last_visit()
        if visit is None:
            visit = _new_visit()
            history.keep_visit(visit)
        self.bench = BenchState(Indicators(heartbeat), visit)
        self.bench.wheels = history.of_visit(visit.visit_id)
        self.bench.remember(history.ids(_REMEMBERED))

    def select(self, position: WheelPosition) -> None:
        """Choose the wheel that is tested next."""
        self.bench.select(position)

    async def start_test(self) -> None:
        """Ask for the test of the chosen wheel, unless something is in the way."""
        now = time.monotonic()
        if self.bench.hindrance(now) is not None:
            return
        # The vehicle is known to the history before its first test is.
        self.history.keep_visit(self.bench.visit)
        test = self.bench.ask(_new_test_id(self.bench.selected), now, time.time())
        log.info("test asked for", test_id=test.test_id, position=test.position.value)
        await self._command(
            GuiCommand(
                command=GuiAction.START_TEST,
                test_id=test.test_id,
                position=test.position,
                parameters=TestParameters(
                    duration=self.duration, frequency_range=[LOW, HIGH],
                    vehicle=self.bench.visit.visit_id,
                ),
                timestamp=time.time(),
            )
        )  # fmt: skip

    async def stop_test(self) -> None:
        """Stop the test that runs; the bench is told, too, in case the orchestrator is away."""
        test = self.bench.test
        if test is None or test.stage.is_over:
            return
        log.info("stop asked for", test_id=test.test_id)
        await self._command(
            GuiCommand(
                command=GuiAction.STOP_TEST, test_id=test.test_id, reason=STOPPED_HERE,
                timestamp=time.time(),
            )
        )  # fmt: skip
        await self._app.send.test_stop(
            TestStop(
                command="stop", test_id=test.test_id, reason=STOPPED_HERE, timestamp=time.time()
            )
        )

    def new_vehicle(self) -> None:
        """Begin with another vehicle."""
        visit = _new_visit()
        self.history.keep_visit(visit)
        self.bench.begin_visit(visit)

    def name_vehicle(self, label: str) -> None:
        """Name the vehicle on the bench."""
        self.bench.name_visit(label.strip())
        self.history.keep_visit(self.bench.visit)

    async def _command(self, command: GuiCommand) -> None:
        try:
            await self._app.send.gui_command(command)
        except TopicwireError as error:
            log.error("not sent", command=command.command.value, reason=str(error))

    async def refresh(self) -> None:
        """Ask the orchestrator for all that it has to show."""
        await self._command(GuiCommand(command=GuiAction.REFRESH, timestamp=time.time()))

    def keep(self, record: Record | None) -> None:
        """Keep a test that has just ended."""
        if record is not None:
            log.info(
                "test over", test_id=record.test_id, stage=record.stage.value, cause=record.cause
            )
            # The few milliseconds that this takes come once a test.
            self.history.add(record)


def _new_visit() -> Visit:
    moment = time.time()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(moment))
    return Visit(f"{stamp}-{uuid.uuid4().hex[:6]}", "", moment)


def _new_test_id(position: WheelPosition) -> str:
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    return f"{stamp}-{position.value}-{uuid.uuid4().hex[:6]}"
