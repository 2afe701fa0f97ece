"""How far each sender has come: replay protection of `durable` and `retained` channels. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from topicwire._claims import Signed
from topicwire._duplicates import Place, Window

_PER_SENDER = 1_000
_TOTAL = 20_000
# So that not every message has to look for the oldest once there are too many.
_SPARE = 10

MarkKey = tuple[str, str]


@dataclass(slots=True)
class Mark:
    """What is known of one run of a sender, or of one topic; `ts` of the latest message.

    Of a run `high` is its highest number and `low` the bits of its window, of a topic they are
    the epoch and the number of the last message.
    """

    high: int
    low: int
    ts: float


class Marks:
    """The marks of all senders, of runs or of topics, within limits.

    What has to be forgotten raises the time from which on messages of its sender are taken
    (`floors`), so that nothing comes in twice. `changed` and `forgotten` are for who keeps
    them on a disk.
    """

    def __init__(self, per_sender: int = _PER_SENDER, total: int = _TOTAL) -> None:
        self._per_sender = per_sender
        self._total = total
        self._marks: dict[str, dict[str, Mark]] = {}
        self.floors: dict[str, float] = {}
        self._count = 0
        self.changed: set[MarkKey] = set()
        self.forgotten: set[MarkKey] = set()
        self.raised: set[str] = set()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[tuple[MarkKey, Mark]]:
        for sender, marks in self._marks.items():
            for name, mark in marks.items():
                yield (sender, name), mark

    def get(self, sender: str, name: str) -> Mark | None:
        """Return a mark, or None."""
        return self._marks.get(sender, {}).get(name)

    def mark(self, sender: str, name: str) -> Mark:
        """Return a mark that is there; raises `KeyError` otherwise."""
        return self._marks[sender][name]

    def put(self, sender: str, name: str, mark: Mark) -> None:
        """Set a mark, and forget the oldest where there are too many."""
        marks = self._marks.setdefault(sender, {})
        self._count += name not in marks
        marks[name] = mark
        self.changed.add((sender, name))
        self.forgotten.discard((sender, name))
        if len(marks) > self._per_sender:
            self._shrink(sender)
        elif self._count > self._total:
            self._shrink(max(self._marks, key=lambda other: len(self._marks[other])))

    def forget_before(self, ts: float) -> None:
        """Forget what would be refused for its time, with its floors."""
        for (sender, name), mark in list(self):
            if mark.ts < ts:
                self._forget(sender, name)
        for sender in [sender for sender, floor in self.floors.items() if floor < ts]:
            del self.floors[sender]
            self.raised.add(sender)

    @property
    def has_changes(self) -> bool:
        """Whether anything has changed since `settle`."""
        return bool(self.changed or self.forgotten or self.raised)

    def settle(self) -> None:
        """Take what has changed as written down."""
        self.changed.clear()
        self.forgotten.clear()
        self.raised.clear()

    def copy(self) -> Marks:
        """Return another with the same marks, and no changes."""
        other = Marks(self._per_sender, self._total)
        for (sender, name), mark in self:
            other._marks.setdefault(sender, {})[name] = replace(mark)
        other._count = self._count
        other.floors = dict(self.floors)
        return other

    def _shrink(self, sender: str) -> None:
        oldest = sorted(self._marks[sender].items(), key=lambda item: item[1].ts)
        for name, mark in oldest[: max(1, len(oldest) // _SPARE)]:
            self._forget(sender, name)
            self.floors[sender] = max(mark.ts, self.floors.get(sender, 0.0))
        self.raised.add(sender)

    def _forget(self, sender: str, name: str) -> None:
        marks = self._marks[sender]
        del marks[name]
        self._count -= 1
        self.forgotten.add((sender, name))
        self.changed.discard((sender, name))
        if not marks:
            del self._marks[sender]


def run_name(signed: Signed, scope: str) -> str:
    """Return the name of a run's mark; `scope` keeps shared subscriptions apart."""
    return f"{signed.epoch} {scope}"


def add_to_run(marks: Marks, signed: Signed, scope: str) -> str | None:
    """Note a durable message; return None if it is new, "repeated" or "too_old"."""
    name = run_name(signed, scope)
    mark = marks.get(signed.sender, name)
    if mark is None:
        if signed.ts <= marks.floors.get(signed.sender, 0.0):
            return "too_old"
        window = Window(signed.sequence)
        place, ts = Place.NEW, signed.ts
    else:
        window = Window(mark.high, mark.low)
        place, ts = window.add(signed.sequence), max(mark.ts, signed.ts)
    if place is Place.NEW:
        marks.put(signed.sender, name, Mark(window.highest, window.seen, ts))
        return None
    return "repeated" if place is Place.SEEN else "too_old"


def add_to_topic(marks: Marks, signed: Signed, topic: str) -> str | None:
    """Note a retained message; return None, or "superseded" if a later one was seen.

    The last one itself may come again, to each new subscription.
    """
    mark = marks.get(signed.sender, topic)
    if mark is None:
        if signed.ts <= marks.floors.get(signed.sender, 0.0):
            return "too_old"
    elif (signed.epoch, signed.sequence) <= (mark.high, mark.low):
        return None if (signed.epoch, signed.sequence) == (mark.high, mark.low) else "superseded"
    marks.put(signed.sender, topic, Mark(signed.epoch, signed.sequence, signed.ts))
    return None
