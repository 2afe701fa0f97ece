"""The functions that the older surface calls, in the shape of handlers."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import cast

from topicwire._context import Context
from topicwire._payload import Payload
from topicwire._topic_filter import TopicFilter
from topicwire.compat._dictionaries import Dictionaries
from topicwire.compat._renaming import Object

Callback = Callable[[Object], object]
"""What is called with each message as a dictionary."""
AsyncCallback = Callable[[Object], Awaitable[object]]
"""What is awaited with each message as a dictionary."""
BatchCallback = Callable[[list[Object]], object]
"""What is called with the messages that came together."""
TopicCallback = Callable[[str, Object], object]
"""What is called with the topic and the message."""


class _Named:
    """A handler that is told from others, and called in the log, by the function in it."""

    def __init__(self, function: object) -> None:
        self.function = function
        self.__qualname__ = str(getattr(function, "__qualname__", repr(function)))

    def __eq__(self, other: object) -> bool:
        # So a message of two categories reaches a callback for both of them once.
        return isinstance(other, type(self)) and self.function == other.function

    def __hash__(self) -> int:
        return hash(self.function)


class CategoryHandler(_Named):
    """Calls a function with each message of a category as a dictionary."""

    def __init__(self, function: Callback, dictionaries: Dictionaries) -> None:
        super().__init__(function)
        self._call = function
        self._dictionaries = dictionaries

    def __call__(self, message: Payload, _: Context) -> None:
        self._call(self._dictionaries.plain(message))


class BatchHandler(_Named):
    """Calls a function with the messages that came together, as a list of dictionaries."""

    def __init__(self, function: BatchCallback, dictionaries: Dictionaries) -> None:
        super().__init__(function)
        self._call = function
        self._dictionaries = dictionaries

    def __call__(self, messages: list[Payload], _: Context) -> None:
        self._call([self._dictionaries.plain(message) for message in messages])


class TopicHandler(_Named):
    """Calls a function with topic and message, for the topics of one filter."""

    def __init__(
        self, function: TopicCallback, wanted: TopicFilter, dictionaries: Dictionaries
    ) -> None:
        super().__init__(function)
        self.wanted = wanted
        self._call = function
        self._dictionaries = dictionaries

    def __call__(self, message: Payload, context: Context) -> None:
        # The subscription is for the whole channel, which may have more topics than are wanted.
        if self.wanted.matches(context.topic):
            self._call(context.topic, self._dictionaries.plain(message))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TopicHandler)
            and super().__eq__(other)
            and self.wanted.text == other.wanted.text
        )

    def __hash__(self) -> int:
        return hash((self.function, self.wanted.text))


class AsyncHandler(_Named):
    """Awaits a function with each message of a category; a plain function gets a thread."""

    def __init__(self, function: Callback | AsyncCallback, dictionaries: Dictionaries) -> None:
        super().__init__(function)
        self._call = function
        self._awaits = is_async(function)
        self._dictionaries = dictionaries

    async def __call__(self, message: Payload, _: Context) -> None:
        plain = self._dictionaries.plain(message)
        if self._awaits:
            await cast(AsyncCallback, self._call)(plain)
        else:
            # It may wait for something, and the loop must not.
            await asyncio.to_thread(self._call, plain)


def is_async(function: object) -> bool:
    """Return whether calling a function gives something to await."""
    called = getattr(function, "__call__", None)  # noqa: B004 - of objects that can be called
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(called)


def check_plain(function: object) -> None:
    """Raise `TypeError` for what would never run, because nobody awaits it here."""
    if not callable(function):
        raise TypeError(f"{function!r} cannot be called")
    if is_async(function):
        raise TypeError(
            f"{getattr(function, '__qualname__', function)!r} is an async function, which nothing "
            "would await here; use AsyncMqttHandler.add_async_callback"
        )
