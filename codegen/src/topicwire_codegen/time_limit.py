"""An end to what a document can make take for ever, such as a pattern that tries everything."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


class TimeIsUp(Exception):
    """Something took longer than it may."""


@contextmanager
def time_limit(seconds: float) -> Generator[None]:
    """Raise `TimeIsUp` in what takes longer; Python's regular expressions let signals through.

    Only the main thread gets signals, and only where the system has timers; elsewhere it waits.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(
        signal, "setitimer"
    ):
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
