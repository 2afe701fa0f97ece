"""What is found between two versions of a document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from topicwire_codegen.errors import Location
from topicwire_codegen.references import Node


class Level(StrEnum):
    """Where a change is felt."""

    SOURCE = "source"
    WIRE = "wire"
    TOPIC = "topic"


class Direction(StrEnum):
    """Who meets whom: programs of two versions, or code of old stubs and the new ones."""

    OLD_TO_NEW = "old-to-new"
    NEW_TO_OLD = "new-to-old"
    EITHER = "either"
    SENDING = "sending"
    RECEIVING = "receiving"


_WORDS = {
    Direction.OLD_TO_NEW: "old senders -> new receivers",
    Direction.NEW_TO_OLD: "new senders -> old receivers",
    Direction.EITHER: "old and new, either way",
    Direction.SENDING: "code that sends",
    Direction.RECEIVING: "code that receives",
}


class Verdict(StrEnum):
    """Whether a change breaks something. What cannot be decided may break, and counts as much."""

    BREAKING = "breaking"
    POSSIBLY = "may break"
    COMPATIBLE = "compatible"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One change in one direction.

    `old` and `new` are the places in the two documents (the nearest above where one has none),
    `change` says what is different, `meaning` what comes of it for whom, `remedy` how to mend it.
    """

    level: Level
    direction: Direction
    verdict: Verdict
    rule: str
    old: Location
    new: Location
    change: str
    meaning: str
    remedy: str
    channels: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """The direction in words."""
        if self.level is Level.SOURCE and self.direction is Direction.EITHER:
            return "code that sends or receives"
        return _WORDS[self.direction]

    @property
    def breaks(self) -> bool:
        """Whether it counts as breaking."""
        return self.verdict is not Verdict.COMPATIBLE


@dataclass(frozen=True)
class Side:
    """One of two things that are compared, or what is above it where one document has none."""

    node: Node
    path: str = ""

    @property
    def location(self) -> Location:
        """Where it stands, or what is nearest above it."""
        pointer = f"{self.node.pointer}{self.path}"
        document = self.node.document
        while pointer != "#" and pointer not in document.positions:
            pointer = pointer.rpartition("/")[0]
        return document.location(pointer)


def place(node: Node, *paths: str) -> Side:
    """Return the first of some places below a value that is there, or the value itself."""
    for path in paths:
        if f"{node.pointer}{path}" in node.document.positions:
            return Side(node, path)
    return Side(node)


class Words(NamedTuple):
    """What a finding says: what is different, what comes of it for whom, and how to mend it."""

    change: str
    meaning: str
    remedy: str


def finding(
    level: Level,
    rule: str,
    direction: Direction,
    sides: tuple[Side, Side],
    words: Words,
    *,
    verdict: Verdict = Verdict.BREAKING,
    channels: tuple[str, ...] = (),
) -> Finding:
    """Return a finding at these two places."""
    old, new = sides
    return Finding(
        level=level, direction=direction, verdict=verdict, rule=rule, old=old.location,
        new=new.location, **words._asdict(), channels=channels,
    )  # fmt: skip


def order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings, the worst first, then as they stand in the new document.

    What is the same on several channels is one finding.
    """
    merged: dict[Finding, tuple[str, ...]] = {}
    for each in findings:
        alike = replace(each, channels=())
        merged[alike] = tuple(dict.fromkeys((*merged.get(alike, ()), *each.channels)))
    findings = [replace(each, channels=channels) for each, channels in merged.items()]
    verdicts, levels = list(Verdict), list(Level)
    return tuple(
        sorted(
            findings,
            key=lambda finding: (
                verdicts.index(finding.verdict),
                levels.index(finding.level),
                finding.new,
                finding.old,
                finding.rule,
                finding.direction,
                finding.change,
            ),
        )
    )
