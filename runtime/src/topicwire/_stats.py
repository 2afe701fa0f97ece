"""Counters of a client, as a whole and for each channel."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from topicwire._latency import Histogram, Latency


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStats:
    """What a client has done on one channel; counts and sizes as in `Stats`.

    - `sent`, `acknowledged`, `failed`: its own messages; `sent_bytes` is their bodies as they
      went out, compressed and in batches.
    - `received`, a batch counted as one, with `received_bytes` of bodies as they came; `refused`,
      `invalid` and `handler_errors` count what went wrong with them.
    """

    sent: int = 0
    sent_bytes: int = 0
    acknowledged: int = 0
    failed: int = 0
    received: int = 0
    received_bytes: int = 0
    refused: int = 0
    invalid: int = 0
    handler_errors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What a client has done since it was made. Counts are of messages, sizes in bytes.

    - `connected`: whether the broker has accepted the connection and all subscriptions.
    - `sent`, `acknowledged`: by this client, and of these by the broker.
    - `failed`: neither, for good; `failures` says how often why, by the names of the errors.
    - `refused`: received messages that were not believed, or were not as messages are;
      `refusals` says how often why, by the words of `MessageRefused.reason`.
    - `received`, a batch counted as one; of these `duplicates` were dropped because they had come
      before, `unrouted` had no handler, and `dropped` (QoS 0) came faster than their handlers
      took them. `invalid` did not fit their schema, `handler_errors` made a handler raise.
    - `dead_letters`: received messages that were passed to the dead-letter topic.
    - `queued_messages`, `queued_bytes`: wait to be sent, or for others to be sent with;
      `outbox_messages`, `outbox_bytes`: are in the outbox; `in_flight`: packets that are sent and
      not yet acknowledged.
    - `reconnects`: connections after the first.
    - `round_trip`: from `publish` to the acknowledgement; `transit`: from the sender's clock to
      this one, for messages that carry a time (those of durable channels).
    - `channels`: the same for each channel that anything was done on, by its name in the spec.
    """

    connected: bool
    sent: int
    acknowledged: int
    failed: int
    failures: Mapping[str, int]
    received: int
    refused: int
    refusals: Mapping[str, int]
    duplicates: int
    invalid: int
    unrouted: int
    dropped: int
    handler_errors: int
    dead_letters: int
    queued_messages: int
    queued_bytes: int
    outbox_messages: int
    outbox_bytes: int
    in_flight: int
    reconnects: int
    round_trip: Latency
    transit: Latency
    channels: Mapping[str, ChannelStats] = field(default_factory=dict[str, ChannelStats])


class Tally:
    """The counts of one channel; the same threads as in `Counters` raise them."""

    __slots__ = (
        "acknowledged", "counts", "received", "received_bytes", "sent", "sent_bytes",
    )  # fmt: skip

    def __init__(self) -> None:
        self.sent = self.sent_bytes = self.acknowledged = self.received = self.received_bytes = 0
        self.counts: Counter[str] = Counter()

    def snapshot(self) -> ChannelStats:
        """Return the counts as they are now."""
        return ChannelStats(
            sent=self.sent,
            sent_bytes=self.sent_bytes,
            acknowledged=self.acknowledged,
            failed=self.counts["failed"],
            received=self.received,
            received_bytes=self.received_bytes,
            refused=self.counts["refused"],
            invalid=self.counts["invalid"],
            handler_errors=self.counts["handler_errors"],
        )


_NOBODY = Tally()


class Counters:
    """Named counts that any thread may raise, and what the network thread alone does.

    These are the counts of messages that are `sent`, `acknowledged` and `received`, and durations.
    A `channel` is the name of one, empty for messages that are of none.
    """

    def __init__(self) -> None:
        self.sent = self.acknowledged = self.received = 0
        self._counts: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.tallies: dict[str, Tally] = {}
        self.round_trip = Histogram()
        self.transit = Histogram()

    def note_sent(self, channel: str, count: int, size: int) -> None:
        """Count messages of a channel that are on their way, with bodies of `size` bytes."""
        self.sent += count
        tally = self.tally(channel)
        tally.sent += count
        tally.sent_bytes += size

    def tally(self, channel: str) -> Tally:
        """Return the counts of a channel; what is of none goes where nobody looks."""
        if not channel:
            return _NOBODY
        # Atomic, so that threads which meet here get the same one.
        return self.tallies.get(channel) or self.tallies.setdefault(channel, Tally())

    def add(self, name: str, count: int = 1, *, channel: str = "") -> None:
        """Raise one count."""
        with self._lock:
            self._counts[name] += count
            self.tally(channel).counts[name] += count

    def fail(self, error: Exception, count: int = 1, *, channel: str = "") -> None:
        """Count messages that failed under the name of their error."""
        self.add("failed", count, channel=channel)
        with self._lock:
            self._failures[type(error).__name__] += count

    def refuse(self, reason: str, *, channel: str = "") -> None:
        """Count a received message that was refused, under the reason."""
        with self._lock:
            self._refusals[reason] += 1
            self.tally(channel).counts["refused"] += 1

    def snapshot(
        self,
        *,
        connected: bool = False,
        queued_messages: int = 0,
        queued_bytes: int = 0,
        outbox_messages: int = 0,
        outbox_bytes: int = 0,
        in_flight: int = 0,
    ) -> Stats:
        """Return the counts as they are now, with the given sizes."""
        with self._lock:
            counts, failures = Counter(self._counts), dict(self._failures)
            refusals = dict(self._refusals)
            channels = {name: tally.snapshot() for name, tally in self.tallies.copy().items()}
        return Stats(
            connected=connected,
            sent=self.sent,
            acknowledged=self.acknowledged,
            failed=counts["failed"],
            failures=failures,
            received=self.received,
            refused=sum(refusals.values()),
            refusals=refusals,
            duplicates=counts["duplicates"],
            invalid=counts["invalid"],
            unrouted=counts["unrouted"],
            dropped=counts["dropped"],
            handler_errors=counts["handler_errors"],
            dead_letters=counts["dead_letters"],
            queued_messages=queued_messages,
            queued_bytes=queued_bytes,
            outbox_messages=outbox_messages,
            outbox_bytes=outbox_bytes,
            in_flight=in_flight,
            reconnects=counts["reconnects"],
            round_trip=self.round_trip.snapshot(),
            transit=self.transit.snapshot(),
            channels=channels,
        )
