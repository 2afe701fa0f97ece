"""Partitioned subscriptions whose handlers are coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

from topicwire._channel import Channel
from topicwire._completion import Completion
from topicwire._partition_worker import Connected
from topicwire._partitioned import PartitionedSubscription, PartitionGroup
from topicwire._partitions import PARTITION
from topicwire.aio._client import AsyncClient
from topicwire.aio._dispatch import AsyncHandler

M = TypeVar("M")
T = TypeVar("T")

_START = 5.0  # seconds; the loop has to get round to it
_GRACE = 5.0  # seconds more than handlers have


class Partitioned(Generic[M]):
    """A subscriber as one worker of a group; `await subscribe(handler)`."""

    def __init__(
        self, client: AsyncClient, channel: Channel[Any], group: str, interval: float,
        timeout: float,
    ) -> None:  # fmt: skip
        self._client = client
        self._group = PartitionGroup(client._core, channel, group, interval, timeout)

    async def subscribe(self, handler: AsyncHandler[M]) -> PartitionedSubscription:
        """Join the group, and have `handler` awaited for the messages of this worker's partitions.

        It returns at once; connections of its own are made, one for each partition. They end with
        the client, and until then on this loop: leave the group by closing the client, or by
        `await asyncio.to_thread(subscription.unsubscribe)`.
        """
        loop = asyncio.get_running_loop()

        async def start(partition: int) -> AsyncClient:
            url, options = self._group.options(partition)
            client = AsyncClient(url, **options)
            client._subscribe(self._group.channel, {PARTITION: str(partition)}, handler, None)
            client.start()
            return client

        def take(partition: int) -> Connected:
            client = asyncio.run_coroutine_threadsafe(start(partition), loop).result(_START)
            return _Held(client, loop)

        subscription = self._group.join(take)
        self._client._core.groups.append(subscription)
        return subscription


class _Held:
    def __init__(self, client: AsyncClient, loop: asyncio.AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected

    @property
    def ended(self) -> Completion:
        return self._client._ended

    def close(self, drain: float) -> None:
        closing: Coroutine[Any, Any, object] = self._client.close(drain)
        asyncio.run_coroutine_threadsafe(closing, self._loop).result(drain + _GRACE)
