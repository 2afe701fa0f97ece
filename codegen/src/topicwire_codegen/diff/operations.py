"""Operations: which apps send and receive, and how requests are answered."""

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
from topicwire_codegen.references import Node


def compare_operations(comparison: Comparison) -> Iterator[Finding]:
    """Yield who does not send or receive any more, or does now, and replies that changed."""
    for key, old, new in comparison.channel_pairs():
        for action in ("send", "receive"):
            yield from _apps(comparison, key, old, new, action)
            yield from _nobody(comparison, key, old, new, action)
    yield from _replies(comparison)


def _apps(comparison: Comparison, key: str, old: Node, new: Node, action: str) -> Iterator[Finding]:
    before, now = comparison.old.apps(old, action), comparison.new.apps(new, action)
    where = _operation(comparison, old, new, action)
    for app in before:
        if app not in now:
            yield finding(
                Level.TOPIC,
                "app-removed",
                Direction.EITHER,
                where,
                Words(
                    f"app {app!r} does not {action} on channel {key!r} any more",
                    f"access rules made of the new document refuse it to an old {app!r}",
                    f"keep {app!r} in the tags of the operation until none of the old is left",
                ),
                channels=(key,),
            )
    for app in now:
        if app not in before:
            yield finding(
                Level.TOPIC,
                "app-added",
                Direction.EITHER,
                where,
                Words(
                    f"app {app!r} may {action} on channel {key!r} now",
                    "the others see no difference",
                    "make the access rules anew before it is used",
                ),
                verdict=Verdict.COMPATIBLE,
                channels=(key,),
            )


def _nobody(
    comparison: Comparison, key: str, old: Node, new: Node, action: str
) -> Iterator[Finding]:
    """Yield that the last operation of an action on a channel is gone."""
    if not comparison.old.on(old, action) or comparison.new.on(new, action):
        return
    where = _operation(comparison, old, new, action)
    yield finding(
        Level.TOPIC,
        "operation-removed",
        Direction.NEW_TO_OLD if action == "send" else Direction.OLD_TO_NEW,
        where,
        Words(
            f"nobody {action}s on channel {key!r} any more",
            "old receivers wait for messages that nobody sends"
            if action == "send"
            else "what old senders send is handled by nobody",
            "keep the operation until nothing old is left, or remove the channel as a whole",
        ),
        channels=(key,),
    )


def _operation(comparison: Comparison, old: Node, new: Node, action: str) -> tuple[Side, Side]:
    """Return the apps of an operation on a channel, or the channel that has none."""
    before, now = comparison.old.on(old, action), comparison.new.on(new, action)
    return (
        place(before[0], "/tags") if before else place(old),
        place(now[0], "/tags") if now else place(new),
    )


def _replies(comparison: Comparison) -> Iterator[Finding]:
    """Yield replies that are gone, or go another way."""
    for name, old in comparison.old.operations.items():
        new = comparison.new.operations.get(name)
        before = old.get("reply")
        now = new.get("reply") if new is not None else None
        if new is None or (before is None and now is None):
            continue
        channels = tuple(filter(None, (_channel_key(comparison, old),)))
        if before is None or now is None:
            added = before is None
            yield finding(
                Level.TOPIC,
                "reply",
                Direction.EITHER,
                (place(old, "/reply"), place(new, "/reply")),
                Words(
                    f"operation {name!r} has {'a reply now' if added else 'no reply any more'}",
                    "new programs ask and wait for answers that old ones do not give"
                    if added
                    else "old programs wait for answers that new ones do not give",
                    "give what changes a new operation, on a channel of its own",
                ),
                verdict=Verdict.POSSIBLY if added else Verdict.BREAKING,
                channels=channels,
            )
        elif _way(before) != _way(now):
            yield finding(
                Level.TOPIC,
                "reply",
                Direction.EITHER,
                (place(before, "/address", "/channel"), place(now, "/address", "/channel")),
                Words(
                    f"the reply of operation {name!r} goes another way",
                    "answers of old programs do not reach new ones, or the other way round",
                    "give what changes a new operation, on a channel of its own",
                ),
                channels=channels,
            )


def _way(reply: Node) -> tuple[object, ...]:
    """Return where an answer goes: a location in the request, or the address of a channel."""
    address, channel = reply.get("address"), reply.get("channel")
    return (
        address.text("location") if address is not None else "",
        channel.mapping().get("address") if channel is not None else "",
    )


def _channel_key(comparison: Comparison, operation: Node) -> str | None:
    channel = operation.get("channel")
    for key, node in comparison.old.channels.items():
        if channel is not None and node.identity == channel.identity:
            return key
    return None
