"""Threads that run handlers, each subscription's messages one after another."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from typing import Protocol, cast

from topicwire._backlog import Backlog
from topicwire._context import Context
from topicwire._inbound import Inbound
from topicwire._log_fields import fields
from topicwire._options import ErrorHandler
from topicwire._subscriptions import Route
from topicwire.errors import TopicwireError

log = logging.getLogger("topicwire")

# A subscription with much to do lets others that wait have their turn after so many messages.
_TURN = 32


class Dispatcher(Protocol):
    """Runs handlers somewhere else than on the network thread."""

    def submit(self, inbound: Inbound, routes: Sequence[Route]) -> None:
        """Have each route deal with the message, and call `inbound.done` after each."""
        ...

    def report(self, error: TopicwireError, context: Context | None) -> None:
        """Have the user's error handler called, if there is one."""
        ...

    def call(self, handler: Callable[[], None]) -> None:
        """Have one of the user's handlers called that is told nothing."""
        ...


class Strand(Protocol):
    """What deals with messages in order, never two at a time: a route, as a rule."""

    pending: deque[Inbound]
    scheduled: bool

    def process(self, inbound: Inbound) -> None:
        """Decode the message and call the handler; must not raise."""
        ...


class ThreadDispatcher:
    """Runs handlers on up to `workers` threads; what waits for them is in the `backlog`."""

    def __init__(
        self, name: str, workers: int, backlog: Backlog, on_error: ErrorHandler | None
    ) -> None:
        if workers < 1:
            raise ValueError(f"workers must be at least 1, got {workers}")
        self._name = name
        self._workers = workers
        self._backlog = backlog
        self._on_error = on_error
        self._ready: SimpleQueue[Strand | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._state = threading.Condition(self._lock)  # for the rare moments of waiting
        self._threads: list[threading.Thread] = []
        self._idle = 0

    def submit(self, inbound: Inbound, routes: Sequence[Route]) -> None:
        """Queue a message for each route."""
        self._submit(inbound, [cast(Strand, route) for route in routes])

    def _submit(self, inbound: Inbound, strands: Sequence[Strand]) -> None:
        with self._lock:
            if not self._backlog.admit(inbound, len(strands)):
                return
            for strand in strands:
                strand.pending.append(inbound)
                if not strand.scheduled:
                    strand.scheduled = True
                    self._ready.put(strand)
            self._add_worker()

    def report(self, error: TopicwireError, context: Context | None) -> None:
        """Call the error handler, here if this is a worker, else on one."""
        if threading.current_thread() in self._threads:
            call_error_handler(self._on_error, error, context)
        elif self._on_error is not None:
            self.call(partial(call_error_handler, self._on_error, error, context))

    def call(self, handler: Callable[[], None]) -> None:
        """Call a handler on a worker."""
        self._submit(_no_message(), [_Call(handler)])

    def wait_idle(self, timeout: float) -> bool:
        """Wait until every handler has returned; return False when time is up.

        On a worker, which would wait for itself, it returns at once.
        """
        if threading.current_thread() in self._threads:
            return False
        with self._state:
            return self._state.wait_for(lambda: self._backlog.messages == 0, timeout)

    def stop(self, timeout: float) -> None:
        """End the threads once they have done what is queued, waiting up to `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self._state:
            threads, self._threads = self._threads, []
        for _ in threads:
            self._ready.put(None)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))

    def _add_worker(self) -> None:
        # Called with the lock held. Threads are started only when there is work for them.
        if self._idle == 0 and len(self._threads) < self._workers:
            thread = threading.Thread(
                target=self._work, name=f"{self._name}-handler-{len(self._threads)}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            strand = self._ready.get()
            with self._lock:
                self._idle -= 1
            if strand is None:
                return
            self._run(strand)

    def _run(self, strand: Strand) -> None:
        pending, done = strand.pending, 0
        while True:
            try:
                inbound = pending.popleft()
            except IndexError:
                with self._lock:
                    if not pending:
                        strand.scheduled = False
                        return
                continue
            try:
                strand.process(inbound)
            except Exception as error:
                log.exception(
                    "error while dealing with a message on %r", inbound.topic,
                    extra=fields("internal", error, topic=inbound.topic),
                )  # fmt: skip
            inbound.done()
            with self._lock:
                self._backlog.finish(inbound)
                if self._backlog.messages == 0:
                    self._state.notify_all()
            done += 1
            # Threads that change places without need spend more on that than on the messages.
            if done >= _TURN and not self._ready.empty():
                self._ready.put(strand)
                return


class _Call:
    """A call of a handler that gets no message, in the shape of a strand."""

    def __init__(self, handler: Callable[[], None]) -> None:
        self.handler = handler
        self.immediate = False
        self.pending: deque[Inbound] = deque()
        self.scheduled = False

    def process(self, inbound: Inbound) -> None:  # noqa: ARG002 - there is no message
        call_handler(self.handler)


def call_handler(handler: Callable[[], None]) -> None:
    """Call a handler of the user; one that raises is logged and otherwise ignored."""
    try:
        handler()
    except Exception as raised:
        log.exception(
            "%s raised", getattr(handler, "__qualname__", handler),
            extra=fields("handler_failed", raised),
        )  # fmt: skip


def call_error_handler(
    handler: ErrorHandler | None, error: TopicwireError, context: Context | None
) -> None:
    """Call the user's error handler; one that raises is logged and otherwise ignored."""
    if handler is None:
        return
    try:
        handler(error, context)
    except Exception as raised:
        log.exception(
            "on_error raised while it was told of: %s", error,
            extra=fields("on_error_failed", raised),
        )  # fmt: skip


def _no_message() -> Inbound:
    # Higher than QoS 0, so that reports are not dropped with the messages.
    inbound = Inbound("", b"", qos=1, retained=False, duplicate=False, mid=0)
    inbound.expect(1, lambda _: None)
    return inbound
