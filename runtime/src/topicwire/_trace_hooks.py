"""What a client asks of tracing, if it has any; `topicwire.tracing` is what answers.

A client without tracing never asks: the hooks are looked for when it is made, when a publisher or
a subscriber is made, and once for each batch.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from topicwire._channel import Channel
from topicwire._composition import Composer
from topicwire._context import Context
from topicwire._delivery import Delivery
from topicwire._envelope import Headers
from topicwire._trust import Trust
from topicwire._url import BrokerUrl


class ClientTracing(Protocol):
    """The tracing of one client."""

    def composer(self, trust: Trust) -> Composer:
        """Return what adds the current trace context to each message."""
        ...

    def publishing(
        self, channel: Channel[Any], publish: Callable[..., Delivery], *, stored: bool
    ) -> Callable[..., Delivery]:
        """Return `publish` of a channel with a span; `stored` if it puts messages on the disk."""
        ...

    def collecting(self, publish: Callable[..., Delivery]) -> Callable[..., Delivery]:
        """Return `publish` of messages that go in batches, noting where they were published."""
        ...

    def batch(
        self, channel: Channel[Any], headers: Headers, count: int, delivery: Delivery
    ) -> Headers:
        """Begin the span of a batch, and return its headers with that context."""
        ...

    def handling(
        self, channel: Channel[Any], handler: Callable[[Any, Context], None]
    ) -> Callable[[Any, Context], None]:
        """Return a handler with a span for each call."""
        ...

    def awaiting(
        self, channel: Channel[Any], handler: Callable[[Any, Context], Awaitable[None]]
    ) -> Callable[[Any, Context], Awaitable[None]]:
        """Do the same for asyncio."""
        ...


class Tracing(Protocol):
    """What `Client(..., tracing=...)` takes: `topicwire.tracing.Tracing`."""

    def of(self, client_id: str, url: BrokerUrl) -> ClientTracing:
        """Return the tracing of one client."""
        ...
