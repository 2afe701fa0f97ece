"""What generated stubs do with headers, replies, bytes, locations and other protocols."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from topicwire import (
    AsyncClient,
    Client,
    ContentUnsupported,
    Context,
    HeadersInvalid,
    PayloadInvalid,
    RequestFailed,
    Subscriber,
    TopicInvalid,
    WithHeaders,
)
from topicwire._envelope import Headers
from topicwire._exchange import Answers

from tests.codegen.asyncapi_documents import package_of
from tests.inbox import Errors, Inbox
from tests.raw import send_raw

VERSIONS = pytest.mark.parametrize("version", ["5", "3.1.1"])
Load = Callable[[str], ModuleType]


@pytest.fixture
def load(packages) -> Load:
    """Import a module of a document's package, given as "document.module"."""

    def module(name: str) -> ModuleType:
        document, _, rest = name.partition(".")
        return importlib.import_module(f"{package_of(document)}.{rest}")

    return module


@pytest.fixture
def connect(mosquitto) -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def make(**options: Any) -> Client:
        client = Client(mosquitto.url, **options)
        clients.append(client)
        client.connect()
        return client

    yield make
    for client in clients:
        client.close(drain=0)


# ---- headers -----------------------------------------------------------------------------------


def test_headers_that_do_not_fit_are_not_sent(load, connect):
    models, publishers = load("headers.models"), load("headers.publishers")
    publisher = publishers.KindsPublisher(connect())
    broken = models.KindsHeaders.model_construct(text="x" * 21, x_number=0)
    with pytest.raises(HeadersInvalid) as caught:
        publisher.publish(models.KindsPayload(), headers=broken)
    assert {error.path for error in caught.value.errors} == {"/text", "/x-number"}
    assert str(caught.value).startswith(
        "headers do not fit their schema on send (channel 'kinds'): "
    )
    with pytest.raises(HeadersInvalid, match="/x-number: Field required"):
        publisher.publish_with(models.KindsPayload(), None)
    with pytest.raises(HeadersInvalid, match="KindsPayload is not a class of its headers"):
        publisher.publish_with(models.KindsPayload(), models.KindsPayload())
    headers = models.KindsHeaders(text="\0", x_number=1)
    with pytest.raises(HeadersInvalid, match="/text: MQTT has no such text"):
        publisher.publish(models.KindsPayload(), headers=headers)


@VERSIONS
def test_headers_that_do_not_fit_reach_no_handler(version, load, connect):
    channels, subscribers = load("headers.channels"), load("headers.subscribers")
    errors, inbox = Errors(), Inbox()
    client = connect(mqtt_version=version, on_error=errors)
    subscribers.KindsSubscriber(client)(inbox)
    for properties in (
        (),
        (("text", "a"), ("x-number", "one")),
        (("text", "a"), ("x-number", "0")),
    ):
        send_raw(client, channels.KINDS, "headers/kinds", b"{}", Headers(properties))
    send_raw(
        client, channels.KINDS, "headers/kinds", b"{}",
        # What others add is no reason to refuse.
        Headers((("text", "a"), ("x-number", "1"), ("traceparent", "00-1"))),
    )  # fmt: skip
    inbox.wait_for(1)
    found = [error for error, _ in errors.wait_for(3)]
    assert all(isinstance(error, HeadersInvalid) for error in found)
    assert ["/x-number: not JSON" in str(error) for error in found] == [False, True, False]
    [(_, context)] = inbox.items
    assert context.headers["traceparent"] == "00-1"


@VERSIONS
def test_headers_are_what_the_document_calls_them_on_the_wire(version, load, connect):
    models, publishers = load("headers.models"), load("headers.publishers")
    inbox = Inbox()
    client = connect(mqtt_version=version)
    load("headers.subscribers").KindsSubscriber(client)(inbox)
    headers = models.KindsHeaders(
        text="5", x_number=5, choice=models.KindsHeadersChoice.B, either="5", list_=[1.5]
    )
    publishers.KindsPublisher(client).publish(models.KindsPayload(a="x"), headers=headers)
    [(_, context)] = inbox.wait_for(1)
    assert context.headers == {
        "text": "5", "x-number": "5", "choice": "b", "either": '"5"', "list": "[1.5]",
    }  # fmt: skip
    assert context.headers_as(models.KindsHeaders) == headers
    with pytest.raises(TypeError, match="no headers of class OpenHeaders, but KindsHeaders"):
        context.headers_as(models.OpenHeaders)


