"""A handler that collects, and lets tests wait for what they expect instead of sleeping."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from topicwire import Context, TopicwireError

T = TypeVar("T")


class Collection(Generic[T]):
    """Items in the order they came; any thread may add, any may wait."""

    def __init__(self) -> None:
        self.items: list[T] = []
        self._changed = threading.Condition()

    def add(self, item: T) -> None:
        with self._changed:
            self.items.append(item)
            self._changed.notify_all()

    def wait_for(self, count: int, timeout: float = 10) -> list[T]:
        """Wait until there are at least `count`, and return them all."""
        self.wait_until(lambda items: len(items) >= count, timeout)
        return list(self.items)

    def wait_until(self, condition: Callable[[list[T]], bool], timeout: float = 10) -> None:
        with self._changed:
            reached = self._changed.wait_for(lambda: condition(self.items), timeout)
        assert reached, f"not within {timeout} s; there are {self.items}"


class Inbox(Collection[tuple[object, Context]]):
    """Use it as a handler."""

    def __call__(self, message: object, context: Context) -> None:
        self.add((message, context))

    @property
    def messages(self) -> list[object]:
        return [message for message, _ in self.items]


class Errors(Collection[tuple[TopicwireError, Context | None]]):
    """Use it as `on_error`."""

    def __call__(self, error: TopicwireError, context: Context | None) -> None:
        self.add((error, context))


def wait_until(condition: Callable[[], bool], timeout: float = 10) -> None:
    """Look again and again, for what nothing tells of."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout} s"
        time.sleep(0.01)
