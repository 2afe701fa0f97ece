"""Who the workers of a group are, and what each of them should have. Pure: times are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import ConfigDict

from topicwire._partitions import assign
from topicwire._payload import Payload


class Beat(Payload):
    """What a worker tells its group, again and again: that it is there, and what it has.

    `holds` are its partitions with the epoch of each, a number that is higher each time that a
    partition changes hands. `state` is "gone" for the last one, which is its will too.
    """

    model_config = ConfigDict(extra="forbid")
    worker: str
    partitions: int
    state: Literal["here", "gone"]
    holds: dict[str, int]


@dataclass(slots=True)
class _Worker:
    heard: float
    holds: frozenset[int] = field(default_factory=frozenset[int])


class Membership:
    """What one worker knows of its group; all times in seconds on one clock.

    A worker that was not heard of for `timeout` is taken for gone. It begins with nothing, and
    takes nothing before it has listened for `settle`. One that does not hear itself is cut off:
    the others will take what it has, so it has to let go first.
    """

    def __init__(self, me: str, count: int, *, timeout: float, settle: float) -> None:
        self.me = me
        self._count = count
        self._timeout = timeout
        self._settle = settle
        self._workers: dict[str, _Worker] = {}
        self._began: float | None = None
        self._epochs: dict[int, int] = {}

    def heard(self, beat: Beat, now: float) -> bool:
        """Take note of what a worker tells; return whether others should answer it at once.

        Raises `ValueError` for one that counts other partitions than this.
        """
        if beat.partitions != self._count:
            raise ValueError(
                f"worker {beat.worker!r} has {beat.partitions} partitions and this one "
                f"{self._count}; all workers and senders need the same version of the document"
            )
        if beat.state == "gone":
            return self._workers.pop(beat.worker, None) is not None
        holds = {int(partition): epoch for partition, epoch in beat.holds.items()}
        for partition, epoch in holds.items():
            self._epochs[partition] = max(epoch, self._epochs.get(partition, 0))
        known = self._workers.get(beat.worker)
        self._workers[beat.worker] = _Worker(now, frozenset(holds))
        if beat.worker == self.me and self._began is None:
            self._began = now
        return known is None or known.holds != frozenset(holds)

    def workers(self, now: float) -> tuple[str, ...]:
        """Return the names of those who are there, in order."""
        return tuple(sorted(name for name, each in self._workers.items() if self._lives(each, now)))

    def is_cut_off(self, now: float) -> bool:
        """Return whether this worker has not heard even itself for too long."""
        own = self._workers.get(self.me)
        return own is None or not self._lives(own, now)

    def share(self, now: float) -> frozenset[int]:
        """Return the partitions that this worker should have; none while it is cut off."""
        if self.is_cut_off(now) or self._began is None or now - self._began < self._settle:
            return frozenset()
        return assign(self.workers(now), self._count)[self.me]

    def is_free(self, partition: int, now: float) -> bool:
        """Return whether nobody else who is there says that it has a partition."""
        return not any(
            partition in each.holds and self._lives(each, now)
            for name, each in self._workers.items()
            if name != self.me
        )

    def next_epoch(self, partition: int, wall: float) -> int:
        """Return the epoch for taking a partition; `wall` is the time in seconds since 1970.

        It is a time in microseconds, so that it is higher than earlier ones that nobody told.
        """
        epoch = max(int(wall * 1e6), self._epochs.get(partition, 0) + 1)
        self._epochs[partition] = epoch
        return epoch

    def _lives(self, worker: _Worker, now: float) -> bool:
        return now - worker.heard <= self._timeout
