"""What `Client` and `AsyncClient` have in common: everything but how they wait."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, TypeVar, cast

from paho.mqtt.enums import MQTTProtocolVersion

from topicwire._arrivals import Arrivals
from topicwire._batch import Collector
from topicwire._batching import Batches
from topicwire._channel import Channel, QoS
from topicwire._completion import Completion
from topicwire._composition import Composer
from topicwire._dead_letter import DeadLetters
from topicwire._delivery import Delivery
from topicwire._dispatch import Dispatcher
from topicwire._envelope import Headers
from topicwire._forks import disown_in_children
from topicwire._inbound import Inbound
from topicwire._mishaps import Mishaps
from topicwire._options import MAX_MESSAGE, ClientOptions, connection_settings, signing_of
from topicwire._outbox import Outbox, OutboxFeed
from topicwire._outbox_store import StoredMessage
from topicwire._profile import check, missed, profile_of, shortcomings
from topicwire._queue import Outgoing, OutgoingQueue
from topicwire._reconnect import ReconnectPolicy
from topicwire._replay_store import replay_store
from topicwire._session import Session
from topicwire._stats import Counters, Stats
from topicwire._subscriptions import FilterEntry, ImmediateRoute, Route, SubscriptionTable
from topicwire._transmission import Transmission
from topicwire._trust import Trust
from topicwire._url import BrokerAddress
from topicwire.errors import (
    MessageRefused,
    NotConnected,
    SubscribeRejected,
    TopicwireError,
)

log = logging.getLogger("topicwire")

M = TypeVar("M")
_NONE: Mapping[str, str] = {}
_JSON = Headers(content_type="application/json")
_VERSIONS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}


class Group(Protocol):
    """A group of workers that a client is in."""

    def unsubscribe(self) -> None:
        """Leave it."""
        ...


class ClientCore:
    """Queue, subscriptions, outbox and session of one client.

    `is_foreign` says whether this is the copy of a client that `fork` has made, and `exact` that
    messages are taken and given as they are on the wire.
    """

    def __init__(
        self,
        url: BrokerAddress,
        dispatcher: Dispatcher,
        counters: Counters,
        options: ClientOptions,
        *,
        exact: bool = False,
    ) -> None:
        settings = replace(connection_settings(url, options), exact=exact)
        self.client_id = settings.client_id
        self.address = url
        self.options = options
        # The groups of workers that this client is in; they end with it.
        self.groups: list[Group] = []
        self.counters = counters
        self._settings = settings
        self._profile = profile_of(options.get("broker", ""))
        check(shortcomings(self._profile, settings))
        self._dispatcher = dispatcher
        self._on_connected = options.get("on_connected")
        self.is_foreign = False
        disown_in_children(self)
        self._signing = signing_of(options)
        self._trust = Trust(
            self._signing,
            self.client_id,
            allow_unsigned=options.get("allow_unsigned", False),
            max_bytes=options.get("max_message_bytes", MAX_MESSAGE),
        )
        will = options.get("will")
        if will is not None:
            self._trust.check_will(will.channel)
        tracing = options.get("tracing")
        self.tracing = (
            tracing.of(self.client_id, settings.brokers[0]) if tracing is not None else None
        )
        self._composer = (
            Composer(self._trust) if self.tracing is None else self.tracing.composer(self._trust)
        )
        self._replays = replay_store(self._signing)
        self._arrivals = Arrivals(
            counters, self._replays, self._signing.max_age if self._signing is not None else 0.0
        )
        self.subscriptions = SubscriptionTable()
        self.queue = OutgoingQueue(
            options.get("max_queued_messages", 10_000),
            options.get("max_queued_bytes", 64 * 2**20),
            options.get("queue_policy", "block"),
            options.get("queue_timeout", 10.0),
            counters,
        )
        self.batches = Batches(
            self.queue, self._composer, counters, self._wake, self._refuse, tracing=self.tracing
        )
        self.outbox = self._make_outbox(options)
        self.transmission = Transmission(
            self.queue,
            self.outbox.queue if self.outbox is not None else None,
            self.batches,
            counters,
            max_in_flight=options.get("max_in_flight", 1_000),
            ack_timeout=options.get("ack_timeout", 60.0),
        )
        version = options.get("mqtt_version")
        self.session = Session(
            settings,
            queue=self.queue,
            transmission=self.transmission,
            subscriptions=self.subscriptions,
            reconnect=options.get("reconnect") or ReconnectPolicy(),
            counters=counters,
            owner=self,
            version=_VERSIONS[version] if version is not None else None,
            patience=options.get("watchdog", max(30.0, 3 * settings.connect_timeout)),
            profile=self._profile,
            ack_timeout=options.get("ack_timeout", 60.0),
        )
        topic = options.get("dead_letter")
        self.mishaps = Mishaps(
            dispatcher,
            counters,
            DeadLetters(topic, self.client_id, self._send_dead_letter) if topic else None,
            self.client_id,
        )

    # ---- its life ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to connect; does nothing while the network thread runs.

        Raises `OutboxFailed` or `ReplayStateFailed` if a file of a client that was closed has
        another owner now.
        """
        self.check_process()
        if self.session.is_running:
            return
        if self._replays is not None:
            self._replays.open()
        self._arrivals = self._arrivals.after_reopening()
        if self.outbox is not None:
            self.outbox.start()
        self.batches.open()
        self.session.start()
        self.session.ended.add_done_callback(lambda _: self._end_outbox())

    def drain(self) -> Completion:
        """Take in nothing more, in either direction; the result tells when all is sent."""
        if self.outbox is not None:
            self.outbox.refuse_new()
        self.batches.close()
        return self.session.drain()

    def stop(self, timeout: float) -> None:
        """Disconnect, and release everything within about `timeout` seconds."""
        self.session.stop(timeout)
        if self.outbox is not None:
            self.outbox.close(max(1.0, timeout))
        if self._replays is not None:
            self._replays.close(max(1.0, timeout))

    def leave_groups(self) -> None:
        """Leave the groups of workers; waits for their handlers."""
        while self.groups:
            self.groups.pop().unsubscribe()

    def disown(self) -> None:
        """Become the copy of a client that `fork` has made, in the child."""
        self.is_foreign = True
        self.batches.disown()

    # ---- publishing -------------------------------------------------------------------------

    def publish(
        self,
        channel: Channel[M],
        message: M,
        parameters: Mapping[str, str] = _NONE,
        may_wait: bool = True,
    ) -> Delivery:
        """Validate and queue a message; everything that can be refused is refused here.

        Raises `PayloadInvalid`, `TopicInvalid`, `SigningRequired`, `PublishRejected` (the broker
        would not take it), `QueueFull`, `OutboxFull`, `OutboxFailed` and `NotConnected` (the
        client is closed).
        """
        self.check_process()
        collector = self.collector(channel)
        if collector is not None:
            return collector.publish(message, parameters, may_wait)
        topic = channel.topic(parameters, message)
        if channel.header_codec is not None:
            return self.send(channel, topic, *channel.encode_all(message), may_wait=may_wait)
        payload = channel.codec.encode(message)
        if channel.delivery == "durable" and self.outbox is not None:
            return self._store(self.outbox, self._composer.stored(channel, topic, payload))
        return self.send(channel, topic, payload, channel.headers, may_wait=may_wait)

    def publisher(self, channel: Channel[Any]) -> Callable[..., Delivery]:
        """Return what publishes to a channel: a message, parameters and `may_wait`, in order."""
        collector, tracing = self.collector(channel), self.tracing
        if collector is not None:
            found: Callable[..., Delivery] = collector.publish
            return found if tracing is None else tracing.collecting(found)
        found = partial(self.publish, channel)
        if tracing is None:
            return found
        return tracing.publishing(channel, found, stored=self.writes_to_disk(channel))

    def collector(self, channel: Channel[Any]) -> Collector | None:
        """Return what collects the messages of a channel, or None if each is sent by itself.

        Those for the outbox are: each is on the disk before `publish` returns.
        """
        if channel.batch is None or self.writes_to_disk(channel):
            return None
        return self.batches.collector(channel, channel.batch)

    def send(
        self,
        channel: Channel[M],
        topic: str,
        body: bytes,
        headers: Headers,
        *,
        expiry: float | None = None,
        may_wait: bool,
    ) -> Delivery:
        """Queue an encoded message; `expiry` in seconds where it is to be shorter than usual."""
        payload, headers, lasts = self._composer.compose(channel, topic, body, headers)
        if lasts is not None:
            expiry = lasts if expiry is None else min(expiry, lasts)
        return self.enqueue(
            Outgoing(
                topic,
                payload,
                channel.qos,
                channel.retain,
                headers,
                time.monotonic() + expiry if expiry is not None else None,
                Delivery(topic, channel.qos),
                channel.name,
            ),
            may_wait=may_wait,
        )

    def writes_to_disk(self, channel: Channel[M]) -> bool:
        """Return whether `publish` to a channel waits for the disk."""
        return self.outbox is not None and channel.delivery == "durable"

    def enqueue(self, item: Outgoing, *, may_wait: bool) -> Delivery:
        """Queue what is ready to go; raises what `publish` raises for the queue."""
        refusal = self.transmission.refusal(item)
        if refusal is not None:
            raise refusal
        self.queue.put(item, may_wait=may_wait)
        self.session.wake()
        return item.delivery

    def _store(self, outbox: OutboxFeed, message: StoredMessage) -> Delivery:
        refusal = self.transmission.refusal(
            outbox.outgoing(message, Headers(), Delivery(message.topic, message.qos))
        )
        if refusal is not None:
            raise refusal
        return outbox.publish(message)

    def _send_dead_letter(self, topic: str, body: bytes) -> Delivery:
        delivery = Delivery(topic, 1)
        item = Outgoing(topic, body, 1, False, _JSON, None, delivery)
        return self.enqueue(item, may_wait=False)

    # ---- receiving --------------------------------------------------------------------------

    def register(
        self,
        channel: Channel[M],
        parameters: Mapping[str, str | None],
        route: Route,
        group: str | None = None,
    ) -> list[FilterEntry]:
        """Subscribe the filters of a channel for a route; return them, to wait for the grants.

        Raises `TopicInvalid`, `SigningRequired`, and `AbilityMissing` for what the broker is known
        to lose.
        """
        self.check_process()
        self._trust.check_receiving(channel)
        names = channel.filters(parameters)
        for name in names:
            check(missed(self._profile, self._settings, channel, name))
        return [self.listen(name, channel.receive_qos, route, group) for name in names]

    def listen(self, name: str, qos: QoS, route: Route, group: str | None = None) -> FilterEntry:
        """Subscribe one filter for a route."""
        self.check_process()
        entry = self.subscriptions.add(name, qos, route, group)
        self.session.subscribe(entry)
        return entry

    def unregister(self, entries: Sequence[FilterEntry], route: Route) -> None:
        """Take a route out, and leave the filters nobody else wants."""
        for entry in entries:
            if self.subscriptions.remove(entry.name, route):
                self.session.unsubscribe(entry.name)

    def check_grants(self) -> None:
        """Raise `SubscribeRejected` when the broker refused any filter, or what else is wrong."""
        refused: dict[str, int] = {}
        for entry in self.subscriptions.entries():
            if isinstance(entry.granted.error, SubscribeRejected):
                refused.update(entry.granted.error.reason_codes)
            elif entry.granted.error is not None:
                raise entry.granted.error
        if refused:
            raise SubscribeRejected(refused)

    def stats(self) -> Stats:
        """Return the counters as they are now."""
        return self.counters.snapshot(
            connected=self.session.is_connected,
            queued_messages=self.queue.messages + self.batches.messages,
            queued_bytes=self.queue.size + self.queue.room.collected,
            outbox_messages=len(self.outbox.store) if self.outbox is not None else 0,
            outbox_bytes=self.outbox.store.size if self.outbox is not None else 0,
            in_flight=self.transmission.in_flight,
        )

    # ---- called by the session, on the network thread ---------------------------------------

    def deliver(self, inbound: Inbound) -> None:
        """Find the routes of a message and have them run."""
        routes, group = self.subscriptions.routes_for(inbound)
        if not routes:
            self.counters.add("unrouted")
        else:
            name = routes[0].channel.name
            tally = self.counters.tallies.get(name) or self.counters.tally(name)
            tally.received += 1
            tally.received_bytes += len(inbound.payload)
            try:
                freshness = self._trust.examine(inbound, routes)
                if self._arrivals.is_repetition(
                    inbound, freshness, group, self.session.acknowledge
                ):
                    return
            except MessageRefused as error:
                self.mishaps.refused(error, name)
                routes = []
        inbound.expect(len(routes), self.session.acknowledge)
        for route in [route for route in routes if route.immediate]:
            routes.remove(route)
            cast(ImmediateRoute, route).process(inbound)
            inbound.done()
        if routes:
            self._dispatcher.submit(inbound, routes)

    def report(self, error: TopicwireError) -> None:
        """Pass on an error that no call can raise."""
        self._dispatcher.report(error, None)

    def connected(self) -> None:
        """Tell the program that there is a connection, if it wants to know."""
        if self._on_connected is not None:
            self._dispatcher.call(self._on_connected)

    def is_idle(self) -> bool:
        """Return whether the outbox has nothing more to send."""
        return self.outbox is None or self.outbox.is_idle()

    def check_process(self) -> None:
        """Raise `NotConnected` in a process that `fork` made."""
        if self.is_foreign:
            raise NotConnected(
                "this client belongs to the process that made it; make a new one after fork"
            )

    def _refuse(self) -> None:
        self.check_process()
        raise NotConnected("the client is closed; nothing can be published")

    def _make_outbox(self, options: ClientOptions) -> OutboxFeed | None:
        settings = options.get("outbox")
        if settings is None:
            return None
        if "client_id" not in options:
            raise ValueError("an outbox needs a client_id, by which receivers know its messages")
        return OutboxFeed(
            settings if isinstance(settings, Outbox) else Outbox(path=settings),
            self._trust.sender,
            headers_of=self._composer.headers_of,
            counters=self.counters,
            wake=self._wake,
            report=self.report,
        )

    def _wake(self) -> None:
        # The session is made after the outbox, which only needs it once it has something.
        self.session.wake()

    def _end_outbox(self) -> None:
        if self.outbox is not None:
            self.outbox.stop()
