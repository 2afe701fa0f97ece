"""The client for asyncio programs."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar, Unpack

from topicwire._channel import Channel
from topicwire._client_base import ClientBase
from topicwire._completion import Completion
from topicwire._core import ClientCore
from topicwire._delivery import Delivery
from topicwire._mishaps import InvalidHandler
from topicwire._options import ClientOptions, received_backlog
from topicwire._requests import Requests
from topicwire._stats import Counters
from topicwire._subscription import Subscription
from topicwire._url import BrokerAddress
from topicwire.aio._dispatch import AsyncHandler, AsyncRoute, LoopDispatcher
from topicwire.errors import ConnectionFailed, QueueFull, TopicwireError

M = TypeVar("M")
M_contra = TypeVar("M_contra", contravariant=True)
_NONE: Mapping[str, str] = {}


class AsyncPublish(Protocol[M_contra]):
    """What asyncio publishers await: queues a message, or adds it to a batch."""

    def __call__(
        self, message: M_contra, parameters: Mapping[str, str] = ..., /
    ) -> Coroutine[object, object, Delivery]: ...


class AsyncClient(ClientBase):
    """A connection to a broker that is kept up, for the generated asyncio stubs.

    Used as `async with AsyncClient("mqtt://127.0.0.1:1883") as client:` it connects on entry and
    closes on exit. `ClientOptions` describes the keyword arguments (`workers` means nothing
    here). It works on every asyncio event loop; all methods belong to the loop it connects on.
    """

    def __init__(self, url: BrokerAddress, /, **options: Unpack[ClientOptions]) -> None:
        counters = Counters()
        self._dispatcher = LoopDispatcher(
            received_backlog(options, counters), options.get("on_error")
        )
        self._core = ClientCore(url, self._dispatcher, counters, options)
        self._requests = Requests(self._core)

    def start(self) -> None:
        """Begin to connect without waiting; what is published meanwhile is queued."""
        if not self._core.session.is_running:
            self._dispatcher.bind()
            self._core.start()

    async def connect(self, timeout: float = 10.0) -> None:
        """Connect, and wait until all subscriptions are granted, up to `timeout` seconds.

        Attempts are repeated until then. Raises `ConnectionFailed` (and tries no longer), and
        `SubscribeRejected` when the broker refuses a subscription.
        """
        self.start()
        session = self._core.session
        try:
            await asyncio.wait_for(end_of(session.ready), timeout)
            self._core.check_grants()
        except TopicwireError:
            await self._stop(1.0)
            raise
        except TimeoutError:
            await self._stop(1.0)
            raise session.last_failure or ConnectionFailed(
                self.url, f"not ready within {timeout:g} s"
            ) from None
        except BaseException:
            self._core.stop(0.0)
            raise

    async def close(self, drain: float = 5.0) -> tuple[Delivery, ...]:
        """Finish what was begun, disconnect, and return the deliveries that failed by it.

        For up to `drain` seconds handlers may end and queued messages be sent and acknowledged;
        no new messages are taken in either direction. What could not be sent by then has failed
        with `NotConnected`, but for what the outbox keeps. Closing twice does nothing.
        """
        if self._core.is_foreign:
            return ()
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._core.leave_groups)
        deadline = loop.time() + drain
        drained = self._core.drain()
        await self._dispatcher.wait_idle(max(0.0, deadline - loop.time()))
        try:
            await asyncio.wait_for(end_of(drained), max(0.0, deadline - loop.time()))
        except TimeoutError:
            pass  # what is left over is returned
        await self._stop(max(1.0, deadline - loop.time()))
        self._dispatcher.cancel()
        return self._core.transmission.take_undelivered()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _stop(self, timeout: float) -> None:
        # Joining the network thread must not block the loop.
        await asyncio.to_thread(self._core.stop, timeout)

    # ---- for the stubs ----------------------------------------------------------------------

    def _publisher(self, channel: Channel[M]) -> AsyncPublish[M]:
        core = self._core
        publish = core.publisher(channel)

        async def publish_soon(message: M, parameters: Mapping[str, str] = _NONE, /) -> Delivery:
            if not core.writes_to_disk(channel):
                try:
                    return publish(message, parameters, False)
                except QueueFull:
                    if core.queue.policy != "block":
                        raise
            # A thread waits for the disk, or for room in a full queue, so that the loop need not.
            return await asyncio.to_thread(publish, message, parameters, True)

        return publish_soon

    def _subscribe(
        self,
        channel: Channel[M],
        parameters: Mapping[str, str | None],
        handler: AsyncHandler[Any],
        group: str | None,
        on_invalid: InvalidHandler | None = None,
        *,
        whole: bool = False,
    ) -> Subscription:
        if self._core.tracing is not None:
            handler = self._core.tracing.awaiting(channel, handler)
        route = AsyncRoute(channel, handler, self._core.mishaps, on_invalid, whole=whole)
        entries = self._core.register(channel, parameters, route, group)
        return Subscription(self._core, route, entries)

    @property
    def _ended(self) -> Completion:
        return self._core.session.ended


async def end_of(completion: Completion) -> None:
    """Wait for a completion; a coroutine, for what takes nothing less."""
    await completion
