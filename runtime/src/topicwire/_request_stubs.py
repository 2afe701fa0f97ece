"""The base classes of generated requesters and responders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar, cast

from topicwire._channel import Channel
from topicwire._client import Client
from topicwire._context import Context
from topicwire._exchange import Answers
from topicwire._subscription import Subscription
from topicwire.errors import DeliveryTimeout, RequestFailed, RequestTimeout, TopicwireError

M = TypeVar("M")
R = TypeVar("R")

RequestHandler = Callable[[M, Context], R]

_NONE: Mapping[str, str] = {}
_EVERY: Mapping[str, str | None] = {}


class Requester(Generic[M, R]):
    """Base of the generated requesters; a subclass adds a typed `request`."""

    # A class variable cannot name the type variables; the subclasses' annotations do.
    channel: ClassVar[Channel[Any]]
    reply_channel: ClassVar[Channel[Any]]
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its channels

    def __init__(self, client: Client, /) -> None:
        self._client = client

    def _request(
        self, message: M, parameters: Mapping[str, str] = _NONE, *, timeout: float = 10.0
    ) -> R:
        """Send a request and return its answer; `timeout` in seconds.

        Raises `RequestFailed` (the other side answered with an error), `RequestTimeout`, and
        what `publish` raises.
        """
        reply = self._client._requests.send(
            self.channel, message, parameters, self.reply_channel, timeout=timeout, may_wait=True
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

    A handler takes the request and its `Context` and returns the answer, or raises
    `RequestFailed` with a code that the requester gets. Any other exception is reported as an
    error of the handler, and answered with the code "internal". A request that does not fit its
    schema is answered with "invalid_request", and one that is repeated is answered once.
    """

    channel: ClassVar[Channel[Any]]
    reply_channel: ClassVar[Channel[Any]]
    __test__: ClassVar[bool] = False  # for pytest, whatever the spec names its channels

    def __init__(self, client: Client, /, parameters: Mapping[str, str | None] = _EVERY) -> None:
        self._client = client
        self._parameters = parameters

    def respond(self, handler: RequestHandler[M, R]) -> Subscription:
        """Have `handler` answer requests; return the subscription, as `Subscriber.subscribe`."""
        requests, answers = self._client._requests, Answers(self.reply_channel)

        def answer(message: M, context: Context) -> None:
            if not answers.is_new(context):
                return
            try:
                value = handler(message, context)
            except RequestFailed as refused:
                requests.refuse(answers, context, refused)
            except Exception:
                requests.refuse(answers, context, RequestFailed("internal", "the handler failed"))
                raise
            else:
                requests.answer(answers, context, value)

        def refuse(error: TopicwireError, context: Context) -> None:
            requests.refuse(answers, context, RequestFailed("invalid_request", str(error)))

        subscription = self._client._subscribe(
            self.channel, self._parameters, answer, None, on_invalid=refuse
        )
        if self._client.is_connected:
            subscription.wait()
        return subscription

    def __call__(self, handler: RequestHandler[M, R], /) -> RequestHandler[M, R]:
        self.respond(handler)
        return handler
