"""The file of a recording, in SQLite: what is in it survives the end of the process, and of power.

`message` has a row for each message in the order of arrival, `run` one for each time of recording,
and `event` what happened besides, such as lost connections.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from topicwire.raw import RawMessage

from suspension_services.flight_recorder.rows import from_fields, to_fields

_APPLICATION = 0x54574652  # "TWFR"
_VERSION = 1
_TABLES = f"""
BEGIN;
CREATE TABLE run (
    id INTEGER PRIMARY KEY, began INTEGER NOT NULL, ended INTEGER, broker TEXT NOT NULL,
    addresses TEXT NOT NULL, filters TEXT NOT NULL, client_id TEXT NOT NULL
);
CREATE TABLE message (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL, arrived INTEGER NOT NULL, topic TEXT NOT NULL,
    payload BLOB NOT NULL, qos INTEGER NOT NULL, retain INTEGER NOT NULL,
    duplicate INTEGER NOT NULL, properties TEXT, checksum INTEGER NOT NULL
);
CREATE TABLE event (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL
);
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
COMMIT;
"""


class RecordingInvalid(Exception):
    """A file is no recording, is damaged, or cannot be used now; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One time of recording; times in microseconds since the epoch, `ended` None if it was killed.

    `broker` is the address without password, `addresses` what it came to.
    """

    began: int
    ended: int | None
    broker: str
    addresses: tuple[str, ...]
    filters: tuple[str, ...]
    client_id: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A message with its number and its time of arrival, in microseconds since the epoch."""

    number: int
    arrived: int
    message: RawMessage


class Recording:
    """An open file; `write` makes it if it is not there, and adds to it if it is.

    Raises `RecordingInvalid`, as all methods do.
    """

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self.path = path
        self._run = 0
        self._lock: IO[str] | None = None
        if not write and not path.is_file():
            raise RecordingInvalid(f"{path}: there is no such file")
        with self._failures():
            mode = "rwc" if write else "ro"
            self._database = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None,
                timeout=5, check_same_thread=False,
            )  # fmt: skip
            try:
                if write:
                    self._reserve()
                self._check(write)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Close the file, and let others write it."""
        self._database.close()
        if self._lock is not None:
            self._lock.close()

    # ---- writing ----------------------------------------------------------------------------

    def begin(self, run: Run) -> None:
        """Begin to record; one recorder at a time."""
        with self._failures(), self._transaction():
            cursor = self._database.execute(
                "INSERT INTO run (began, broker, addresses, filters, client_id)"
                " VALUES (?, ?, ?, ?, ?)",
                (run.began, run.broker, json.dumps(run.addresses), json.dumps(run.filters),
                 run.client_id),
            )  # fmt: skip
            self._run = cursor.lastrowid or 0

    def end(self, at: int) -> None:
        """Note that recording ended in good order."""
        with self._failures():
            self._database.execute("UPDATE run SET ended = ? WHERE id = ?", (at, self._run))

    def add(self, messages: Sequence[RawMessage]) -> None:
        """Write messages; when it returns they are on the disk."""
        rows = [(self._run, *to_fields(message)) for message in messages]
        with self._failures(), self._transaction():
            self._database.executemany(
                "INSERT INTO message (run, arrived, topic, payload, qos, retain, duplicate,"
                " properties, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def note(self, at: int, text: str) -> None:
        """Write down what happened, such as a loss."""
        with self._failures():
            self._database.execute(
                "INSERT INTO event (run, at, text) VALUES (?, ?, ?)", (self._run, at, text)
            )

    def shrink(self, limit: int) -> int:
        """Remove the oldest messages while the file is over `limit` bytes; return how many."""
        removed = 0
        with self._failures():
            while self.size > limit and (count := self.count()):
                with self._transaction():
                    last: int = self._value(
                        "SELECT max(id) FROM (SELECT id FROM message ORDER BY id LIMIT ?)",
                        max(1, count // 50),
                    )
                    cursor = self._database.execute("DELETE FROM message WHERE id <= ?", (last,))
                    removed += cursor.rowcount
        return removed

    # ---- reading ----------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """Bytes that are in use."""
        with self._failures():
            pages = self._value("PRAGMA page_count") - self._value("PRAGMA freelist_count")
            return pages * self._value("PRAGMA page_size")

    def count(self) -> int:
        """Return the number of messages."""
        with self._failures():
            return self._value("SELECT count(*) FROM message")

    def last_arrival(self) -> int | None:
        """Return the time of the latest message, None without one."""
        with self._failures():
            row = self._database.execute(
                "SELECT arrived FROM message ORDER BY id DESC LIMIT 1"
            ).fetchone()
        return row[0] if row is not None else None

    def runs(self) -> list[Run]:
        """Return the times of recording, in order."""
        with self._failures():
            rows = self._database.execute(
                "SELECT began, ended, broker, addresses, filters, client_id FROM run ORDER BY id"
            ).fetchall()
            return [
                Run(
                    began=began, ended=ended, broker=broker,
                    addresses=tuple(json.loads(addresses)), filters=tuple(json.loads(filters)),
                    client_id=client_id,
                )
                for began, ended, broker, addresses, filters, client_id in rows
            ]  # fmt: skip

    def events(self) -> list[tuple[int, str]]:
        """Return what happened besides, with the times in microseconds since the epoch."""
        with self._failures():
            return self._database.execute("SELECT at, text FROM event ORDER BY id").fetchall()

    def messages(self) -> Iterator[Recorded]:
        """Yield the messages in the order of arrival, each checked."""
        with self._failures():
            cursor = self._database.execute(
                "SELECT id, arrived, topic, payload, qos, retain, duplicate, properties, checksum"
                " FROM message ORDER BY id"
            )
        while True:
            with self._failures():
                row = cursor.fetchone()
            if row is None:
                return
            yield self._read(row)

    def _read(self, row: tuple[int, ...]) -> Recorded:
        try:
            return Recorded(row[0], row[1], from_fields(row[1:]))
        except (ValueError, TypeError, KeyError) as error:
            raise RecordingInvalid(
                f"{self.path}: message {row[0]} is damaged ({error}); those before it are right"
            ) from None

    def _reserve(self) -> None:
        """Keep other recorders out until it is closed, or the process ends, however it ends."""
        self._lock = Path(f"{self.path}.lock").open("w")  # noqa: SIM115 - as long as this
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RecordingInvalid(
                f"{self.path}: another recorder writes it; each needs a file of its own"
            ) from None

    def _check(self, write: bool) -> None:
        if write:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("PRAGMA journal_size_limit = 16777216")
            tables = self._value("SELECT count(*) FROM sqlite_master")
            if not tables:
                self._database.executescript(_TABLES)
        if self._value("PRAGMA application_id") != _APPLICATION:
            raise RecordingInvalid(f"{self.path} is a database, but no recording")
        version = self._value("PRAGMA user_version")
        if version != _VERSION:
            raise RecordingInvalid(
                f"{self.path} is a recording of version {version}, this program reads {_VERSION}"
            )

    def _value(self, query: str, *arguments: object) -> int:
        return cast(int, self._database.execute(query, arguments).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    @contextmanager
    def _failures(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise RecordingInvalid(f"{self.path}: {error.strerror}") from error
        except sqlite3.DatabaseError as error:
            text = f"{self.path}: {error}"
            if type(error) is sqlite3.DatabaseError:
                text = (
                    f"{self.path} is damaged or no recording ({error}); what can be saved of it, "
                    f"`sqlite3 {self.path.name} .recover` shows"
                )
            raise RecordingInvalid(text) from error
