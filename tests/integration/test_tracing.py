"""Traces go through the broker, and figures of channels are counted, on a real mosquitto."""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, StatusCode, get_current_span
from topicwire import AsyncClient, Client, Context
from topicwire.errors import PayloadInvalid
from topicwire.raw import RawClient, RawMessage
from topicwire.tracing import Tracing

from tests import channels as protocol
from tests.channels import Reading
from tests.inbox import Collection, Errors, Inbox
from tests.mosquitto import Mosquitto


class Spans(Collection[ReadableSpan], SpanExporter):
    """Keeps what was recorded, and lets a test wait for it."""

    def export(self, spans) -> SpanExportResult:
        for span in spans:
            self.add(span)
        return SpanExportResult.SUCCESS

    def called(self, name: str, count: int = 1) -> list[ReadableSpan]:
        self.wait_until(lambda found: sum(one.name == name for one in found) >= count)
        return [one for one in self.items if one.name == name]


@pytest.fixture
def spans() -> Spans:
    return Spans()


@pytest.fixture
def provider(spans: Spans) -> TracerProvider:
    made = TracerProvider()
    made.add_span_processor(SimpleSpanProcessor(spans))
    return made


@pytest.fixture
def open_client(mosquitto: Mosquitto):
    clients: list[Client] = []

    def make(**options) -> Client:
        client = Client(mosquitto.url, client_id=f"t-{uuid.uuid4()}", **options)
        clients.append(client)
        client.connect()
        return client

    yield make
    for client in clients:
        client.close(drain=1)


Open = Callable[..., Client]


def test_a_message_is_processed_in_the_trace_it_was_published_in(
    open_client: Open, provider: TracerProvider, spans: Spans
):
    sender = open_client(tracing=Tracing(provider))
    receiver = open_client(tracing=Tracing(provider))
    inside: Collection[int] = Collection()
    rig = uuid.uuid4().hex

    @protocol.StateSubscriber(receiver, rig=rig)
    def handle(message: Reading, context: Context) -> None:
        inside.add(get_current_span().get_span_context().span_id)

    with provider.get_tracer("test").start_as_current_span("outside") as outside:
        publisher = protocol.StatePublisher(sender)
        publisher.publish(Reading(number=1), rig=rig, side="left").wait(5)
    (publish,) = spans.called("publish state/{rig}/{side}")
    (process,) = spans.called("process state/{rig}/{side}")
    assert publish.parent is not None
    assert publish.parent.span_id == outside.get_span_context().span_id
    assert process.parent is not None
    assert process.parent.span_id == publish.context.span_id
    assert process.context.trace_id == outside.get_span_context().trace_id
    assert [link.context.span_id for link in process.links] == [publish.context.span_id]
    assert inside.wait_for(1) == [process.context.span_id]
    assert (publish.kind, process.kind) == (SpanKind.PRODUCER, SpanKind.CONSUMER)
    common = {
        "messaging.system": "mqtt",
        "messaging.destination.name": f"state/{rig}/left",
        "messaging.destination.template": "state/{rig}/{side}",
        "server.address": "127.0.0.1",
        "server.port": int(sender.url.rpartition(":")[2]),
    }
    assert publish.attributes == {
        **common, "messaging.client.id": sender.client_id,
        "messaging.operation.name": "publish", "messaging.operation.type": "send",
    }  # fmt: skip
    assert process.attributes == {
        **common, "messaging.client.id": receiver.client_id,
        "messaging.operation.name": "process", "messaging.operation.type": "process",
    }  # fmt: skip
    assert publish.end_time is not None
    assert publish.status.status_code is StatusCode.UNSET


def test_a_batch_is_linked_to_what_is_in_it(
    open_client: Open, provider: TracerProvider, spans: Spans
):
    client = open_client(tracing=Tracing(provider))
    rig, inbox, lists = uuid.uuid4().hex, Inbox(), Inbox()
    protocol.FastSubscriber(client, rig=rig).subscribe(inbox)
    protocol.FastSubscriber(client, rig=rig).subscribe_batches(lists)
    publisher = protocol.FastPublisher(client)
    outside = []
    for number in range(3):
        with provider.get_tracer("test").start_as_current_span("outside") as span:
            publisher.publish(Reading(number=number), rig=rig)
            outside.append(span.get_span_context().span_id)
    client.flush()
    (publish,) = spans.called("publish fast/{rig}/batch")
    assert [link.context.span_id for link in publish.links] == outside
    assert publish.parent is None
    assert publish.attributes is not None
    assert publish.attributes["messaging.batch.message_count"] == 3
    process = spans.called("process fast/{rig}", 4)
    assert {tuple(link.context.span_id for link in one.links) for one in process} == {
        (publish.context.span_id,)
    }
    assert all(one.parent is None for one in process)
    counts = [one.attributes.get("messaging.batch.message_count") for one in process]  # type: ignore[union-attr]
    assert sorted(map(str, counts)) == ["3", "None", "None", "None"]
    inbox.wait_for(3)


