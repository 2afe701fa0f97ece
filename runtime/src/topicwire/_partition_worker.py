"""A worker of a group: the thread that takes and gives back partitions.

A partition is held by being connected under its name: the client id of a partition's connection is
the same for all workers, and a broker lets only one client of an id in. So two can never have one
at the same moment, whatever they believe of each other; and the session of that name keeps what
comes while nobody has it, with what its last holder has not acknowledged.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from topicwire._completion import Completion
from topicwire._log_fields import fields
from topicwire._membership import Beat, Membership
from topicwire.errors import TopicwireError

log = logging.getLogger("topicwire")

_CLOSERS = 8  # threads that give partitions back side by side


class Connected(Protocol):
    """The connection that a partition is held by."""

    @property
    def is_connected(self) -> bool:
        """Whether its messages come."""
        ...

    @property
    def ended(self) -> Completion:
        """When it has ended for good."""
        ...

    def close(self, drain: float) -> None:
        """Let handlers finish for up to `drain` seconds, and leave the session to others."""
        ...


class Coordinator(Protocol):
    """How a worker speaks with its group."""

    def start(self, heard: Callable[[Beat], None]) -> None:
        """Begin to connect; `heard` is called with what workers tell, this one too."""
        ...

    def tell(self, beat: Beat) -> None:
        """Tell all workers, if there is a connection."""
        ...

    def report(self, error: TopicwireError) -> None:
        """Make an error known that no call can raise."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


@dataclass(slots=True)
class _Lease:
    connection: Connected
    epoch: int
    ending: Future[None] | None = None


class PartitionWorker:
    """Takes its share of the partitions by `take`, and gives back what others should have.

    `interval` is how often it tells what it has, in seconds; `drain` how long its handlers may
    take to finish when a partition is given back.
    """

    def __init__(
        self,
        membership: Membership,
        coordinator: Coordinator,
        take: Callable[[int], Connected],
        *,
        count: int,
        interval: float,
        drain: float,
    ) -> None:
        self._membership = membership
        self._coordinator = coordinator
        self._take = take
        self._count = count
        self._interval = interval
        self._drain = drain
        self._leases: dict[int, _Lease] = {}
        self._changed = threading.Condition()
        self._woken = False
        self._leaving = False
        self._closers = ThreadPoolExecutor(_CLOSERS, thread_name_prefix="topicwire-handover")
        self._thread = threading.Thread(
            target=self._run, name=f"topicwire-worker-{membership.me}", daemon=True
        )

    def start(self) -> None:
        """Join the group."""
        self._coordinator.start(self._heard)
        self._thread.start()

    def leave(self) -> None:
        """Give everything back, tell the others, and end; returns when it is done."""
        with self._changed:
            self._leaving = True
            self._woken = True
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def leases(self) -> dict[int, int]:
        """Return the partitions that are held and connected, each with its epoch."""
        with self._changed:
            return {
                partition: lease.epoch
                for partition, lease in sorted(self._leases.items())
                if lease.ending is None and lease.connection.is_connected
            }

    def workers(self) -> Sequence[str]:
        """Return the names of the workers that are known to be there."""
        with self._changed:
            return self._membership.workers(time.monotonic())

    def is_settled(self) -> bool:
        """Return whether this worker has just its share, connected, and nobody else any of it."""
        with self._changed:
            now = time.monotonic()
            share = self._membership.share(now)
            return bool(share) and share == self.leases().keys()

    def _heard(self, beat: Beat) -> None:
        with self._changed:
            try:
                answer = self._membership.heard(beat, time.monotonic())
            except ValueError as error:
                log.error("partitions: %s", error, extra=fields("partitions_differ", error))
                return
            if answer and beat.worker != self._membership.me:
                self._woken = True
                self._changed.notify_all()

    def _run(self) -> None:
        due = 0.0
        while True:
            with self._changed:
                if not self._woken:
                    self._changed.wait(self._interval / 4)
                told, self._woken = self._woken, False
                leaving = self._leaving
            now = time.monotonic()
            if leaving:
                break
            changed = self._step(now)
            if changed or told or now >= due:
                self._tell("here")
                due = now + self._interval
        self._give_back(set(self._leases))
        self._closers.shutdown(wait=True)
        self._tell("gone")
        self._coordinator.close()

    def _step(self, now: float) -> bool:
        """Give back and take what there is to; return whether anything has changed."""
        with self._changed:
            share = self._membership.share(now)
            free = {each for each in share if self._membership.is_free(each, now)}
            over = {
                partition
                for partition, lease in self._leases.items()
                if lease.ending is not None and lease.ending.done()
            }
            for partition in over:
                del self._leases[partition]
            broken = {p for p, lease in self._leases.items() if lease.connection.ended.done}
            held = set(self._leases)
        self._give_back((held - share) | broken)
        taken = free - held
        for partition in sorted(taken):
            try:
                connection = self._take(partition)
            except TopicwireError as error:
                self._coordinator.report(error)  # and tried again
                continue
            with self._changed:
                epoch = self._membership.next_epoch(partition, time.time())
                self._leases[partition] = _Lease(connection, epoch)
        return bool(over or taken)

    def _give_back(self, partitions: set[int]) -> None:
        for partition in partitions:
            lease = self._leases[partition]
            if lease.ending is None:
                lease.ending = self._closers.submit(lease.connection.close, self._drain)

    def _tell(self, state: str) -> None:
        with self._changed:
            holds = {str(partition): lease.epoch for partition, lease in self._leases.items()}
        self._coordinator.tell(
            Beat(
                worker=self._membership.me,
                partitions=self._count,
                state="here" if state == "here" else "gone",
                holds=holds if state == "here" else {},
            )
        )
