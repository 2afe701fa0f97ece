"""Publishers, subscribers and apps: whether code written against the old ones still type-checks."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.diff.findings import (
    Direction,
    Finding,
    Level,
    Verdict,
    Words,
    finding,
    place,
)
from topicwire_codegen.diff.versions import Comparison
from topicwire_codegen.protocol import App, Channel, Parameter
from topicwire_codegen.references import Node


def compare_stubs(comparison: Comparison) -> Iterator[Finding]:
    """Yield what changes in the names and signatures of the generated stubs."""
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
    yield from _apps(comparison)


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
                Direction.SENDING,
                (place(old), place(new)),
                Words(
                    f"argument `{keyword}` takes fewer values",
                    "code that gives one of the others does not type-check",
                    "keep the values that are in use",
                ),
                channels=(key,),
            )
        if parameter.default is not None and after.default is None:
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
                Level.SOURCE,
                "parameter-default",
                Direction.SENDING,
                (place(old), place(new)),
                Words(
                    f"default of argument `{keyword}`: {parameter.default} -> {after.default}",
                    "code that leaves it out sends to another topic",
                    "keep the default",
                ),
                channels=(key,),
            )
    for keyword, parameter in known.items():
        if keyword not in earlier:
            required = parameter.default is None
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


def _wider(before: Parameter, now: Parameter) -> bool:
    if not now.enum:
        return True
    return bool(before.enum) and set(before.enum) <= set(now.enum)


def _apps(comparison: Comparison) -> Iterator[Finding]:
    new = {app.tag: app for app in comparison.new.built.protocol.apps}
    top = comparison.new.workspace.root
    sides = place(comparison.old.workspace.root), place(top)
    for app in comparison.old.built.protocol.apps:
        now = new.get(app.tag)
        if now is None:
            yield finding(
                Level.SOURCE,
                "app-class-removed",
                Direction.EITHER,
                sides,
                Words(
                    f"app `{app.name}` was removed",
                    "code that imports it does not type-check",
                    "keep an operation with its tag as long as code uses it",
                ),
            )
            continue
        if now.name != app.name:
            yield finding(
                Level.SOURCE,
                "app-class-renamed",
                Direction.EITHER,
                sides,
                Words(
                    f"app `{app.name}` is called `{now.name}` now",
                    "code that imports it does not type-check",
                    "keep its tag",
                ),
            )
        yield from _offers(comparison, app, now)


def _offers(comparison: Comparison, before: App, now: App) -> Iterator[Finding]:
    """Yield the methods that an app has lost."""
    top = comparison.new.workspace.root
    sides = place(comparison.old.workspace.root), place(top)
    sends = {sending.channel.attribute: sending for sending in now.sends}
    receives = {channel.attribute for channel in now.receives}
    for sending in before.sends:
        channel = sending.channel
        if channel.attribute not in sends:
            yield finding(
                Level.SOURCE,
                "app-lost-method",
                Direction.SENDING,
                (
                    place(comparison.old.channels[channel.key]),
                    place(comparison.new.channels.get(channel.key, top)),
                ),
                Words(
                    f"`{before.name}.send.{channel.attribute}` was removed",
                    "code that calls it does not type-check",
                    f"keep the tag {before.tag!r} of the operation",
                ),
                channels=(channel.key,),
            )
    for channel in before.receives:
        if channel.attribute not in receives:
            yield finding(
                Level.SOURCE,
                "app-lost-method",
                Direction.RECEIVING,
                (
                    place(comparison.old.channels[channel.key]),
                    place(comparison.new.channels.get(channel.key, top)),
                ),
                Words(
                    f"`{before.name}.on.{channel.attribute}` was removed",
                    "code that uses it does not type-check",
                    f"keep the tag {before.tag!r} of the operation",
                ),
                channels=(channel.key,),
            )
    for category in before.categories:
        if category not in now.categories:
            yield finding(
                Level.SOURCE,
                "category-removed",
                Direction.RECEIVING,
                sides,
                Words(
                    f"`{before.name}.on.category({category!r})` has no channel any more",
                    "code that uses it does not type-check",
                    "keep the tag of the channels",
                ),
            )
