"""The file behind an outbox: messages that are not acknowledged yet, in SQLite."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from topicwire._sqlite import ClientFile, transaction
from topicwire.errors import OutboxFailed, OutboxFull

_MIGRATIONS = (
    (
        "CREATE TABLE origin (sender TEXT NOT NULL, epoch INTEGER NOT NULL)",
        """CREATE TABLE message (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            channel TEXT NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL,
            qos INTEGER NOT NULL, retain INTEGER NOT NULL, content_type TEXT NOT NULL,
            created REAL NOT NULL, expires REAL, refused TEXT
        )""",
    ),
    (
        "ALTER TABLE message ADD COLUMN encoding TEXT",
        "ALTER TABLE message ADD COLUMN signed INTEGER NOT NULL DEFAULT 0",
    ),
    ("ALTER TABLE message ADD COLUMN schema_id TEXT",),
    ("ALTER TABLE message ADD COLUMN traceparent TEXT",),
)
_COLUMNS = (
    "sequence", "channel", "topic", "payload", "qos", "retain", "content_type", "created",
    "expires", "refused", "encoding", "signed", "schema_id", "traceparent",
)  # fmt: skip
_SELECT = """
SELECT sequence, channel, topic, payload, qos, retain, content_type, created, expires, refused,
    encoding, signed, schema_id, traceparent
