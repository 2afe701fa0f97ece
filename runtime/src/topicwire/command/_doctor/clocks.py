"""Whether clocks agree, from messages that say when they were made."""

from __future__ import annotations

import time
from collections.abc import Iterator

from topicwire._signing import WINDOW
from topicwire.command._access import connected
from topicwire.command._doctor.examination import Examination
from topicwire.command._doctor.finding import Finding, note, ok, problem
from topicwire.command._watching import Watcher, filters_of
from topicwire.errors import TopicwireError

_CHECK = "clocks"
_TOLERANCE = 2.0  # seconds


def check_clocks(examination: Examination) -> Iterator[Finding]:
    """Yield how far each sender's clock is from this one.

    Messages take time, and durable ones may have waited for days, so of each sender the one that
    was on its way for the shortest time counts; only a live one can show a clock that is behind.
    """
    earliest: dict[str, tuple[float, bool]] = {}
    watcher = Watcher(examination.catalogue, examination.access.address, **examination.options())
    watcher.watch(filters_of(examination.catalogue, ()))
    try:
        with connected(watcher, examination.timeout):
            for sighting in watcher.sightings(time.monotonic() + examination.listen):
                if sighting is None or sighting.sent is None or sighting.retained:
                    continue
                sender = sighting.sender or "(unknown)"
                is_live = sighting.channel is not None and sighting.channel.delivery == "live"
                age = sighting.timestamp - sighting.sent, is_live
                earliest[sender] = min(earliest.get(sender, age), age)
    except TopicwireError as error:
        yield note(_CHECK, f"could not be found out: {error}")
    if not earliest:
        yield note(
            _CHECK,
            f"nobody sent a message with a time within {examination.listen:g} s (signed and "
            "durable ones have it)", "--listen SECONDS waits longer",
        )  # fmt: skip
    for sender, (lag, is_live) in sorted(earliest.items()):
        if lag < -_TOLERANCE or (is_live and lag > _TOLERANCE):
            way = "ahead of" if lag < 0 else "behind"
            yield problem(
                _CHECK,
                f"the clock of {sender} is {abs(lag):.1f} s {way} this one; signed messages are "
                f"refused from {WINDOW:g} s on", "set the clocks, by NTP for instance",
            )  # fmt: skip
        else:
            yield ok(_CHECK, f"{sender}: {lag * 1000:.0f} ms from its clock to this one")
