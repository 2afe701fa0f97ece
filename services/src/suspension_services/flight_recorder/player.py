"""Out of a recording and to a broker, with the intervals in which it came."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from topicwire import TopicFilter, TopicwireError
from topicwire.raw import (
    RawClient,
    RawMessage,
    Reissuer,
    has_identity,
    is_signed,
    without_identity,
)

from suspension_services.flight_recorder.recording import Recorded, Recording

SignaturesPolicy = Literal["keep", "remove", "renew"]

_PATIENCE = 30.0  # s, for the acknowledgement of the last messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which messages are played: those of the filters, from and to a time of arrival.

    `begin` and `end` are in microseconds since the epoch, None for no limit.
    """

    filters: Sequence[TopicFilter] = ()
    begin: int | None = None
    end: int | None = None

    def of(self, recording: Recording) -> Iterator[Recorded]:
        """Yield the messages that are played, in the order of arrival."""
        for recorded in recording.messages():
            if self.begin is not None and recorded.arrived < self.begin:
                continue
            if self.end is not None and recorded.arrived >= self.end:
                continue
            topic = recorded.message.topic
            if not self.filters or any(each.matches(topic) for each in self.filters):
                yield recorded


@dataclass(slots=True)
class Plan:
    """What is in a selection; times in microseconds since the epoch, sizes in bytes."""

    messages: int = 0
    size: int = 0
    first: int = 0
    last: int = 0
    longest_silence: int = 0
    signed: int = 0
    numbered: int = 0
    retained: int = 0
    duplicates: int = 0
    topics: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, recorded: Recorded) -> None:
        """Count one more."""
        message = recorded.message
        if self.messages:
            self.longest_silence = max(self.longest_silence, recorded.arrived - self.last)
        else:
            self.first = recorded.arrived
        self.last = max(self.last, recorded.arrived)
        self.messages += 1
        self.size += len(message.payload)
        self.signed += is_signed(message)
        self.numbered += has_identity(message)
        self.retained += message.retain
        self.duplicates += message.duplicate
        self.topics[message.topic] = self.topics.get(message.topic, 0) + 1

    @property
    def duration(self) -> float:
        """Seconds from the first message to the last."""
        return (self.last - self.first) / 1e6


def plan(recording: Recording, selection: Selection) -> Plan:
    """Read all that would be played, which finds damage too."""
    found = Plan()
    for recorded in selection.of(recording):
        found.add(recorded)
    return found


@dataclass(slots=True)
class Outcome:
    """What became of the messages: `delivered` ones were sent (QoS 0) or acknowledged.

    `refused` are those that could not be sent as they are, each with the reason; `latest` is how
    much later than it should one was sent, in seconds.
    """

    sent: int = 0
    delivered: int = 0
    refused: dict[str, int] = field(default_factory=dict[str, int])
    latest: float = 0.0
    stopped: bool = False


class Player:
    """Plays a selection at `speed` times its own pace (infinite: as fast as it goes).

    A silence of more than `max_gap` seconds (None: any) is made as short as that. `signatures` says
    what becomes of identities and signatures, `renew` by means of the `reissuer`; with `retain`
    false nothing is retained.
    """

    def __init__(
        self,
        client: RawClient,
        *,
        speed: float,
        max_gap: float | None = None,
        signatures: SignaturesPolicy = "keep",
        reissuer: Reissuer | None = None,
        retain: bool = True,
    ) -> None:
        self._client = client
        self._speed = speed
        self._max_gap = max_gap
        self._retain = retain
        self._change: Callable[[RawMessage], RawMessage] = lambda message: message
        if signatures == "remove":
            self._change = without_identity
        elif signatures == "renew":
            if reissuer is None:
                raise ValueError("to renew signatures a reissuer is needed")
            self._change = reissuer.reissue
        self._stop = threading.Event()
        self._lock = threading.Condition()
        self._open = 0
        self.outcome = Outcome()

    def stop(self) -> None:
        """Make `play` return after the message that it is at."""
        self._stop.set()

    def play(
        self, messages: Iterator[Recorded], progress: Callable[[Outcome], None] = lambda _: None
    ) -> Outcome:
        """Publish the messages and wait for their acknowledgements; return what became of them."""
        due, before = time.monotonic(), None
        for recorded in messages:
            if before is not None:
                due += self._interval(recorded.arrived - before)
            before = recorded.arrived
            if self._stop.wait(max(0.0, due - time.monotonic())):
                self.outcome.stopped = True
                break
            self.outcome.latest = max(self.outcome.latest, time.monotonic() - due)
            self._send(recorded.message)
            progress(self.outcome)
        with self._lock:
            self._lock.wait_for(lambda: self._open == 0, _PATIENCE)
        return self.outcome

    def _interval(self, microseconds: int) -> float:
        # The clock may have been set back in between.
        interval = max(0, microseconds) / 1e6
        if self._max_gap is not None:
            interval = min(interval, self._max_gap)
        return interval / self._speed

    def _send(self, message: RawMessage) -> None:
        try:
            message = self._change(message)
            if not self._retain:
                message = replace(message, retain=False)
            delivery = self._client.publish(message)
        except TopicwireError as error:
            self._count(error)
            return
        self.outcome.sent += 1
        with self._lock:
            self._open += 1
        delivery.add_done_callback(lambda done: self._done(done.error))

    def _done(self, error: TopicwireError | None) -> None:
        with self._lock:
            self._open -= 1
            self._lock.notify_all()
        if error is not None:
            self._count(error)
        else:
            self.outcome.delivered += 1

    def _count(self, error: TopicwireError) -> None:
        with self._lock:
            reason = f"{type(error).__name__}: {error}"
            self.outcome.refused[reason] = self.outcome.refused.get(reason, 0) + 1
