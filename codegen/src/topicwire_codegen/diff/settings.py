"""The extension `x-topicwire`: signing, delivery, batches, partitions, compression."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.diff.channel_pair import ChannelPair
from topicwire_codegen.diff.findings import Direction, Finding, Level, Verdict, Words
from topicwire_codegen.extension import KEY, ChannelExtension, read_extension


def compare_settings(pair: ChannelPair) -> Iterator[Finding]:
    """Yield what changes in `x-topicwire`."""
    before, now = (read_extension(node.mapping().get(KEY)) for node in (pair.old, pair.new))
    yield from _signing(pair, before.signing, now.signing)
    yield from _delivery(pair, before, now)
    yield from _batches(pair, before, now)
    if before.partitions != now.partitions:
        yield pair.finding(
            "partitions",
            Words(
                f"partitions: {_partitions(before)} -> {_partitions(now)}",
                "messages of one key travel on other topics, where workers and receivers of the "
                "other version do not take them for what they are",
                "stop the senders, let the workers finish, then update all of them",
            ),
            at=_below("partitions"),
            direction=Direction.EITHER,
        )
    if before.compression != now.compression:
        yield pair.finding(
            "compression",
            Words(
                f"compression: {_codec(before)} -> {_codec(now)}",
                "receivers of topicwire read either; other programs may not read the new one",
                "make sure that every other program on this channel reads it",
            ),
            at=_below("compression"),
            direction=Direction.NEW_TO_OLD,
            verdict=Verdict.COMPATIBLE,
            level=Level.WIRE,
        )
    if (before.json, now.json) == ("lenient", "strict"):
        yield pair.finding(
            "json",
            Words(
                "json: lenient -> strict",
                "new receivers refuse JSON that not everybody reads alike (doubled keys, NaN)",
                "make sure that no sender writes such",
            ),
            at=_below("json"),
            direction=Direction.OLD_TO_NEW,
            verdict=Verdict.POSSIBLY,
            level=Level.WIRE,
        )


def _signing(pair: ChannelPair, before: str, now: str) -> Iterator[Finding]:
    if before == now:
        return
    change = f"signing: {before} -> {now}"
    where = _below("signing")
    if now == "required":
        yield pair.finding(
            "signing",
            Words(
                change,
                "new receivers refuse what old senders send unsigned",
                "go by way of `optional`: first all senders sign, then receivers ask for it",
            ),
            at=where,
            direction=Direction.OLD_TO_NEW,
            verdict=Verdict.BREAKING if before == "off" else Verdict.POSSIBLY,
            level=Level.WIRE,
        )
    elif before == "required":
        yield pair.finding(
            "signing",
            Words(
                change,
                "old receivers refuse what new senders send unsigned",
                "go by way of `optional`: first receivers stop asking for it, then senders signing",
            ),
            at=where,
            direction=Direction.NEW_TO_OLD,
            verdict=Verdict.BREAKING if now == "off" else Verdict.POSSIBLY,
            level=Level.WIRE,
        )
    else:
        yield pair.finding(
            "signing",
            Words(change, "unsigned messages are taken before and after", "nothing is to be done"),
            at=where,
            direction=Direction.EITHER,
            verdict=Verdict.COMPATIBLE,
            level=Level.WIRE,
        )


def _delivery(
    pair: ChannelPair, before: ChannelExtension, now: ChannelExtension
) -> Iterator[Finding]:
    if before.delivery == now.delivery:
        return
    weaker = before.delivery == "durable"
    signed = "off" not in (before.signing, now.signing)
    if weaker:
        meaning = "what new senders send can be lost while they have no connection or end"
    elif signed:
        meaning = "receivers judge signed messages that come late, or again, by the other rule"
    elif now.delivery == "durable":
        meaning = "receivers that are updated also drop what they have handled before"
    else:
        meaning = "messages travel as before"
    yield pair.finding(
        "delivery",
        Words(f"delivery: {before.delivery} -> {now.delivery}",
        meaning,
        "let receivers no longer rely on it, before senders are updated" if weaker
        else "update receivers before senders" if signed else "nothing is to be done"),
        at=_below("delivery"),
        direction=Direction.NEW_TO_OLD if weaker else Direction.EITHER,
        verdict=Verdict.BREAKING if weaker
        else Verdict.POSSIBLY if signed else Verdict.COMPATIBLE,
    )  # fmt: skip


def _batches(
    pair: ChannelPair, before: ChannelExtension, now: ChannelExtension
) -> Iterator[Finding]:
    if before.batch == now.batch:
        return
    topic = f"{pair.new.text('address')}/batch"
    if before.batch is None:
        yield pair.finding(
            "batch",
            Words(
                "messages are sent in batches now",
                f"new senders send to {topic}, where old receivers do not listen",
                "update all receivers before any sender: they listen to both",
            ),
            at=_below("batch"),
            direction=Direction.NEW_TO_OLD,
        )
    elif now.batch is None:
        yield pair.finding(
            "batch",
            Words(
                "messages are not sent in batches any more",
                f"old senders send to {topic}, where new receivers do not listen",
                "update all senders before any receiver",
            ),
            at=_below("batch"),
            direction=Direction.OLD_TO_NEW,
        )
    else:
        yield pair.finding(
            "batch",
            Words(
                "the limits of batches have changed",
                "receivers take batches of every size",
                "nothing is to be done",
            ),
            at=_below("batch"),
            direction=Direction.EITHER,
            verdict=Verdict.COMPATIBLE,
        )


def _below(key: str) -> str:
    return f"/{KEY}/{key}"


def _partitions(extension: ChannelExtension) -> str:
    partitions = extension.partitions
    return f"{partitions.count} by {partitions.by}" if partitions else "none"


def _codec(extension: ChannelExtension) -> str:
    compression = extension.compression
    return f"{compression.codec} from {compression.threshold} bytes" if compression else "none"
