"""A chart that gets only the points it does not have yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from nicegui import ui
from nicegui.element import Element

from suspension_services.gui.curves import Point

# It brings the library: the component imports it under the name that this class has registered.
_ = ui.echart


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """What a chart looks like apart from its curve.

    `x_range` and `y_range` are the least that is shown; `mark` is a line across, a limit or a
    value at rest, and `band` a range of x that is set off.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    y_step: float
    grows: bool = False  # to the right
    mark: float | None = None
    mark_text: str = ""
    is_limit: bool = False
    band: tuple[float, float] | None = None
    band_text: str = ""
    empty_text: str = ""
    decimal_comma: bool = False


class CurveChart(Element, component="static/curve_chart.js"):
    """A curve with axes, drawn by ECharts in the browser."""

    def __init__(self, axes: Axes) -> None:
        super().__init__()
        self._axes = axes
        self.props["axes"] = asdict(axes)
        self.classes("curve-chart")
        self._shown: str | None = ""  # which curve the browser has
        self._sent = 0  # points of it
        self.on("resync", self._forget)

    def show(self, name: str, points: Sequence[Point], axes: Axes) -> None:
        """Show a curve; one of the same name is the one before, with more points at its end."""
        if axes != self._axes:
            self._axes = axes
            self.props["axes"] = asdict(axes)
        if name == self._shown and self._sent == len(points):
            return
        if name != self._shown or len(points) < self._sent:
            self._shown, self._sent = name, 0
        self.run_method("take", name, self._sent, list(points[self._sent :]))
        self._sent = len(points)

    def _forget(self) -> None:
        self._shown = None