# ---- requests ----------------------------------------------------------------------------------


@VERSIONS
def test_requests_and_answers(version, load, connect):
    models, requests = load("requests.models"), load("requests.requests")

    def add(message: Any, context: Context) -> Any:
        if message.a < 0:
            return models.FailurePayload(reason="negative")
        return models.Sum(sum=message.a + message.b)

    requests.SumResponder(connect(mqtt_version=version), unit="one")(add)
    requester = requests.SumRequester(connect(mqtt_version=version))
    assert requester.request(models.AddPayload(a=1, b=2), unit="one") == models.Sum(sum=3)
    failure = requester.request(models.AddPayload(a=-1, b=2), unit="one")
    assert failure == models.FailurePayload(reason="negative")
    with pytest.raises(PayloadInvalid):
        requester.request(models.SubtractPayload(less=1), unit="one")


@VERSIONS
def test_an_answer_goes_where_the_header_of_its_request_says(version, load, connect):
    models, requests = load("requests.models"), load("requests.requests")
    seen = Inbox()

    def pong(message: Any, context: Context) -> Any:
        seen(message, context)
        return models.PongPayload(event="pong")

    requests.PingResponder(connect(mqtt_version=version))(pong)
    client = connect(mqtt_version=version)
    headers = models.PingHeaders(reply_to="", correlation_id="", priority=3)
    answer = requests.PingRequester(client).request(
        models.PingPayload(event="ping"), headers=headers
    )
    assert answer == models.PongPayload(event="pong")
    [(_, context)] = seen.items
    typed = context.headers_as(models.PingHeaders)
    assert typed.reply_to == f"reply/pong/{client.client_id}" == context.response_topic
    assert typed.correlation_id.encode() == context.correlation
    assert typed.priority == 3


def test_apps_ask_and_answer(load, connect):
    models, apps = load("requests.models"), load("requests.apps")
    calculator, asker = apps.Calculator(connect()), apps.Asker(connect())
    calculator.respond.sum(unit="app")(lambda message, _: models.Sum(sum=message.a + message.b))
    calculator.respond.ping(lambda message, context: models.PongPayload(event="pong"))
    assert asker.request.sum(models.AddPayload(a=1, b=2), unit="app") == models.Sum(sum=3)
    headers = models.PingHeaders(reply_to="", correlation_id="")
    answer = asker.request.ping(models.PingPayload(event="ping"), headers=headers)
    assert answer == models.PongPayload(event="pong")
    assert not hasattr(asker, "respond")
    assert not hasattr(calculator, "request")


def test_a_stranger_is_answered_with_what_it_can_read(load, connect):
    """One that knows neither response topics nor correlation data, only the document."""
    models, requests, channels = (load(f"requests.{m}") for m in ("models", "requests", "channels"))
    requests.PingResponder(connect())(lambda message, context: models.PongPayload(event="pong"))
    answers = Inbox()
    elsewhere = replace(channels.PONG, address="strange/place", parameters=())
    stranger = connect()
    Stranger = type("Stranger", (Subscriber,), {"channel": elsewhere})
    Stranger(stranger)(answers)
    headers = Headers((("replyTo", "strange/place"), ("correlationId", "id-1")))
    send_raw(stranger, channels.PING, "ping", b'{"event":"ping"}', headers)
    [(message, context)] = answers.wait_for(1)
    assert message == models.PongPayload(event="pong")
    assert context.headers == {"correlationId": "id-1"}
    assert context.correlation == b"id-1"


@pytest.mark.parametrize("topic", ["", "a/+", "#", "$SYS/x", "a\0", "x" * 70_000])
def test_no_answer_goes_where_nothing_can_be_published(topic, load):
    channels, requests = load("requests.channels"), load("requests.requests")
    answers = Answers(channels.PONG, requests.PingResponder.places)
    context = Context(
        channel="ping", topic="ping", parameters={}, headers={"replyTo": topic}, timestamp=0.0,
        qos=0, retained=False, duplicate=False,
    )  # fmt: skip
    with pytest.raises(TopicInvalid, match="the request wants its answer on"):
        answers.topic(context, None)


