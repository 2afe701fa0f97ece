"""The base classes of generated requesters and responders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar, cast

from pydantic import BaseModel

from topicwire._channel import Channel
from topicwire._client import Client
from topicwire._context import Context
from topicwire._exchange import Answers
from topicwire._message_headers import WithHeaders
from topicwire._reply_places import NOWHERE_ELSE, ReplyPlaces
from topicwire._subscription import Subscription
from topicwire.errors import DeliveryTimeout, RequestFailed, RequestTimeout, TopicwireError

M = TypeVar("M")
R = TypeVar("R")

RequestHandler = Callable[[M, Context], R | WithHeaders[R]]
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

    def __init__(self, client: Client, /) -> None:
        self._client = client

    def _request(
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
            may_wait=True,
        )
        try:
            reply.wait(timeout)
        except DeliveryTimeout:
            error = RequestTimeout(f"no answer on {self.channel.name!r} within {timeout:g} s")
            reply.fail(error)
            raise error from None
        return cast(R, reply.value)


class Responder(Generic[M, R]):
    """Base of the generated responders; use it as a decorator, or call `respond`.

    A handler takes the request and its `Context` and returns the answer (`WithHeaders` if it has
    headers), or raises `RequestFailed` with a code that the requester gets. Any other exception is
    reported as an error of the handler, and answered with the code "internal". A request that does
    not fit its schema is answered with "invalid_request", and one that is repeated is answered
    once.
    """

    channel: ClassVar[Channel[Any]]
    reply_channel: ClassVar[Channel[Any]]
    places: ClassVar[ReplyPlaces] = NOWHERE_ELSE
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its channels

    def __init__(self, client: Client, /, parameters: Mapping[str, str | None] = _EVERY) -> None:
        self._client = client
        self._parameters = parameters

    def respond(self, handler: RequestHandler[M, R]) -> Subscription:
        """Have `handler` answer requests; return the subscription, as `Subscriber.subscribe`."""
        requests, answers = self._client._requests, Answers(self.reply_channel, self.places)

        def answer(message: M, context: Context) -> None:
            if not answers.is_new(context, message):
                return
            try:
                value = handler(message, context)
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

        subscription = self._client._subscribe(
            self.channel, self._parameters, answer, None, on_invalid=refuse
        )
        if self._client.is_connected:
            subscription.wait()
        return subscription

    def __call__(self, handler: RequestHandler[M, R], /) -> RequestHandler[M, R]:
        self.respond(handler)
        return handler
