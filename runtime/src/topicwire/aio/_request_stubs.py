"""The base classes of generated asyncio requesters and responders."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar, cast

from pydantic import BaseModel

from topicwire._channel import Channel
from topicwire._context import Context
from topicwire._exchange import Answers
from topicwire._message_headers import WithHeaders
from topicwire._reply_places import NOWHERE_ELSE, ReplyPlaces
from topicwire._subscription import Subscription
from topicwire.aio._client import AsyncClient, end_of
from topicwire.errors import RequestFailed, RequestTimeout, TopicwireError

M = TypeVar("M")
R = TypeVar("R")

AsyncRequestHandler = Callable[[M, Context], Awaitable[R | WithHeaders[R]]]
"""What answers a request; it raises `RequestFailed` to answer with an error."""

_NONE: Mapping[str, str] = {}
_EVERY: Mapping[str, str | None] = {}


class Requester(Generic[M, R]):
    """Base of the generated requesters; a subclass adds a typed `request`."""

    # A class variable cannot name the type variables; the subclasses' annotations do.
    channel: ClassVar[Channel[Any]]
    reply_channel: ClassVar[Channel[Any]]
    places: ClassVar[ReplyPlaces] = NOWHERE_ELSE
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its channels

    def __init__(self, client: AsyncClient, /) -> None:
        self._client = client

    async def _request(
        self,
        message: M,
        parameters: Mapping[str, str] = _NONE,
        *,
        headers: BaseModel | None = None,
        timeout: float = 10.0,
    ) -> R:
        """Send a request and return its answer; `timeout` in seconds.

        Raises `RequestFailed` (the other side answered with an error), `RequestTimeout`, and
        what `publish` raises.
        """
        reply = self._client._requests.send(
            self.channel,
            message if headers is None else WithHeaders(message, headers),
            parameters,
            self.reply_channel,
            places=self.places,
            timeout=timeout,
            may_wait=False,
        )
        try:
            await asyncio.wait_for(end_of(reply), timeout)
        except TimeoutError:
            error = RequestTimeout(f"no answer on {self.channel.name!r} within {timeout:g} s")
            reply.fail(error)
            raise error from None
        return cast(R, reply.value)


class Responder(Generic[M, R]):
    """Base of the generated responders; use it as a decorator, or call `respond`.

    A handler is an async function that takes the request and its `Context` and returns the answer
    (`WithHeaders` if it has headers), or raises `RequestFailed` with a code that the requester
    gets. Any other exception is reported as an error of the handler, and answered with the code
    "internal". A request that does not fit its schema is answered with "invalid_request", and one
    that is repeated is answered once.
    """

    channel: ClassVar[Channel[Any]]
    reply_channel: ClassVar[Channel[Any]]
    places: ClassVar[ReplyPlaces] = NOWHERE_ELSE
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its channels

    def __init__(
        self, client: AsyncClient, /, parameters: Mapping[str, str | None] = _EVERY
    ) -> None:
        self._client = client
        self._parameters = parameters

    async def respond(self, handler: AsyncRequestHandler[M, R]) -> Subscription:
        """Have `handler` answer requests; return the subscription, as `Subscriber.subscribe`."""
        subscription = self._register(handler)
        if self._client.is_connected:
            await subscription.granted()
        return subscription

    def __call__(self, handler: AsyncRequestHandler[M, R], /) -> AsyncRequestHandler[M, R]:
        self._register(handler)
        return handler

    def _register(self, handler: AsyncRequestHandler[M, R]) -> Subscription:
        requests, answers = self._client._requests, Answers(self.reply_channel, self.places)

        async def answer(message: M, context: Context) -> None:
            if not answers.is_new(context, message):
                return
            try:
                value = await handler(message, context)
                requests.answer(answers, context, message, value)
            except RequestFailed as refused:
                requests.refuse(answers, context, message, refused)
            except Exception:
                error = RequestFailed("internal", "the handler failed")
                requests.refuse(answers, context, message, error)
                raise

        def refuse(error: TopicwireError, context: Context) -> None:
            refusal = RequestFailed("invalid_request", str(error))
            requests.refuse(answers, context, None, refusal)

        return self._client._subscribe(
            self.channel, self._parameters, answer, None, on_invalid=refuse
        )
