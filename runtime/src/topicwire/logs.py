"""The statistics of a client as log records, at intervals.

Everything that topicwire logs goes to the logger `topicwire` (silent until the program sets up
logging) with its values as fields of the record beside the text, for formatters that write JSON;
docs/observability.md lists them.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import asdict
from types import TracebackType
from typing import Protocol, Self

from topicwire._log_fields import fields
from topicwire._stats import Stats

__all__ = ["StatsLog"]

log = logging.getLogger("topicwire.stats")


class _Client(Protocol):
    @property
    def client_id(self) -> str: ...
    def stats(self) -> Stats: ...


class StatsLog:
    """Logs `client.stats()` every `interval` seconds while the `with` block lasts, and at its end.

    Each record is of the logger `topicwire.stats`, has the level INFO, `kind="stats"`, and every
    figure as a field of its own.
    """

    def __init__(self, client: _Client, interval: float = 60.0) -> None:
        if interval <= 0:
            raise ValueError(f"interval must be positive, got {interval:g}")
        self._client = client
        self._interval = interval
        self._over = threading.Event()

    def write(self) -> None:
        """Log them now."""
        stats = asdict(self._client.stats())
        for name in ("round_trip", "transit"):
            del stats[name]["buckets"]
        log.info(
            "%s: %d sent, %d received, %d failed, %d invalid",
            self._client.client_id, stats["sent"], stats["received"], stats["failed"],
            stats["invalid"], extra=fields("stats", client=self._client.client_id, **stats),
        )  # fmt: skip

    def __enter__(self) -> Self:
        self._over.clear()
        self._thread = threading.Thread(target=self._run, name="topicwire-stats", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self.write()

    def _run(self) -> None:
        while not self._over.wait(self._interval):
            self.write()
