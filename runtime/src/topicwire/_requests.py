"""One client's requests and answers, over its queue and its subscriptions."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from topicwire._channel import Channel
from topicwire._completion import Completion
from topicwire._context import Context
from topicwire._core import ClientCore
from topicwire._envelope import Headers
from topicwire._exchange import ERROR_TYPE, Answers, Reply, ReplyRoute, error_body
from topicwire._reply_places import NOWHERE_ELSE, ReplyPlaces, encode_at
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
        places: ReplyPlaces = NOWHERE_ELSE,
        timeout: float,
        may_wait: bool,
    ) -> Reply[R]:
        """Send a request, which expires after `timeout` seconds; return its answer to be.

        Parameters of the answers' address that the request does not have are filled with this
        client's id, so that its answers come to it alone. Raises as `publish` does.
        """
        core = self._core
        core.check_process()
        topic = channel.topic(parameters, message)
        own = {
            parameter.name: parameters.get(parameter.name, core.client_id)
            for parameter in reply_channel.parameters
        }
        response_topic = reply_channel.template.topic(own)
        reply: Reply[R] = Reply(as_text=places != NOWHERE_ELSE)
        payload, headers = encode_at(
            channel,
            message,
            {
                places.reply_to: response_topic,
                places.correlation: reply.correlation.decode("latin-1"),
            },
        )
        route, grants = self._subscribe(reply_channel, response_topic, own)
        route.expect(reply, places.reply_correlation)

        def failed(completion: Completion) -> None:
            if completion.error is not None:
                reply.fail(completion.error)

        for grant in grants:
            grant.add_done_callback(failed)
        headers = replace(headers, response_topic=response_topic, correlation=reply.correlation)
        try:
            delivery = core.send(
                channel, topic, payload, headers, expiry=timeout, may_wait=may_wait
            )
        except TopicwireError as error:
            reply.fail(error)
            raise
        delivery.add_done_callback(failed)
        return reply

    def answer(self, answers: Answers, context: Context, request: object, value: object) -> None:
        """Answer a request; raises as `publish` does."""
        topic = answers.topic(context, request)
        if topic is None:
            return
        channel: Channel[Any] = answers.channel
        correlation = answers.correlation(context, request)
        text = None if correlation is None else correlation.decode("utf-8", "replace")
        places = {} if text is None else {answers.places.reply_correlation: text}
        payload, headers = encode_at(channel, value, places)
        headers = replace(headers, correlation=correlation)
        self._core.send(channel, topic, payload, headers, may_wait=False)

    def refuse(
        self, answers: Answers, context: Context, request: object, error: RequestFailed
    ) -> None:
        """Answer a request with an error; raises as `publish` does."""
        topic = answers.topic(context, request)
        if topic is None:
            return
        correlation = answers.correlation(context, request)
        place = answers.places.reply_correlation
        properties = (
            ((place.path[0], correlation.decode("utf-8", "replace")),)
            if place is not None and place.source == "header" and correlation is not None
            else ()
        )
        headers = Headers(properties, ERROR_TYPE, correlation=correlation)
        self._core.send(answers.channel, topic, error_body(error), headers, may_wait=False)

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
