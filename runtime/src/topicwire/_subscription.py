"""A handler's subscription to a channel."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from topicwire._channel import Channel
from topicwire._completion import Completion
from topicwire._context import Context
from topicwire._core import ClientCore
from topicwire._inbound import Inbound
from topicwire._reception import unpack
from topicwire._stats import Counters
from topicwire._subscriptions import FilterEntry, Route
from topicwire.errors import HandlerFailed, TopicwireError

log = logging.getLogger("topicwire")

M = TypeVar("M")


class ErrorSink(Protocol):
    """Who is told of errors in received messages and in handlers."""

    def report(self, error: TopicwireError, context: Context | None) -> None: ...


class ThreadRoute(Generic[M]):
    """Decodes the messages of one subscription and calls its handler, on a worker thread."""

    def __init__(
        self,
        channel: Channel[M],
        handler: Callable[[M, Context], None],
        errors: ErrorSink,
        counters: Counters,
    ) -> None:
        self.channel = channel
        self.handler = handler
        self.pending: deque[Inbound] = deque()
        self.scheduled = False
        self._errors = errors
        self._counters = counters

    def process(self, inbound: Inbound) -> None:
        """Call the handler for each message; what is wrong is counted and reported."""
        for message, context in unpack(self.channel, inbound):
            if isinstance(message, TopicwireError):
                reject(message, context, self._errors, self._counters)
                continue
            try:
                self.handler(message, context)
            except Exception as error:
                report_failure(self.handler, error, context, self._errors, self._counters)


class Subscription:
    """One handler's subscription; end it with `unsubscribe()`.

    `granted` ends when the broker has granted it, or holds the error if it was refused.
    """

    def __init__(self, core: ClientCore, route: Route, entries: Sequence[FilterEntry]) -> None:
        self._core = core
        self._route = route
        self._entries = tuple(entries)
        self._grants: tuple[Completion, ...] = tuple(entry.granted for entry in entries)

    @property
    def filters(self) -> tuple[str, ...]:
        """The topic filters at the broker."""
        return tuple(entry.filter for entry in self._entries)

    def wait(self, timeout: float = 10.0) -> None:
        """Wait until the broker has granted it; raises `SubscribeRejected` if it refuses.

        Raises `DeliveryTimeout` after `timeout` seconds, as when there is no connection.
        """
        deadline = time.monotonic() + timeout
        for grant in self._grants:
            grant.wait(max(0.0, deadline - time.monotonic()))

    async def granted(self) -> None:
        """Wait as `wait` does, in asyncio and without a limit."""
        for grant in self._grants:
            await grant

    def unsubscribe(self) -> None:
        """End the subscription; messages already received may still reach the handler."""
        self._core.unregister(self._entries, self._route)


def reject(error: TopicwireError, context: Context, errors: ErrorSink, counters: Counters) -> None:
    """Count, log and report a received message that is not handed on."""
    counters.add("invalid")
    log.warning("message not handed on: %s", error)
    errors.report(error, context)


def report_failure(
    handler: object, error: Exception, context: Context, errors: ErrorSink, counters: Counters
) -> None:
    """Count, log and report an exception of a handler."""
    counters.add("handler_errors")
    failure = HandlerFailed(getattr(handler, "__qualname__", repr(handler)), context.channel)
    failure.__cause__ = error
    log.error("%s", failure, exc_info=error)
    errors.report(failure, context)
