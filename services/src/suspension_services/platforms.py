"""What the bridge makes of a platform's frames: zero, static weight, recording. Pure.

Forces in N, positions in mm, times in s as the bus has them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean, median, pstdev

from suspension_services.frames import CELLS, PlatformFrame

_WINDOW = 50  # frames, half a second
_EMPTY = 150.0  # N; what is lighter is no wheel
_STEADY = 30.0  # N, standard deviation of the force of a wheel that stands still


class Platform:
    """One platform at rest: how far its load cells are off, and what stands on it."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, ...]] = deque(maxlen=_WINDOW)
        self._zero = (0.0,) * CELLS

    def add(self, frame: PlatformFrame) -> None:
        """Take the next frame."""
        self._recent.append(frame.forces)

    def forget(self) -> None:
        """Begin anew, because the platform has moved since."""
        self._recent.clear()

    def zero(self) -> None:
        """Take what the cells show as nothing, if the platform is empty."""
        if len(self._recent) == _WINDOW:
            means = self._means()
            if sum(means) < _EMPTY:
                self._zero = means

    def force(self, frame: PlatformFrame) -> float:
        """Return the contact force of a frame."""
        return sum(frame.forces) - sum(self._zero)

    def static_weight(self) -> float | None:
        """Return the force of the wheel that has stood still for half a second, or None."""
        if len(self._recent) < _WINDOW:
            return None
        totals = [sum(forces) for forces in self._recent]
        if pstdev(totals) > _STEADY:
            return None
        weight = fmean(totals) - sum(self._zero)
        return weight if weight >= _EMPTY else None

    def _means(self) -> tuple[float, ...]:
        return tuple(fmean(values) for values in zip(*self._recent, strict=True))


@dataclass
class Recording:
    """What one platform measures while it moves."""

    static_weight: float
    times: list[float] = field(default_factory=list[float])
    positions: list[float] = field(default_factory=list[float])
    forces: list[float] = field(default_factory=list[float])
    _cells: list[tuple[float, ...]] = field(default_factory=list[tuple[float, ...]])

    def add(self, frame: PlatformFrame, force: float) -> None:
        """Take the next frame, and the contact force in it."""
        self.times.append(frame.time)
        self.positions.append(frame.position)
        self.forces.append(force)
        self._cells.append(frame.forces)

    def __len__(self) -> int:
        return len(self.times)

    @property
    def sampling_rate(self) -> float:
        """Samples per second, in Hz."""
        return 1 / median(
            later - earlier for earlier, later in zip(self.times, self.times[1:], strict=False)
        )

    def stuck_cells(self) -> Sequence[int]:
        """Return the numbers, from 1, of load cells that have shown one value all the time."""
        return [
            number
            for number, values in enumerate(zip(*self._cells, strict=True), 1)
            if min(values) == max(values)
        ]
