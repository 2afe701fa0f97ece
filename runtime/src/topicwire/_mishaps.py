"""What goes wrong with received messages: counted, logged, reported, and passed on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from topicwire._context import Context
from topicwire._dead_letter import DeadLetters, Failure
from topicwire._inbound import Inbound
from topicwire._log_fields import fields
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
        self,
        sink: ErrorSink,
        counters: Counters,
        dead_letters: DeadLetters | None,
        client_id: str,
    ) -> None:
        self._client_id = client_id
        self._sink = sink
        self._counters = counters
        self._dead_letters = dead_letters
        self._limit = RateLimit()

    def refused(self, error: MessageRefused, channel: str) -> None:
        """Take note of a message that was not looked into; told at a limited rate only.

        Whoever can send such messages could otherwise fill the log, and keep `on_error` busy.
        """
        self._counters.refuse(error.reason, channel=channel)
        held = self._limit.admit(f"{type(error).__name__} {error.reason}")
        if held is not None:
            log.warning(
                "%s%s", error, f" ({held} more were not told)" if held else "",
                extra=self._fields("refused", error, channel=channel, untold=held),
            )  # fmt: skip
            self._sink.report(error, None)

    def rejected(
        self, error: TopicwireError, context: Context, told: InvalidHandler | None
    ) -> Failure:
        """Take note of a message that is not handed on, because of what it is.

        `told` is who wants to know too, to answer it.
        """
        if isinstance(error, MessageRefused):
            self._counters.refuse(error.reason, channel=context.channel)
        else:
            self._counters.add("invalid", channel=context.channel)
        held = self._limit.admit(f"{type(error).__name__} {context.channel}")
        if held is not None:
            more = f" ({held} more were not told)" if held else ""
            log.warning(
                "message not handed on: %s%s", error, more,
                extra=self._fields("not_handed_on", error, **_place(context), untold=held),
            )  # fmt: skip
        self._sink.report(error, context)
        if told is not None:
            try:
                told(error, context)
            except TopicwireError as problem:
                log.warning(
                    "no answer to an invalid request: %s", problem,
                    extra=self._fields("no_answer", problem, **_place(context)),
                )  # fmt: skip
        return error, context

    def handler_failed(self, handler: object, error: Exception, context: Context) -> Failure:
        """Take note of an exception of a handler."""
        self._counters.add("handler_errors", channel=context.channel)
        failure = HandlerFailed(getattr(handler, "__qualname__", repr(handler)), context.channel)
        failure.__cause__ = error
        log.error(
            "%s", failure, exc_info=error,
            extra=self._fields("handler_failed", error, **_place(context)),
        )  # fmt: skip
        self._sink.report(failure, context)
        return failure, context

    def account(self, handler: object, told: InvalidHandler | None) -> Account:
        """Return what one route writes down of one message after another."""
        return Account(self, handler, told)

    def bury(self, inbound: Inbound, failures: Sequence[Failure]) -> None:
        """Pass a message with failures to the dead-letter topic, if there is one."""
        letters = self._dead_letters
        if letters is not None and letters.add(inbound, failures):
            self._counters.add("dead_letters")

    def _fields(self, kind: str, error: Exception, **values: object) -> dict[str, object]:
        return fields(kind, error, client=self._client_id, **values)


class Account:
    """What goes wrong while `handler` deals with one message, or one batch, at a time."""

    __slots__ = ("_failures", "_handler", "_mishaps", "_told")

    def __init__(self, mishaps: Mishaps, handler: object, told: InvalidHandler | None) -> None:
        self._mishaps = mishaps
        self._handler = handler
        self._told = told
        self._failures: list[Failure] = []

    def rejected(self, error: TopicwireError, context: Context) -> None:
        """Take note of a message that is not handed on."""
        self._failures.append(self._mishaps.rejected(error, context, self._told))

    def failed(self, error: Exception, context: Context) -> None:
        """Take note of an exception of the handler."""
        self._failures.append(self._mishaps.handler_failed(self._handler, error, context))

    def close(self, inbound: Inbound) -> None:
        """Pass the message on if anything was wrong; the next one begins."""
        if self._failures:
            failures, self._failures = self._failures, []
            self._mishaps.bury(inbound, failures)


def _place(context: Context) -> dict[str, object]:
    return {"channel": context.channel, "topic": context.topic}
