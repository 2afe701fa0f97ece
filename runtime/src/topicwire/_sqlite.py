"""Files of SQLite that one client has at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

Problem = Callable[[str], Exception]


class ClientFile:
    """A database of one client; `problem` makes the error for what goes wrong, from a reason.

    `migrations` are the statements that bring it from each version to the next, from 0 on.
    """

    def __init__(
        self, path: Path | str, migrations: Sequence[Sequence[str]], problem: Problem
    ) -> None:
        self.path = Path(path)
        self._migrations = migrations
        self._problem = problem
        self._opened: list[sqlite3.Connection] = []

    @property
    def is_open(self) -> bool:
        """Whether it was opened and not closed since."""
        return bool(self._opened)

    def reserve(self) -> None:
        """Keep others out until it is closed, or the process ends, however it ends.

        The lock is on a file of its own, so that others may look into the database.
        """
        connection = self._add(sqlite3.connect(
            f"{self.path}.lock", timeout=0, isolation_level=None, check_same_thread=False
        ))  # fmt: skip
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise self._problem(
                "another client has it; every client needs a file of its own"
            ) from None

    def connect(self, synchronous: str) -> sqlite3.Connection:
        """Open a connection, with the tables made; `synchronous` is FULL or NORMAL."""
        connection = self._add(sqlite3.connect(
            self.path, timeout=5, isolation_level=None, check_same_thread=False
        ))  # fmt: skip
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA journal_size_limit = 4194304")
        newest = len(self._migrations)
        if _version(connection) < newest:
            with transaction(connection):
                for statements in self._migrations[_version(connection) :]:
                    for statement in statements:
                        connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {newest}")
        if _version(connection) > newest:
            raise self._problem(
                f"is of version {_version(connection)}, this topicwire reads {newest}"
            )
        return connection

    def close(self) -> None:
        """Let others have it."""
        while self._opened:
            self._opened.pop().close()

    @contextmanager
    def failures(self) -> Generator[None]:
        """Make errors of the disk and of SQLite the error of this file."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._problem(str(error)) from error

    def _add(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        self._opened.append(connection)
        return connection


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """Have all changes made, or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
