"""Line charts for the printed report, drawn as vectors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fpdf import FPDF

from suspension_services.gui.curves import Point
from suspension_services.gui.texts import Texts

INK, FAINT, GRID, CURVE, ALARM, BAND = (
    (28, 34, 42), (96, 106, 118), (222, 227, 232), (17, 94, 168), (190, 40, 40), (241, 245, 249),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page, in mm."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A chart: its curve, the ranges of its axes, and a line across it.

    `mark` is the y value of that line, `is_limit` whether it is one; `band` is a range of x that
    is set off.
    """

    title: str
    points: Sequence[Point]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    y_step: float
    mark: float | None = None
    is_limit: bool = False
    band: tuple[float, float] | None = None

    def draw(self, pdf: FPDF, box: Box, texts: Texts) -> None:
        """Draw the chart into a box."""
        pdf.set_font("Roboto", "B", 8)
        pdf.set_text_color(*INK)
        pdf.text(box.x, box.y + 3, self.title)
        area = Box(box.x + 9, box.y + 6, box.width - 10, box.height - 11)
        if self.band is not None:
            left, right = (self._x(edge, area) for edge in self.band)
            pdf.set_fill_color(*BAND)
            pdf.rect(left, area.y, right - left, area.height, style="F")
        self._draw_axes(pdf, area, texts)
        if self.mark is not None:
            pdf.set_draw_color(*(ALARM if self.is_limit else FAINT))
            pdf.set_line_width(0.25)
            pdf.set_dash_pattern(1.2, 1)
            y = self._y(self.mark, area)
            pdf.line(area.x, y, area.x + area.width, y)
            pdf.set_dash_pattern()
        pdf.set_draw_color(*CURVE)
        pdf.set_line_width(0.22)
        for piece in self._pieces(area):
            pdf.polyline(piece)

    def _draw_axes(self, pdf: FPDF, area: Box, texts: Texts) -> None:
        pdf.set_font("Roboto", "", 6.5)
        pdf.set_text_color(*FAINT)
        pdf.set_draw_color(*GRID)
        pdf.set_line_width(0.15)
        bottom = area.y + area.height
        for value in multiples(self.y_step, *self.y_range):
            y = self._y(value, area)
            pdf.line(area.x, y, area.x + area.width, y)
            label = texts.number(value, 0)
            pdf.text(area.x - 1.5 - pdf.get_string_width(label), y + 0.8, label)
        for value in multiples(5.0, *self.x_range):
            x = self._x(value, area)
            pdf.line(x, bottom, x, bottom + 1)
            label = texts.number(value, 0)
            pdf.text(x - pdf.get_string_width(label) / 2, bottom + 3.6, label)

    def _pieces(self, area: Box) -> Iterator[list[tuple[float, float]]]:
        """Yield the parts of the curve between its gaps, cut off at the edges of the chart."""
        piece: list[tuple[float, float]] = []
        for x, y in [*self.points, (0.0, None)]:
            if y is None:
                if len(piece) > 1:
                    yield piece
                piece = []
                continue
            piece.append((self._x(_within(x, self.x_range), area),
                          self._y(_within(y, self.y_range), area)))  # fmt: skip

    def _x(self, value: float, area: Box) -> float:
        low, high = self.x_range
        return area.x + (value - low) / (high - low) * area.width

    def _y(self, value: float, area: Box) -> float:
        low, high = self.y_range
        return area.y + area.height - (value - low) / (high - low) * area.height


def multiples(step: float, low: float, high: float) -> list[float]:
    """Return the multiples of a step from `low` to `high`."""
    return [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def ceiling(value: float, step: float) -> float:
    """Return the next multiple of `step` that is not below `value`, and not below `step`."""
    return max(step, math.ceil(value / step) * step)


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])
