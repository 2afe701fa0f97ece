"""The page of the test: the vehicle, the test that runs, and its curves."""

from __future__ import annotations

from nicegui import ui
from nicegui.events import KeyEventArguments
from suspension_protocol.models import WheelPosition

from suspension_services.gui.desk import Desk
from suspension_services.gui.pages.car_panel import CarPanel
from suspension_services.gui.pages.charts_panel import ChartsPanel
from suspension_services.gui.pages.header import Header
from suspension_services.gui.pages.result_sheet import ResultSheet
from suspension_services.gui.pages.tag import Tag
from suspension_services.gui.pages.test_panel import StartPanel, StatusPanel
from suspension_services.gui.shown_test import Stage
from suspension_services.gui.texts import Texts

REDRAW = 0.2  # s between two looks at what has changed
_LIGHTS = 5  # of these looks between two at the services, which time alone can change


class TestPage:
    """One browser's page of the test."""

    __test__ = False  # for pytest: not a test

    def __init__(self, desk: Desk, texts: Texts) -> None:
        self._desk = desk
        self._revision = -1
        self._looks = 0
        test = desk.bench.test
        # What was over before the page was there has been seen, or is in the history.
        over = test is not None and test.stage.is_over
        self._announced = (test.test_id, test.stage) if test is not None and over else None
        self._header = Header(desk, texts, "")
        with Tag("main", classes="bench", id="main"):
            with Tag("div", classes="side"):
                self._car = CarPanel(desk, texts)
                self._start = StartPanel(desk, texts)
            with Tag("div", classes="stage"):
                self._status = StatusPanel(desk, texts)
                self._charts = ChartsPanel(texts, desk.duration)
        self._sheet = ResultSheet(desk, texts)
        ui.keyboard(self._on_key, repeating=False, ignore=["input", "select", "textarea"])
        self._update()
        ui.timer(REDRAW, self._look)

    def _look(self) -> None:
        self._looks += 1
        if self._desk.bench.revision != self._revision or self._looks % _LIGHTS == 0:
            self._update()

    def _update(self) -> None:
        self._revision = self._desk.bench.revision
        self._header.update()
        self._car.update()
        self._start.update()
        self._status.update()
        self._charts.show_live(self._desk)
        self._announce()

    def _announce(self) -> None:
        """Show the result of a test once, and take it away when the next one begins."""
        test = self._desk.bench.test
        if test is None:
            return
        if not test.stage.is_over:
            self._announced = None
            if self._sheet.is_open:
                self._sheet.close()
        elif self._announced != (test.test_id, test.stage):
            self._announced = (test.test_id, test.stage)
            # Who has stopped a test knows that it was stopped; the page says so, too.
            if test.stage is not Stage.ABORTED:
                self._sheet.open(self._desk.bench.record(test))

    async def _on_key(self, event: KeyEventArguments) -> None:
        if not event.action.keydown or self._sheet.is_open:
            return
        bench = self._desk.bench
        number = event.key.number
        if event.key.escape and bench.is_busy:
            await self._desk.stop_test()
        elif number in (1, 2, 3, 4) and not bench.is_busy:
            self._desk.select(tuple(WheelPosition)[number - 1])
            ui.run_javascript("document.getElementById('start')?.focus()")