def test_a_message_that_fills_its_batch_is_linked_too(
    open_client: Open, provider: TracerProvider, spans: Spans
):
    client = open_client(tracing=Tracing(provider))
    publisher, rig = protocol.FastPublisher(client), uuid.uuid4().hex
    outside = set()
    for number in range(100):  # as many as the channel has in one batch
        with provider.get_tracer("test").start_as_current_span("outside") as span:
            publisher.publish(Reading(number=number), rig=rig)
            outside.add(span.get_span_context().span_id)
    (publish,) = spans.called("publish fast/{rig}/batch")
    linked = {link.context.span_id for link in publish.links}
    assert linked <= outside
    assert len(linked) >= 99, "the last one is noted while the batch is on its way"


def test_what_goes_wrong_is_in_the_spans(open_client: Open, provider: TracerProvider, spans: Spans):
    client = open_client(tracing=Tracing(provider))
    publisher = protocol.StatePublisher(client)
    with pytest.raises(PayloadInvalid):
        publisher.publish(Reading.model_construct(number="x"), rig="r", side="left")
    (publish,) = spans.called("publish state/{rig}/{side}")
    assert publish.status.status_code is StatusCode.ERROR
    assert publish.attributes is not None
    assert publish.attributes["error.type"] == "PayloadInvalid"
    assert [event.name for event in publish.events] == ["exception"]
    rig = uuid.uuid4().hex

    @protocol.StateSubscriber(client, rig=rig)
    def handle(message: Reading, context: Context) -> None:
        raise LookupError("no such wheel")

    publisher.publish(Reading(number=1), rig=rig, side="left").wait(5)
    (process,) = spans.called("process state/{rig}/{side}")
    assert process.status.status_code is StatusCode.ERROR
    assert process.attributes is not None
    assert process.attributes["error.type"] == "LookupError"
    assert client.stats().channels["state"].handler_errors == 1, "it is reported all the same"


def test_the_sampler_decides_what_is_recorded(open_client: Open, spans: Spans):
    provider = TracerProvider(sampler=ALWAYS_OFF)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    client = open_client(tracing=Tracing(provider))
    rig, inbox = uuid.uuid4().hex, Inbox()
    protocol.StateSubscriber(client, rig=rig).subscribe(inbox)
    protocol.StatePublisher(client).publish(Reading(number=1), rig=rig, side="left")
    ((_, context),) = inbox.wait_for(1)
    assert context.headers["traceparent"].endswith("-00") or context.headers[
        "traceparent"
    ].endswith("-02"), "told on as not sampled"
    assert spans.items == []


def test_asyncio_handlers_are_traced(mosquitto: Mosquitto, provider: TracerProvider, spans: Spans):
    rig = uuid.uuid4().hex

    async def run() -> None:
        async with AsyncClient(mosquitto.url, tracing=Tracing(provider)) as client:
            done: asyncio.Future[int] = asyncio.get_running_loop().create_future()

            async def handle(message: Reading, context: Context) -> None:
                await asyncio.sleep(0)
                done.set_result(get_current_span().get_span_context().span_id)

            await protocol.AsyncDurableSubscriber(client, {"rig": rig}).subscribe(handle)
            publisher = protocol.AsyncDurablePublisher(client)
            await publisher.publish(Reading(number=1), rig=rig)
            span_id = await asyncio.wait_for(done, 10)
        (publish,) = spans.called(f"publish {protocol.DURABLE.address}")
        (process,) = spans.called(f"process {protocol.DURABLE.address}")
        assert process.context.span_id == span_id
        assert process.parent is not None
        assert process.parent.span_id == publish.context.span_id

    asyncio.run(run())


