"""Which filters are subscribed at the broker, and which of them a message is for."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from topicwire._channel import Channel
from topicwire._completion import Completion
from topicwire._inbound import Inbound
from topicwire._routing import TopicTree

_IDENTIFIERS = 268_435_455  # MQTT 5.0, section 3.8.2.1.2: subscription identifiers are 1 to this


class Route(Protocol):
    """The receiving end of a subscription."""

    @property
    def channel(self) -> Channel[Any]:
        """The channel that its messages belong to."""
        ...

    @property
    def handler(self) -> object:
        """What is called; the same handler is called once a message, however often it matches."""
        ...

    @property
    def immediate(self) -> bool:
        """Whether the network thread deals with the message itself, without the program's code."""
        ...


class ImmediateRoute(Route, Protocol):
    """A route that the network thread runs itself."""

    def process(self, inbound: Inbound) -> None:
        """Deal with a message, without waiting and without raising."""
        ...


@dataclass(slots=True, eq=False)
class FilterEntry:
    """One subscription at the broker: its filter, its routes, and whether it is granted.

    `name` is what the broker is told, which for a shared subscription has the group in front.

    `granted` ends when the broker has answered; it is a new one after each lost session.
    `granted_qos` is what it has granted then.
    """

    filter: str
    name: str
    qos: int
    identifier: int
    granted_qos: int = 0
    routes: tuple[Route, ...] = ()
    granted: Completion = field(default_factory=Completion)

    @property
    def shared(self) -> bool:
        """Whether the members of a group share the messages."""
        return self.name != self.filter

    @property
    def active(self) -> bool:
        """Whether the broker has granted the filter in the present session."""
        return self.granted.done and self.granted.error is None


class SubscriptionTable:
    """All filters of a client. Safe to use from any thread."""

    def __init__(self) -> None:
        self._tree: TopicTree[FilterEntry] = TopicTree()
        self._identifiers: set[int] = set()
        self._lock = threading.Lock()

    def add(self, wanted: str, qos: int, route: Route, group: str | None = None) -> FilterEntry:
        """Add a route under the filter `wanted` and return its entry; then the broker is told.

        The members of a `group` share the messages of a filter (MQTT 5.0, section 4.8.2).
        The broker is told of a new filter, of a higher QoS, and of every further route too,
        so that a route added later gets the retained messages as the first one did.
        """
        name = wanted if group is None else f"$share/{group}/{wanted}"
        with self._lock:
            entry = self._tree.get(name)
            if entry is None:
                entry = FilterEntry(wanted, name, qos, self._new_identifier(name))
                self._tree.add(entry)
            entry.routes = (*entry.routes, route)
            entry.qos = max(entry.qos, qos)
            if entry.granted.done:
                entry.granted = Completion()
            return entry

    def remove(self, name: str, route: Route) -> bool:
        """Remove a route; return whether it was the filter's last, so that it can be left."""
        with self._lock:
            entry = self._tree.get(name)
            if entry is None:
                return False
            entry.routes = tuple(other for other in entry.routes if other is not route)
            if entry.routes:
                return False
            self._tree.remove(name)
            self._identifiers.discard(entry.identifier)
            return True

    def entries(self) -> list[FilterEntry]:
        """Return all filters, in the order in which they were added."""
        with self._lock:
            return list(self._tree)

    def missing(self, *, session_present: bool) -> list[FilterEntry]:
        """Return the filters that a new connection has to ask for, with their grants open.

        A session that the broker still has knows those that were granted before.
        """
        with self._lock:
            found = [e for e in self._tree if not (session_present and e.active)]
            for entry in found:
                if entry.granted.done:
                    entry.granted = Completion()
            return found

    def routes_for(self, inbound: Inbound) -> tuple[list[Route], str]:
        """Return the routes that a received message is for, each handler once, and for which group.

        The group is named as at the broker ("" for none): the copy of a message for one is not
        a repetition of that for another.

        A broker may send a message once for each matching subscription, or once for all. With
        MQTT 5 the copies carry the identifiers of their subscriptions: of several copies, the
        one for the subscription with the highest QoS is taken and the others are left. A
        retained message goes to the subscription that asked for it, and to no other.
        """
        with self._lock:
            entries = self._tree.match(inbound.topic)
        if len(entries) == 1:
            [entry] = entries
            shared = entry.shared and entry.identifier in inbound.identifiers
            return _once_a_handler(entries), entry.name if shared else ""
        named = [entry for entry in entries if entry.identifier in inbound.identifiers]
        if not named:
            chosen: Sequence[FilterEntry] = entries
        elif inbound.retained:
            chosen = named
        elif named[0].shared:
            return _once_a_handler(named[:1]), named[0].name
        else:
            own = [entry for entry in entries if not entry.shared]
            active = [entry for entry in own if entry.active] or named
            leader = max(active, key=lambda entry: (entry.qos, entry.identifier))
            chosen = own if leader in named else ()
        return _once_a_handler(chosen), ""

    def _new_identifier(self, name: str) -> int:
        # Made from the filter, so that a session outliving this process knows the same numbers.
        identifier = zlib.crc32(name.encode()) % _IDENTIFIERS + 1
        while identifier in self._identifiers:
            identifier = identifier % _IDENTIFIERS + 1
        self._identifiers.add(identifier)
        return identifier


def _once_a_handler(entries: Sequence[FilterEntry]) -> list[Route]:
    if len(entries) == 1 and len(entries[0].routes) == 1:
        return list(entries[0].routes)
    unique: list[Route] = []
    for entry in entries:
        for route in entry.routes:
            # Compared, not identified: each access to a bound method makes a new object.
            if not unique or not any(route.handler == other.handler for other in unique):
                unique.append(route)
    return unique
