"""What a test expects to come on a channel."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast, overload

from topicwire import aio
from topicwire._channel import Channel
from topicwire._client import Client
from topicwire._client_base import ClientBase
from topicwire._context import Context
from topicwire._stubs import CategorySubscriber, Subscriber
from topicwire._subscription import Subscription
from topicwire.aio._client import AsyncClient
from topicwire.testing._in_memory_broker import InMemoryBroker
from topicwire.testing._sightings import Condition, Sighting, Sightings

M = TypeVar("M")
_TOPICS = 10


@overload
def expect(source: Subscriber[M] | CategorySubscriber[M], /) -> Expectation[M]: ...
@overload
def expect(source: aio.Subscriber[M] | aio.CategorySubscriber[M], /) -> AsyncExpectation[M]: ...
@overload
def expect(source: Channel[M], client: Client, /) -> Expectation[M]: ...
@overload
def expect(source: Channel[M], client: AsyncClient, /) -> AsyncExpectation[M]: ...


def expect(  # the overloads say what it takes and returns
    source: Any,
    client: Client | AsyncClient | None = None,
    /,
) -> Any:
    """Record what comes for a subscriber, a category or a channel, for a `with` statement.

    `source` is a subscriber of a client (`SensorSubscriber(client)`, `gui.on.test_status`,
    `gui.on.category("status")`), or a channel with the client that is to receive it. The result
    is an `Expectation`, or with asyncio an `AsyncExpectation` for `async with`.
    """
    if isinstance(source, Channel):
        if client is None:
            raise TypeError("a channel is expected with a client: expect(CHANNEL, client)")
        targets = [_Target(cast(Any, source))]
    elif isinstance(source, CategorySubscriber | aio.CategorySubscriber):
        category = cast("CategorySubscriber[Any]", source)
        client, targets = category._client, [_Target(channel) for channel in category._channels]
    else:
        subscriber = cast("Subscriber[Any]", source)
        client = subscriber._client
        targets = [_Target(subscriber._coded, subscriber._parameters, subscriber._group)]
    if isinstance(client, AsyncClient):
        return AsyncExpectation[Any](client, targets)
    return Expectation[Any](client, targets)


@dataclass(frozen=True, slots=True)
class _Target:
    """What to subscribe to."""

    channel: Channel[Any]
    parameters: Mapping[str, str | None] | None = None
    group: str | None = None


class _Recording(Generic[M]):
    """What both kinds of expectations have in common."""

    def __init__(self, client: ClientBase, targets: list[_Target]) -> None:
        self._client = client
        self._targets = targets
        self._seen: Sightings[M] = Sightings(_named(targets))
        self._subscriptions: list[Subscription] = []

    @property
    def all(self) -> tuple[Sighting[M], ...]:
        """Everything that came so far, in its order, whether it was asked for or not."""
        return self._seen.all

    def _begin(self, subscribe: Callable[..., Subscription], handler: object) -> None:
        for each in self._targets:
            self._subscriptions.append(
                subscribe(
                    each.channel, each.parameters or {}, handler, each.group, self._seen.refuse
                )
            )

    def _end(self) -> None:
        for subscription in self._subscriptions:
            subscription.unsubscribe()

    def _missing(self, timeout: float, where: Condition[M] | None) -> AssertionError:
        return AssertionError(self._seen.missing(timeout, where, _hints(self._client)))


class Expectation(_Recording[M]):
    """Messages that come between entry and exit; they are handled, and so acknowledged, at once."""

    def __init__(self, client: Client, targets: list[_Target]) -> None:
        super().__init__(client, targets)
        self._subscribe = client._subscribe

    def next(self, timeout: float = 5.0, *, where: Condition[M] | None = None) -> M:
        """Return the next message, or the next for which `where` is true; those before it stay.

        `AssertionError` after `timeout` seconds, which says what came instead.
        """
        return self.next_seen(timeout, where=where).message

    def next_seen(self, timeout: float = 5.0, *, where: Condition[M] | None = None) -> Sighting[M]:
        """Return the next message with its context, as `next`."""
        found: list[Sighting[M]] = []

        def take() -> bool:
            sighting = self._seen.take(where)
            if sighting is not None:
                found.append(sighting)
            return sighting is not None

        with self._seen.changed:
            if not self._seen.changed.wait_for(take, timeout):
                raise self._missing(timeout, where)
        return found[0]

    def take(self, count: int, timeout: float = 5.0) -> list[M]:
        """Return the next `count` messages; each may take `timeout` seconds."""
        return [self.next(timeout) for _ in range(count)]

    def none(self, within: float = 0.1, *, where: Condition[M] | None = None) -> None:
        """Make sure that no message (for which `where` is true) comes within some seconds.

        One that came already and was not asked for counts too.
        """
        with self._seen.changed:
            self._seen.changed.wait_for(lambda: self._seen.has(where), within)
            unwanted = self._seen.take(where)
        if unwanted is not None:
            raise AssertionError(self._seen.unwanted(unwanted))

    def __enter__(self) -> Self:
        try:
            self._begin(self._subscribe, self._seen.add)
            if self._client.is_connected:
                for subscription in self._subscriptions:
                    subscription.wait()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()


class AsyncExpectation(_Recording[M]):
    """The same with asyncio; see `Expectation` for what the methods do."""

    def __init__(self, client: AsyncClient, targets: list[_Target]) -> None:
        super().__init__(client, targets)
        self._subscribe = client._subscribe
        self._arrived = asyncio.Event()

    async def next(self, timeout: float = 5.0, *, where: Condition[M] | None = None) -> M:
        """Return the next message, see `Expectation.next`."""
        return (await self.next_seen(timeout, where=where)).message

    async def next_seen(
        self, timeout: float = 5.0, *, where: Condition[M] | None = None
    ) -> Sighting[M]:
        """Return the next message with its context, as `next`."""
        found = await self._wait(timeout, where)
        if found is None:
            raise self._missing(timeout, where)
        return found

    async def take(self, count: int, timeout: float = 5.0) -> list[M]:
        """Return the next `count` messages; each may take `timeout` seconds."""
        return [await self.next(timeout) for _ in range(count)]

    async def none(self, within: float = 0.1, *, where: Condition[M] | None = None) -> None:
        """Make sure that no message comes, see `Expectation.none`."""
        unwanted = await self._wait(within, where)
        if unwanted is not None:
            raise AssertionError(self._seen.unwanted(unwanted))

    async def _wait(self, timeout: float, where: Condition[M] | None) -> Sighting[M] | None:
        try:
            async with asyncio.timeout(timeout):
                while (found := self._seen.take(where)) is None:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            return None
        return found

    async def _note(self, message: M, context: Context) -> None:
        self._seen.add(message, context)
        self._arrived.set()

    async def __aenter__(self) -> Self:
        try:
            self._begin(self._subscribe, self._note)
            if self._client.is_connected:
                for subscription in self._subscriptions:
                    await subscription.granted()
        except BaseException:
            self._end()
            raise
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()


def _named(targets: list[_Target]) -> str:
    names = [f"{each.channel.name} ({each.channel.address})" for each in targets]
    return ", ".join(names)


def _hints(client: ClientBase) -> list[str]:
    """Return what else there is to know when nothing came."""
    hints: list[str] = []
    if not client.is_connected:
        hints.append(f"client {client.client_id!r} is not connected")
    refusals = client.stats().refusals
    if refusals:
        reasons = ", ".join(f"{count} {reason}" for reason, count in refusals.items())
        hints.append(f"client {client.client_id!r} has not believed messages: {reasons}")
    broker = InMemoryBroker.at(client.url)
    if broker is not None:
        topics = Counter(message.topic for message in broker.messages)
        seen = ", ".join(f"{count} on {topic}" for topic, count in topics.most_common(_TOPICS))
        hints.append(f"the broker has had {seen or 'no messages at all'}")
    return hints
