"""Seeing everything that goes over a broker, as the protocol understands it."""

from __future__ import annotations

import base64
import queue
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Unpack

from topicwire._channel import QoS
from topicwire._client import Client
from topicwire._context import Context
from topicwire._core import ClientCore
from topicwire._dispatch import Dispatcher
from topicwire._inbound import Inbound
from topicwire._options import ClientOptions
from topicwire._reception import plain_body, receive
from topicwire._signing import claims_signature
from topicwire._stats import Counters
from topicwire._strict_json import split_array
from topicwire._topic_filter import TopicFilter
from topicwire._trust import Trust
from topicwire._url import BrokerAddress
from topicwire.command._access import Access
from topicwire.command._catalogue import AnyChannel, Catalogue
from topicwire.command._failures import CommandError
from topicwire.errors import MessageRefused, TopicwireError

Signature = Literal["verified", "none", "unchecked", "refused"]
# What waits to be shown; then the client waits, and at last the broker.
_WAITING = 1_000


@dataclass(slots=True)
class Sighting:
    """One message that went by, and what is in it.

    `channel` is None for a topic that no channel has; `contents` are the messages (several in a
    batch) or the errors they stand for, each with its context, and `texts` their bodies, as they
    came but for compression. `refusal` is why a message would
    not be believed; then there are no contents. `signature` "unchecked" means that there is one,
    and no key to check it with. `size` is that of the body as it came, in bytes.
    """

    topic: str
    channel: AnyChannel | None
    size: int
    headers: dict[str, str]
    qos: int
    retained: bool
    timestamp: float
    signature: Signature
    sender: str | None = None
    sent: float | None = None
    refusal: MessageRefused | None = None
    batched: bool = False
    contents: list[tuple[object, Context | None]] = field(
        default_factory=list[tuple[object, Context | None]]
    )
    texts: list[str] = field(default_factory=list[str])

    @property
    def is_wrong(self) -> bool:
        """Whether anything about it is not as the document says."""
        return (
            self.refusal is not None
            or self.lacks_signature
            or any(isinstance(content, TopicwireError) for content, _ in self.contents)
        )

    @property
    def lacks_signature(self) -> bool:
        """Whether its channel requires a signature that it does not have."""
        required = self.channel is not None and self.channel.signing == "required"
        return required and self.signature == "none" and bool(self.size)


class Watcher(Client):
    """A client that sees messages of any topic, and says what the protocol makes of them.

    It believes nothing and answers nothing: what is not signed, does not fit or came before is
    seen like everything else.
    """

    def __init__(self, catalogue: Catalogue, url: str, /, **options: Unpack[ClientOptions]) -> None:
        options["allow_unsigned"] = True
        self._catalogue = catalogue
        self._sightings: queue.Queue[Sighting] = queue.Queue(_WAITING)
        self._over = threading.Event()
        super().__init__(url, **options)

    def watch(self, filters: Sequence[str]) -> None:
        """Subscribe to filters; `sightings` yields what comes."""
        route = _Route(self)
        for name in filters:
            self._core.listen(name, QoS.EXACTLY_ONCE, route)

    def sightings(self, until: float | None = None) -> Iterator[Sighting | None]:
        """Yield what comes until a time of the monotonic clock (None: for ever).

        None is yielded in between, a few times a second, when nothing comes.
        """
        while until is None or time.monotonic() < until:
            left = 0.2 if until is None else min(0.2, max(0.0, until - time.monotonic()))
            try:
                yield self._sightings.get(timeout=left)
            except queue.Empty:
                yield None

    def close(self, drain: float = 0.0) -> tuple[Any, ...]:
        """Disconnect without waiting for what has come and was not looked at."""
        self._over.set()
        return super().close(drain)

    def take(self, inbound: Inbound, trust: Trust) -> None:
        """Look at a message and keep it for `sightings`, waiting while there are many."""
        sighting = look(self._catalogue, inbound, trust)
        while not self._over.is_set():
            try:
                self._sightings.put(sighting, timeout=0.2)
            except queue.Full:
                continue
            return

    def _make_core(
        self, url: BrokerAddress, dispatcher: Dispatcher, counters: Counters, options: ClientOptions
    ) -> ClientCore:
        return _Core(url, dispatcher, counters, options)


