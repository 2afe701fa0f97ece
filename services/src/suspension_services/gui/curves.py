"""Curves of one test, with all their points, in bounded memory. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterable

Point = tuple[float, float | None]

BOUND = 12_000  # points: the longest test that a bench takes has 10,000 samples of the force


class Curve:
    """Points in the order they came; `None` for y breaks the line.

    Beyond `BOUND` every second point is left out, and `generation` goes up, so that who shows the
    curve knows that it is not the one before with more points at its end.
    """

    def __init__(self, points: Iterable[Point] = (), bound: int = BOUND) -> None:
        self.points: list[Point] = list(points)
        self.generation = 0
        self._bound = bound

    def add(self, x: float, y: float | None) -> None:
        """Add a point at the end."""
        self.points.append((x, y))
        if len(self.points) > self._bound:
            self.points = self.points[::2]
            self.generation += 1

    def __len__(self) -> int:
        return len(self.points)


class TimeCurve(Curve):
    """A curve over time in s, which breaks where points are missing for longer than `gap`."""

    def __init__(
        self, points: Iterable[Point] = (), *, gap: float = 0.5, bound: int = BOUND
    ) -> None:
        super().__init__(points, bound)
        self._gap = gap

    def add(self, x: float, y: float | None) -> None:
        """Add a point, and break the line before it if it comes late."""
        if self.points and x - self.points[-1][0] > self._gap:
            super().add(x, None)
        super().add(x, y)
