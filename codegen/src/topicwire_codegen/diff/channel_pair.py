"""A channel in both documents."""

from __future__ import annotations

from dataclasses import dataclass

from topicwire_codegen.diff.findings import (
    Direction,
    Finding,
    Level,
    Side,
    Verdict,
    Words,
    finding,
    place,
)
from topicwire_codegen.diff.versions import Comparison, names
from topicwire_codegen.references import Node


@dataclass(frozen=True)
class ChannelPair:
    """A channel under its old key, as both documents have it."""

    key: str
    old: Node
    new: Node
    comparison: Comparison

    def finding(
        self,
        rule: str,
        words: Words,
        *,
        at: tuple[Side, Side] | str,
        direction: Direction,
        verdict: Verdict = Verdict.BREAKING,
        level: Level = Level.TOPIC,
    ) -> Finding:
        """Return a finding of this channel; `at` may be a JSON pointer below the channel."""
        sides = at if isinstance(at, tuple) else (place(self.old, at), place(self.new, at))
        return finding(level, rule, direction, sides, words, verdict=verdict, channels=(self.key,))

    @property
    def receivers(self) -> str:
        """The apps that receive from the channel in the old document, in words."""
        return names(self.comparison.old.apps(self.old, "receive"), "receivers")

    def is_in_both(self, action: str) -> bool:
        """Return whether there is such an operation before and after."""
        return bool(
            self.comparison.old.on(self.old, action) and self.comparison.new.on(self.new, action)
        )
