"""Messages that are sent together, over real brokers."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from dataclasses import replace

import pytest
from topicwire import (
    AsyncClient,
    Client,
    DeliveryState,
    KeyRing,
    NotConnected,
    PayloadInvalid,
    PublishRejected,
    QueueFull,
    ReconnectPolicy,
    SigningRequired,
)

from tests.channels import (
    BATCHED,
    AsyncBatchedPublisher,
    AsyncBatchedSubscriber,
    BatchedPublisher,
    BatchedSubscriber,
    LingeringPublisher,
    LingeringSubscriber,
    PlainPublisher,
    PlainSubscriber,
    Reading,
    SignedBatchedPublisher,
    SignedBatchedSubscriber,
)
from tests.inbox import Collection, Errors, Inbox
from tests.keys import HMAC, SHARED
from tests.raw import send_raw


def numbers(inbox: Inbox) -> list[int]:
    return [message.number for message in inbox.messages]  # type: ignore[attr-defined]


def test_a_full_batch_is_sent_and_handlers_get_its_messages_one_by_one(connect, rig):
    inbox, client = Inbox(), connect()
    BatchedSubscriber(connect(), rig=rig)(inbox)
    deliveries = [BatchedPublisher(client).publish(Reading(number=i), rig=rig) for i in range(5)]
    assert len(set(map(id, deliveries))) == 1
    deliveries[0].wait(10)
    assert deliveries[0].state is DeliveryState.ACKNOWLEDGED
    inbox.wait_for(5)
    assert numbers(inbox) == [0, 1, 2, 3, 4]
    for index, (_, context) in enumerate(inbox.items):
        assert (context.topic, context.batch_index) == (f"batched/{rig}", index)
        assert context.parameters == {"rig": rig}
    stats = client.stats()
    assert (stats.sent, stats.acknowledged) == (5, 5)


def test_what_is_on_the_wire_is_one_json_array(connect, broker, rig):
    publisher = BatchedPublisher(connect())
    with broker.sub("-t", f"batched/{rig}/#", "-C", "1", "-W", "10", "-v", "-d") as listener:
        assert listener.stdout is not None
        for line in listener.stdout:
            if "Subscribed" in line:
                break
        for number in range(5):
            publisher.publish(Reading(number=number, note=None), rig=rig)
        [line] = [line for line in listener.stdout if line.startswith("batched/")]
    topic, _, body = line.partition(" ")
    assert topic == f"batched/{rig}/batch"
    assert json.loads(body) == [{"number": number, "note": None} for number in range(5)]


def test_a_batch_that_never_fills_is_sent_by_the_timer(connect, rig):
    inbox = Inbox()
    LingeringSubscriber(connect(), rig=rig)(inbox)
    publisher = LingeringPublisher(connect())
    for number in range(3):
        publisher.publish(Reading(number=number), rig=rig)
    inbox.wait_for(3)
    assert numbers(inbox) == [0, 1, 2]


def test_a_batch_lingers_as_long_as_the_spec_says_and_no_longer(connect, rig):
    publisher = LingeringPublisher(connect())
    publisher.publish(Reading(number=0), rig=rig).wait(10)  # the connection is warm
    started = time.monotonic()
    publisher.publish(Reading(number=1), rig=rig).wait(10)
    assert 0.05 <= time.monotonic() - started < 1.0


def test_flush_sends_what_there_is(connect, rig):
    inbox, client = Inbox(), connect()
    BatchedSubscriber(connect(), rig=rig)(inbox)
    delivery = BatchedPublisher(client).publish(Reading(number=1), rig=rig)
    assert client.stats().queued_messages == 1
    assert client.stats().queued_bytes > 0
    client.flush()
    delivery.wait(10)
    inbox.wait_for(1)
    assert client.stats().queued_messages == client.stats().queued_bytes == 0


def test_closing_sends_what_there_is(connect, rig):
    inbox, client = Inbox(), connect()
    BatchedSubscriber(connect(), rig=rig)(inbox)
    delivery = BatchedPublisher(client).publish(Reading(number=1), rig=rig)
    assert client.close() == ()
    assert delivery.state is DeliveryState.ACKNOWLEDGED
    inbox.wait_for(1)
    with pytest.raises(NotConnected, match="the client is closed"):
        BatchedPublisher(client).publish(Reading(number=2), rig=rig)


def test_a_client_that_is_opened_again_collects_again(connect, rig):
    inbox, client = Inbox(), connect()
    BatchedSubscriber(connect(), rig=rig)(inbox)
    publisher = BatchedPublisher(client)
    publisher.publish(Reading(number=1), rig=rig)
    client.close()
    client.connect()
    publisher.publish(Reading(number=2), rig=rig)
    client.close()
    inbox.wait_for(2)
    assert numbers(inbox) == [1, 2]


def test_each_topic_keeps_its_order_over_many_batches_and_threads(connect, rig):
    inbox, client = Inbox(), connect()
    BatchedSubscriber(connect())(inbox)
    publisher, count = BatchedPublisher(client), 403

    def publish(name: str) -> None:
        for number in range(count):
            publisher.publish(Reading(number=number), rig=name)

    names = [f"{rig}-{letter}" for letter in "abc"]
    threads = [threading.Thread(target=publish, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.flush()
    inbox.wait_until(lambda items: sum(c.parameters["rig"] in names for _, c in items) == 3 * count)
    for name in names:
        own = [message.number for message, c in inbox.items if c.parameters["rig"] == name]  # type: ignore[attr-defined]
        assert own == list(range(count))


def test_what_was_collected_while_the_broker_was_away_is_sent_when_it_is_back(
    stoppable, version, rig
):
    inbox = Inbox()
    options = {"mqtt_version": version, "reconnect": ReconnectPolicy(delays=[0.1])}
    with (
        Client(
            stoppable.url, client_id=f"r-{rig}", session_expiry=60, clean_start=False, **options
        ) as receiver,
        Client(stoppable.url, **options) as sender,
    ):
        BatchedSubscriber(receiver, rig=rig)(inbox)
        publisher = BatchedPublisher(sender)
        publisher.publish(Reading(number=0), rig=rig)  # collected before
        stoppable.stop()
        for number in range(1, 8):
            last = publisher.publish(Reading(number=number), rig=rig)
        stoppable.start()
        # It does not wait for the minute that the channel would let it linger.
        last.wait(30)
        inbox.wait_for(8, 30)
    assert numbers(inbox) == list(range(8))


def test_a_whole_batch_goes_to_a_handler_that_takes_lists(connect, broker, rig):
    taken: Collection[tuple[list[Reading], object]] = Collection()
    errors = Errors()
    client = connect(on_error=errors)

    @BatchedSubscriber(client, rig=rig).batches
    def handler(messages, context):
        taken.add((messages, context.batch_index))
        if messages[0].number == 7:
            raise RuntimeError("seven")

    sender = connect()
    topic = f"batched/{rig}/batch"
    send_raw(sender, BATCHED, topic, b'[{"number":1},{},{"number":3}]').wait(10)
    send_raw(sender, BATCHED, topic, b"[{}]").wait(10)
    send_raw(sender, BATCHED, topic, b"nothing").wait(10)
    send_raw(sender, BATCHED, f"batched/{rig}", b'{"number":4}').wait(10)
    send_raw(sender, BATCHED, topic, b'[{"number":7}]').wait(10)
    # The order is that of a topic, and here are two.
    assert sorted(taken.wait_for(3), key=lambda each: each[0][0].number) == [
        ([Reading(number=1), Reading(number=3)], None), ([Reading(number=4)], None),
        ([Reading(number=7)], None),
    ]  # fmt: skip
    found = errors.wait_for(4)
    assert [(type(error).__name__, context.batch_index) for error, context in found] == [
        ("PayloadInvalid", 1), ("PayloadInvalid", 0), ("PayloadInvalid", None),
        ("HandlerFailed", None),
    ]  # fmt: skip


def test_what_does_not_fit_the_schema_is_refused_at_once_and_not_collected(connect, rig):
    client = connect()
    with pytest.raises(PayloadInvalid):
        BatchedPublisher(client).publish(Reading.model_construct(number="x"), rig=rig)
    assert client.stats().queued_messages == 0


def test_a_batch_keeps_to_its_limit_of_bytes(connect, rig):
    taken: Collection[int] = Collection()

    @BatchedSubscriber(connect(), rig=rig).batches
    def handler(messages, context):
        taken.add(len(messages))

    client = connect()
    for number in range(5):
        BatchedPublisher(client).publish(Reading(number=number, text="x" * 150), rig=rig)
    client.flush()
    taken.wait_until(lambda items: sum(items) == 5)
    assert taken.items == [2, 2, 1]


def test_the_limit_of_the_broker_counts_too(start_mosquitto, version, rig):
    broker = start_mosquitto("max_packet_size 1200")
    inbox = Inbox()
    with (
        Client(broker.url, mqtt_version=version) as receiver,
        Client(broker.url, mqtt_version="5") as sender,
    ):
        BatchedSubscriber(receiver, rig=rig)(inbox)
        for number in range(5):
            BatchedPublisher(sender).publish(Reading(number=number, text="x" * 100), rig=rig)
        sender.flush()
        inbox.wait_for(5)
        too_large = BatchedPublisher(sender).publish(Reading(number=9, text="x" * 1200), rig=rig)
        sender.flush()
        with pytest.raises(PublishRejected, match="the broker takes packets of 1200 at most"):
            too_large.wait(10)
        assert sender.stats().failures == {"PublishRejected": 1}


@pytest.mark.parametrize("policy", ["reject", "block", "drop_oldest"])
def test_a_full_queue_is_dealt_with_as_the_policy_says(start_mosquitto, policy, rig):
    broker = start_mosquitto()
    client = Client(
        broker.url, queue_policy=policy, max_queued_messages=3, queue_timeout=0.05,
        reconnect=ReconnectPolicy(delays=[0.05]),
    )  # fmt: skip
    publisher = BatchedPublisher(client)
    batches = [
        [publisher.publish(Reading(number=5 * b + i), rig=rig) for i in range(5)] for b in range(3)
    ]
    if policy == "drop_oldest":
        publisher.publish(Reading(number=15), rig=rig)
        assert isinstance(batches[0][0].error, QueueFull)
        assert client.stats().failures == {"QueueFull": 5}
    else:
        with pytest.raises(QueueFull):
            publisher.publish(Reading(number=15), rig=rig)
    inbox = Inbox()
    with Client(broker.url) as receiver:
        BatchedSubscriber(receiver, rig=rig)(inbox)
        client.connect()
        client.close()
        expected = range(5, 16) if policy == "drop_oldest" else range(15)
        inbox.wait_for(len(expected))
    assert numbers(inbox) == list(expected)


def test_who_waits_for_room_goes_on_when_there_is_some(start_mosquitto, rig):
    broker = start_mosquitto()
    client = Client(broker.url, max_queued_messages=1, queue_timeout=20.0)
    publisher = BatchedPublisher(client)
    for number in range(5):
        publisher.publish(Reading(number=number), rig=rig)
    deliveries: Collection[object] = Collection()
    waiting = threading.Thread(
        target=lambda: deliveries.add(publisher.publish(Reading(number=5), rig=rig))
    )
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    client.connect()
    waiting.join(10)
    assert not waiting.is_alive()
    client.close()
    assert client.stats().acknowledged == 6


def test_clients_that_never_connect_fail_what_they_collected(rig):
    client = Client("mqtt://127.0.0.1:1", reconnect=ReconnectPolicy(delays=[0.05]))
    client.start()
    delivery = BatchedPublisher(client).publish(Reading(number=1), rig=rig)
    assert client.close(drain=0.1) == (delivery,)
    with pytest.raises(NotConnected):
        delivery.wait(1)
    assert client.stats().failures == {"NotConnected": 1}


def test_a_batch_is_signed_and_compressed_as_a_whole(connect, rig):
    inbox = Inbox()
    SignedBatchedSubscriber(connect(signing=SHARED), rig=rig)(inbox)
    with connect(signing=SHARED) as sender:
        for number in range(12):
            SignedBatchedPublisher(sender).publish(
                Reading(number=number, text="again and again"), rig=rig
            )
    inbox.wait_for(12)
    assert numbers(inbox) == list(range(12))
    assert {context.sender for _, context in inbox.items} == {sender.client_id}


def test_without_a_key_nothing_is_collected(connect, rig):
    client = connect()
    with pytest.raises(SigningRequired):
        SignedBatchedPublisher(client).publish(Reading(number=1), rig=rig)
    assert client.stats().queued_messages == 0


def test_a_key_that_ends_meanwhile_fails_the_batch(connect, rig):
    client = connect(signing=KeyRing([replace(HMAC, not_after=time.time() + 0.3)]))
    delivery = SignedBatchedPublisher(client).publish(Reading(number=1), rig=rig)
    # Nothing tells of the end of a key but the clock.
    time.sleep(0.4)
    client.flush()
    with pytest.raises(SigningRequired):
        delivery.wait(10)


def test_handlers_may_publish_to_batches(connect, rig):
    inbox = Inbox()
    client = connect()
    LingeringSubscriber(client, rig=rig)(inbox)

    @PlainSubscriber(client)
    def pass_on(message, context):
        LingeringPublisher(client).publish(message, rig=rig)

    for number in range(3):
        PlainPublisher(client).publish(Reading(number=number))
    inbox.wait_until(lambda items: {0, 1, 2} <= {message.number for message, _ in items})  # type: ignore[attr-defined]


def test_what_is_called_when_a_batch_fails_may_publish(start_mosquitto, rig):
    client = Client(start_mosquitto().url, queue_policy="drop_oldest", max_queued_messages=1)
    publisher = BatchedPublisher(client)
    again: Collection[object] = Collection()
    for number in range(5):
        dropped = publisher.publish(Reading(number=number), rig=rig)
    dropped.add_done_callback(
        lambda _: again.add(PlainPublisher(client).publish(Reading(number=9)))
    )
    publisher.publish(Reading(number=5), rig=rig)
    again.wait_for(1)
    client.close()


def test_asyncio_collects_and_hands_out_too(broker, version, rig):
    async def run() -> None:
        inbox, whole = Inbox(), Collection[int]()
        async with (
            AsyncClient(broker.url, mqtt_version=version) as receiver,
            AsyncClient(broker.url, mqtt_version=version) as sender,
        ):
            got = asyncio.Event()

            async def each(message, context):
                inbox(message, context)
                if len(inbox.items) == 7:
                    got.set()

            async def every(messages, context):
                whole.add(len(messages))

            await AsyncBatchedSubscriber(receiver, {"rig": rig}).subscribe(each)
            await AsyncBatchedSubscriber(receiver, {"rig": rig}).subscribe_batches(every)
            publisher = AsyncBatchedPublisher(sender)
            deliveries = [await publisher.publish(Reading(number=i), rig=rig) for i in range(7)]
            sender.flush()
            await asyncio.wait_for(deliveries[-1], 10)
            await asyncio.wait_for(got.wait(), 10)
        assert numbers(inbox) == list(range(7))
        assert [c.batch_index for _, c in inbox.items] == [0, 1, 2, 3, 4, 0, 1]
        assert whole.items == [5, 2]

    asyncio.run(run())


def test_asyncio_waits_for_room_without_stopping_the_loop(start_mosquitto, rig):
    broker = start_mosquitto()

    async def run() -> None:
        client = AsyncClient(broker.url, max_queued_messages=1, queue_timeout=20.0)
        publisher = AsyncBatchedPublisher(client)
        for number in range(5):
            await publisher.publish(Reading(number=number), rig=rig)
        waiting = asyncio.create_task(publisher.publish(Reading(number=5), rig=rig))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await client.connect()
        await asyncio.wait_for(waiting, 10)
        await client.close()
        assert client.stats().acknowledged == 6

    asyncio.run(run())
