"""What the handlers of a protocol are bound to: its channels, apps, and former names."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from topicwire._app import of_category
from topicwire._channel import BATCH_SUFFIX, Channel, Protocol
from topicwire._payload import Payload
from topicwire._topic_filter import TopicFilter
from topicwire.errors import TopicInvalid

_KNOWN_TOPICS = 10_000
AnyChannel = Channel[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppChannels:
    """The channels that an app sends to and receives."""

    sends: tuple[AnyChannel, ...]
    receives: tuple[AnyChannel, ...]


@dataclass(frozen=True, kw_only=True)
class Binding:
    """What the generated `compat` module says of its protocol.

    `apps` are what `app_type` may be. `renamed` has the former names of properties, each with its
    present one, for the models that have any. `stamped` is the property that gets the present time
    where a dictionary lacks it ("" for none).
    """

    protocol: Protocol
    channels: tuple[AnyChannel, ...]
    apps: Mapping[str, AppChannels] = field(default_factory=dict[str, AppChannels])
    renamed: Mapping[type[Payload], Mapping[str, str]] = field(
        default_factory=dict[type[Payload], Mapping[str, str]]
    )
    stamped: str = ""

    def app(self, app_type: str | None) -> AppChannels:
        """Return the channels of an app, all of them for None; raises `ValueError`."""
        if app_type is None:
            return AppChannels(sends=self.channels, receives=self.channels)
        found = self.apps.get(app_type)
        if found is None:
            raise ValueError(f"app_type {app_type!r} is none of {', '.join(self.apps)}")
        return found

    def of_category(self, app_type: str | None, category: str) -> tuple[AnyChannel, ...]:
        """Return the channels of a category that an app receives.

        Raises `ValueError` naming the categories there are.
        """
        return of_category(self.app(app_type).receives, category)

    def sending(self, app_type: str | None, topic: str) -> tuple[AnyChannel, Mapping[str, str]]:
        """Return the channel that a topic belongs to, and its address parameters.

        Raises `TopicInvalid` when there is none, or the app does not send to it.
        """
        found = self._topics.get(topic)
        if found is None:
            found = self._find(topic)
            if len(self._topics) >= _KNOWN_TOPICS:
                self._topics.clear()
            self._topics[topic] = found
        channel, parameters = found
        if not any(channel is each for each in self.app(app_type).sends):
            senders = [name for name, app in self.apps.items() if channel in app.sends]
            raise TopicInvalid(
                channel.name,
                f"{topic!r} is not for {app_type!r} to send to, only for "
                f"{', '.join(senders) or 'nobody'}",
            )
        return channel, parameters

    def overlapping(self, wanted: TopicFilter) -> tuple[AnyChannel, ...]:
        """Return the channels with a topic that a filter is for; raises `TopicInvalid`."""
        found = tuple(
            channel
            for channel in self.channels
            if wanted.overlaps(TopicFilter(channel.template.filter()))
        )
        if not found:
            raise TopicInvalid("", f"no channel has a topic of {wanted.text!r}{self._near(wanted)}")
        return found

    @cached_property
    def _topics(self) -> dict[str, tuple[AnyChannel, Mapping[str, str]]]:
        return {}

    def _find(self, topic: str) -> tuple[AnyChannel, Mapping[str, str]]:
        for channel in self.channels:
            parameters = channel.template.match(topic)
            if parameters is not None:
                # It refuses values that the spec does not list, and wildcards.
                channel.template.topic(parameters)
                return channel, parameters
        base = topic.removesuffix(BATCH_SUFFIX)
        known = any(channel.template.match(base) is not None for channel in self.channels)
        if base != topic and known:
            raise TopicInvalid(
                "", f"{topic!r} is for whole batches; publish the messages to {base!r}"
            )
        raise TopicInvalid("", f"no channel has the topic {topic!r}{self._near(topic)}")

    def _near(self, topic: str | TopicFilter) -> str:
        near = difflib.get_close_matches(str(topic), [each.address for each in self.channels], n=1)
        return f"; did you mean {near[0]!r}?" if near else ""
