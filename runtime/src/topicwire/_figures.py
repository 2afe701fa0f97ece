"""Every figure of `Stats`, described once: metrics, instruments and logs are made of this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from topicwire._latency import Latency
from topicwire._stats import ChannelStats, Stats


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the field of `Stats` or `ChannelStats` that it is, and what it says.

    Counters only grow; a duration is a `Latency`. `parts` is the field that says how a count is
    made up, and `label` what its keys are.
    """

    name: str
    kind: Literal["counter", "gauge", "duration"]
    unit: str
    text: str
    parts: str | None = None
    label: str | None = None

    def values(self, stats: Stats | ChannelStats) -> Iterator[tuple[str | None, float]]:
        """Yield the value, or each of its parts with what it is of; not for durations."""
        if self.parts is None:
            yield None, float(getattr(stats, self.name))
            return
        parts: Mapping[str, int] = getattr(stats, self.parts)
        for part, count in parts.items():
            yield part, float(count)

    def latency(self, stats: Stats) -> Latency:
        """Return the value of a duration."""
        found: Latency = getattr(stats, self.name)
        return found


FIGURES = (
    Figure("connected", "gauge", "", "Whether the broker is reached and all is subscribed."),
    Figure("sent", "counter", "messages", "Messages sent."),
    Figure("acknowledged", "counter", "messages", "Messages that the broker has acknowledged."),
    Figure(
        "failed", "counter", "messages", "Messages that could not be delivered.",
        "failures", "error",
    ),
    Figure("received", "counter", "packets", "Packets received; a batch is one."),
    Figure(
        "refused", "counter", "packets", "Received packets that were not believed or readable.",
        "refusals", "reason",
    ),
    Figure("duplicates", "counter", "packets", "Received packets that had come before."),
    Figure("invalid", "counter", "messages", "Received messages that did not fit their schema."),
    Figure("unrouted", "counter", "packets", "Received packets that nobody had asked for."),
    Figure("dropped", "counter", "packets", "Received packets that came faster than handlers."),
    Figure("handler_errors", "counter", "messages", "Messages that made a handler raise."),
    Figure("dead_letters", "counter", "packets", "Packets passed to the dead-letter topic."),
    Figure("queued_messages", "gauge", "messages", "Messages that wait to be sent."),
    Figure("queued_bytes", "gauge", "bytes", "Bytes that wait to be sent."),
    Figure("outbox_messages", "gauge", "messages", "Messages in the outbox."),
    Figure("outbox_bytes", "gauge", "bytes", "Bytes in the outbox."),
    Figure("in_flight", "gauge", "packets", "Packets sent and not yet acknowledged."),
    Figure("reconnects", "counter", "connections", "Connections after the first."),
    Figure("round_trip", "duration", "s", "From publish to the broker's acknowledgement."),
    Figure("transit", "duration", "s", "From the sender's clock to this one."),
)  # fmt: skip

CHANNEL_FIGURES = (
    Figure("sent", "counter", "messages", "Messages sent on a channel."),
    Figure("sent_bytes", "counter", "bytes", "Bytes of bodies sent on a channel."),
    Figure("acknowledged", "counter", "messages", "Messages of a channel that were acknowledged."),
    Figure("failed", "counter", "messages", "Messages of a channel that were not delivered."),
    Figure("received", "counter", "packets", "Packets received on a channel; a batch is one."),
    Figure("received_bytes", "counter", "bytes", "Bytes of bodies received on a channel."),
    Figure("refused", "counter", "packets", "Packets of a channel that were not believed."),
    Figure("invalid", "counter", "messages", "Messages of a channel that did not fit."),
    Figure("handler_errors", "counter", "messages", "Messages that made a handler raise."),
)
