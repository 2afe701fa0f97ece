"""The printed report of a vehicle: values, limits, verdicts and curves, as a PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from suspension_protocol.models import ResultLimits, WheelPosition

from suspension_services.gui.axles import Axle, difference
from suspension_services.gui.plot import ALARM, CURVE, FAINT, GRID, INK, Box, Plot, ceiling
from suspension_services.gui.records import Record
from suspension_services.gui.shown_test import Stage
from suspension_services.gui.texts import Texts
from suspension_services.phase_shift import EVALUATED
from suspension_services.quarter_car import HIGH, LOW

_MARGIN = 18.0  # mm
_WIDTH = 210.0 - 2 * _MARGIN
_GOOD = (24, 122, 70)
_CHART_HEIGHT = 52.0


class Report(FPDF):
    """A4 pages with a foot that counts them."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(format="A4")
        self._texts = texts
        # The standard fonts of PDF lack the letters of most languages, and a name may be in any.
        folder = Path(str(files("font_roboto"))) / "files"
        for style, name in (("", "Roboto-Regular.ttf"), ("B", "Roboto-Medium.ttf")):
            self.add_font("Roboto", style, folder / name)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.set_title(texts.report_title)
        self.set_lang(texts.language)

    def footer(self) -> None:
        """Write the number of the page, as fpdf2 asks for it."""
        self.set_y(-12)
        self.set_font("Roboto", "", 7)
        self.set_text_color(*FAINT)
        self.cell(0, 4, self._texts.report_page.format(page=self.page_no()), align="R")

    # ---- parts -------------------------------------------------------------------------------

    def head(self, label: str, records: Sequence[Record]) -> None:
        """Write what was tested, and when."""
        texts = self._texts
        self.set_text_color(*INK)
        self.set_font("Roboto", "B", 20)
        self.line_of(texts.report_title, 11)
        self.set_draw_color(*INK)
        self.set_line_width(0.5)
        self.line(_MARGIN, self.get_y() + 1, _MARGIN + _WIDTH, self.get_y() + 1)
        self.ln(5)
        last = max(record.ended for record in records)
        for name, value in (
            (texts.vehicle, label or texts.unnamed), (texts.report_date, texts.moment(last)),
        ):  # fmt: skip
            self.set_font("Roboto", "", 9)
            self.set_text_color(*FAINT)
            self.cell(28, 6, name)
            self.set_font("Roboto", "B", 11)
            self.set_text_color(*INK)
            self.line_of(value, 6)
        self.ln(3)

    def verdict(self, records: Mapping[WheelPosition, Record], *, whole: bool) -> None:
        """Write the verdict on all wheels, and which were not tested."""
        texts = self._texts
        passed = all(record.stage is Stage.PASSED for record in records.values())
        self.set_fill_color(*(_GOOD if passed else ALARM))
        self.set_text_color(255, 255, 255)
        self.set_font("Roboto", "B", 13)
        word = texts.verdict_passed if passed else texts.verdict_failed
        self.cell(_WIDTH, 11, f"  {word}", fill=True, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(*INK)
        self.set_font("Roboto", "", 9)
        missing = [texts.wheels[wheel] for wheel in WheelPosition if wheel not in records]
        if whole:
            said = texts.report_all_passed if passed else texts.report_some_failed
            if missing:
                said += " " + texts.report_incomplete.format(wheels=", ".join(missing))
            self.ln(2)
            self.line_of(said, 5)
        self.ln(4)

    def results(self, records: Mapping[WheelPosition, Record]) -> None:
        """Write the table of the wheels."""
        texts = self._texts
        rows = [[
            "", texts.min_phase_shift, texts.limit, texts.rfa_max, texts.rigidity,
            texts.static_weight, texts.report_overall,
        ]]  # fmt: skip
        for position, record in records.items():
            result = record.result
            if result is None:
                continue
            limits = result.limits if isinstance(result.limits, ResultLimits) else None
            least = None if limits is None else limits.min_phase_shift
            rows.append([
                _capital(texts.wheels[position]),
                texts.amount(result.min_phase_shift, "°"),
                texts.bound(texts.limit_at_least, least, "°"),
                texts.amount(result.rfa_max, "%"),
                texts.amount(result.rigidity, "N/mm", 0),
                texts.amount(record.static_weight, "N", 0),
                texts.verdict_passed if result.overall_pass else texts.verdict_failed,
            ])  # fmt: skip
        self._table(rows, (25, 22, 27, 26, 22, 20, 32))

    def imbalance(self, records: Mapping[WheelPosition, Record]) -> None:
        """Write the table of the axles; without both wheels of one there is none."""
        texts = self._texts
        rows = [[
            texts.imbalance, texts.min_phase_shift, texts.rfa_max, texts.limit, texts.rigidity,
            texts.limit, texts.report_overall,
        ]]  # fmt: skip
        for axle in Axle:
            found = difference(axle, records)
            if found is None:
                continue
            limits = found.limits
            most = None if limits is None else limits.max_imbalance
            rigidity = None if limits is None else limits.max_rigidity_imbalance
            exceeded = found.imbalance.exceeded
            rows.append([
                texts.front if axle is Axle.FRONT else texts.rear,
                texts.amount(found.imbalance.min_phase_shift, "%"),
                texts.amount(found.imbalance.rfa_max, "%"),
                texts.bound(texts.limit_at_most, most, "%"),
                texts.amount(found.imbalance.rigidity, "%"),
                texts.bound(texts.limit_at_most, rigidity, "%"),
                texts.imbalance_exceeded if exceeded else texts.imbalance_kept,
            ])  # fmt: skip
        if len(rows) > 1:
            self._table(rows, (25, 22, 26, 26, 22, 26, 27))

    def curves(self, position: WheelPosition, record: Record) -> None:
        """Draw what was measured of a wheel."""
        texts = self._texts
        if self.will_page_break(_CHART_HEIGHT + 8):
            self.add_page()
        self.set_font("Roboto", "B", 10)
        self.set_text_color(*CURVE)
        self.line_of(_capital(texts.wheels[position]), 6)
        top, half = self.get_y(), _WIDTH / 2 - 3
        phase_plot(record, texts).draw(self, Box(_MARGIN, top, half, _CHART_HEIGHT), texts)
        second = Box(_MARGIN + half + 6, top, half, _CHART_HEIGHT)
        force_plot(record, texts).draw(self, second, texts)
        self.set_y(top + _CHART_HEIGHT + 2)

    def foot(self) -> None:
        """Write what the values mean, and the line for the signature."""
        if self.will_page_break(38):
            self.add_page()
        self.set_font("Roboto", "", 7.5)
        self.set_text_color(*FAINT)
        self.multi_cell(_WIDTH, 3.6, self._texts.report_note, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(14)
        self.set_draw_color(*INK)
        self.set_line_width(0.2)
        self.line(_MARGIN, self.get_y(), _MARGIN + 70, self.get_y())
        self.ln(1)
        self.line_of(self._texts.signature, 4)

    def line_of(self, text: str, height: float) -> None:
        """Write a line and go to the next."""
        self.cell(0, height, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _table(self, rows: Sequence[Sequence[str]], widths: tuple[float, ...]) -> None:
        self.set_draw_color(*GRID)
        self.set_line_width(0.2)
        for number, row in enumerate(rows):
            self.set_font("Roboto", "" if number == 0 else "B", 7.5 if number == 0 else 9)
            self.set_text_color(*(FAINT if number == 0 else INK))
            top, height = self.get_y(), 9.0
            for column, text in enumerate(row):
                left = _MARGIN + sum(widths[:column])
                self.set_xy(left, top + 0.5)
                align = "L" if column in (0, len(row) - 1) else "R"
                if column == len(row) - 1:
                    self.set_x(left + 4)
                self.multi_cell(
                    widths[column] - (4 if column == len(row) - 1 else 0),
                    3.9 if number == 0 else 7,
                    text, align=align,
                )  # fmt: skip
            self.line(_MARGIN, top + height, _MARGIN + _WIDTH, top + height)
            self.set_xy(_MARGIN, top + height)
        self.ln(6)


def phase_plot(record: Record, texts: Texts) -> Plot:
    """Return the chart of the phase shift, with its limit."""
    highest = max((y for _, y in record.phase_curve if y is not None), default=60.0)
    limits = record.result.limits if record.result is not None else None
    return Plot(
        title=texts.phase_chart, points=record.phase_curve,
        x_range=(LOW, HIGH), y_range=(0.0, min(180.0, ceiling(highest, 30.0))), y_step=30.0,
        mark=limits.min_phase_shift if isinstance(limits, ResultLimits) else None, is_limit=True,
        band=EVALUATED,
    )  # fmt: skip


def force_plot(record: Record, texts: Texts) -> Plot:
    """Return the chart of the force, with the weight at rest."""
    highest = max((y for _, y in record.force_curve if y is not None), default=1_000.0)
    longest = max((x for x, _ in record.force_curve), default=10.0)
    return Plot(
        title=texts.force_chart, points=record.force_curve,
        x_range=(0.0, ceiling(longest, 5.0)), y_range=(0.0, ceiling(highest, 1_000.0)),
        y_step=1_000.0,
        mark=record.static_weight,
    )  # fmt: skip


def build(
    records: Mapping[WheelPosition, Record], label: str, texts: Texts, *, whole: bool = True
) -> bytes:
    """Make the report of a vehicle's judged wheels, or (`whole` False) of the one that is given."""
    report = Report(texts)
    report.add_page()
    report.head(label, list(records.values()))
    report.verdict(records, whole=whole)
    report.results(records)
    report.imbalance(records)
    for position, record in records.items():
        report.curves(position, record)
    report.foot()
    return bytes(report.output())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
