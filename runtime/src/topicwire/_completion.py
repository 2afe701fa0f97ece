"""Something that happens once, and can be waited for by threads and by asyncio alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from topicwire.errors import DeliveryTimeout, TopicwireError, WouldDeadlock

if TYPE_CHECKING:
    import asyncio

# Identifiers of threads that must never wait, because they do the work that is waited for.
_network_threads: set[int] = set()
# One lock for the rare moments in which a completion and a waiter meet; it is held for a few
# instructions, so sharing it costs less than a lock for each message.
_lock = threading.Lock()


def enter_network_thread() -> None:
    """Declare the calling thread to be one that must not wait."""
    _network_threads.add(threading.get_ident())


def leave_network_thread() -> None:
    """Take back `enter_network_thread`; thread identifiers are reused."""
    _network_threads.discard(threading.get_ident())


def on_network_thread() -> bool:
    """Return whether the calling thread is one that must not wait."""
    return threading.get_ident() in _network_threads


class Completion:
    """The future end of an operation: done once, with or without an error."""

    __slots__ = ("_callbacks", "_done", "_error")

    def __init__(self) -> None:
        self._done = False
        self._error: TopicwireError | None = None
        self._callbacks: list[Callable[[Completion], None]] | None = None

    @property
    def done(self) -> bool:
        """Whether it has ended, well or badly."""
        return self._done

    @property
    def error(self) -> TopicwireError | None:
        """What went wrong, or None while it is under way or after it ended well."""
        return self._error

    def wait(self, timeout: float | None = None) -> None:
        """Wait until it is done, `timeout` seconds at most (None: without limit).

        Raises what went wrong, `DeliveryTimeout` when time is up, and `WouldDeadlock` on the
        network thread.
        """
        if not self._done:
            self._block(timeout)
        if self._error is not None:
            raise self._error

    def add_done_callback(self, callback: Callable[[Completion], None]) -> None:
        """Call `callback(self)` when done: at once if it is, else on the thread that ends it.

        A callback must be short and must not raise; it may run on the network thread.
        """
        with _lock:
            if not self._done:
                if self._callbacks is None:
                    self._callbacks = []
                self._callbacks.append(callback)
                return
        callback(self)

    def remove_done_callback(self, callback: Callable[[Completion], None]) -> None:
        """Take back `add_done_callback`, if it has not been called yet."""
        with _lock:
            if self._callbacks is not None and callback in self._callbacks:
                self._callbacks.remove(callback)

    def __await__(self) -> Generator[object, None, None]:
        if not self._done:
            # Who waits so has loaded asyncio; the others start sooner without it.
            from asyncio import get_running_loop

            loop = get_running_loop()
            woken = loop.create_future()

            def wake(_: object) -> None:
                # The loop may be closed when a delivery outlives the program's interest in it.
                if not loop.is_closed():
                    loop.call_soon_threadsafe(_set, woken)

            self.add_done_callback(wake)
            yield from woken.__await__()
        if self._error is not None:
            raise self._error

    def _finish(self, error: TopicwireError | None = None) -> bool:
        """End it; only the first call counts. Return whether this was the first."""
        with _lock:
            if self._done:
                return False
            self._error = error
            self._done = True
            callbacks, self._callbacks = self._callbacks, None
        for callback in callbacks or ():
            callback(self)
        return True

    def _block(self, timeout: float | None) -> None:
        if on_network_thread():
            raise WouldDeadlock("waiting on the network thread would never end")
        event = threading.Event()

        def wake(_: Completion) -> None:
            event.set()

        self.add_done_callback(wake)
        started = time.monotonic()
        if not event.wait(timeout):
            raise DeliveryTimeout(f"not done after {time.monotonic() - started:.1f} s")


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
