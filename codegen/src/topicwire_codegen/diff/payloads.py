"""Payloads and headers: whether one version understands what the other sends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from topicwire_codegen.diff.findings import (
    Direction,
    Finding,
    Level,
    Verdict,
    Words,
    finding,
    place,
)
from topicwire_codegen.diff.subsets import Obstacle
from topicwire_codegen.diff.versions import Comparison
from topicwire_codegen.diff.wording import describe_obstacle, paths_of
from topicwire_codegen.lint.walk import payload
from topicwire_codegen.references import Node

_SHOWN = 120
_REMEDIES = {
    Direction.OLD_TO_NEW: (
        "update all senders before any receiver, or go on accepting what was allowed; what the "
        "broker still holds (retained, queued) was sent by old ones"
    ),
    Direction.NEW_TO_OLD: (
        "update all receivers before any sender, or send what is new on a channel of its own"
    ),
}


@dataclass
class _Found:
    obstacle: Obstacle
    direction: Direction
    headers: bool
    channels: dict[str, None] = field(default_factory=dict[str, None])


def compare_payloads(comparison: Comparison) -> Iterator[Finding]:
    """Yield what changes in payloads and headers, each once with all channels that have it."""
    found: dict[object, _Found] = {}
    for key, old, new in comparison.channel_pairs():
        yield from _messages(comparison, key, old, new, found)
        yield from _content_types(comparison, key, old, new)
    for each in found.values():
        yield _finding(each)


def _messages(
    comparison: Comparison, channel: str, old: Node, new: Node, found: dict[object, _Found]
) -> Iterator[Finding]:
    before, after = comparison.old.messages(old), comparison.new.messages(new)
    for direction, senders, receivers in (
        (Direction.OLD_TO_NEW, before, after),
        (Direction.NEW_TO_OLD, after, before),
    ):
        forward = direction is Direction.OLD_TO_NEW
        for key, message in senders.items():
            sent, same = payload(message), receivers.get(key)
            understood = [payload(each) for each in receivers.values()]
            if sent is None or None in understood:
                if same is not None and (sent is None) != (payload(same) is None):
                    yield _opaque(channel, key, message, same, direction)
                continue
            obstacles = _obstacles(comparison, sent, same)
            if obstacles != () and not any(
                _obstacles(comparison, sent, each) == () for each in receivers.values()
            ):
                if obstacles is None:
                    yield _unknown_message(channel, message, new if forward else old, direction)
                for obstacle in obstacles or ():
                    _note(found, obstacle, direction, channel, headers=False)
            if same is not None:
                for obstacle in _headers(comparison, message, same):
                    _note(found, obstacle, direction, channel, headers=True)


def _obstacles(
    comparison: Comparison, sent: Node, message: Node | None
) -> tuple[Obstacle, ...] | None:
    understood = payload(message) if message is not None else None
    return comparison.subsets.obstacles(sent, understood) if understood is not None else None


def _headers(comparison: Comparison, sent: Node, understood: Node) -> tuple[Obstacle, ...]:
    left, right = sent.get("headers"), understood.get("headers")
    if right is None:
        return ()
    if left is None:
        # Headers that are asked for now, of a message that had none.
        left = Node(right.workspace, right.document, f"{right.pointer}#none", {"type": "object"})
        return (Obstacle("headers", left, right),) if "required" in right.mapping() else ()
    return comparison.subsets.obstacles(left, right)


def _note(
    found: dict[object, _Found],
    obstacle: Obstacle,
    direction: Direction,
    channel: str,
    *,
    headers: bool,
) -> None:
    each = found.setdefault((direction, *obstacle.key), _Found(obstacle, direction, headers))
    each.channels[channel] = None


def _finding(found: _Found) -> Finding:
    obstacle, direction = found.obstacle, found.direction
    forward = direction is Direction.OLD_TO_NEW
    old, new = (obstacle.left, obstacle.right) if forward else (obstacle.right, obstacle.left)
    sending, receiving = ("old", "new") if forward else ("new", "old")
    refuse = "refuse" if obstacle.proven else "may refuse"
    what = "headers" if found.headers else "messages"
    right = place(obstacle.right, *paths_of(obstacle))
    left = place(obstacle.left, *(() if obstacle.unsaid else paths_of(obstacle)))
    example = f", such as {_shown(obstacle.example)} here" if obstacle.proven else ""
    return finding(
        Level.WIRE,
        f"schema-{obstacle.keyword}",
        direction,
        (left, right) if forward else (right, left),
        Words(
            describe_obstacle(obstacle, old, new, forward=forward),
            f"{receiving} receivers {refuse} {what} of {sending} senders{example}",
            _REMEDIES[direction],
        ),
        verdict=Verdict.BREAKING if obstacle.proven else Verdict.POSSIBLY,
        channels=tuple(found.channels),
    )


def _unknown_message(
    channel: str, message: Node, receiving_channel: Node, direction: Direction
) -> Finding:
    forward = direction is Direction.OLD_TO_NEW
    sending, receiving = ("old", "new") if forward else ("new", "old")
    here, there = place(message), place(receiving_channel, "/messages")
    name = message.text("name") or message.key
    return finding(
        Level.WIRE,
        "message-removed" if forward else "message-added",
        direction,
        (here, there) if forward else (there, here),
        Words(
            f"message {name!r} was {'removed from' if forward else 'added to'} the channel",
            f"{receiving} receivers refuse it when {sending} senders send it",
            _REMEDIES[direction],
        ),
        channels=(channel,),
    )


def _opaque(channel: str, key: str, sent: Node, same: Node, direction: Direction) -> Finding:
    forward = direction is Direction.OLD_TO_NEW
    old, new = (sent, same) if forward else (same, sent)
    return finding(
        Level.WIRE,
        "payload",
        direction,
        (place(old, "/payload"), place(new, "/payload")),
        Words(
            f"only one of the two says in JSON Schema what message {key!r} consists of",
            "whether the two understand each other cannot be told",
            "describe the payload in both, or give what is new a channel of its own",
        ),
        verdict=Verdict.POSSIBLY,
        channels=(channel,),
    )


def _content_types(comparison: Comparison, channel: str, old: Node, new: Node) -> Iterator[Finding]:
    after = comparison.new.messages(new)
    for key, message in comparison.old.messages(old).items():
        if key not in after:
            continue
        before, now = comparison.old.content_type(message), comparison.new.content_type(after[key])
        if before != now:
            yield finding(
                Level.WIRE,
                "content-type",
                Direction.EITHER,
                (place(message, "/contentType"), place(after[key], "/contentType")),
                Words(
                    f"content type of message {key!r}: {before} -> {now}",
                    "old and new ones read each other's bodies as what they are not",
                    "keep the content type, or give the new one a channel of its own",
                ),
                channels=(channel,),
            )


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."
