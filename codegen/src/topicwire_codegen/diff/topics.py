"""Channels: their topics, and how messages travel on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from topicwire_codegen.diff.findings import Direction, Finding, Level, Side, Verdict, place
from topicwire_codegen.diff.versions import Comparison, Version, names
from topicwire_codegen.extension import KEY, ChannelExtension, read_extension
from topicwire_codegen.references import Node

_PARAMETER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class _Pair:
    """A channel in both documents."""

    key: str
    old: Node
    new: Node
    comparison: Comparison

    def finding(
        self,
        rule: str,
        change: str,
        meaning: str,
        remedy: str,
        *,
        at: tuple[Side, Side] | str,
        direction: Direction,
        verdict: Verdict = Verdict.BREAKING,
        level: Level = Level.TOPIC,
    ) -> Finding:
        old, new = at if isinstance(at, tuple) else (place(self.old, at), place(self.new, at))
        return Finding(
            level=level, direction=direction, verdict=verdict, rule=rule, old=old.location,
            new=new.location, change=change, meaning=meaning, remedy=remedy, channels=(self.key,),
        )  # fmt: skip

    def receivers(self, version: Version, channel: Node) -> str:
        return names(version.apps(channel, "receive"), "receivers")


def compare_topics(comparison: Comparison) -> Iterator[Finding]:
    """Yield what changes in channels, their addresses, bindings and extensions."""
    for key, old, new in comparison.channel_pairs():
        pair = _Pair(key, old, new, comparison)
        yield from _address(pair)
        yield from _parameters(pair)
        yield from _bindings(pair)
        yield from _extension(pair)
    for key, old in comparison.removed_channels():
        top = comparison.new.workspace.root
        yield Finding(
            level=Level.TOPIC,
            direction=Direction.EITHER,
            verdict=Verdict.BREAKING,
            rule="channel-removed",
            old=place(old).location,
            new=place(top, "/channels").location,
            change=f"channel {key!r} ({old.text('address')}) was removed",
            meaning=(
                f"nobody new sends to {names(comparison.old.apps(old, 'receive'), 'receivers')}, "
                f"nobody new receives from {names(comparison.old.apps(old, 'send'), 'senders')}"
            ),
            remedy="keep it until nothing old is left, and say in its description that it goes",
            channels=(key,),
        )
    for key, new in comparison.added_channels():
        top = comparison.old.workspace.root
        yield Finding(
            level=Level.TOPIC,
            direction=Direction.EITHER,
            verdict=Verdict.COMPATIBLE,
            rule="channel-added",
            old=place(top, "/channels").location,
            new=place(new).location,
            change=f"channel {key!r} ({new.text('address')}) was added",
            meaning="old programs know nothing of it",
            remedy="nothing is to be done",
            channels=(key,),
        )


def _address(pair: _Pair) -> Iterator[Finding]:
    before, now = pair.old.text("address"), pair.new.text("address")
    if _PARAMETER.sub("{}", before) != _PARAMETER.sub("{}", now):
        yield pair.finding(
            "address",
            f"address: {before} -> {now}",
            "old and new programs miss each other's messages without noticing",
            "keep the address, or keep the old channel beside a new one until all have moved",
            at="/address",
            direction=Direction.EITHER,
        )


def _parameters(pair: _Pair) -> Iterator[Finding]:
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
                    f"parameter {new_name!r} can{'not' if forward else ' now'} be {values}"
                    f"{' any more' if forward else ''}",
                    f"{'new' if forward else 'old'} receivers do not listen to these topics, or "
                    "refuse what comes from them",
                    "keep the values that are in use, or update the receivers first",
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


def _bindings(pair: _Pair) -> Iterator[Finding]:
    comparison = pair.comparison
    sent = _mqtt(comparison.old, pair.old, "send"), _mqtt(comparison.new, pair.new, "send")
    received = (
        _mqtt(comparison.old, pair.old, "receive"), _mqtt(comparison.new, pair.new, "receive")
    )  # fmt: skip
    receivers = pair.receivers(comparison.old, pair.old)
    before, now = (_integer(side, "qos") or 0 for side in sent)
    if before != now:
        lower = now < before
        yield pair.finding(
            "qos",
            f"QoS of sending: {before} -> {now}",
            f"{receivers} may miss messages that were certain" if lower
            else f"{receivers} get what they got, more surely",
            "keep the QoS, or see that the receivers can do without" if lower
            else "nothing is to be done",
            at=_places(sent, "qos"),
            direction=Direction.NEW_TO_OLD,
            verdict=Verdict.BREAKING if lower else Verdict.COMPATIBLE,
        )  # fmt: skip
    said = any(_integer(side, "qos") is not None for side in received)
    before, now = _integer(received[0], "qos", before) or 0, _integer(received[1], "qos", now) or 0
    if said and before != now:
        lower = now < before
        yield pair.finding(
            "qos",
            f"QoS of receiving: {before} -> {now}",
            "new receivers may miss messages that were certain" if lower
            else "new receivers get messages more surely",
            "keep the QoS, or see that the receivers can do without" if lower
            else "nothing is to be done",
            at=_places(received, "qos"),
            direction=Direction.OLD_TO_NEW,
            verdict=Verdict.BREAKING if lower else Verdict.COMPATIBLE,
        )  # fmt: skip
    yield from _retain(pair, sent)
    yield from _expiry(pair, sent)


def _retain(pair: _Pair, sent: tuple[Side, Side]) -> Iterator[Finding]:
    before, now = (_value(side, "retain") is True for side in sent)
    if before == now:
        return
    yield pair.finding(
        "retain",
        f"retained: {_yes(before)} -> {_yes(now)}",
        "old receivers that subscribe later get an old message first, and may take it for news"
        if now
        else "old receivers that subscribe later get no last state; the broker keeps an old one, "
        "which nobody renews",
        "let the receivers look at whether a message is retained before any sender is updated"
        if now
        else "keep it retained, or clear the topic (an empty retained message) after the update",
        at=_places(sent, "retain"),
        direction=Direction.NEW_TO_OLD,
    )


def _expiry(pair: _Pair, sent: tuple[Side, Side]) -> Iterator[Finding]:
    before, now = (_integer(side, "messageExpiryInterval") for side in sent)
    if before == now:
        return
    shorter = now is not None and (before is None or now < before)
    yield pair.finding(
        "expiry",
        f"expiry: {_seconds(before)} -> {_seconds(now)}",
        "receivers that were away for longer miss what they used to get" if shorter
        else "receivers that were away get messages that used to be gone, and may act on them late",
        "make sure that receivers can do without" if shorter
        else "let receivers look at the time of a message before they act on it",
        at=_places(sent, "messageExpiryInterval"),
        direction=Direction.NEW_TO_OLD,
        verdict=Verdict.POSSIBLY,
    )  # fmt: skip


def _extension(pair: _Pair) -> Iterator[Finding]:
    before, now = (read_extension(node.mapping().get(KEY)) for node in (pair.old, pair.new))
    yield from _signing(pair, before.signing, now.signing)
    yield from _delivery(pair, before, now)
    yield from _batches(pair, before, now)
    if before.compression != now.compression:
        yield pair.finding(
            "compression",
            f"compression: {_codec(before)} -> {_codec(now)}",
            "receivers of topicwire read either; other programs may not read the new one",
            "make sure that every other program on this channel reads it",
            at=_below("compression"),
            direction=Direction.NEW_TO_OLD,
            verdict=Verdict.COMPATIBLE,
            level=Level.WIRE,
        )
    if (before.json, now.json) == ("lenient", "strict"):
        yield pair.finding(
            "json",
            "json: lenient -> strict",
            "new receivers refuse JSON that not everybody reads alike (doubled keys, NaN)",
            "make sure that no sender writes such",
            at=_below("json"),
            direction=Direction.OLD_TO_NEW,
            verdict=Verdict.POSSIBLY,
            level=Level.WIRE,
        )


def _signing(pair: _Pair, before: str, now: str) -> Iterator[Finding]:
    if before == now:
        return
    change = f"signing: {before} -> {now}"
    where = _below("signing")
    if now == "required":
        yield pair.finding(
            "signing",
            change,
            "new receivers refuse what old senders send unsigned",
            "go by way of `optional`: first all senders sign, then receivers ask for it",
            at=where,
            direction=Direction.OLD_TO_NEW,
            verdict=Verdict.BREAKING if before == "off" else Verdict.POSSIBLY,
            level=Level.WIRE,
        )
    elif before == "required":
        yield pair.finding(
            "signing",
            change,
            "old receivers refuse what new senders send unsigned",
            "go by way of `optional`: first receivers stop asking for it, then senders signing",
            at=where,
            direction=Direction.NEW_TO_OLD,
            verdict=Verdict.BREAKING if now == "off" else Verdict.POSSIBLY,
            level=Level.WIRE,
        )
    else:
        yield pair.finding(
            "signing",
            change,
            "unsigned messages are taken before and after",
            "nothing is to be done",
            at=where,
            direction=Direction.EITHER,
            verdict=Verdict.COMPATIBLE,
            level=Level.WIRE,
        )


def _delivery(pair: _Pair, before: ChannelExtension, now: ChannelExtension) -> Iterator[Finding]:
    if before.delivery == now.delivery:
        return
    weaker = before.delivery == "durable"
    signed = "off" not in (before.signing, now.signing)
    if weaker:
        meaning = "what new senders send can be lost while they have no connection or end"
    elif signed:
        meaning = "receivers judge signed messages that come late, or again, by the other rule"
    else:
        meaning = "receivers that are updated also drop what they have handled before"
    yield pair.finding(
        "delivery",
        f"delivery: {before.delivery} -> {now.delivery}",
        meaning,
        "let receivers no longer rely on it, before senders are updated" if weaker
        else "update receivers before senders" if signed else "nothing is to be done",
        at=_below("delivery"),
        direction=Direction.NEW_TO_OLD if weaker else Direction.EITHER,
        verdict=Verdict.BREAKING if weaker
        else Verdict.POSSIBLY if signed else Verdict.COMPATIBLE,
    )  # fmt: skip


def _batches(pair: _Pair, before: ChannelExtension, now: ChannelExtension) -> Iterator[Finding]:
    if before.batch == now.batch:
        return
    topic = f"{pair.new.text('address')}/batch"
    if before.batch is None:
        yield pair.finding(
            "batch",
            "messages are sent in batches now",
            f"new senders send to {topic}, where old receivers do not listen",
            "update all receivers before any sender: they listen to both",
            at=_below("batch"),
            direction=Direction.NEW_TO_OLD,
        )
    elif now.batch is None:
        yield pair.finding(
            "batch",
            "messages are not sent in batches any more",
            f"old senders send to {topic}, where new receivers do not listen",
            "update all senders before any receiver",
            at=_below("batch"),
            direction=Direction.OLD_TO_NEW,
        )
    else:
        yield pair.finding(
            "batch",
            "the limits of batches have changed",
            "receivers take batches of every size",
            "nothing is to be done",
            at=_below("batch"),
            direction=Direction.EITHER,
            verdict=Verdict.COMPATIBLE,
        )


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


def _below(key: str) -> str:
    return f"/{KEY}/{key}"


def _codec(extension: ChannelExtension) -> str:
    compression = extension.compression
    return f"{compression.codec} from {compression.threshold} bytes" if compression else "none"


def _seconds(value: int | None) -> str:
    return "never" if value is None else f"{value} s"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