FROM message WHERE sequence > ? AND (? OR refused IS NULL) ORDER BY sequence LIMIT ?
"""
_INSERT = """
INSERT INTO message
    (channel, topic, payload, qos, retain, content_type, created, expires, encoding, signed,
    schema_id, traceparent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_MEASURE_ALL = """
SELECT coalesce(sum(length(CAST(topic AS BLOB)) + length(payload)), 0), count(*), count(refused)
FROM message
"""
_MEASURE_ONE = """
SELECT length(CAST(topic AS BLOB)) + length(payload), refused IS NOT NULL
FROM message WHERE sequence = ?
"""
# AUTOINCREMENT keeps the highest number ever given in a table of its own.
_RENUMBER = """
UPDATE message SET refused = NULL,
    sequence = (SELECT seq + 1 FROM sqlite_sequence WHERE name = 'message')
WHERE sequence = ? AND refused IS NOT NULL
"""
_NOTE_NUMBER = """
UPDATE sqlite_sequence SET seq = max(seq, (SELECT coalesce(max(sequence), 0) FROM message))
WHERE name = 'message'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message in an outbox; times in seconds since the epoch.

    `sequence` is its number, `refused` why the broker did not take it (None: still to be sent),
    `encoding` how the payload is compressed, `schema_id` which schema it was made to fit, and
    `traceparent` in which trace it was published. It is signed when it is sent, with the key of
    then.
    """

    sequence: int = 0
    channel: str
    topic: str
    payload: bytes
    qos: int
    retain: bool
    content_type: str
    created: float
    expires: float | None
    refused: str | None = None
    encoding: str | None = None
    signed: bool = False
    schema_id: str | None = None
    traceparent: str | None = None

    @property
    def size(self) -> int:
        """What it counts against the limit, in bytes."""
        return len(self.topic.encode()) + len(self.payload)


class OutboxStore:
    """Messages on disk, numbered upwards for ever. Safe to use from any thread.

    One client has it at a time, unless `exclusive` is False, to look into it. `add` returns when
    the message is on the disk, which `sync=False` leaves to the operating system (a crash of the
    program loses nothing then, but a loss of power may). All methods raise `OutboxFailed` when
    the disk does not do as it should; nothing has changed then.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        sender: str | None = None,
        max_bytes: int = 0,
        sync: bool = True,
        exclusive: bool = True,
    ) -> None:
        self.path = Path(path)
        self._file = ClientFile(path, _MIGRATIONS, lambda why: OutboxFailed(str(path), why))
        self._max_bytes = max_bytes
        self._sync = sync
        self._wants_lock = exclusive
        self._lock = threading.Lock()
        self.open(sender)

    def open(self, sender: str | None = None) -> None:
        """Open the file, if it is not; after `close` it can be opened again."""
        if self._file.is_open:
            return
        try:
            with self._file.failures():
                if self._wants_lock:
                    self._file.reserve()
                self._adding = self._file.connect("FULL" if self._sync else "NORMAL")
                # To forget what was delivered need not reach the disk at once: what is sent
                # twice for it is recognised by the receivers.
                self._removing = self._file.connect("NORMAL")
                self.sender, self.epoch = self._read_origin(sender)
                self._bytes, self._count, self._refused = self._measure()
        except OutboxFailed:
            self.close()
            raise

    @property
    def size(self) -> int:
        """Bytes of all topics and payloads."""
        return self._bytes

    @property
    def waiting(self) -> int:
        """Number of messages to be sent; refused ones do not count."""
        return self._count - self._refused

    def __len__(self) -> int:
        return self._count

    def add(self, message: StoredMessage) -> int:
        """Store a message and return its number; raises `OutboxFull` at the limit."""
        with self._lock, self._file.failures():
            if self._bytes + message.size > self._max_bytes:
                raise OutboxFull(str(self.path), self._bytes, self._max_bytes)
            cursor = self._adding.execute(
                _INSERT,
                (
                    message.channel, message.topic, message.payload, message.qos, message.retain,
                    message.content_type, message.created, message.expires, message.encoding,
                    message.signed, message.schema_id, message.traceparent,
                ),
            )  # fmt: skip
            self._bytes += message.size
            self._count += 1
            return cast(int, cursor.lastrowid)

    def pending(self, after: int, limit: int, max_bytes: int) -> list[StoredMessage]:
        """Return messages to be sent with numbers above `after`, in order, at least one."""
        found: list[StoredMessage] = []
        size = 0
        with self._lock, self._file.failures():
            rows = self._removing.execute(_SELECT, (after, False, limit))
            for row in rows:
                found.append(_message(row))
                size += found[-1].size
                if size >= max_bytes:
                    break
            rows.close()
        return found

    def all(self) -> Iterator[StoredMessage]:
        """Yield every message, in order, one at a time."""
        last = 0
        while True:
            with self._lock, self._file.failures():
                row = self._removing.execute(_SELECT, (last, True, 1)).fetchone()
            if row is None:
                return
            message = _message(row)
            last = message.sequence
            yield message

    def remove(self, sequences: Iterable[int]) -> None:
        """Forget messages, all or none of them."""
        count = size = refused = 0
        with self._lock, self._file.failures():
            with transaction(self._removing):
                for sequence in sequences:
                    found = self._removing.execute(_MEASURE_ONE, (sequence,)).fetchone()
                    if found is not None:
                        count, size, refused = count + 1, size + found[0], refused + found[1]
                        self._removing.execute(
                            "DELETE FROM message WHERE sequence = ?", (sequence,)
                        )
            self._count -= count
            self._bytes -= size
            self._refused -= refused

    def refuse(self, sequence: int, reason: str) -> None:
        """Keep a message that the broker does not take, but do not send it again."""
        with self._lock, self._file.failures():
            self._refused += self._removing.execute(
                "UPDATE message SET refused = ? WHERE sequence = ? AND refused IS NULL",
                (reason, sequence),
            ).rowcount

    def retry(self, sequences: Iterable[int]) -> None:
        """Have refused messages sent after all, behind all others.

        They get new numbers: receivers would take the old ones for repetitions.
        """
        with self._lock, self._file.failures(), transaction(self._removing):
            for sequence in sequences:
                self._refused -= self._removing.execute(_RENUMBER, (sequence,)).rowcount
                self._removing.execute(_NOTE_NUMBER)

    def expired(self, now: float, max_age: float) -> list[tuple[int, str]]:
        """Return numbers and topics of messages whose time is over, refused ones included."""
        with self._lock, self._file.failures():
            return self._removing.execute(
                "SELECT sequence, topic FROM message WHERE expires <= ? OR created <= ?"
                " ORDER BY sequence",
                (now, now - max_age),
            ).fetchall()

    def close(self) -> None:
        """Let others have the file."""
        with self._lock:
            self._file.close()

    def _read_origin(self, sender: str | None) -> tuple[str, int]:
        found = self._adding.execute("SELECT sender, epoch FROM origin").fetchone()
        if found is None:
            if sender is None:
                raise OutboxFailed(str(self.path), "has never been used")
            found = (sender, time.time_ns() // 1000)
            self._adding.execute("INSERT INTO origin VALUES (?, ?)", found)
        if sender is not None and found[0] != sender:
            raise OutboxFailed(
                str(self.path),
                f"belongs to the client {found[0]!r}, not to {sender!r}; its messages would come "
                "under another name, and receivers could not tell repetitions from new ones",
            )
        return found[0], found[1]

    def _measure(self) -> tuple[int, int, int]:
        size, count, refused = self._removing.execute(_MEASURE_ALL).fetchone()
        return size, count, refused


def _message(row: tuple[Any, ...]) -> StoredMessage:
    return StoredMessage(**dict(zip(_COLUMNS, row, strict=True)))