class _Core(ClientCore):
    def deliver(self, inbound: Inbound) -> None:
        """Have the message looked at, whatever it is."""
        routes, _ = self.subscriptions.routes_for(inbound)
        inbound.expect(len(routes), self.session.acknowledge)
        if routes:
            self._dispatcher.submit(inbound, routes)


class _Route:
    """Where the messages of all filters of a watcher go."""

    def __init__(self, watcher: Watcher) -> None:
        self.channel: AnyChannel = _NO_CHANNEL
        self.handler: object = watcher
        self.immediate = False
        self.pending: deque[Inbound] = deque()
        self.scheduled = False
        self._watcher = watcher

    def process(self, inbound: Inbound) -> None:
        """Look at a message."""
        self._watcher.take(inbound, self._watcher._core._trust)


@dataclass(slots=True)
class _Judged:
    """What a message is believed by: its channel, in the shape of a route."""

    channel: AnyChannel
    handler: object = None
    immediate: bool = False


_NO_CHANNEL: AnyChannel = AnyChannel(name="", address="", messages=())


def look(catalogue: Catalogue, inbound: Inbound, trust: Trust) -> Sighting:
    """Return what a message is to the protocol."""
    channel = catalogue.find(inbound.topic)
    sighting = Sighting(
        inbound.topic, channel, len(inbound.payload), inbound.headers.own, inbound.qos,
        inbound.retained, inbound.timestamp, "none", texts=[readable(inbound.payload)],
    )  # fmt: skip
    if channel is None:
        return sighting
    try:
        trust.examine(inbound, [_Judged(channel)])
    except MessageRefused as refusal:
        sighting.refusal, sighting.signature = refusal, "refused"
        sighting.sender = refusal.sender
        return sighting
    received = receive(channel, inbound)
    sighting.batched = received.batched
    sighting.sent = received.context.sent
    sighting.contents = list(received.items())
    sighting.texts = _texts(inbound, len(sighting.contents), received.batched)
    if inbound.signed is not None:
        sighting.signature, sighting.sender = "verified", inbound.signed.sender
    elif claims_signature(inbound.headers):
        sighting.signature = "unchecked"
    if sighting.sender is None:
        sighting.sender = inbound.headers.get("sid")
    return sighting


def readable(body: bytes) -> str:
    """Return a body as text; one that is not UTF-8 as base64."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return f"base64:{base64.b64encode(body).decode()}"


def _texts(inbound: Inbound, count: int, batched: bool) -> list[str]:
    try:
        body = plain_body(inbound)
    except TopicwireError:
        return [readable(inbound.payload)]  # the error is among the contents
    elements = split_array(body) if batched else None
    if elements is not None and len(elements) == count:
        return [readable(element) for element in elements]
    return [readable(body)]


def open_watcher(catalogue: Catalogue, access: Access, names: Sequence[str]) -> Watcher:
    """Return a watcher, not connected yet, of channels and filters; of all channels without any."""
    options = access.options(catalogue.protocol)
    watcher = Watcher(catalogue, access.address, **options)
    watcher.watch(filters_of(catalogue, names))
    return watcher


def filters_of(catalogue: Catalogue, names: Sequence[str]) -> list[str]:
    """Return the filters that names of channels and filters stand for; raises `CommandError`."""
    found: list[str] = []
    for name in names or list(catalogue.entries):
        entry = catalogue.entries.get(name)
        if entry is not None:
            found += entry.channel.filters({})
        elif any(sign in name for sign in "/+#") or catalogue.find(name) is not None:
            try:
                TopicFilter(name)
            except ValueError as error:
                raise CommandError(str(error)) from None
            found.append(name)
        else:
            raise CommandError(catalogue.unknown("channel", name, list(catalogue.entries)))
    return list(dict.fromkeys(found))
