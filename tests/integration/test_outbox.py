"""Messages of durable channels, which wait on disk for the broker."""

import asyncio
import sqlite3
import uuid
from pathlib import Path

import pytest
from topicwire import (
    AsyncClient,
    Client,
    Context,
    DeliveryState,
    KeptInOutbox,
    NotConnected,
    Outbox,
    OutboxFailed,
    OutboxFull,
    PublishExpired,
    PublishRejected,
)

from tests.broker import Broker
from tests.channels import (
    AsyncDurablePublisher,
    AsyncDurableSubscriber,
    DurablePublisher,
    DurableSubscriber,
    Reading,
)
from tests.inbox import Errors, Inbox

# Nobody listens here; a client for it is always offline.
NOWHERE = "mqtt://127.0.0.1:1"


def numbers(inbox: Inbox) -> list[int]:
    return [message.number for message in inbox.messages]  # type: ignore[attr-defined]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


def test_what_is_acknowledged_leaves_the_outbox(connect, rig, path, version):
    inbox = Inbox()
    DurableSubscriber(connect(), rig=rig)(inbox)
    client = connect(outbox=path)
    publisher = DurablePublisher(client)
    deliveries = [publisher.publish(Reading(number=i), rig=rig) for i in range(300)]
    for delivery in deliveries:
        delivery.wait(10)
        assert delivery.state is DeliveryState.ACKNOWLEDGED
    inbox.wait_for(300)
    assert numbers(inbox) == list(range(300))
    client.close()
    assert client.stats().outbox_messages == 0
    assert client.stats().outbox_bytes == 0
    assert client.stats().round_trip.count == 300


def test_messages_published_offline_are_sent_in_order_by_the_next_client(connect, rig, path):
    name = f"t-{uuid.uuid4()}"
    offline = Client(NOWHERE, client_id=name, outbox=path)
    deliveries = [DurablePublisher(offline).publish(Reading(number=i), rig=rig) for i in range(250)]
    offline.start()
    assert offline.close(drain=0.5) == (), "nothing has failed"
    for delivery in deliveries:
        assert delivery.state is DeliveryState.KEPT
        with pytest.raises(KeptInOutbox, match="is in the outbox"):
            delivery.wait(0)
    with pytest.raises(NotConnected):
        DurablePublisher(offline).publish(Reading(number=0), rig=rig)

    inbox = Inbox()
    DurableSubscriber(connect(), rig=rig)(inbox)
    client = connect(client_id=name, outbox=path)
    inbox.wait_for(250)
    assert numbers(inbox) == list(range(250))
    client.close()
    assert client.stats().outbox_messages == 0


def test_a_client_that_never_connected_keeps_its_messages(path):
    client = Client(NOWHERE, client_id="a", outbox=path)
    delivery = DurablePublisher(client).publish(Reading(number=1), rig="r")
    client.close()
    assert delivery.state is DeliveryState.KEPT
    assert client.stats().outbox_messages == 1


def test_the_same_client_can_be_opened_again(connect, rig, path, broker: Broker):
    inbox = Inbox()
    DurableSubscriber(connect(), rig=rig)(inbox)
    client = Client(broker.url, client_id=f"t-{uuid.uuid4()}", outbox=path)
    for number in range(3):
        with client:
            DurablePublisher(client).publish(Reading(number=number), rig=rig)
    inbox.wait_for(3)
    assert numbers(inbox) == [0, 1, 2]


def test_messages_are_sent_at_a_bounded_rate(connect, rig, path):
    inbox = Inbox()
    DurableSubscriber(connect(), rig=rig)(inbox)
    client = connect(outbox=Outbox(path=path, rate=100))
    publisher = DurablePublisher(client)
    for number in range(60):
        publisher.publish(Reading(number=number), rig=rig)
    inbox.wait_for(60)
    times = [context.timestamp for _, context in inbox.items]
    assert times[-1] - times[0] > 0.45, "60 messages at 100 a second take 0.6 s"


def test_the_limit_is_an_error_to_the_caller_and_ends_when_there_is_room(connect, rig, path):
    client = Client(NOWHERE, client_id="a", outbox=Outbox(path=path, max_bytes=200))
    publisher = DurablePublisher(client)
    size = len(rig) + len("durable/") + len(b'{"number":0}')
    stored = 200 // size
    for number in range(stored):
        publisher.publish(Reading(number=number), rig=rig)
    with pytest.raises(OutboxFull, match=r"of at most 200 bytes.*raise max_bytes") as caught:
        publisher.publish(Reading(number=9), rig=rig)
    assert caught.value.limit == 200
    assert client.stats().outbox_messages == stored == 3
    client.close()
    inbox = Inbox()
    DurableSubscriber(connect(), rig=rig)(inbox)
    again = connect(client_id="a", outbox=Outbox(path=path, max_bytes=200))
    inbox.wait_for(stored)
    again.close()  # waits until the broker has acknowledged them
    again.connect()
    DurablePublisher(again).publish(Reading(number=stored), rig=rig).wait(10)
    inbox.wait_for(stored + 1)
    assert numbers(inbox) == list(range(stored + 1))