def test_over_3_1_1_the_bytes_are_those_without_tracing(
    mosquitto: Mosquitto, open_client: Open, provider: TracerProvider
):
    rig, seen = uuid.uuid4().hex, Collection[RawMessage]()
    with RawClient(mosquitto.url) as raw:
        raw.subscribe(f"state/{rig}/left", lambda message, done: (seen.add(message), done()))
        for version, options in (("5", {}), ("5", {"tracing": Tracing(provider)}),
                                 ("3.1.1", {"tracing": Tracing(provider)})):  # fmt: skip
            client = open_client(mqtt_version=version, **options)
            publisher = protocol.StatePublisher(client)
            publisher.publish(Reading(number=1), rig=rig, side="left").wait(5)
        plain, traced, older = seen.wait_for(3)
    assert plain.payload == traced.payload == older.payload == b'{"number":1}'
    assert [name for name, _ in traced.user_properties] == ["traceparent"]
    assert plain.user_properties == older.user_properties == ()


def test_messages_of_the_outbox_keep_their_trace(
    mosquitto: Mosquitto, open_client: Open, provider: TracerProvider, spans: Spans, tmp_path
):
    outbox = tmp_path / "outbox.sqlite"
    rig, inbox = uuid.uuid4().hex, Inbox()
    receiver = open_client()
    protocol.DurableSubscriber(receiver, rig=rig).subscribe(inbox)
    sender = Client(
        mosquitto.url, client_id=f"t-{uuid.uuid4()}", outbox=outbox, tracing=Tracing(provider)
    )
    with provider.get_tracer("test").start_as_current_span("outside"):
        protocol.DurablePublisher(sender).publish(Reading(number=1), rig=rig)
    sender.connect()
    ((_, context),) = inbox.wait_for(1)
    sender.close()
    (publish,) = spans.called(f"publish {protocol.DURABLE.address}")
    assert f"-{publish.context.span_id:016x}-" in context.headers["traceparent"]


def test_figures_of_channels(open_client: Open):
    sender, receiver = open_client(), open_client()
    rig, inbox = uuid.uuid4().hex, Inbox()
    protocol.FastSubscriber(receiver, rig=rig).subscribe(inbox)
    protocol.StateSubscriber(receiver, rig=rig).subscribe(inbox)
    for number in range(3):
        protocol.FastPublisher(sender).publish(Reading(number=number), rig=rig)
    sender.flush()
    protocol.StatePublisher(sender).publish(Reading(number=1), rig=rig, side="left").wait(5)
    inbox.wait_for(4)
    fast, state = sender.stats().channels["fast"], sender.stats().channels["state"]
    assert (fast.sent, fast.acknowledged) == (3, 0), "QoS 0 is not acknowledged"
    assert fast.sent_bytes == len(b'[{"number":0},{"number":1},{"number":2}]')
    assert (state.sent, state.acknowledged, state.failed) == (1, 1, 0)
    came = receiver.stats().channels
    assert (came["fast"].received, came["fast"].received_bytes) == (1, fast.sent_bytes)
    assert came["state"].received == 1
    assert receiver.stats().connected
    receiver.close()
    assert not receiver.stats().connected


def test_records_say_what_happened_in_fields(
    mosquitto: Mosquitto, open_client: Open, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, "topicwire")
    errors = Errors()
    client = open_client(on_error=errors)
    rig = uuid.uuid4().hex
    protocol.StateSubscriber(client, rig=rig).subscribe(Inbox())
    mosquitto.pub("-t", f"state/{rig}/left", "-m", '{"number": "x"}')
    errors.wait_for(1)
    records = {getattr(record, "kind", ""): record for record in caplog.records}
    connected, rejected = records["connected"], records["not_handed_on"]
    assert (connected.client, connected.url) == (client.client_id, client.url)  # type: ignore[attr-defined]
    assert connected.mqtt_version == "5"  # type: ignore[attr-defined]
    assert rejected.channel == "state"  # type: ignore[attr-defined]
    assert rejected.topic == f"state/{rig}/left"  # type: ignore[attr-defined]
    assert rejected.field_errors[0]["field"] == "/number"  # type: ignore[attr-defined]


PAGE = (Path(__file__).parents[2] / "docs" / "observability.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
def test_examples_of_the_page_run(mosquitto: Mosquitto, block: str):
    program = block.replace("mqtt://127.0.0.1:1883", mosquitto.url).replace("port=9100", "port=0")
    assert mosquitto.url in program
    exec(compile(program, "observability.md", "exec"), {})
