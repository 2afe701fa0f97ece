"""What a verification has found, as data, text and JSON. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Violation:
    """Something that a message has and the spec does not allow, and how often.

    `rule` is one of the codes of docs/testing.md, `pointer` a JSON pointer into the payload, where
    the rule is about it. `text` and `sample`, the beginning of the payload, are of the first.
    """

    rule: str
    channel: str
    topic: str
    pointer: str
    text: str
    sample: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """A channel that the app sends to: how many messages came, and who else sends there."""

    name: str
    address: str
    messages: int
    shared_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What came from an app in `seconds`; `messages` counts all, `ignored` those of other apps."""

    app: str
    broker: str
    mqtt_version: str
    seconds: float
    messages: int
    ignored: int
    channels: tuple[ChannelReport, ...]
    violations: tuple[Violation, ...]
    notes: tuple[str, ...] = ()

    @property
    def unseen(self) -> tuple[str, ...]:
        """The channels on which nothing came."""
        return tuple(channel.name for channel in self.channels if not channel.messages)

    def passes(self, *, require_all: bool = False) -> bool:
        """Return whether all was as the spec says; with `require_all` on every channel."""
        return not self.violations and not (require_all and self.unseen)

    def as_json(self) -> str:
        """Return it as JSON, ending with a line feed."""
        return json.dumps({**asdict(self), "unseen": self.unseen}, indent=2) + "\n"

    def as_text(self) -> str:
        """Return it for people, ending with a line feed."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        for each in self.violations:
            times = f", {each.count} times" if each.count > 1 else ""
            where = f" {each.pointer}" if each.pointer else ""
            yield f"{each.rule}: {each.topic}{where}{times}"
            yield f"  {each.text}"
            if each.sample:
                yield f"  the first: {each.sample}"
        if self.violations:
            yield ""
        for channel in self.channels:
            count = channel.messages or "none"
            yield f"{channel.name:24} {count!s:>8}  {channel.address}{_others(channel)}"
        yield ""
        yield from (f"note: {note}" for note in self.notes)
        wrong = sum(each.count for each in self.violations)
        yield (
            f"{self.app} at {self.broker}, {self.seconds:.1f} s, MQTT {self.mqtt_version}: "
            f"{self.messages} messages, {self.ignored} of them of other apps, "
            f"{wrong or 'no'} violations; nothing seen on {len(self.unseen)} of "
            f"{len(self.channels)} channels"
        )


def _others(channel: ChannelReport) -> str:
    return f" (also of {', '.join(channel.shared_with)})" if channel.shared_with else ""
