"""Apps: whether code written against the old ones still type-checks."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.diff.classes import Models
from topicwire_codegen.diff.findings import (
    Direction,
    Finding,
    Level,
    Words,
    finding,
    place,
)
from topicwire_codegen.diff.messages import listed
from topicwire_codegen.diff.versions import Comparison
from topicwire_codegen.protocol import App, merge


def compare_apps(models: Models) -> Iterator[Finding]:
    """Yield the classes, methods and categories of apps that code can use no more as it did."""
    comparison = models.comparison
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
        yield from _messages(models, app, now)
        yield from _categories(models, app, now)


def _offers(comparison: Comparison, before: App, now: App) -> Iterator[Finding]:
    """Yield the methods that an app has lost."""
    top = comparison.new.workspace.root
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


def _messages(models: Models, before: App, now: App) -> Iterator[Finding]:
    """Yield the messages that an app sends no more on a channel that still has them."""
    sends = {sending.channel.attribute: sending for sending in now.sends}
    for sending in before.sends:
        after = sends.get(sending.channel.attribute)
        if after is None:
            continue
        was, will = (merge(m.models for m in each.messages) for each in (sending, after))
        lost = [name for name in models.now(was) if name not in will]
        for name in lost:
            if name in after.channel.models:
                yield finding(
                    Level.SOURCE,
                    "app-lost-message",
                    Direction.SENDING,
                    (
                        place(models.comparison.old.channels[sending.channel.key]),
                        place(models.comparison.new.channels[after.channel.key]),
                    ),
                    Words(
                        f"`{before.name}.send.{sending.channel.attribute}` takes no `{name}` "
                        "any more",
                        "code that gives it does not type-check",
                        "keep the message in those of the operation",
                    ),
                    channels=(sending.channel.key,),
                )


def _categories(models: Models, before: App, now: App) -> Iterator[Finding]:
    """Yield categories that are gone, and those with more classes than handlers expect."""
    sides = (
        place(models.comparison.old.workspace.root),
        place(models.comparison.new.workspace.root),
    )
    for category, names in before.categories.items():
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
            continue
        known = models.now(names)
        added = [name for name in now.categories[category] if name not in known]
        if added:
            yield finding(
                Level.SOURCE,
                "category-messages",
                Direction.RECEIVING,
                sides,
                Words(
                    f"`{before.name}.on.category({category!r})` hands on {listed(added)} too",
                    "handlers of the whole category do not expect it",
                    "let them take it, or give what is new a category of its own",
                ),
            )
