"""Channels and their topics."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topicwire_codegen.diff.bindings import compare_bindings
from topicwire_codegen.diff.channel_pair import ChannelPair
from topicwire_codegen.diff.findings import (
    Direction,
    Finding,
    Level,
    Verdict,
    Words,
    finding,
    place,
)
from topicwire_codegen.diff.settings import compare_settings
from topicwire_codegen.diff.versions import Comparison, names
from topicwire_codegen.references import Node

_PARAMETER = re.compile(r"\{[^{}]*\}")


def compare_topics(comparison: Comparison) -> Iterator[Finding]:
    """Yield what changes in channels, their addresses, bindings and extensions."""
    for key, old, new in comparison.channel_pairs():
        pair = ChannelPair(key, old, new, comparison)
        yield from _address(pair)
        yield from _parameters(pair)
        yield from compare_bindings(pair)
        yield from compare_settings(pair)
    for key, old in comparison.removed_channels():
        top = comparison.new.workspace.root
        yield finding(
            Level.TOPIC,
            "channel-removed",
            Direction.EITHER,
            (place(old), place(top, "/channels")),
            Words(
                f"channel {key!r} ({old.text('address')}) was removed",
                f"nobody new sends to {names(comparison.old.apps(old, 'receive'), 'receivers')}, "
                f"nobody new receives from {names(comparison.old.apps(old, 'send'), 'senders')}",
                "keep it until nothing old is left, and say in its description that it goes",
            ),
            channels=(key,),
        )
    for key, new in comparison.added_channels():
        top = comparison.old.workspace.root
        yield finding(
            Level.TOPIC,
            "channel-added",
            Direction.EITHER,
            (place(top, "/channels"), place(new)),
            Words(
                f"channel {key!r} ({new.text('address')}) was added",
                "old programs know nothing of it",
                "nothing is to be done",
            ),
            verdict=Verdict.COMPATIBLE,
            channels=(key,),
        )


def _address(pair: ChannelPair) -> Iterator[Finding]:
    before, now = pair.old.text("address"), pair.new.text("address")
    if _PARAMETER.sub("{}", before) != _PARAMETER.sub("{}", now):
        yield pair.finding(
            "address",
            Words(
                f"address: {before} -> {now}",
                "old and new programs miss each other's messages without noticing",
                "keep the address, or keep the old channel beside a new one until all have moved",
            ),
            at="/address",
            direction=Direction.EITHER,
        )


def _parameters(pair: ChannelPair) -> Iterator[Finding]:
    before, now = (_by_position(channel) for channel in (pair.old, pair.new))
    for (old_name, old), (new_name, new) in zip(before, now, strict=False):
        paths = (
            place(pair.old, f"/parameters/{old_name}/enum", f"/parameters/{old_name}"),
            place(pair.new, f"/parameters/{new_name}/enum", f"/parameters/{new_name}"),
        )
        for direction, sent, understood in (
            (Direction.OLD_TO_NEW, old, new),
            (Direction.NEW_TO_OLD, new, old),
        ):
            if understood and not (sent and sent <= understood):
                forward = direction is Direction.OLD_TO_NEW
                values = ", ".join(sorted(sent - understood)) if sent else "any text"
                yield pair.finding(
                    "parameter-values",
                    Words(
                        f"parameter {new_name!r} can{'not' if forward else ' now'} be {values}"
                        f"{' any more' if forward else ''}",
                        f"{'new' if forward else 'old'} receivers do not listen to "
                        "these topics, or refuse what comes from them",
                        "keep the values that are in use, or update the receivers first",
                    ),
                    at=paths,
                    direction=direction,
                )


def _by_position(channel: Node) -> list[tuple[str, frozenset[str]]]:
    """Return the parameters in the order of the address, with the values they are limited to."""
    found = channel.get("parameters")
    known = dict(found.items()) if found is not None else {}
    listed: list[tuple[str, frozenset[str]]] = []
    for braced in _PARAMETER.findall(channel.text("address")):
        name = braced[1:-1]
        enum = known[name].mapping().get("enum") if name in known else None
        listed.append((name, frozenset(map(str, enum)) if isinstance(enum, list) else frozenset()))
    return listed
