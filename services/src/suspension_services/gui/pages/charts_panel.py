"""The two curves of a test: while it runs, and from the history."""

from __future__ import annotations

from collections.abc import Sequence

from suspension_protocol.models import ResultLimits, TestResult

from suspension_services.gui.curves import Point
from suspension_services.gui.desk import Desk
from suspension_services.gui.pages.curve_chart import Axes, CurveChart
from suspension_services.gui.pages.tag import Tag
from suspension_services.gui.records import Record
from suspension_services.gui.texts import Texts
from suspension_services.phase_shift import EVALUATED, PHASE_SHIFT_LIMIT
from suspension_services.quarter_car import HIGH, LOW


class ChartsPanel:
    """Phase shift over frequency, and force over time."""

    def __init__(self, texts: Texts, duration: float) -> None:
        self._texts, self._duration = texts, duration
        with Tag("section", classes="charts"):
            with Tag("figure", classes="card"):
                Tag("figcaption", texts.phase_chart)
                with Tag("div", classes="chart-frame", role="img") as self._phase_frame:
                    self._phase = CurveChart(self._phase_axes(None))
            with Tag("figure", classes="card"):
                with Tag("figcaption"):
                    Tag("span", texts.force_chart)
                    self._weight = Tag("span", classes="legend", hidden=True)
                with Tag("div", classes="chart-frame", role="img") as self._force_frame:
                    self._force = CurveChart(self._force_axes(None))

    def show_live(self, desk: Desk) -> None:
        """Show the curves of the test that is on the bench, or was the last there."""
        test = desk.bench.test
        if test is None:
            self._show("", [], [], None, None)
            return
        phase, force = test.phase_curve, test.force_curve
        name = f"{test.test_id}/{phase.generation}/{force.generation}"
        self._show(name, phase.points, force.points, test.result, test.static_weight)

    def show_record(self, record: Record) -> None:
        """Show the curves of a test that is over."""
        self._show(
            record.test_id, record.phase_curve, record.force_curve, record.result,
            record.static_weight,
        )  # fmt: skip

    def _show(
        self, name: str, phase: Sequence[Point], force: Sequence[Point],
        result: TestResult | None, weight: float | None,
    ) -> None:  # fmt: skip
        texts = self._texts
        self._phase.show(name, phase, self._phase_axes(result))
        self._force.show(name, force, self._force_axes(weight))
        said = f"{texts.static_weight} {texts.amount(weight, 'N', 0)}"
        self._weight.show(said, hidden=weight is None)
        self._phase_frame.show(aria_label=texts.phase_chart_label.format(count=len(phase)))
        self._force_frame.show(aria_label=texts.force_chart_label.format(count=len(force)))

    def _phase_axes(self, result: TestResult | None) -> Axes:
        limits = None if result is None else result.limits
        limit = limits.min_phase_shift if isinstance(limits, ResultLimits) else PHASE_SHIFT_LIMIT
        texts = self._texts
        return Axes(
            x_range=(LOW, HIGH), y_range=(0.0, 180.0), y_step=30.0,
            mark=limit, mark_text=f"{texts.limit} {texts.amount(limit, '°', 0)}", is_limit=True,
            band=EVALUATED, band_text=texts.evaluated, empty_text=texts.chart_empty,
            decimal_comma=texts.decimal_comma,
        )  # fmt: skip

    def _force_axes(self, weight: float | None) -> Axes:
        texts = self._texts
        return Axes(
            x_range=(0.0, self._duration), y_range=(0.0, 4_000.0),
            y_step=1_000.0, grows=True, mark=weight,
            empty_text=texts.chart_empty, decimal_comma=texts.decimal_comma,
        )  # fmt: skip
