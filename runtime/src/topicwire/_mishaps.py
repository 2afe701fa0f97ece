"""What goes wrong with received messages: counted, logged, reported, and passed on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from topicwire._context import Context
from topicwire._dead_letter import DeadLetters, Failure
from topicwire._inbound import Inbound
from topicwire._rate_limit import RateLimit
from topicwire._stats import Counters
from topicwire.errors import HandlerFailed, MessageRefused, TopicwireError

log = logging.getLogger("topicwire")


InvalidHandler = Callable[[TopicwireError, Context], None]


class ErrorSink(Protocol):
    """Who is told of errors that no call can raise."""

    def report(self, error: TopicwireError, context: Context | None) -> None: ...


class Mishaps:
    """What the routes of one client do about messages that cannot be handled."""

    def __init__(
        self, sink: ErrorSink, counters: Counters, dead_letters: DeadLetters | None
    ) -> None:
        self._sink = sink
        self._counters = counters
        self._dead_letters = dead_letters
        self._limit = RateLimit()

    def refused(self, error: MessageRefused) -> None:
        """Take note of a message that was not looked into; told at a limited rate only.

        Whoever can send such messages could otherwise fill the log, and keep `on_error` busy.
        """
        self._counters.refuse(error.reason)
        held = self._limit.admit(f"{type(error).__name__} {error.reason}")
        if held is not None:
            log.warning("%s%s", error, f" ({held} more were not told)" if held else "")
            self._sink.report(error, None)

    def rejected(
        self, error: TopicwireError, context: Context, told: InvalidHandler | None
    ) -> Failure:
        """Take note of a message that is not handed on, because of what it is.

        `told` is who wants to know too, to answer it.
        """
        if isinstance(error, MessageRefused):
            self._counters.refuse(error.reason)
        else:
            self._counters.add("invalid")
        held = self._limit.admit(f"{type(error).__name__} {context.channel}")
        if held is not None:
            more = f" ({held} more were not told)" if held else ""
            log.warning("message not handed on: %s%s", error, more)
        self._sink.report(error, context)
        if told is not None:
            try:
                told(error, context)
            except TopicwireError as problem:
                log.warning("no answer to an invalid request: %s", problem)
        return error, context

    def handler_failed(self, handler: object, error: Exception, context: Context) -> Failure:
        """Take note of an exception of a handler."""
        self._counters.add("handler_errors")
        failure = HandlerFailed(getattr(handler, "__qualname__", repr(handler)), context.channel)
        failure.__cause__ = error
        log.error("%s", failure, exc_info=error)
        self._sink.report(failure, context)
        return failure, context

    def bury(self, inbound: Inbound, failures: Sequence[Failure]) -> None:
        """Pass a message with failures to the dead-letter topic, if there is one."""
        letters = self._dead_letters
        if failures and letters is not None and letters.add(inbound, failures):
            self._counters.add("dead_letters")
