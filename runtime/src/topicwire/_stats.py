"""Counters of a client."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from topicwire._latency import Histogram, Latency


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What a client has done since it was made. Counts are of messages, sizes in bytes.

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
    """

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


class Counters:
    """Named counts that any thread may raise, and what the network thread alone does.

    These are the counts of messages that are `sent`, `acknowledged` and `received`, and durations.
    """

    def __init__(self) -> None:
        self.sent = self.acknowledged = self.received = 0
        self._counts: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.round_trip = Histogram()
        self.transit = Histogram()

    def add(self, name: str, count: int = 1) -> None:
        """Raise one count."""
        with self._lock:
            self._counts[name] += count

    def fail(self, error: Exception, count: int = 1) -> None:
        """Count messages that failed under the name of their error."""
        with self._lock:
            self._counts["failed"] += count
            self._failures[type(error).__name__] += count

    def refuse(self, reason: str) -> None:
        """Count a received message that was refused, under the reason."""
        with self._lock:
            self._refusals[reason] += 1

    def snapshot(
        self,
        *,
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
        return Stats(
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
        )
