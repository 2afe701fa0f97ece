"""The history: visits and tests in a file of SQLite, which outlives the service."""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from suspension_protocol.models import TestResult, WheelPosition

from suspension_services.gui.curves import Point
from suspension_services.gui.records import Record, Visit
from suspension_services.gui.shown_test import Stage

VERSION = 1
_TABLES = """\
CREATE TABLE visits (
    visit_id TEXT PRIMARY KEY, label TEXT NOT NULL, begun REAL NOT NULL
) STRICT;
CREATE TABLE tests (
    test_id TEXT PRIMARY KEY, visit_id TEXT NOT NULL, position TEXT NOT NULL,
    begun REAL NOT NULL, ended REAL NOT NULL, stage TEXT NOT NULL, cause TEXT NOT NULL,
    static_weight REAL, result TEXT, curves BLOB NOT NULL
) STRICT;
CREATE INDEX tests_ended ON tests (ended);
CREATE INDEX tests_visit ON tests (visit_id);
"""
_COLUMNS = """\
SELECT tests.test_id, tests.position, tests.visit_id, coalesce(visits.label, ''), tests.begun,
    tests.ended, tests.stage, tests.cause, tests.static_weight, tests.result, {curves}
FROM tests LEFT JOIN visits USING (visit_id)
"""
_Row = tuple[
    str, str, str, str, float, float, str, str, float | None, str | None, bytes | None
]  # fmt: skip


class HistoryUnusable(ValueError):
    """The file cannot be used as a history; the text says which and why."""


class History:
    """All tests that have ended, with their curves; methods may be called from any thread.

    A test is on the disk when `add` returns. Raises `HistoryUnusable` for a file that is none.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self.changes = 0  # so that who shows the history sees that there is something new
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            [version] = self._db.execute("PRAGMA user_version").fetchone()
            if version == 0:
                self._db.executescript(f"BEGIN;{_TABLES}PRAGMA user_version = {VERSION};COMMIT;")
        except (OSError, sqlite3.Error) as error:
            raise HistoryUnusable(
                f"the history {path} cannot be used: {error}; move the file away, or name another "
                "one with --history"
            ) from error
        if version > VERSION:
            self._db.close()
            raise HistoryUnusable(
                f"the history {path} is of version {version}, this program knows {VERSION}; "
                "update it, or name another file with --history"
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def add(self, record: Record) -> None:
        """Keep a test, in place of an earlier record of it."""
        result = None if record.result is None else record.result.model_dump_json()
        curves = zlib.compress(json.dumps([record.phase_curve, record.force_curve]).encode())
        with self._lock:
            self._db.execute(
                "INSERT OR REPLACE INTO tests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (record.test_id, record.visit_id, record.position.value, record.begun,
                 record.ended, record.stage.value, record.cause, record.static_weight, result,
                 curves),
            )  # fmt: skip
        self.changes += 1

    def keep_visit(self, visit: Visit) -> None:
        """Keep a visit, with what its vehicle is called now."""
        with self._lock:
            self._db.execute(
                "INSERT OR REPLACE INTO visits VALUES (?, ?, ?)",
                (visit.visit_id, visit.label, visit.begun),
            )
        self.changes += 1

    def last_visit(self) -> Visit | None:
        """Return the visit that was begun last."""
        with self._lock:
            row = self._db.execute(
                "SELECT visit_id, label, begun FROM visits ORDER BY begun DESC LIMIT 1"
            ).fetchone()
        return None if row is None else Visit(*row)

    def recent(self, limit: int = 200, search: str = "") -> list[Record]:
        """Return the last tests without their curves, the newest first, those of some vehicles."""
        # The search is for a part of the name, not for a pattern.
        return self._records(
            _COLUMNS.format(curves="NULL")
            + "WHERE instr(lower(coalesce(visits.label, '')), lower(?)) > 0 OR ? = ''"
            " ORDER BY tests.ended DESC, tests.rowid DESC LIMIT ?",
            (search, search, limit),
        )

    def of_visit(self, visit_id: str) -> dict[WheelPosition, Record]:
        """Return the last judged test of each wheel of a vehicle, with curves."""
        records = self._records(
            _COLUMNS.format(curves="curves") + "WHERE tests.visit_id = ? AND tests.stage IN (?, ?)"
            " ORDER BY tests.ended, tests.rowid",
            (visit_id, Stage.PASSED.value, Stage.FAILED.value),
        )
        last = {record.position: record for record in records}
        return {position: last[position] for position in WheelPosition if position in last}

    def find(self, test_id: str) -> Record | None:
        """Return a test with its curves."""
        found = self._records(
            _COLUMNS.format(curves="curves") + "WHERE tests.test_id = ?", (test_id,)
        )
        return found[0] if found else None

    def ids(self, limit: int) -> list[str]:
        """Return the ids of the last tests, the oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT test_id FROM tests ORDER BY ended DESC LIMIT ?", (limit,)
            ).fetchall()
        return [test_id for (test_id,) in reversed(rows)]

    def _records(self, query: str, values: Sequence[object]) -> list[Record]:
        with self._lock:
            rows = cast("list[_Row]", self._db.execute(query, values).fetchall())
        return [_record(row) for row in rows]


def _record(row: _Row) -> Record:
    test_id, position, visit_id, label, begun, ended, stage, cause, weight, result, curves = row
    phase, force = ((), ()) if curves is None else json.loads(zlib.decompress(curves))
    return Record(
        test_id=test_id,
        position=WheelPosition(position),
        visit_id=visit_id,
        label=label,
        begun=begun,
        ended=ended,
        stage=Stage(stage),
        cause=cause,
        static_weight=weight,
        result=None if result is None else TestResult.model_validate_json(result),
        phase_curve=_points(phase),
        force_curve=_points(force),
    )


def _points(pairs: Iterable[Sequence[float]]) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in pairs)
