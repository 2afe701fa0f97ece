"""What `Client` and `AsyncClient` have in common: everything but how they wait."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from paho.mqtt.enums import MQTTProtocolVersion

from topicwire._channel import Channel
from topicwire._completion import on_network_thread
from topicwire._context import Context
from topicwire._delivery import Delivery
from topicwire._inbound import Inbound
from topicwire._options import ClientOptions, connection_settings
from topicwire._queue import Outgoing, OutgoingQueue
from topicwire._reconnect import ReconnectPolicy
from topicwire._session import Session
from topicwire._stats import Counters, Stats
from topicwire._subscriptions import FilterEntry, Route, SubscriptionTable
from topicwire._transmission import Transmission
from topicwire.errors import (
    NotConnected,
    SigningRequired,
    SubscribeRejected,
    TopicwireError,
)

log = logging.getLogger("topicwire")

M = TypeVar("M")
_VERSIONS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}


class Dispatcher(Protocol):
    """Runs handlers somewhere else than on the network thread."""

    def submit(self, inbound: Inbound, routes: Sequence[Route]) -> None:
        """Have each route deal with the message, and call `inbound.done` after each."""
        ...

    def report(self, error: TopicwireError, context: Context | None) -> None:
        """Have the user's error handler called, if there is one."""
        ...


class ClientCore:
    """Queue, subscriptions and session of one client."""

    def __init__(
        self, url: str, dispatcher: Dispatcher, counters: Counters, options: ClientOptions
    ) -> None:
        settings = connection_settings(url, options)
        self.url = str(settings.url)
        self.client_id = settings.client_id
        self.counters = counters
        self._dispatcher = dispatcher
        self._allow_unsigned = options.get("allow_unsigned", False)
        self._pid = os.getpid()
        version = options.get("mqtt_version")
        self.subscriptions = SubscriptionTable()
        self.queue = OutgoingQueue(
            options.get("max_queued_messages", 10_000),
            options.get("max_queued_bytes", 64 * 2**20),
            options.get("queue_policy", "block"),
            options.get("queue_timeout", 10.0),
        )
        self.transmission = Transmission(self.queue, counters, options.get("max_in_flight", 1_000))
        self.session = Session(
            settings,
            queue=self.queue,
            transmission=self.transmission,
            subscriptions=self.subscriptions,
            reconnect=options.get("reconnect") or ReconnectPolicy(),
            counters=counters,
            owner=self,
            version=_VERSIONS[version] if version is not None else None,
        )

    def publish(
        self, channel: Channel[M], message: M, parameters: Mapping[str, str], *, may_wait: bool
    ) -> Delivery:
        """Validate and queue a message; everything that can be refused is refused here.

        Raises `PayloadInvalid`, `TopicInvalid`, `SigningRequired`, `PublishRejected` (larger
        than the broker takes), `QueueFull` and `NotConnected` (the client is closed).
        """
        self._check_signing(channel)
        self._check_process()
        topic = channel.template.topic(parameters)
        payload = channel.codec.encode(message)
        expiry = channel.message_expiry
        item = Outgoing(
            topic,
            payload,
            channel.qos,
            channel.retain,
            channel.content_type,
            time.monotonic() + expiry if expiry is not None else None,
            Delivery(topic, channel.qos),
        )
        refusal = self.transmission.refusal(item)
        if refusal is not None:
            raise refusal
        self.queue.put(item, may_wait=may_wait and not on_network_thread())
        self.session.wake()
        return item.delivery

    def register(
        self, channel: Channel[M], parameters: Mapping[str, str | None], route: Route
    ) -> list[FilterEntry]:
        """Subscribe the filters of a channel for a route; return them, to wait for the grants.

        Raises `TopicInvalid` and `SigningRequired`.
        """
        self._check_signing(channel)
        self._check_process()
        entries: list[FilterEntry] = []
        for name in filters(channel, parameters):
            entry = self.subscriptions.add(name, channel.receive_qos, route)
            self.session.subscribe(entry)
            entries.append(entry)
        return entries

    def unregister(self, entries: Sequence[FilterEntry], route: Route) -> None:
        """Take a route out, and leave the filters nobody else wants."""
        for entry in entries:
            if self.subscriptions.remove(entry.filter, route):
                self.session.unsubscribe(entry.filter)

    def check_grants(self) -> None:
        """Raise `SubscribeRejected` when the broker refused any filter."""
        refused: dict[str, int] = {}
        for entry in self.subscriptions.entries():
            if isinstance(entry.granted.error, SubscribeRejected):
                refused.update(entry.granted.error.reason_codes)
        if refused:
            raise SubscribeRejected(refused)

    def stats(self) -> Stats:
        """Return the counters as they are now."""
        return self.counters.snapshot(
            queued_messages=len(self.queue),
            queued_bytes=self.queue.size,
            in_flight=self.transmission.in_flight,
        )

    # ---- called by the session, on the network thread ---------------------------------------

    def deliver(self, inbound: Inbound) -> None:
        """Find the routes of a message and have them run."""
        routes = self.subscriptions.routes_for(inbound)
        if not routes:
            self.counters.add("unrouted")
        inbound.expect(len(routes), self.session.acknowledge)
        if routes:
            self._dispatcher.submit(inbound, routes)

    def report(self, error: TopicwireError) -> None:
        """Pass on an error that no call can raise."""
        self._dispatcher.report(error, None)

    def _check_signing(self, channel: Channel[M]) -> None:
        if channel.signing == "required" and not self._allow_unsigned:
            raise SigningRequired(channel.name)

    def _check_process(self) -> None:
        if os.getpid() != self._pid:
            raise NotConnected(
                "this client belongs to the process that made it; make a new one after fork"
            )


class ClientBase:
    """What both clients tell of themselves."""

    _core: ClientCore

    @property
    def url(self) -> str:
        """The broker's address, without the password."""
        return self._core.url

    @property
    def client_id(self) -> str:
        """The name of this client at the broker."""
        return self._core.client_id

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted the connection and all subscriptions."""
        return self._core.session.is_connected

    @property
    def mqtt_version(self) -> str:
        """The MQTT version in use, "5" or "3.1.1"."""
        return self._core.session.version_name

    def stats(self) -> Stats:
        """Return counts of what this client has done."""
        return self._core.stats()


def filters(channel: Channel[M], parameters: Mapping[str, str | None]) -> list[str]:
    """Return the topic filters of a channel: its address, and that of its batches if any."""
    names = [channel.template.filter(parameters)]
    if channel.batch_template is not None:
        names.append(channel.batch_template.filter(parameters))
    return names
