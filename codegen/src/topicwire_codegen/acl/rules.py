"""What each app of a document may send and receive, as topics."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

from topicwire_codegen.protocol import Channel, Protocol

_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Level:
    """What one level of a topic can be; no `texts` stand for any text.

    `varies` says that it has a parameter, which subscribers may leave out.
    """

    texts: tuple[str, ...]
    varies: bool


@dataclass(frozen=True)
class Topics:
    """The topics of one address."""

    levels: tuple[Level, ...]

    @cached_property
    def count(self) -> int:
        """How many filters there are."""
        return prod(len(level.texts) or 1 for level in self.levels)

    @cached_property
    def filters(self) -> tuple[str, ...]:
        """MQTT filters that match these topics; `+` stands only where every text is allowed."""
        choices = (level.texts or ("+",) for level in self.levels)
        return tuple("/".join(each) for each in product(*choices))


@dataclass(frozen=True, kw_only=True)
class AppRules:
    """What an app may do: `name` is its tag, `writes` it may publish to, `reads` it may receive."""

    name: str
    writes: tuple[Topics, ...]
    reads: tuple[Topics, ...]


def app_rules(protocol: Protocol) -> tuple[AppRules, ...]:
    """Return the rules of all apps, in the order of the document."""
    return tuple(
        AppRules(
            name=app.tag,
            writes=_topics(
                [*(sent.channel for sent in app.sends), *(each.reply for each in app.answers)],
                app.receives,
            ),
            reads=_topics([*app.receives, *(each.reply for each in app.asks)], app.receives),
        )
        for app in protocol.apps
    )


def _topics(channels: Iterable[Channel], worked: Iterable[Channel]) -> tuple[Topics, ...]:
    """Return the topics of some channels, each once, and those on which workers of some meet."""
    found = [topics for channel in channels for topics in channel_topics(channel)]
    found += [workers_topics(channel) for channel in worked if channel.extension.partitions]
    return tuple(dict.fromkeys(found))


def workers_topics(channel: Channel) -> Topics:
    """Return the topics on which the workers of a partitioned channel's groups meet."""
    levels = _PARAMETER.sub(r"\1", channel.address).split("/")
    fixed = (Level((text,), varies=False) for text in (*levels, "workers"))
    return Topics((*fixed, Level((), varies=True)))


def channel_topics(channel: Channel) -> tuple[Topics, ...]:
    """Return the topics of a channel, and of its batches if it has them.

    A partitioned channel has none but those of its partitions.
    """
    enums = {parameter.name: parameter.enum for parameter in channel.parameters}
    topics = Topics(tuple(_level(text, enums) for text in channel.address.split("/")))
    if channel.extension.partitions is not None:
        partition = Level(("partition",), varies=False), Level((), varies=True)
        return (Topics((*topics.levels, *partition)),)
    if channel.extension.batch is None:
        return (topics,)
    return topics, Topics((*topics.levels, Level(("batch",), varies=False)))


def _level(text: str, enums: dict[str, tuple[str, ...]]) -> Level:
    # Literal text and parameter names alternate.
    parts = _PARAMETER.split(text)
    names = parts[1::2]
    if not all(enums.get(name) for name in names):
        # Filters have no way to say what a part of a level is.
        return Level((), varies=True)
    choices = [(part,) if i % 2 == 0 else enums[part] for i, part in enumerate(parts)]
    texts = dict.fromkeys("".join(chosen) for chosen in product(*choices))
    return Level(tuple(texts), varies=bool(names))
