"""The older surface: whether services that use it find what they did."""

from __future__ import annotations

from collections.abc import Iterator

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
from topicwire_codegen.diff.versions import Comparison
from topicwire_codegen.extension import KEY, CompatSettings, read_compat
from topicwire_codegen.references import Node


def compare_compat(comparison: Comparison) -> Iterator[Finding]:
    """Yield what changes in the module `compat`; its names are keys of dictionaries."""
    old, new = (version.workspace.root for version in (comparison.old, comparison.new))
    before, now = (read_compat(root.mapping().get(KEY)) for root in (old, new))
    if before is None:
        return
    if now is None:
        yield finding(
            Level.SOURCE,
            "compat-removed",
            Direction.EITHER,
            (place(old, f"/{KEY}/compat"), place(new, f"/{KEY}")),
            Words(
                "module `compat` was removed",
                "services that import it do not start",
                "keep it as long as there are such services",
            ),
        )
        return
    yield from _former_names(before, now, old, new)
    if before.timestamp != now.timestamp:
        yield _timestamp(before, now, _sides(old, new, "/timestamp"))


def _former_names(
    before: CompatSettings, now: CompatSettings, old: Node, new: Node
) -> Iterator[Finding]:
    for schema in dict.fromkeys((*before.renamed, *now.renamed)):
        was, will = before.renamed.get(schema, {}), now.renamed.get(schema, {})
        for former in dict.fromkeys((*was, *will)):
            if was.get(former) == will.get(former):
                continue
            gone = former in was
            meaning = will.get(former)
            yield finding(
                Level.SOURCE,
                "compat-name",
                Direction.EITHER,
                _sides(old, new, f"/renamed/{schema}/{former}", f"/renamed/{schema}"),
                Words(
                    f"former name {former!r} of `{schema}` "
                    + (f"was added, for {meaning!r}" if not gone else "was removed")
                    if not gone or meaning is None
                    else f"former name {former!r} of `{schema}` is {meaning!r} now",
                    "services of the older surface that use it are not understood"
                    if gone
                    else "services of the older surface may use it",
                    "keep it as long as there are such services"
                    if gone
                    else "nothing is to be done",
                ),
                verdict=Verdict.BREAKING if gone else Verdict.COMPATIBLE,
            )


def _timestamp(before: CompatSettings, now: CompatSettings, sides: tuple[Side, Side]) -> Finding:
    gone = bool(before.timestamp)
    return finding(
        Level.SOURCE,
        "compat-timestamp",
        Direction.SENDING,
        sides,
        Words(
            f"time that the older surface sets: {before.timestamp or 'none'}"
            f" -> {now.timestamp or 'none'}",
            "services that leave it out send messages that do not fit"
            if gone
            else "services may leave it out",
            "keep it as long as there are such services" if gone else "nothing is to be done",
        ),
        verdict=Verdict.BREAKING if gone else Verdict.COMPATIBLE,
    )


def _sides(old: Node, new: Node, *paths: str) -> tuple[Side, Side]:
    below = [f"/{KEY}/compat{path}" for path in (*paths, "")]
    return place(old, *below), place(new, *below)
