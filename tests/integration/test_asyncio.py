"""The asyncio client over a real broker."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from topicwire import (
    AsyncClient,
    ConnectionFailed,
    DeliveryState,
    HandlerFailed,
    NotConnected,
    PayloadInvalid,
    QueueFull,
    ReconnectPolicy,
)

from tests.broker import Broker
from tests.channels import AsyncPlainPublisher, AsyncPlainSubscriber, Reading
from tests.inbox import Errors

pytestmark = pytest.mark.filterwarnings("error")


def run(program: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(20):
            await program()

    asyncio.run(limited(), debug=False)


def test_publish_and_handler(broker: Broker, version):
    async def program() -> None:
        got: asyncio.Queue[tuple[Reading, object]] = asyncio.Queue()
        client = AsyncClient(broker.url, mqtt_version=version)

        @AsyncPlainSubscriber(client)
        async def handler(message, context):
            assert threading.current_thread() is threading.main_thread()
            await got.put((message, context))

        async with client:
            delivery = await AsyncPlainPublisher(client).publish(Reading(number=1))
            await delivery
            assert delivery.state is DeliveryState.ACKNOWLEDGED
            message, _ = await got.get()
            assert message == Reading(number=1)
            assert client.mqtt_version == version

    run(program)


def test_subscribe_while_connected_waits_for_the_grant(broker: Broker, version):
    async def program() -> None:
        async with AsyncClient(broker.url, mqtt_version=version) as client:
            got: asyncio.Queue[Reading] = asyncio.Queue()

            async def handler(message, context):
                await got.put(message)

            subscription = await AsyncPlainSubscriber(client).subscribe(handler)
            await AsyncPlainPublisher(client).publish(Reading(number=1))
            assert await got.get() == Reading(number=1)
            subscription.unsubscribe()

    run(program)


def test_iterating_ends_with_the_client(broker: Broker, version):
    async def program() -> None:
        client = AsyncClient(broker.url, mqtt_version=version)
        await client.connect()
        seen: list[Reading] = []
        subscribed = asyncio.Event()

        async def consume() -> None:
            async for message, context in AsyncPlainSubscriber(client):
                assert context.channel == "plain"
                seen.append(message)
                if message.number == 4:
                    subscribed.set()

        async with AsyncClient(broker.url, mqtt_version=version) as sender:
            consumer = asyncio.create_task(consume())
            while not client._core.subscriptions.entries() or not all(
                entry.active for entry in client._core.subscriptions.entries()
            ):
                await asyncio.sleep(0)
            for number in range(5):
                await AsyncPlainPublisher(sender).publish(Reading(number=number))
            await subscribed.wait()
        await client.close()
        await consumer
        assert seen == [Reading(number=number) for number in range(5)]

    run(program)


def test_leaving_the_iteration_unsubscribes(broker: Broker, version):
    async def program() -> None:
        async with AsyncClient(broker.url, mqtt_version=version) as client:
            messages = aiter(AsyncPlainSubscriber(client))
            first = asyncio.ensure_future(anext(messages))
            while not client._core.subscriptions.entries() or not all(
                entry.active for entry in client._core.subscriptions.entries()
            ):
                await asyncio.sleep(0)
            await AsyncPlainPublisher(client).publish(Reading(number=1))
            message, _ = await first
            assert message == Reading(number=1)
            await messages.aclose()  # type: ignore[attr-defined]
            assert client._core.subscriptions.entries() == []

    run(program)


def test_iterating_raises_when_the_client_gives_up(start_mosquitto, version):
    broker = start_mosquitto()

    async def program() -> None:
        client = AsyncClient(
            broker.url,
            mqtt_version=version,
            reconnect=ReconnectPolicy(delays=[0.01], attempts=1),
        )
        await client.connect()
        messages = aiter(AsyncPlainSubscriber(client))
        waiting = asyncio.ensure_future(anext(messages))
        await asyncio.to_thread(broker.stop)
        with pytest.raises(ConnectionFailed):
            await waiting
        await client.close()

    run(program)


def test_errors_are_reported_on_the_loop_and_stop_nothing(broker: Broker, version):
    async def program() -> None:
        errors = Errors()
        got: asyncio.Queue[Reading] = asyncio.Queue()
        async with AsyncClient(broker.url, mqtt_version=version, on_error=errors) as client:

            async def handler(message, context):
                if message.number == 13:
                    raise ZeroDivisionError
                await got.put(message)

            await AsyncPlainSubscriber(client).subscribe(handler)
            await asyncio.to_thread(broker.pub, "-t", "plain", "-m", "no json", "-q", "1")
            for number in (13, 1):
                await AsyncPlainPublisher(client).publish(Reading(number=number))
            assert await got.get() == Reading(number=1)
            kinds = {type(error) for error, _ in errors.items}
            assert kinds == {PayloadInvalid, HandlerFailed}

    run(program)


def test_a_slow_handler_does_not_stall_the_loop_and_close_waits_for_it(broker: Broker, version):
    async def program() -> None:
        started, release, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
        client = AsyncClient(broker.url, mqtt_version=version)

        @AsyncPlainSubscriber(client)
        async def handler(message, context):
            started.set()
            await release.wait()
            ended.set()

        await client.connect()
        await AsyncPlainPublisher(client).publish(Reading(number=1))
        await started.wait()
        asyncio.get_running_loop().call_later(0.05, release.set)
        assert await client.close() == ()
        assert ended.is_set()

    run(program)


def test_a_handler_may_close_its_own_client(broker: Broker, version):
    async def program() -> None:
        closed = asyncio.Event()
        client = AsyncClient(broker.url, mqtt_version=version)

        @AsyncPlainSubscriber(client)
        async def handler(message, context):
            await client.close()
            closed.set()

        await client.connect()
        await AsyncPlainPublisher(client).publish(Reading(number=1))
        await closed.wait()

    run(program)


def test_a_full_queue_waits_without_blocking_the_loop(broker: Broker, version):
    async def program() -> None:
        client = AsyncClient(broker.url, mqtt_version=version, max_queued_messages=1)
        publisher = AsyncPlainPublisher(client)
        first = await publisher.publish(Reading(number=1))
        second = asyncio.create_task(publisher.publish(Reading(number=2)))
        await asyncio.sleep(0)
        assert not second.done()
        await client.connect()
        await first
        await (await second)
        await client.close()

        rejecting = AsyncClient(
            broker.url, mqtt_version=version, max_queued_messages=1, queue_policy="reject"
        )
        await AsyncPlainPublisher(rejecting).publish(Reading(number=1))
        with pytest.raises(QueueFull):
            await AsyncPlainPublisher(rejecting).publish(Reading(number=2))

    run(program)


def test_refused_and_closed(start_mosquitto, version):
    broker = start_mosquitto()

    async def program() -> None:
        url = broker.url
        client = AsyncClient(url, mqtt_version=version)
        await client.connect()
        await client.close()
        with pytest.raises(NotConnected):
            await AsyncPlainPublisher(client).publish(Reading(number=1))
        await asyncio.to_thread(broker.stop)
        with pytest.raises(ConnectionFailed, match="is the broker running"):
            await AsyncClient(url, mqtt_version=version).connect(timeout=0.3)

    run(program)


def test_each_connection_is_told_of_on_the_loop(start_mosquitto):
    broker = start_mosquitto()

    async def program() -> None:
        connected: asyncio.Queue[threading.Thread] = asyncio.Queue()
        client = AsyncClient(
            broker.url, reconnect=ReconnectPolicy(delays=[0.05]),
            on_connected=lambda: connected.put_nowait(threading.current_thread()),
        )  # fmt: skip
        async with client:
            assert await connected.get() is threading.main_thread()
            await asyncio.to_thread(broker.restart)
            assert await connected.get() is threading.main_thread()
        assert connected.empty()

    run(program)
