"""OpenTelemetry tracing through MQTT 5 user properties; needs `pip install topicwire[tracing]`.

`Client(..., tracing=Tracing())` makes a span for each message (or batch) that it publishes and one
for each call of a handler, named and described as OpenTelemetry's semantic conventions for
messaging say, and carries the context in the user properties `traceparent` and `tracestate` of
the W3C. What is recorded is up to the program's SDK and its sampler.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast
from weakref import WeakKeyDictionary

from topicwire._channel import BATCH_SUFFIX, Channel
from topicwire._completion import Completion
from topicwire._composition import Composer
from topicwire._context import Context
from topicwire._delivery import Delivery
from topicwire._envelope import Headers, TracedHeaders
from topicwire._missing import explain_missing
from topicwire._outbox_store import StoredMessage
from topicwire._trust import Trust
from topicwire._url import BrokerUrl
from topicwire._version import __version__

with explain_missing("tracing", "opentelemetry"):
    from opentelemetry.context import Context as TraceContext
    from opentelemetry.trace import (
        INVALID_SPAN,
        Link,
        NonRecordingSpan,
        Span,
        SpanContext,
        SpanKind,
        StatusCode,
        TracerProvider,
        get_current_span,
        get_tracer_provider,
        set_span_in_context,
        use_span,
    )
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

__all__ = ["Tracing"]

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACEPARENT = "traceparent"
_MAX_LINKS = 128  # the default limit of OpenTelemetry's SDKs
_ROOT = TraceContext()
_Attributes = dict[str, str | int]


class Tracing:
    """Makes the spans of the clients that it is passed to.

    `provider` is the program's tracer provider, by default the global one when the client is made.
    """

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self._provider = provider

    def of(self, client_id: str, url: BrokerUrl) -> _ClientTracing:
        """Return the tracing of one client; the client asks for it."""
        return _ClientTracing(self._provider or get_tracer_provider(), client_id, url)


class _ClientTracing:
    def __init__(self, provider: TracerProvider, client_id: str, url: BrokerUrl) -> None:
        self._tracer = provider.get_tracer("topicwire", __version__)
        self._attributes: _Attributes = {
            "messaging.system": "mqtt",
            "messaging.client.id": client_id,
            "server.address": url.host,
            "server.port": url.port,
        }
        self._lock = threading.Lock()
        # Of each batch that is being collected: in which contexts its messages were published.
        self._contexts: WeakKeyDictionary[Delivery, dict[int, SpanContext]] = WeakKeyDictionary()
        self._batches: WeakKeyDictionary[Delivery, Span] = WeakKeyDictionary()

    def composer(self, trust: Trust) -> Composer:
        return _TracedComposer(trust)

    def publishing(
        self, channel: Channel[Any], publish: Callable[..., Delivery], *, stored: bool
    ) -> Callable[..., Delivery]:
        name, attributes = f"publish {channel.address}", self._described(channel, "publish", "send")

        def publish_traced(*arguments: object) -> Delivery:
            span = self._tracer.start_span(name, kind=SpanKind.PRODUCER, attributes=attributes)
            # Without a word to the span about exceptions: `_fail` tells it of them.
            with use_span(span, record_exception=False, set_status_on_exception=False):
                try:
                    delivery = publish(*arguments)
                except Exception as error:
                    _fail(span, error)
                    span.end()
                    raise
            span.set_attribute("messaging.destination.name", delivery.topic)
            if stored:
                span.end()  # it may be sent days later, and by another process
            else:
                delivery.add_done_callback(functools.partial(_end, span))
            return delivery

        return publish_traced

    def collecting(self, publish: Callable[..., Delivery]) -> Callable[..., Delivery]:
        def publish_collected(*arguments: object) -> Delivery:
            context = get_current_span().get_span_context()
            delivery = publish(*arguments)
            if context.is_valid:
                self._note(delivery, context)
            return delivery

        return publish_collected

    def _note(self, delivery: Delivery, context: SpanContext) -> None:
        with self._lock:
            found = self._contexts.setdefault(delivery, {})
            if context.span_id in found or len(found) >= _MAX_LINKS:
                return
            found[context.span_id] = context
            begun = self._batches.get(delivery)
        if begun is not None and not delivery.done:
            # The message that has filled the batch is noted after the batch was sent off.
            begun.add_link(context)

    def batch(
        self, channel: Channel[Any], headers: Headers, count: int, delivery: Delivery
    ) -> Headers:
        attributes = self._described(channel, "publish", "send")
        attributes["messaging.destination.name"] = delivery.topic
        attributes["messaging.batch.message_count"] = count
        name = f"publish {channel.address}{BATCH_SUFFIX}"
        with self._lock:
            noted = list(self._contexts.get(delivery, {}).values())
            span = self._tracer.start_span(
                name, context=_ROOT, kind=SpanKind.PRODUCER, attributes=attributes,
                links=[Link(context) for context in noted],
            )  # fmt: skip
            self._batches[delivery] = span
        delivery.add_done_callback(functools.partial(_end, span))
        return _inject(headers, set_span_in_context(span, _ROOT))

    def handling(
        self, channel: Channel[Any], handler: Callable[[Any, Context], None]
    ) -> Callable[[Any, Context], None]:
        attributes = self._described(channel, "process", "process")

        @functools.wraps(handler)
        def handle(message: object, context: Context) -> None:
            with self._processing(channel, attributes, message, context):
                handler(message, context)

        return handle

    def awaiting(
        self, channel: Channel[Any], handler: Callable[[Any, Context], Awaitable[None]]
    ) -> Callable[[Any, Context], Awaitable[None]]:
        attributes = self._described(channel, "process", "process")

        @functools.wraps(handler)
        async def handle(message: object, context: Context) -> None:
            with self._processing(channel, attributes, message, context):
                await handler(message, context)

        return handle

    @contextmanager
    def _processing(
        self, channel: Channel[Any], attributes: _Attributes, message: object, context: Context
    ) -> Generator[None]:
        own: _Attributes = {**attributes, "messaging.destination.name": context.topic}
        together = isinstance(message, list)
        if together:
            own["messaging.batch.message_count"] = len(cast("list[object]", message))
        created = _extract(context.headers)
        links = [Link(created)] if created.is_valid else []
        # The context of a batch is that of many messages, so it is nobody's parent.
        alone = context.batch_index is None and not together
        parent = set_span_in_context(NonRecordingSpan(created), _ROOT) if alone and links else _ROOT
        span = self._tracer.start_span(
            f"process {channel.address}", context=parent, kind=SpanKind.CONSUMER, attributes=own,
            links=links,
        )  # fmt: skip
        with use_span(
            span, end_on_exit=True, record_exception=False, set_status_on_exception=False
        ):
            try:
                yield
            except Exception as error:
                _fail(span, error)
                raise

    def _described(self, channel: Channel[Any], name: str, kind: str) -> _Attributes:
        return {
            **self._attributes,
            "messaging.operation.name": name,
            "messaging.operation.type": kind,
            "messaging.destination.template": channel.address,
        }


class _TracedComposer(Composer):
    """Adds the context of the current span to messages; batches come with theirs."""

    def compose(
        self, channel: Channel[Any], topic: str, body: bytes, headers: Headers
    ) -> tuple[bytes, Headers, float | None]:
        payload, headers, expiry = super().compose(channel, topic, body, headers)
        return payload, _inject(headers, None), expiry

    def stored(self, channel: Channel[Any], topic: str, body: bytes) -> StoredMessage:
        message = super().stored(channel, topic, body)
        return replace(message, traceparent=_carrier(None).get(_TRACEPARENT))


def _inject(headers: Headers, context: TraceContext | None) -> Headers:
    """Return headers with a trace context (None: the current one), unless they have one."""
    trace = tuple(_carrier(context).items())
    if not trace or headers.get(_TRACEPARENT) is not None:
        return headers
    return TracedHeaders.of(headers, trace)


def _carrier(context: TraceContext | None) -> dict[str, str]:
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, context)
    return carrier


def _extract(headers: Mapping[str, str]) -> SpanContext:
    if _TRACEPARENT not in headers:
        return INVALID_SPAN.get_span_context()
    found = _PROPAGATOR.extract(headers, _ROOT)
    return get_current_span(found).get_span_context()


def _end(span: Span, delivery: Completion) -> None:
    if delivery.error is not None:
        _fail(span, delivery.error)
    span.end()


def _fail(span: Span, error: Exception) -> None:
    span.set_attribute("error.type", type(error).__name__)
    span.record_exception(error)
    span.set_status(StatusCode.ERROR, str(error))
