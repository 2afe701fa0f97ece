"""The client for programs with threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, cast

from topicwire._channel import Channel
from topicwire._client_base import ClientBase, Publish
from topicwire._context import Context
from topicwire._core import ClientCore
from topicwire._delivery import Delivery
from topicwire._dispatch import Dispatcher, ThreadDispatcher
from topicwire._mishaps import InvalidHandler
from topicwire._options import ClientOptions, received_backlog
from topicwire._pool import Pool
from topicwire._requests import Requests
from topicwire._stats import Counters
from topicwire._subscription import Subscription, ThreadRoute
from topicwire._url import BrokerAddress
from topicwire.errors import ConnectionFailed, DeliveryTimeout

M = TypeVar("M")


class Client(ClientBase):
    """A connection to a broker that is kept up, for the generated publishers and subscribers.

    Used as `with Client("mqtt://127.0.0.1:1883", client_id="gui-1") as client:` it connects on
    entry and closes on exit. `ClientOptions` describes the keyword arguments. All methods may
    be called from any thread, handlers included; handlers run on threads of the client.
    """

    def __init__(self, url: BrokerAddress, /, **options: Unpack[ClientOptions]) -> None:
        counters = Counters()
        self._dispatcher = ThreadDispatcher(
            options.get("client_id") or "topicwire",
            options.get("workers", 4),
            received_backlog(options, counters),
            options.get("on_error"),
        )
        self._core = self._make_core(url, self._dispatcher, counters, options)
        self._requests = Requests(self._core)

    @classmethod
    def shared(cls, url: BrokerAddress, /, **options: Unpack[ClientOptions]) -> Self:
        """Return one client for all who ask with the same address, client id and options.

        Each of them closes it, and the last one ends the connection. Raises `ValueError` when
        it is in use with other options.
        """
        return cast(Self, _POOL.take(url, options, lambda: cls(url, **options)))

    def start(self) -> None:
        """Begin to connect without waiting; what is published meanwhile is queued."""
        self._core.start()

    def connect(self, timeout: float = 10.0) -> None:
        """Connect, and wait until all subscriptions are granted, up to `timeout` seconds.

        Attempts are repeated until then. Raises `ConnectionFailed` (and tries no longer), and
        `SubscribeRejected` when the broker refuses a subscription.
        """
        self.start()
        session = self._core.session
        try:
            session.ready.wait(timeout)
            self._core.check_grants()
        except DeliveryTimeout:
            self._give_up()
            raise session.last_failure or ConnectionFailed(
                self.url, f"not ready within {timeout:g} s"
            ) from None
        except BaseException:
            self._give_up()
            raise

    def close(self, drain: float = 5.0) -> tuple[Delivery, ...]:
        """Finish what was begun, disconnect, and return the deliveries that failed by it.

        For up to `drain` seconds handlers may end and queued messages be sent and acknowledged;
        no new messages are taken in either direction. What could not be sent by then has failed
        with `NotConnected`, but for what the outbox keeps. Closing twice does nothing, and a
        shared client is closed by its last user.
        """
        if self._core.is_foreign or not _POOL.release(self):
            return ()
        self._core.leave_groups()
        deadline = time.monotonic() + drain
        drained = self._core.drain()
        # Handlers that are still running need the connection to be acknowledged over.
        self._dispatcher.wait_idle(max(0.0, deadline - time.monotonic()))
        try:
            drained.wait(max(0.0, deadline - time.monotonic()))
        except DeliveryTimeout:
            pass  # what is left over is returned
        self._core.stop(max(1.0, deadline - time.monotonic()))
        self._dispatcher.stop(max(0.0, deadline - time.monotonic()))
        return self._core.transmission.take_undelivered()

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _make_core(
        self, url: BrokerAddress, dispatcher: Dispatcher, counters: Counters, options: ClientOptions
    ) -> ClientCore:
        return ClientCore(url, dispatcher, counters, options)

    def _sibling(self, settings: tuple[BrokerAddress, ClientOptions]) -> Client:
        """Make another client, for a connection that this one needs besides."""
        url, options = settings
        return Client(url, **options)

    def _give_up(self) -> None:
        self._core.stop(0.0)

    # ---- for the stubs ----------------------------------------------------------------------

    def _publisher(self, channel: Channel[M]) -> Publish[M]:
        return self._core.publisher(channel)

    def _subscribe(
        self,
        channel: Channel[M],
        parameters: Mapping[str, str | None],
        handler: Callable[[Any, Context], None],
        group: str | None,
        on_invalid: InvalidHandler | None = None,
        *,
        whole: bool = False,
    ) -> Subscription:
        if self._core.tracing is not None:
            handler = self._core.tracing.handling(channel, handler)
        route = ThreadRoute(channel, handler, self._core.mishaps, on_invalid, whole=whole)
        entries = self._core.register(channel, parameters, route, group)
        return Subscription(self._core, route, entries)


_POOL: Pool[Client] = Pool()
