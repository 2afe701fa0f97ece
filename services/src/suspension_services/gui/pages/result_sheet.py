"""A test that is over: its verdict, its values and limits, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import ui
from suspension_protocol.models import ResultLimits, TestResult, WheelImbalance, WheelPosition

from suspension_services.gui.causes import kind_of
from suspension_services.gui.desk import Desk
from suspension_services.gui.pages.charts_panel import ChartsPanel
from suspension_services.gui.pages.tag import Tag, icon
from suspension_services.gui.records import Record
from suspension_services.gui.shown_test import Stage
from suspension_services.gui.texts import Texts

_ORDER = tuple(WheelPosition)


@dataclass(frozen=True, slots=True)
class _Row:
    """A value with its limit; `kept` None: there is none."""

    name: str
    value: str
    limit: str
    kept: bool | None = None


class ResultSheet:
    """A dialog for one test at a time.

    After a test it offers the next wheel; one of the history (`with_charts`) has its curves.
    """

    def __init__(self, desk: Desk, texts: Texts, *, with_charts: bool = False) -> None:
        self._desk, self._texts, self._with_charts = desk, texts, with_charts
        self._dialog = ui.dialog().props(f'aria-label="{texts.result}"')

    def open(self, record: Record) -> None:
        """Show a test."""
        self._dialog.clear()
        size = " large" if self._with_charts else ""
        with (
            self._dialog,
            Tag("section", classes=f"sheet result{size}", data_stage=record.stage.value),
        ):
            self._build_head(record)
            if record.result is not None:
                self._build_values(record.result)
            else:
                self._build_advice(record)
            if self._with_charts:
                charts = ChartsPanel(self._texts, self._desk.duration)
                charts.show_record(record)
            self._build_actions(record)
        self._dialog.open()

    def close(self) -> None:
        """Take the dialog away."""
        self._dialog.close()

    @property
    def is_open(self) -> bool:
        """Whether it is to be seen."""
        return bool(self._dialog.value)

    # ---- parts -------------------------------------------------------------------------------

    def _build_head(self, record: Record) -> None:
        texts = self._texts
        symbol, verdict = {
            Stage.PASSED: ("check_circle", texts.verdict_passed),
            Stage.FAILED: ("cancel", texts.verdict_failed),
        }.get(record.stage, ("error", texts.no_verdict))
        with Tag("header", classes="verdict"):
            icon(symbol)
            with Tag("div"):
                Tag("h2", verdict)
                wheel = texts.wheels[record.position]
                parts = [wheel[:1].upper() + wheel[1:], record.label, texts.moment(record.ended)]
                Tag("p", " · ".join(part for part in parts if part))

    def _build_values(self, result: TestResult) -> None:
        texts = self._texts
        with Tag("table", classes="values"):
            with Tag("thead"), Tag("tr"):
                for name in (texts.result, texts.value, texts.limit):
                    Tag("th", name, scope="col")
            with Tag("tbody"):
                for row in self._rows(result):
                    with Tag("tr"):
                        Tag("th", row.name, scope="row")
                        kept = None if row.kept is None else "yes" if row.kept else "no"
                        with Tag("td", classes="value", data_kept=kept):
                            Tag("span", row.value)
                            if row.kept is not None:
                                icon("check" if row.kept else "priority_high")
                        Tag("td", row.limit)
        if not isinstance(result.imbalance, WheelImbalance):
            Tag("p", texts.other_wheel_open, "hint")

    def _rows(self, result: TestResult) -> list[_Row]:
        texts = self._texts
        limits = result.limits if isinstance(result.limits, ResultLimits) else None
        least = None if limits is None else limits.min_phase_shift
        rows = [
            _Row(
                texts.min_phase_shift, texts.amount(result.min_phase_shift, "°"),
                texts.bound(texts.limit_at_least, least, "°"), result.overall_pass,
            ),
            _Row(texts.rfa_max, texts.amount(result.rfa_max, "%"), texts.dash),
            _Row(texts.rigidity, texts.amount(result.rigidity, "N/mm", 0), texts.dash),
        ]  # fmt: skip
        found = result.imbalance
        if not isinstance(found, WheelImbalance):
            return rows
        most = None if limits is None else limits.max_imbalance
        rigidity_most = None if limits is None else limits.max_rigidity_imbalance
        for name, value, limit in (
            (texts.min_phase_shift, found.min_phase_shift, most),
            (texts.rfa_max, found.rfa_max, most),
            (texts.rigidity, found.rigidity, rigidity_most),
        ):
            kept = value <= limit if isinstance(value, float) and isinstance(limit, float) else None
            rows.append(
                _Row(
                    f"{texts.imbalance}: {name}", texts.amount(value, "%"),
                    texts.bound(texts.limit_at_most, limit, "%"), kept,
                )
            )  # fmt: skip
        return rows

    def _build_advice(self, record: Record) -> None:
        texts = self._texts
        advice = texts.causes[kind_of(record.cause)]
        with Tag("dl", classes="advice-list"):
            Tag("dt", texts.what_happened)
            Tag("dd", advice.title)
            Tag("dt", texts.what_to_do)
            Tag("dd", advice.remedy)
        Tag("p", texts.told.format(cause=record.cause or texts.dash), "told")

    def _build_actions(self, record: Record) -> None:
        texts = self._texts
        with Tag("div", classes="actions"):
            self._button(texts.close, "plain", self._dialog.close)
            if record.stage.is_verdict:
                with Tag(
                    "a", classes="button plain", target="_blank",
                    href=f"/report/{texts.language}/test/{record.test_id}.pdf",
                ):  # fmt: skip
                    icon("print")
                    Tag("span", texts.report)
            if self._with_charts:
                return
            if record.stage.is_verdict and (following := self._next()) is not None:
                words = texts.next_wheel.format(wheel=texts.wheels[following])
                self._button(words, "primary", lambda: self._go_to(following))
            elif not record.stage.is_verdict:
                self._button(texts.retry, "primary", lambda: self._go_to(record.position))

    def _button(self, text: str, classes: str, action: Callable[[], object]) -> None:
        button = Tag("button", text, classes, type="button")
        button.on("click", action)
        if classes == "primary":
            button.show(autofocus=True)

    def _next(self) -> WheelPosition | None:
        return next((wheel for wheel in _ORDER if wheel not in self._desk.bench.wheels), None)

    def _go_to(self, position: WheelPosition) -> None:
        self._dialog.close()
        if not self._desk.bench.is_busy:
            self._desk.select(position)
