"""MQTT bindings: whether messages still arrive, how surely and how late."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.diff.channel_pair import ChannelPair
from topicwire_codegen.diff.findings import Direction, Finding, Side, Verdict, Words, place
from topicwire_codegen.diff.versions import Version
from topicwire_codegen.references import Node


def compare_bindings(pair: ChannelPair) -> Iterator[Finding]:
    """Yield what changes in QoS, retain and expiry."""
    comparison = pair.comparison
    sent = _mqtt(comparison.old, pair.old, "send"), _mqtt(comparison.new, pair.new, "send")
    received = (
        _mqtt(comparison.old, pair.old, "receive"), _mqtt(comparison.new, pair.new, "receive")
    )  # fmt: skip
    if pair.is_in_both("send"):
        yield from _sending(pair, sent)
    if pair.is_in_both("receive"):
        yield from _receiving(pair, sent, received)


def _sending(pair: ChannelPair, sent: tuple[Side, Side]) -> Iterator[Finding]:
    receivers = pair.receivers
    before, now = (_integer(side, "qos") or 0 for side in sent)
    if before != now:
        lower = now < before
        yield pair.finding(
            "qos",
            Words(f"QoS of sending: {before} -> {now}",
            f"{receivers} may miss messages that were certain" if lower
            else f"{receivers} get what they got, more surely",
            "keep the QoS, or see that the receivers can do without" if lower
            else "nothing is to be done"),
            at=_places(sent, "qos"),
            direction=Direction.NEW_TO_OLD,
            verdict=Verdict.BREAKING if lower else Verdict.COMPATIBLE,
        )  # fmt: skip
    yield from _retain(pair, sent)
    yield from _expiry(pair, sent)


def _receiving(
    pair: ChannelPair, sent: tuple[Side, Side], received: tuple[Side, Side]
) -> Iterator[Finding]:
    said = any(_integer(side, "qos") is not None for side in received)
    # Where the operation does not say it, it is that of sending.
    before, now = (
        _integer(side, "qos", _integer(sender, "qos")) or 0
        for side, sender in zip(received, sent, strict=True)
    )
    if said and before != now:
        lower = now < before
        yield pair.finding(
            "qos",
            Words(f"QoS of receiving: {before} -> {now}",
            "new receivers may miss messages that were certain" if lower
            else "new receivers get messages more surely",
            "keep the QoS, or see that the receivers can do without" if lower
            else "nothing is to be done"),
            at=_places(received, "qos"),
            direction=Direction.OLD_TO_NEW,
            verdict=Verdict.BREAKING if lower else Verdict.COMPATIBLE,
        )  # fmt: skip


def _retain(pair: ChannelPair, sent: tuple[Side, Side]) -> Iterator[Finding]:
    before, now = (_value(side, "retain") is True for side in sent)
    if before == now:
        return
    yield pair.finding(
        "retain",
        Words(
            f"retained: {_yes(before)} -> {_yes(now)}",
            "old receivers that subscribe later get an old message, and may take it for news"
            if now
            else "old receivers that subscribe later get no last state; the broker keeps an "
            "old one, which nobody renews",
            "let the receivers tell retained messages from others before any sender is updated"
            if now
            else "keep it retained, or clear the topic by an empty retained message afterwards",
        ),
        at=_places(sent, "retain"),
        direction=Direction.NEW_TO_OLD,
    )


def _expiry(pair: ChannelPair, sent: tuple[Side, Side]) -> Iterator[Finding]:
    before, now = (_integer(side, "messageExpiryInterval") for side in sent)
    if before == now:
        return
    shorter = now is not None and (before is None or now < before)
    yield pair.finding(
        "expiry",
        Words(f"expiry: {_seconds(before)} -> {_seconds(now)}",
        "receivers that were away for longer miss what they used to get" if shorter
        else "receivers that were away get messages that used to be gone, and may act on them late",
        "make sure that receivers can do without" if shorter
        else "let receivers look at the time of a message before they act on it"),
        at=_places(sent, "messageExpiryInterval"),
        direction=Direction.NEW_TO_OLD,
        verdict=Verdict.POSSIBLY,
    )  # fmt: skip


def _mqtt(version: Version, channel: Node, action: str) -> Side:
    """Return the MQTT binding of the operation on a channel, or what is there instead."""
    for operation in version.on(channel, action):
        bindings = operation.get("bindings")
        mqtt = bindings.get("mqtt") if bindings is not None else None
        return Side(mqtt if mqtt is not None else operation)
    return Side(channel)


def _value(side: Side, key: str) -> object:
    # Only a binding has these keys.
    return side.node.mapping().get(key)


def _integer(side: Side, key: str, default: int | None = None) -> int | None:
    value = _value(side, key)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _places(sides: tuple[Side, Side], key: str) -> tuple[Side, Side]:
    old, new = (place(side.node, f"/{key}") for side in sides)
    return old, new


def _seconds(value: int | None) -> str:
    return "never" if value is None else f"{value} s"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
