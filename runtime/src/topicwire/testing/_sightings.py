"""Messages that a test has seen, and how to say which were expected and did not come. Pure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from topicwire._context import Context
from topicwire.errors import TopicwireError

M = TypeVar("M")
Condition = Callable[[M], bool]
_SHOWN = 5
_LONGEST = 300  # characters of a message in a failure


@dataclass(frozen=True, slots=True)
class Sighting(Generic[M]):
    """A message that came, with its context."""

    message: M
    context: Context


class Sightings(Generic[M]):
    """What came on some channels, in its order, and was not asked for yet; for any thread.

    `what` names the channels. `changed` is notified when something has come.
    """

    def __init__(self, what: str) -> None:
        self.changed = threading.Condition()
        self._what = what
        self._all: list[Sighting[M]] = []
        self._open: list[Sighting[M]] = []
        self._refused: list[TopicwireError] = []

    @property
    def all(self) -> tuple[Sighting[M], ...]:
        """Everything that came, asked for or not."""
        with self.changed:
            return tuple(self._all)

    def add(self, message: M, context: Context) -> None:
        """Note a message."""
        with self.changed:
            self._all.append(Sighting(message, context))
            self._open.append(self._all[-1])
            self.changed.notify_all()

    def refuse(self, error: TopicwireError, _context: Context) -> None:
        """Note a message that was not handed on."""
        with self.changed:
            self._refused.append(error)

    def has(self, where: Condition[M] | None) -> bool:
        """Return whether there is one to take."""
        return any(where is None or where(each.message) for each in self._open)

    def take(self, where: Condition[M] | None) -> Sighting[M] | None:
        """Return the first message that fits and was not asked for; those before it stay."""
        with self.changed:
            for place, each in enumerate(self._open):
                if where is None or where(each.message):
                    return self._open.pop(place)
        return None

    def missing(self, timeout: float, where: Condition[M] | None, hints: Sequence[str]) -> str:
        """Return what to say when nothing that fits came in time."""
        fitting = " that fits the condition" if where is not None else ""
        lines = [f"no message{fitting} on {self._what} within {timeout:g} s"]
        if self._open:
            lines.append(f"{len(self._open)} came that did not fit:")
            lines += [f"  {_shown(each)}" for each in self._open[-_SHOWN:]]
        elif self._all:
            lines.append(f"{len(self._all)} came that were asked for before, the last:")
            lines.append(f"  {_shown(self._all[-1])}")
        if self._refused:
            lines.append(f"{len(self._refused)} came that were not valid:")
            lines += [f"  {error}" for error in self._refused[-_SHOWN:]]
        return "\n".join([*lines, *hints])

    def unwanted(self, sighting: Sighting[M]) -> str:
        """Return what to say when a message came that should not have."""
        return f"a message came on {self._what}:\n  {_shown(sighting)}"


def _shown(sighting: Sighting[Any]) -> str:
    text = repr(sighting.message)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    return f"{sighting.context.topic}: {text}"
