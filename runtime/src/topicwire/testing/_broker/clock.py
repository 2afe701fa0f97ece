"""The broker's time, and what it is to do at which time. Pure but for reading the clock."""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable


class Clock:
    """Seconds since it was made; `running` or only moved by `advance`."""

    def __init__(self, *, running: bool) -> None:
        self.running = running
        self._start = time.monotonic()
        self._advanced = 0.0

    def now(self) -> float:
        """Return the time in seconds."""
        passed = time.monotonic() - self._start if self.running else 0.0
        return passed + self._advanced

    def advance(self, seconds: float) -> None:
        """Put the time forward."""
        self._advanced += seconds


class Timer:
    """Something that is to be done once."""

    def __init__(self, when: float, action: Callable[[], object]) -> None:
        self.when = when
        self.action: Callable[[], object] | None = action

    def cancel(self) -> None:
        """Leave it undone."""
        self.action = None

    def hurry(self) -> None:
        """Do it now, unless it was done or cancelled."""
        action, self.action = self.action, None
        if action is not None:
            action()


class Timers:
    """What is to be done, in the order of its time; of the same time, in the order of asking."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()

    def after(self, seconds: float, action: Callable[[], object]) -> Timer:
        """Have `action` called after some time; never for infinity."""
        timer = Timer(self._clock.now() + seconds, action)
        if not math.isinf(seconds):
            heapq.heappush(self._heap, (timer.when, next(self._order), timer))
        return timer

    def patience(self) -> float | None:
        """Return the seconds until there is something to do; None for ever."""
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        if not self._heap or not self._clock.running:
            return 0.0 if self._is_due() else None
        return max(0.0, self._heap[0][0] - self._clock.now())

    def run(self) -> None:
        """Do what is due."""
        while self._is_due():
            heapq.heappop(self._heap)[2].hurry()

    def _is_due(self) -> bool:
        return bool(self._heap) and self._heap[0][0] <= self._clock.now()
