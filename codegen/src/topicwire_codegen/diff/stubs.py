"""Publishers and subscribers: whether code written against the old ones still type-checks."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.diff.apps import compare_apps
from topicwire_codegen.diff.classes import Models
from topicwire_codegen.diff.findings import (
    Direction,
    Finding,
    Level,
    Verdict,
    Words,
    finding,
    place,
)
from topicwire_codegen.diff.messages import compare_messages
from topicwire_codegen.protocol import Channel, Parameter
from topicwire_codegen.references import Node


def compare_stubs(models: Models) -> Iterator[Finding]:
    """Yield what changes in the names and signatures of the generated stubs."""
    comparison = models.comparison
    old = {channel.key: channel for channel in comparison.old.built.protocol.channels}
    new = {channel.key: channel for channel in comparison.new.built.protocol.channels}
    for key, before, now in comparison.channel_pairs():
        channel = new[comparison.renamed.get(key, key)]
        if channel.stem != old[key].stem:
            yield finding(
                Level.SOURCE,
                "stubs-renamed",
                Direction.EITHER,
                (place(before), place(now)),
                Words(
                    f"stubs `{old[key].stem}Publisher` and `{old[key].stem}Subscriber` are called "
                    f"`{channel.stem}Publisher` and `{channel.stem}Subscriber` now",
                    "code that imports them does not type-check",
                    "keep the key of the channel",
                ),
                channels=(key,),
            )
        yield from _parameters(key, old[key], channel, before, now)
        yield from compare_messages(models, old[key], channel, (place(before), place(now)))
    top = comparison.new.workspace.root
    for key, before in comparison.removed_channels():
        yield finding(
            Level.SOURCE,
            "stubs-removed",
            Direction.EITHER,
            (place(before), place(top)),
            Words(
                f"stubs `{old[key].stem}Publisher` and `{old[key].stem}Subscriber` were removed",
                "code that imports them does not type-check",
                "keep the channel as long as code uses it",
            ),
            channels=(key,),
        )
    yield from compare_apps(models)


def _parameters(key: str, before: Channel, now: Channel, old: Node, new: Node) -> Iterator[Finding]:
    known = {parameter.keyword: parameter for parameter in now.parameters}
    earlier = {parameter.keyword: parameter for parameter in before.parameters}
    for keyword, parameter in earlier.items():
        if keyword not in known:
            yield finding(
                Level.SOURCE,
                "parameter-removed",
                Direction.EITHER,
                (place(old), place(new)),
                Words(
                    f"argument `{keyword}` was removed",
                    "code that gives it does not type-check",
                    "keep the name of the parameter",
                ),
                channels=(key,),
            )
            continue
        after = known[keyword]
        if _wider(parameter, after) is False:
            yield finding(
                Level.SOURCE,
                "parameter-values",
                Direction.EITHER,
                (place(old), place(new)),
                Words(
                    f"argument `{keyword}` takes fewer values",
                    "code that gives one of the others does not type-check",
                    "keep the values that are in use",
                ),
                channels=(key,),
            )
        if not _is_required(parameter) and _is_required(after):
            yield finding(
                Level.SOURCE,
                "parameter-required",
                Direction.SENDING,
                (place(old), place(new)),
                Words(
                    f"argument `{keyword}` has no default any more",
                    "code that leaves it out does not type-check",
                    "keep the default",
                ),
                channels=(key,),
            )
        elif parameter.default != after.default and parameter.default is not None:
            yield finding(
                Level.TOPIC,
                "parameter-default",
                Direction.NEW_TO_OLD,
                (place(old), place(new)),
                Words(
                    f"default of argument `{keyword}`: {parameter.default} -> {after.default}",
                    "code that leaves it out sends to another topic with the new stubs",
                    "keep the default",
                ),
                channels=(key,),
            )
    for keyword, parameter in known.items():
        if keyword not in earlier:
            required = _is_required(parameter)
            yield finding(
                Level.SOURCE,
                "parameter-added",
                Direction.SENDING,
                (place(old), place(new)),
                Words(
                    f"argument `{keyword}` was added",
                    "code that sends does not give it"
                    if required
                    else "code that sends may give it",
                    "give it a default" if required else "nothing is to be done",
                ),
                channels=(key,),
                verdict=Verdict.BREAKING if required else Verdict.COMPATIBLE,
            )


def _is_required(parameter: Parameter) -> bool:
    return parameter.default is None and parameter.location is None


def _wider(before: Parameter, now: Parameter) -> bool:
    if not now.enum:
        return True
    return bool(before.enum) and set(before.enum) <= set(now.enum)
