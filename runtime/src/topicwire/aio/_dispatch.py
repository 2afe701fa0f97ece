"""Handlers as asyncio tasks, each subscription's messages one after another."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar, cast

from topicwire._backlog import Backlog
from topicwire._channel import Channel
from topicwire._context import Context
from topicwire._dispatch import call_error_handler, call_handler
from topicwire._inbound import Inbound
from topicwire._log_fields import fields
from topicwire._mishaps import Account, InvalidHandler, Mishaps
from topicwire._options import ErrorHandler
from topicwire._reception import receive
from topicwire._subscriptions import Route
from topicwire.errors import TopicwireError

log = logging.getLogger("topicwire")

M = TypeVar("M")
AsyncHandler = Callable[[M, Context], Awaitable[None]]
"""What handles one message after the other."""
AsyncBatchHandler = Callable[[list[M], Context], Awaitable[None]]
"""What handles the messages that came together as one list."""


class LoopDispatcher:
    """Runs handlers as tasks of the loop that `bind` names; what waits is in the `backlog`."""

    def __init__(self, backlog: Backlog, on_error: ErrorHandler | None) -> None:
        self._backlog = backlog
        self._on_error = on_error
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle: asyncio.Event | None = None

    def bind(self) -> None:
        """Run handlers on the running loop from now on."""
        self._loop = asyncio.get_running_loop()
        self._idle = asyncio.Event()
        self._idle.set()

    def submit(self, inbound: Inbound, routes: Sequence[Route]) -> None:
        """Hand a message to the loop, for each route; called on the network thread."""
        with self._lock:
            if not self._backlog.admit(inbound, len(routes)):
                return
        self._call(self._start, inbound, routes)

    def report(self, error: TopicwireError, context: Context | None) -> None:
        """Have the error handler called on the loop."""
        self._call(call_error_handler, self._on_error, error, context)

    def call(self, handler: Callable[[], None]) -> None:
        """Call a handler on the loop."""
        self._call(call_handler, handler)

    async def wait_idle(self, timeout: float) -> None:
        """Wait until every handler has returned, `timeout` seconds at most."""
        current = asyncio.current_task()
        if self._idle is None or current in self._tasks:
            return  # a handler that closes its client would wait for itself
        try:
            await asyncio.wait_for(self._idle.wait(), timeout)
        except TimeoutError:
            log.warning(
                "%d messages were still being handled at close", self._backlog.messages,
                extra=fields("unfinished", messages=self._backlog.messages),
            )  # fmt: skip

    def cancel(self) -> None:
        """Cancel the handlers that are still running."""
        for task in tuple(self._tasks):
            if task is not asyncio.current_task():
                task.cancel()

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            log.debug(
                "event loop is closed, a message is left to the next session",
                extra=fields("loop_closed"),
            )

    def _start(self, inbound: Inbound, routes: Sequence[Route]) -> None:
        if self._idle is not None:
            self._idle.clear()
        for route in routes:
            strand = cast(AsyncRoute[object], route)
            strand.pending.append(inbound)
            if not strand.scheduled:
                strand.scheduled = True
                task = asyncio.get_running_loop().create_task(self._run(strand))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _run(self, strand: AsyncRoute[object]) -> None:
        try:
            while strand.pending:
                inbound = strand.pending.popleft()
                try:
                    await strand.process(inbound)
                    inbound.done()
                finally:
                    self._finish(inbound)
        finally:
            strand.scheduled = False

    def _finish(self, inbound: Inbound) -> None:
        with self._lock:
            self._backlog.finish(inbound)
            idle = self._backlog.messages == 0
        if idle and self._idle is not None:
            self._idle.set()


class AsyncRoute(Generic[M]):
    """Decodes the messages of one subscription and awaits its handler.

    `handler` takes one message, or with `whole` a list of those that came together.
    """

    def __init__(
        self,
        channel: Channel[M],
        handler: Callable[[Any, Context], Awaitable[None]],
        mishaps: Mishaps,
        on_invalid: InvalidHandler | None = None,
        *,
        whole: bool = False,
    ) -> None:
        self.channel = channel
        self.handler = handler
        self.immediate = False
        self.pending: deque[Inbound] = deque()
        self.scheduled = False
        self._account = mishaps.account(handler, on_invalid)
        self._whole = whole

    async def process(self, inbound: Inbound) -> None:
        """Await the handler for each message; what is wrong is counted and reported."""
        account = self._account
        received = receive(self.channel, inbound)
        if self._whole:
            messages = received.sort_out(account.rejected)
            if messages:
                await self._handle(messages, received.context, account)
        else:
            for message, context in received.items():
                if isinstance(message, TopicwireError):
                    account.rejected(message, context)
                else:
                    await self._handle(message, context, account)
        account.close(inbound)

    async def _handle(self, what: object, context: Context, account: Account) -> None:
        try:
            await self.handler(what, context)
        except Exception as error:
            account.failed(error, context)