@VERSIONS
def test_places_in_the_payload(version, load, connect):
    models, requests = load("requests.models"), load("requests.requests")
    seen = Inbox()

    def answer(message: Any, context: Context) -> Any:
        seen(message, context)
        return models.AnswerPayload(text=message.text, id="")

    requests.InPayloadResponder(connect(mqtt_version=version))(answer)
    client = connect(mqtt_version=version)
    found = requests.InPayloadRequester(client).request(models.QuestionPayload(text="x"))
    [(message, context)] = seen.items
    assert message.meta.to == f"reply/nowhere/{client.client_id}"
    assert found.id == message.meta.id == context.correlation.decode()


def test_an_answer_without_the_headers_it_needs_is_an_error_of_the_handler(load, connect):
    errors = Errors()
    models, requests = load("headers_of_replies.models"), load("headers_of_replies.requests")

    @requests.AskResponder(connect(on_error=errors))
    def answer(message: Any, context: Context) -> Any:
        if message.text == "with":
            return WithHeaders(models.AnswerPayload(), models.AnswerHeaders(cost=5))
        return models.AnswerPayload()

    requester = requests.AskRequester(connect())
    assert requester.request(models.AskPayload(text="with")) == models.AnswerPayload()
    with pytest.raises(RequestFailed, match="internal"):
        requester.request(models.AskPayload(text="without"), timeout=5)
    assert "/cost: Field required" in str(errors.wait_for(1)[0][0].__cause__)


def test_asyncio(load, mosquitto):
    models = load("requests.models")
    requests, publishers, subscribers = (
        load(f"{document}.aio.{module}")
        for document, module in (
            ("requests", "requests"), ("headers", "publishers"), ("headers", "subscribers"),
        )
    )  # fmt: skip
    headers_models = load("headers.models")

    async def run() -> None:
        async with AsyncClient(mosquitto.url) as one, AsyncClient(mosquitto.url) as two:

            async def pong(message: Any, context: Context) -> Any:
                return models.PongPayload(event="pong")

            await requests.PingResponder(one).respond(pong)
            headers = models.PingHeaders(reply_to="", correlation_id="")
            requester = requests.PingRequester(two)
            assert await requester.request(models.PingPayload(event="ping"), headers=headers)

            inbox = Inbox()

            async def keep(message: Any, context: Context) -> None:
                inbox(message, context)

            await subscribers.EventsSubscriber(one).subscribe(keep)
            thing, removed = headers_models.Thing(name="a"), headers_models.RemovedHeaders
            given = removed(event="removed")
            await (await publishers.EventsPublisher(two).publish(thing, headers=given))
            await asyncio.to_thread(inbox.wait_for, 1)
            assert inbox.items[0][1].headers_as(removed) == given

    asyncio.run(run())


# ---- bytes -------------------------------------------------------------------------------------


class Shouting:
    """A codec of a program's own."""

    def encode(self, message: str, /) -> bytes:
        return message.upper().encode("ascii")

    def decode(self, body: bytes, /) -> str:
        return body.decode("ascii").lower()


def test_a_codec_of_the_program(load, connect):
    publishers, subscribers = load("bytes.publishers"), load("bytes.subscribers")
    errors, inbox, raw = Errors(), Inbox(), Inbox()
    client = connect(on_error=errors)
    subscribers.ImageSubscriber(client, codec=Shouting(), camera="a")(inbox)
    subscribers.ImageSubscriber(client)(raw)
    publisher = publishers.ImagePublisher(client, codec=Shouting())
    publisher.publish("hello", camera="a").wait(10)
    publishers.ImagePublisher(client).publish(b"\xff", camera="a").wait(10)
    raw.wait_for(2)
    assert raw.messages == [b"HELLO", b"\xff"]
    [(error, _)] = errors.wait_for(1)
    assert isinstance(error, PayloadInvalid)
    assert "UnicodeDecodeError" in str(error)
    assert inbox.messages == ["hello"]
    with pytest.raises(PayloadInvalid, match="UnicodeEncodeError"):
        publisher.publish("é", camera="a")
    with pytest.raises(PayloadInvalid, match="bytes are needed, not str"):
        publishers.ImagePublisher(client).publish("text", camera="a")


