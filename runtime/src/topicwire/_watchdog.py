"""A watch over network threads: one that does not move is reported, with where it is."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Sequence
from typing import Protocol

from topicwire._log_fields import fields
from topicwire.errors import NetworkThreadStuck, TopicwireError

log = logging.getLogger("topicwire")


class Watched(Protocol):
    """A network thread. `turned` is when it last began a turn, on the monotonic clock."""

    turned: float
    patience: float

    @property
    def client_id(self) -> str: ...
    @property
    def thread_id(self) -> int | None: ...
    def report(self, error: TopicwireError) -> None: ...


class Watchdog:
    """One thread that looks after all network threads of the process.

    It can do nothing about a thread that is stuck, but say so while it lasts: as a rule, a
    callback of the program has blocked it, and the stack shows which.
    """

    def __init__(self) -> None:
        self._watched: weakref.WeakSet[Watched] = weakref.WeakSet()
        self._reported: weakref.WeakSet[Watched] = weakref.WeakSet()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def watch(self, session: Watched) -> None:
        """Look after a session from now on; its `patience` is in seconds."""
        with self._changed:
            self._watched.add(session)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, name="topicwire-watchdog", daemon=True
                )
                self._thread.start()
            self._changed.notify()

    def leave(self, session: Watched) -> None:
        """Look after it no longer."""
        with self._changed:
            self._watched.discard(session)
            self._reported.discard(session)

    def _run(self) -> None:
        while True:
            with self._changed:
                watched = list(self._watched)
                if not watched:
                    self._thread = None
                    return
            self._look_after(watched)
            pause = min(session.patience for session in watched) / 4
            watched.clear()  # or they would be kept alive for the pause
            with self._changed:
                self._changed.wait(pause)

    def _look_after(self, watched: Sequence[Watched]) -> None:
        for session in watched:
            self._look(session)

    def _look(self, session: Watched) -> None:
        silent = time.monotonic() - session.turned
        if silent < session.patience:
            self._reported.discard(session)
        elif session not in self._reported:
            self._reported.add(session)
            error = NetworkThreadStuck(session.client_id, silent, _stack(session.thread_id))
            log.error("%s", error, extra=fields("stuck", error, client=session.client_id))
            session.report(error)


def _stack(thread_id: int | None) -> str:
    frame = sys._current_frames().get(thread_id or 0)
    return "".join(traceback.format_stack(frame)) if frame is not None else "(not running)"


WATCHDOG = Watchdog()
