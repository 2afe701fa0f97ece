"""Subscriptions, ordinary and shared (MQTT 5.0, sections 4.7 and 4.8). Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from topicwire._topic_filter import TopicFilter
from topicwire.testing._broker.messages import Delivery, Message
from topicwire.testing._broker.packets import FilterRequest

_SHARE = "$share/"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a client has asked for; `group` is None unless the subscription is shared."""

    request: FilterRequest
    identifier: int
    filter: TopicFilter
    group: str | None

    @classmethod
    def of(cls, request: FilterRequest, identifier: int) -> Subscription:
        """Return the subscription that is asked for; raises `ValueError` for a wrong filter."""
        text, group = request.filter, None
        if text.startswith(_SHARE):
            group, _, text = text.removeprefix(_SHARE).partition("/")
            if not group or "+" in group or "#" in group:
                raise ValueError(f"{request.filter!r} has no name of a group")
        return cls(request, identifier, TopicFilter(text), group)

    def limited(self, qos: int) -> Subscription:
        """Return it with the highest QoS that the broker has."""
        return replace(self, request=replace(self.request, qos=min(self.request.qos, qos)))

    def wants(self, message: Message, client_id: str) -> bool:
        """Return whether a message is for it, when `client_id` has subscribed."""
        own = self.request.no_local and message.source == client_id
        return not own and self.filter.matches(message.topic)

    def delivery(self, message: Message, *, kept: bool = False) -> Delivery:
        """Return a message as it goes to the subscriber; `kept` for a retained one."""
        retain = kept or (message.retain and self.request.retain_as_published)
        identifiers = (self.identifier,) if self.identifier else ()
        return Delivery(message, min(message.qos, self.request.qos), retain, identifiers)


def merged(deliveries: list[Delivery]) -> list[Delivery]:
    """Return deliveries of a message to one client as the one that MQTT 3.1.1 asks for.

    It has the highest QoS that was granted ([MQTT-3.3.5-1]).
    """
    return [max(deliveries, key=lambda each: each.qos)] if deliveries else []