def test_a_message_of_which_nothing_is_said_beside_one_that_is_described(load, connect):
    models, inbox, client = load("choices.models"), Inbox(), connect()
    load("choices.subscribers").DescribedSubscriber(client)(inbox)
    publisher = load("choices.publishers").DescribedPublisher(client)
    for message in (models.KnownPayload(a=1), b'{"a":"x"}', b"\xff"):
        publisher.publish(message)
    inbox.wait_for(3)
    assert inbox.messages == [models.KnownPayload(a=1), b'{"a":"x"}', b"\xff"]


# ---- parameters, servers, protocols ------------------------------------------------------------


def test_parameters_in_the_message(load):
    models, publishers = load("parameters.models"), load("parameters.publishers")
    client = Client("mqtt://127.0.0.1:1")
    publisher = publishers.LocatedPublisher(client)
    reading = models.Reading(device=models.ReadingDevice(id=5), sensors=["s1"])
    headers = models.MHeaders(tenant="acme")
    assert publisher.publish(reading, headers=headers).topic == "located/5/s1/acme"
    assert publisher.publish(reading, headers=headers, device="5").topic == "located/5/s1/acme"
    with pytest.raises(
        TopicInvalid, match=r"'device' is '6', but the message says '5' \(\$message"
    ):
        publisher.publish(reading, headers=headers, device="6")
    without = models.Reading(device=models.ReadingDevice(id=5), sensors=[])
    with pytest.raises(TopicInvalid, match=r"parameter 'sensor' .* is not given"):
        publisher.publish(without, headers=headers)
    shared = publishers.SharedPublisher(client)
    delivery = shared.publish(reading, site="north", line="5", unit="a")
    assert delivery.topic == "p/north-5.a/on"
    client.close(drain=0)


def test_addresses_of_servers(load):
    broker, web = load("protocols.channels").PROTOCOL.servers
    assert broker.url() == "mqtts://north.example.com:8883"
    assert broker.url(site="south", port="1") == "mqtts://south.example.com:1"
    assert web.url(name="localhost") == "wss://localhost:8080/ws/mqtt"
    with pytest.raises(
        ValueError, match="'site' of server 'broker' is 'east', allowed are 'north'"
    ):
        broker.url(site="east")
    with pytest.raises(ValueError, match="variable 'name' of server 'web' is not given"):
        web.url()
    with pytest.raises(ValueError, match="server 'web' has no variable nmae"):
        web.url(nmae="x")


def test_stubs_of_other_protocols_are_refused(load):
    models, channels = load("kafka.models"), load("kafka.channels")
    assert channels.ORDERS.codec.decode(b'{"id":"a"}', topic="t") == models.Order(id="a")
    for module, name in (
        ("publishers", "OrdersPublisher"),
        ("aio.subscribers", "OrdersSubscriber"),
    ):
        loaded = load(f"kafka.{module}")
        with pytest.raises(ImportError, match="its channel speak kafka-secure, amqp, not MQTT"):
            getattr(loaded, name)
        with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
            loaded.Nothing  # noqa: B018
    mixed = load("protocols.publishers")
    assert mixed.OnBrokerPublisher
    with pytest.raises(ImportError, match="speak kafka, not MQTT"):
        mixed.OnKafkaPublisher  # noqa: B018
    assert not hasattr(load("protocols.apps").OneSender, "on_kafka")


def test_what_only_apps_with_the_operation_offer(load):
    apps, models = load("choices.apps"), load("choices.models")
    client = Client("mqtt://127.0.0.1:1")
    assert apps.Cats(client).send.by_constant(models.Cat(pet_type="cat"))
    assert not hasattr(apps.Everybody(client).send, "by_constant")
    client.close(drain=0)


def test_unknown_encodings_stay_errors(load, connect):
    errors = Errors()
    client = connect(on_error=errors)
    load("bytes.subscribers").TextSubscriber(client)(Inbox())
    headers = Headers((("content-encoding", "br"),))
    send_raw(client, load("bytes.channels").TEXT, "bytes/text", b"x", headers)
    assert isinstance(errors.wait_for(1)[0][0], ContentUnsupported)
