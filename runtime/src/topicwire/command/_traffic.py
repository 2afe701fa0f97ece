"""`stats`: how much goes over each channel, and what is wrong with it."""

import json
import time
from collections import deque
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Annotated

import typer
from rich.live import Live
from rich.table import Table
from rich.text import Text

from topicwire.command._access import Access, connected, connecting
from topicwire.command._catalogue import Catalogue
from topicwire.command._completion import channels
from topicwire.command._failures import told
from topicwire.command._listing import page
from topicwire.command._watching import Sighting, open_watcher
from topicwire.errors import TopicwireError

NO_CHANNEL = "(no channel)"
_WINDOW = 10.0  # seconds over which rates are taken


class ChannelTraffic:
    """What went over one channel. A batch counts as its messages, and as one packet."""

    def __init__(self) -> None:
        self.messages = self.packets = self.bytes = self.invalid = self.refused = self.unsigned = 0
        self.senders: set[str] = set()
        self.last = 0.0
        # Of the last seconds: when, how many messages, how many bytes.
        self._recent: deque[tuple[float, int, int]] = deque()

    def add(self, sighting: Sighting, now: float) -> None:
        """Count a message; `now` is on the monotonic clock."""
        count = max(1, len(sighting.contents))
        self.packets += 1
        self.messages += count
        self.bytes += sighting.size
        self.invalid += sum(isinstance(one, TopicwireError) for one, _ in sighting.contents)
        self.refused += sighting.refusal is not None
        self.unsigned += sighting.lacks_signature
        if sighting.sender is not None:
            self.senders.add(sighting.sender)
        self.last = sighting.timestamp
        if not sighting.retained:
            self._recent.append((now, count, sighting.size))

    def rates(self, now: float, elapsed: float) -> tuple[float, float]:
        """Return messages and bytes a second, over the last seconds."""
        while self._recent and self._recent[0][0] < now - _WINDOW:
            self._recent.popleft()
        span = max(min(_WINDOW, elapsed), 1e-3)
        return (
            sum(count for _, count, _ in self._recent) / span,
            sum(size for _, _, size in self._recent) / span,
        )

    def record(self, now: float, elapsed: float) -> dict[str, object]:
        """Return what `--json` says."""
        rate, byte_rate = self.rates(now, elapsed)
        return {
            "messages": self.messages, "packets": self.packets, "bytes": self.bytes,
            "messages_per_second": round(rate, 3), "bytes_per_second": round(byte_rate, 1),
            "invalid": self.invalid, "refused": self.refused, "unsigned": self.unsigned,
            "senders": sorted(self.senders), "last": self.last,
        }  # fmt: skip


def add_stats(app: typer.Typer, catalogue: Catalogue) -> None:
    """Add the command."""

    def stats(
        access: Access,
        names: Annotated[
            list[str] | None,
            typer.Argument(
                metavar="[CHANNEL|FILTER]...",
                help="Channels or topic filters; without any, all channels.",
                autocompletion=channels(catalogue),
            ),
        ] = None,
        *,
        as_json: Annotated[
            bool, typer.Option("--json", help="One JSON object a line, at each interval.")
        ] = False,
        interval: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 1.0,
        seconds: Annotated[
            float | None, typer.Option("--for", min=0.0, help="End after so many seconds.")
        ] = None,
    ) -> None:
        """Count what goes over each channel: rates of the last 10 s, sizes, what is wrong.

        On a terminal as a table that follows; else the table comes once, at the end.
        """
        _stats(catalogue, access, names or [], as_json, interval, seconds)

    app.command()(told(connecting(stats)))


def _stats(  # noqa: PLR0917 - the options, as they are
    catalogue: Catalogue,
    access: Access,
    names: list[str],
    as_json: bool,
    interval: float,
    seconds: float | None,
) -> None:
    traffic: dict[str, ChannelTraffic] = {}
    with ExitStack() as stack:
        watcher = stack.enter_context(connected(open_watcher(catalogue, access, names)))
        console = page()
        live: Live | None = None
        if console.is_terminal and not as_json:
            live = stack.enter_context(Live(console=console, auto_refresh=False))
        started = time.monotonic()

        def show(now: float, *, last: bool = False) -> None:
            if as_json:
                _print_record(traffic, now, now - started)
            elif live is not None:
                live.update(_table(traffic, now, now - started), refresh=True)
            elif last:
                console.print(_table(traffic, now, now - started))

        until = None if seconds is None else started + seconds
        due = started + interval
        try:
            for sighting in watcher.sightings(until):
                now = time.monotonic()
                if sighting is not None:
                    channel = sighting.channel
                    name = channel.name if channel is not None else NO_CHANNEL
                    traffic.setdefault(name, ChannelTraffic()).add(sighting, now)
                if now >= due:
                    due = max(now, due + interval)
                    show(now)
        finally:
            show(time.monotonic(), last=True)


def _print_record(traffic: Mapping[str, ChannelTraffic], now: float, elapsed: float) -> None:
    channels_ = {name: one.record(now, elapsed) for name, one in sorted(traffic.items())}
    record = {"time": time.time(), "elapsed": round(elapsed, 3), "channels": channels_}
    print(json.dumps(record, ensure_ascii=False), flush=True)


def _table(traffic: Mapping[str, ChannelTraffic], now: float, elapsed: float) -> Table:
    table = Table(box=None, pad_edge=False, caption=f"{elapsed:.0f} s", caption_justify="left")
    table.add_column("channel")
    for name in ("messages", "1/s", "packets", "kB/s", "B/message", "invalid", "refused"):
        table.add_column(name, justify="right")
    table.add_column("senders", overflow="fold")
    for name, one in sorted(traffic.items()):
        rate, byte_rate = one.rates(now, elapsed)
        wrong = one.refused + one.unsigned
        table.add_row(
            Text(name, style="yellow" if name == NO_CHANNEL else "cyan"),
            f"{one.messages}", f"{rate:.1f}", f"{one.packets}", f"{byte_rate / 1000:.2f}",
            f"{one.bytes / one.messages:.0f}",
            Text(f"{one.invalid}", style="red" if one.invalid else ""),
            Text(f"{wrong}", style="red" if wrong else ""),
            Text(", ".join(sorted(one.senders))),
        )  # fmt: skip
    return table