def test_an_outbox_belongs_to_one_client_at_a_time_and_to_one_name(path):
    client = Client(NOWHERE, client_id="a", outbox=path)
    with pytest.raises(OutboxFailed, match="another client has it"):
        Client(NOWHERE, client_id="a", outbox=path)
    client.close()
    with pytest.raises(OutboxFailed, match="belongs to the client 'a', not to 'b'"):
        Client(NOWHERE, client_id="b", outbox=path)
    with pytest.raises(ValueError, match="an outbox needs a client_id"):
        Client(NOWHERE, outbox=path)


def test_a_file_that_is_no_outbox_is_refused(path):
    path.write_bytes(b"not a database, but long enough to be looked at " * 100)
    with pytest.raises(OutboxFailed, match="file is not a database"):
        Client(NOWHERE, client_id="a", outbox=path)
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(OutboxFailed, match="is of version 99, this topicwire reads 4"):
        Client(NOWHERE, client_id="a", outbox=path)


def test_messages_that_are_too_old_are_given_up_and_reported(mosquitto, path):
    old = Client(NOWHERE, client_id="a", outbox=path)
    delivery = DurablePublisher(old).publish(Reading(number=1), rig="r")
    del delivery
    old.close()
    errors = Errors()
    with sqlite3.connect(path) as store:
        store.execute("UPDATE message SET created = created - 100")
    client = Client(
        mosquitto.url, client_id="a", outbox=Outbox(path=path, max_age=60), on_error=errors
    )
    with client:
        [(error, _)] = errors.wait_for(1)
        assert isinstance(error, PublishExpired)
        assert "waited too long in the outbox" in str(error)
    assert client.stats().outbox_messages == 0


def test_a_refused_message_is_kept_apart_and_stops_no_other(start_mosquitto, rig, path):
    broker = start_mosquitto("max_packet_size 2000")
    old = Client(NOWHERE, client_id="a", outbox=path)
    publisher = DurablePublisher(old)
    publisher.publish(Reading(number=0, text="x" * 3000), rig=rig)
    publisher.publish(Reading(number=1), rig=rig)
    old.close()
    inbox, errors = Inbox(), Errors()
    with Client(broker.url) as receiver:
        DurableSubscriber(receiver, rig=rig)(inbox)
        with Client(broker.url, client_id="a", outbox=path, on_error=errors) as client:
            inbox.wait_for(1)
            [(error, _)] = errors.wait_for(1)
            assert isinstance(error, PublishRejected)
            with pytest.raises(PublishRejected, match="the broker takes packets of"):
                DurablePublisher(client).publish(Reading(number=2, text="x" * 3000), rig=rig)
            DurablePublisher(client).publish(Reading(number=3), rig=rig).wait(10)
        inbox.wait_for(2)
    assert numbers(inbox) == [1, 3]
    assert client.stats().outbox_messages == 1, "it can still be looked at"


def test_a_broker_that_comes_back_gets_everything_once(start_mosquitto, rig, path):
    broker = start_mosquitto("persistence true")
    inbox = Inbox()
    # mosquitto 2.0 saves no session that was begun with a clean start.
    receiver = Client(broker.url, client_id="b", session_expiry=60, clean_start=False)
    with receiver, Client(broker.url, client_id="a", outbox=path) as client:
        DurableSubscriber(receiver, rig=rig)(inbox)
        publisher = DurablePublisher(client)
        publisher.publish(Reading(number=0), rig=rig).wait(10)
        broker.stop()
        deliveries = [publisher.publish(Reading(number=i), rig=rig) for i in range(1, 200)]
        assert deliveries[-1].state is DeliveryState.QUEUED
        broker.start()
        for delivery in deliveries:
            delivery.wait(20)
        inbox.wait_for(200, 20)
    assert client.stats().outbox_messages == 0
    assert numbers(inbox) == list(range(200))


def test_asyncio_clients_have_outboxes_too(broker, rig, path, version):
    async def publish() -> AsyncClient:
        async with AsyncClient(
            broker.url, client_id=f"t-{uuid.uuid4()}", outbox=path, mqtt_version=version
        ) as client:
            delivery = await AsyncDurablePublisher(client).publish(Reading(number=1), rig=rig)
            await delivery
            assert delivery.state is DeliveryState.ACKNOWLEDGED
        return client

    assert asyncio.run(publish()).stats().outbox_messages == 0


def test_a_client_that_was_closed_may_find_its_outbox_taken(mosquitto, path):
    client = Client(mosquitto.url, client_id="a", outbox=path)
    client.close()
    with (
        Client(mosquitto.url, client_id="a", outbox=path),
        pytest.raises(OutboxFailed, match="another client has it"),
    ):
        client.connect()
    client.connect()
    client.close()


def test_a_handler_that_was_cancelled_gets_its_message_again(mosquitto, rig, version):
    async def run() -> None:
        seen: list[int] = []
        begun = asyncio.Event()
        client = AsyncClient(
            mosquitto.url, client_id=rig, session_expiry=60, clean_start=False,
            mqtt_version=version,
        )  # fmt: skip

        @AsyncDurableSubscriber(client, {"rig": rig})
        async def handle(message: Reading, context: Context) -> None:
            begun.set()
            if not seen:
                seen.append(-1)
                await asyncio.Event().wait()
            seen.append(message.number)

        async with AsyncClient(mosquitto.url, mqtt_version=version) as sender:
            await client.connect()
            await (await AsyncDurablePublisher(sender).publish(Reading(number=7), rig=rig))
            await begun.wait()
            await client.close(drain=0.1)
            async with client:
                while seen != [-1, 7]:
                    await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(run(), 20))
