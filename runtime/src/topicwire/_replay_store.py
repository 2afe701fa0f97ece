"""What has been handled of signed messages, on a disk, so that a restart does not forget it."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from topicwire._claims import Signed
from topicwire._log_fields import fields
from topicwire._marks import Mark, Marks, add_to_run, add_to_topic
from topicwire._signing import Freshness, Signing
from topicwire._sqlite import ClientFile, transaction
from topicwire.errors import ReplayStateFailed

log = logging.getLogger("topicwire")

_MIGRATIONS = (
    (
        """CREATE TABLE mark (
            kind TEXT NOT NULL, sender TEXT NOT NULL, name TEXT NOT NULL,
            high INTEGER NOT NULL, low BLOB NOT NULL, ts REAL NOT NULL,
            PRIMARY KEY (kind, sender, name)
        ) WITHOUT ROWID""",
        """CREATE TABLE floor (
            kind TEXT NOT NULL, sender TEXT NOT NULL, ts REAL NOT NULL, PRIMARY KEY (kind, sender)
        ) WITHOUT ROWID""",
    ),
)
_KINDS: tuple[Freshness, ...] = ("durable", "retained")
_RETRY = 1.0  # seconds
_SWEEP_EVERY = 3_600.0  # seconds

Release = Callable[[], None]


class ReplayStore:
    """Marks of runs and of topics, written in groups by a thread of its own.

    What is noted is released when it is on the disk; so a message is acknowledged only when it
    will be recognised after a crash, and one that was not acknowledged will be handled. While the
    disk does not take it, nothing is released, and the broker keeps the messages. Runs whose last
    message is older than `max_age` seconds are forgotten.
    """

    def __init__(self, path: Path | str, max_age: float) -> None:
        self.path = Path(path)
        self._max_age = max_age
        self._next_sweep = 0.0
        self._file = ClientFile(path, _MIGRATIONS, lambda why: ReplayStateFailed(str(path), why))
        self._marks: dict[Freshness, Marks] = dict.fromkeys(_KINDS, Marks())
        self._noted: list[tuple[Freshness, Signed, str, Release]] = []
        self._waiting = 0
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self.open()

    def open(self) -> None:
        """Open the file and read it, if it is not open; raises `ReplayStateFailed`."""
        if self._file.is_open:
            return
        try:
            with self._file.failures():
                self._file.reserve()
                self._connection = self._file.connect("FULL")
                self._marks = {kind: self._read(kind) for kind in _KINDS}
        except ReplayStateFailed:
            self._file.close()
            raise
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="topicwire-replay", daemon=True)
        self._thread.start()

    def marks(self, freshness: Freshness) -> Marks:
        """Return a copy of what is known."""
        return self._marks[freshness].copy()

    def note(self, freshness: Freshness, signed: Signed, name: str, release: Release) -> None:
        """Write down that a message was handled, then call `release`, on the store's thread.

        `name` is the scope of a durable message, or the topic of a retained one.
        """
        with self._lock:
            self._noted.append((freshness, signed, name, release))
        self._woken.set()

    @property
    def is_behind(self) -> bool:
        """Whether something was noted that is not on the disk yet."""
        return bool(self._noted) or self._waiting > 0

    def close(self, timeout: float) -> None:
        """Write what is left, up to `timeout` seconds, and let others have the file."""
        self._closing = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                return  # the disk hangs; the file is released when the process ends
            self._thread = None
        self._file.close()

    def _run(self) -> None:
        waiting: list[Release] = []
        while True:
            self._woken.wait(_RETRY if waiting else None)
            self._woken.clear()
            waiting += self._take_in()
            self._waiting = len(waiting)
            try:
                with self._file.failures():
                    self._write()
            except ReplayStateFailed as error:
                log.error(
                    "%s; messages stay unacknowledged until it can be written", error,
                    extra=fields("replay_state_failed", error),
                )  # fmt: skip
                if self._closing:
                    return
                continue
            for release in waiting:
                release()
            waiting.clear()
            self._waiting = 0
            if self._closing and not self._noted:
                return

    def _take_in(self) -> list[Release]:
        with self._lock:
            noted, self._noted = self._noted, []
        for freshness, signed, name, _ in noted:
            add = add_to_run if freshness == "durable" else add_to_topic
            add(self._marks[freshness], signed, name)
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + _SWEEP_EVERY
            self._marks["durable"].forget_before(time.time() - self._max_age)
        return [release for *_, release in noted]

    def _read(self, kind: Freshness) -> Marks:
        marks = Marks()
        for sender, name, high, low, ts in self._connection.execute(
            "SELECT sender, name, high, low, ts FROM mark WHERE kind = ?", (kind,)
        ):
            marks.put(sender, name, Mark(high, int.from_bytes(low), ts))
        marks.floors.update(
            self._connection.execute("SELECT sender, ts FROM floor WHERE kind = ?", (kind,))
        )
        marks.settle()
        return marks

    def _write(self) -> None:
        changes: list[tuple[Freshness, Marks]] = [
            (kind, marks) for kind, marks in self._marks.items() if marks.has_changes
        ]
        if not changes:
            return
        with transaction(self._connection):
            for kind, marks in changes:
                _write_marks(self._connection, kind, marks)
        for _, marks in changes:
            marks.settle()


def _write_marks(connection: sqlite3.Connection, kind: Freshness, marks: Marks) -> None:
    for sender, name in marks.forgotten:
        connection.execute(
            "DELETE FROM mark WHERE kind = ? AND sender = ? AND name = ?", (kind, sender, name)
        )
    for sender, name in marks.changed:
        mark = marks.mark(sender, name)
        low = mark.low.to_bytes((mark.low.bit_length() + 7) // 8)
        connection.execute(
            "INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?, ?, ?)",
            (kind, sender, name, mark.high, low, mark.ts),
        )
    for sender in marks.raised:
        floor = marks.floors.get(sender)
        connection.execute("DELETE FROM floor WHERE kind = ? AND sender = ?", (kind, sender))
        if floor is not None:
            connection.execute("INSERT INTO floor VALUES (?, ?, ?)", (kind, sender, floor))


def replay_store(signing: Signing | None) -> ReplayStore | None:
    """Return the store that a client's settings ask for, or None."""
    if signing is None or signing.replay_state is None:
        return None
    return ReplayStore(signing.replay_state, signing.max_age)
