"""Who sent a message, in which run, and as which one: so a repetition can be recognised."""

from __future__ import annotations

import itertools
import threading
import time
from typing import NamedTuple

from topicwire._claims import MAX_SENDER, read_number
from topicwire._envelope import Headers


class Identity(NamedTuple):
    """The sender's name, the epoch of its run, and the number of the message in it."""

    sender: str
    epoch: int
    sequence: int

    def properties(self, created: float) -> tuple[tuple[str, str], ...]:
        """Return the user properties that carry it; `created` in seconds since the epoch."""
        return (
            ("sid", self.sender),
            ("ep", str(self.epoch)),
            ("seq", str(self.sequence)),
            ("ts", str(round(created * 1_000_000))),
        )


class IdentitySource:
    """Numbers the messages of one run of a sender. Safe to use from any thread."""

    def __init__(self, sender: str) -> None:
        self.sender = sender
        self.epoch = time.time_ns() // 1000
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def next(self) -> Identity:
        """Return the identity of the next message."""
        with self._lock:
            return Identity(self.sender, self.epoch, next(self._numbers))


def identity_of(headers: Headers) -> Identity | None:
    """Return the identity that a received message claims, or None if it has none, or a bad one."""
    sender = headers.get("sid")
    if sender is None or len(sender) > MAX_SENDER:
        return None
    epoch, sequence = read_number(headers.get("ep")), read_number(headers.get("seq"))
    if epoch is None or sequence is None:
        return None
    return Identity(sender, epoch, sequence)


def sent_at(headers: Headers) -> float | None:
    """Return when the sender's clock says it was made, in seconds since the epoch, or None."""
    microseconds = read_number(headers.get("ts"))
    return None if microseconds is None else microseconds / 1_000_000
