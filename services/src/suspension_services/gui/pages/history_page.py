"""The page of the history: all tests so far, by vehicle, each with its curves and report."""

from __future__ import annotations

from nicegui import ui
from nicegui.events import GenericEventArguments
from suspension_protocol.models import ResultLimits

from suspension_services.gui.desk import Desk
from suspension_services.gui.pages.header import Header
from suspension_services.gui.pages.result_sheet import ResultSheet
from suspension_services.gui.pages.tag import Tag, icon
from suspension_services.gui.records import Record
from suspension_services.gui.shown_test import Stage
from suspension_services.gui.texts import Texts

_LOOK = 1.0  # s
_SYMBOLS = {Stage.PASSED: "check_circle", Stage.FAILED: "cancel"}


class HistoryPage:
    """One browser's page of the history."""

    def __init__(self, desk: Desk, texts: Texts) -> None:
        self._desk, self._texts = desk, texts
        self._search = ""
        self._seen = -1
        self._header = Header(desk, texts, "/history")
        with Tag("main", classes="history", id="main"):
            with Tag("div", classes="history-head"):
                Tag("h1", texts.history_title)
                with Tag("label", classes="field search"):
                    Tag("span", texts.history_search)
                    field = Tag("input", type="search", autocomplete="off")
            field.on(
                "input", self._on_search, js_handler="(event) => emit(event.target.value)",
                throttle=0.3, leading_events=False,
            )  # fmt: skip
            self._list = Tag("div", classes="card tests")
        self._sheet = ResultSheet(desk, texts, with_charts=True)
        self._look()
        ui.timer(_LOOK, self._look)

    def _look(self) -> None:
        self._header.update()
        if self._desk.history.changes != self._seen:
            self._fill()

    def _on_search(self, event: GenericEventArguments) -> None:
        self._search = str(event.args).strip()
        self._fill()

    def _fill(self) -> None:
        texts = self._texts
        self._seen = self._desk.history.changes
        records = self._desk.history.recent(search=self._search)
        self._list.clear()
        with self._list:
            if not records:
                Tag("p", texts.history_empty, "hint empty")
                return
            with Tag("table"):
                with Tag("thead"), Tag("tr"):
                    for name in (
                        texts.column_time, texts.column_vehicle, texts.column_wheel,
                        texts.min_phase_shift, texts.column_verdict, "",
                    ):  # fmt: skip
                        Tag("th", name, scope="col")
                with Tag("tbody"):
                    for record in records:
                        self._build_row(record)

    def _build_row(self, record: Record) -> None:
        texts, result = self._texts, record.result
        moment, wheel = texts.moment(record.ended), texts.wheels[record.position]
        with Tag("tr", data_stage=record.stage.value) as row:
            Tag("td", moment, "nowrap")
            style = "vehicle-name" if record.label else "unnamed"
            Tag("td", record.label or texts.unnamed, style)
            Tag("td", wheel, "nowrap")
            limits = None if result is None else result.limits
            with Tag("td", classes="amount"):
                Tag("span", texts.amount(None if result is None else result.min_phase_shift, "°"))
                if isinstance(limits, ResultLimits):
                    Tag("small", f" / {texts.amount(limits.min_phase_shift, '°', 0)}")
            with Tag("td"), Tag("span", classes="pill"):
                icon(_SYMBOLS.get(record.stage, "error"))
                Tag("span", texts.stages[record.stage])
            with Tag("td", classes="open"):
                name = texts.open_test.format(wheel=wheel, moment=moment)
                with Tag("button", classes="round", type="button", aria_label=name):
                    icon("chevron_right")
        row.on("click", lambda: self._open(record.test_id))

    def _open(self, test_id: str) -> None:
        record = self._desk.history.find(test_id)
        if record is not None:
            self._sheet.open(record)
