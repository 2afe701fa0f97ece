"""Which messages came before: a window of numbers for each run of each sender. Pure."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum

from topicwire._identity import Identity

WINDOW = 1024
_MAX_RUNS = 10_000


class Place(Enum):
    """Where a number stands to those that came before."""

    NEW = "new"
    SEEN = "seen"
    BELOW = "below"  # the window: nobody knows


@dataclass(slots=True)
class Window:
    """The highest number seen, and which of the `WINDOW` numbers up to it were, as bits."""

    highest: int
    seen: int = 1

    def add(self, number: int) -> Place:
        """Note a number, and return where it stood."""
        ahead = number - self.highest
        if ahead > 0:
            kept = (self.seen << ahead) if ahead < WINDOW else 0
            self.seen = (kept | 1) & ((1 << WINDOW) - 1)
            self.highest = number
            return Place.NEW
        if -ahead >= WINDOW:
            return Place.BELOW
        if self.seen >> -ahead & 1:
            return Place.SEEN
        self.seen |= 1 << -ahead
        return Place.NEW


class DuplicateFilter:
    """Tells repeated messages from new ones. Only for the network thread.

    A sender numbers its messages upwards, and what a broker repeats or reorders stays within
    its window of unacknowledged messages, which is smaller than `WINDOW`; one below it counts as
    seen. The runs longest
    unheard of are forgotten when there are more than `max_runs`.
    """

    def __init__(self, max_runs: int = _MAX_RUNS) -> None:
        self._max_runs = max_runs
        self._windows: OrderedDict[tuple[str, int, str], Window] = OrderedDict()

    def is_new(self, identity: Identity, scope: str = "") -> bool:
        """Note a message and return whether it came for the first time.

        `scope` keeps apart what is not a repetition, although it is the same message: the
        copies for different shared subscriptions.
        """
        key = (identity.sender, identity.epoch, scope)
        window = self._windows.get(key)
        if window is None:
            self._windows[key] = Window(identity.sequence)
            if len(self._windows) > self._max_runs:
                self._windows.popitem(last=False)
            return True
        self._windows.move_to_end(key)
        return window.add(identity.sequence) is Place.NEW
