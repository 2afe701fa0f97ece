"""A handler's subscription to a channel."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from topicwire._batch import hand_out
from topicwire._channel import Channel
from topicwire._completion import Completion
from topicwire._context import Context
from topicwire._core import ClientCore
from topicwire._inbound import Inbound
from topicwire._mishaps import InvalidHandler, Mishaps
from topicwire._reception import receive
from topicwire._subscriptions import FilterEntry, Route
from topicwire.errors import TopicwireError

M = TypeVar("M")


class ThreadRoute(Generic[M]):
    """Decodes the messages of one subscription and calls its handler, on a worker thread.

    `handler` takes one message, or with `whole` a list of those that came together.
    """

    def __init__(
        self,
        channel: Channel[M],
        handler: Callable[[Any, Context], None],
        mishaps: Mishaps,
        on_invalid: InvalidHandler | None = None,
        *,
        whole: bool = False,
    ) -> None:
        self.channel = channel
        self.handler = handler
        self.immediate = False
        self.pending: deque[Inbound] = deque()
        self.scheduled = False
        self._account = mishaps.account(handler, on_invalid)
        self._whole = whole

    def process(self, inbound: Inbound) -> None:
        """Call the handler for each message; what is wrong is counted and reported."""
        account = self._account
        received = receive(self.channel, inbound)
        if self._whole:
            messages = received.sort_out(account.rejected)
            if messages:
                try:
                    self.handler(messages, received.context)
                except Exception as error:
                    account.failed(error, received.context)
        else:
            hand_out(
                received.elements, received.context, received.batched, self.handler,
                TopicwireError, account.rejected, account.failed,
            )  # fmt: skip
        account.close(inbound)


class Subscription:
    """One handler's subscription; end it with `unsubscribe()`.

    `granted` ends when the broker has granted it, or holds the error if it was refused.
    """

    def __init__(self, core: ClientCore, route: Route, entries: Sequence[FilterEntry]) -> None:
        self._core = core
        self._route = route
        self._entries = tuple(entries)
        self._grants: tuple[Completion, ...] = tuple(entry.granted for entry in entries)

    @property
    def filters(self) -> tuple[str, ...]:
        """The topic filters at the broker."""
        return tuple(entry.name for entry in self._entries)

    @property
    def granted_qos(self) -> int:
        """The lowest quality of service that the broker has granted; for when it has answered."""
        return min(entry.granted_qos for entry in self._entries)

    def wait(self, timeout: float = 10.0) -> None:
        """Wait until the broker has granted it; raises `SubscribeRejected` if it refuses.

        Raises `DeliveryTimeout` after `timeout` seconds, as when there is no connection.
        """
        deadline = time.monotonic() + timeout
        for grant in self._grants:
            grant.wait(max(0.0, deadline - time.monotonic()))

    async def granted(self) -> None:
        """Wait as `wait` does, in asyncio and without a limit."""
        for grant in self._grants:
            await grant

    def unsubscribe(self) -> None:
        """End the subscription; messages already received may still reach the handler."""
        self._core.unregister(self._entries, self._route)
