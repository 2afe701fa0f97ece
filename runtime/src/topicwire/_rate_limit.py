"""How often the same thing is told, when somebody makes it happen all the time."""

from __future__ import annotations

import time
from collections.abc import Callable

_BURST = 10
_INTERVAL = 1.0  # seconds
_MAX_NAMES = 1_000


class RateLimit:
    """Lets the first ten of each name through, then one a second, and counts the others."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # For each name: how many are allowed now, since when, and how many were held back.
        self._names: dict[str, tuple[float, float, int]] = {}

    def admit(self, name: str) -> int | None:
        """Return how many were held back since the last one let through; None to hold back."""
        now = self._clock()
        if name not in self._names and len(self._names) >= _MAX_NAMES:
            self._names.clear()
        allowed, since, held = self._names.get(name, (float(_BURST), now, 0))
        allowed = min(_BURST, allowed + (now - since) / _INTERVAL)
        if allowed < 1:
            self._names[name] = allowed, now, held + 1
            return None
        self._names[name] = allowed - 1, now, 0
        return held
