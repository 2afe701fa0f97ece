"""One client's requests and answers, over its queue and its subscriptions."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from topicwire._channel import Channel
from topicwire._completion import Completion
from topicwire._context import Context
from topicwire._core import ClientCore
from topicwire._envelope import Headers
from topicwire._exchange import ERROR_TYPE, Answers, Reply, ReplyRoute, error_body
from topicwire.errors import RequestFailed, TopicwireError

M = TypeVar("M")
R = TypeVar("R")


class Requests:
    """Sends requests and answers for a client."""

    def __init__(self, core: ClientCore) -> None:
        self._core = core
        self._lock = threading.Lock()
        self._routes: dict[str, tuple[ReplyRoute, tuple[Completion, ...]]] = {}

    def send(
        self,
        channel: Channel[M],
        message: M,
        parameters: Mapping[str, str],
        reply_channel: Channel[R],
        *,
        timeout: float,
        may_wait: bool,
    ) -> Reply[R]:
        """Send a request, which expires after `timeout` seconds; return its answer to be.

        Parameters of the answers' address that the request does not have are filled with this
        client's id, so that its answers come to it alone. Raises as `publish` does.
        """
        core = self._core
        core.check_process()
        topic = channel.template.topic(parameters)
        payload = channel.codec.encode(message)
        own = {
            parameter.name: parameters.get(parameter.name, core.client_id)
            for parameter in reply_channel.parameters
        }
        response_topic = reply_channel.template.topic(own)
        route, grants = self._subscribe(reply_channel, response_topic, own)
        reply: Reply[R] = Reply()
        route.expect(reply)

        def failed(completion: Completion) -> None:
            if completion.error is not None:
                reply.fail(completion.error)

        for grant in grants:
            grant.add_done_callback(failed)
        headers = replace(
            channel.headers, response_topic=response_topic, correlation=reply.correlation
        )
        try:
            delivery = core.send(
                channel, topic, payload, headers, expiry=timeout, may_wait=may_wait
            )
        except TopicwireError as error:
            reply.fail(error)
            raise
        delivery.add_done_callback(failed)
        return reply

    def answer(self, answers: Answers, context: Context, value: object) -> None:
        """Answer a request; raises as `publish` does."""
        topic = answers.topic(context)
        if topic is not None:
            payload = cast(Channel[object], answers.channel).codec.encode(value)
            self._reply(answers, topic, payload, context, answers.channel.content_type)

    def refuse(self, answers: Answers, context: Context, error: RequestFailed) -> None:
        """Answer a request with an error; raises as `publish` does."""
        topic = answers.topic(context)
        if topic is not None:
            self._reply(answers, topic, error_body(error), context, ERROR_TYPE)

    def _reply(
        self, answers: Answers, topic: str, payload: bytes, context: Context, content_type: str
    ) -> None:
        headers = Headers(content_type=content_type, correlation=context.correlation)
        self._core.send(answers.channel, topic, payload, headers, may_wait=False)

    def _subscribe(
        self, channel: Channel[Any], topic: str, parameters: Mapping[str, str]
    ) -> tuple[ReplyRoute, tuple[Completion, ...]]:
        with self._lock:
            found = self._routes.get(topic)
            if found is None:
                route = ReplyRoute(channel, self._core.counters)
                entries = self._core.register(channel, parameters, route)
                found = route, tuple(entry.granted for entry in entries)
                self._routes[topic] = found
            return found
