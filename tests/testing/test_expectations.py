"""What a test expects to come, and what it is told when nothing does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from topicwire import AsyncClient, CategorySubscriber, Client, SubscribeRejected
from topicwire.aio import CategorySubscriber as AsyncCategorySubscriber
from topicwire.raw import RawMessage
from topicwire.testing import InMemoryBroker, expect

from tests.channels import (
    EITHER,
    FAST,
    PLAIN,
    SIGNED,
    AsyncPlainPublisher,
    AsyncPlainSubscriber,
    EitherPublisher,
    FastPublisher,
    Other,
    PlainPublisher,
    PlainSubscriber,
    Reading,
    StatePublisher,
    StateSubscriber,
)
from tests.keys import SHARED


@pytest.fixture
def broker() -> Iterator[InMemoryBroker]:
    with InMemoryBroker() as broker:
        yield broker


@pytest.fixture
def client(broker: InMemoryBroker) -> Iterator[Client]:
    with Client(broker.url, client_id="tester") as client:
        yield client


def send(client: Client, *numbers: int) -> None:
    for number in numbers:
        PlainPublisher(client).publish(Reading(number=number)).wait(5)


def test_messages_come_in_their_order(client: Client):
    with expect(PlainSubscriber(client)) as seen:
        send(client, 1, 2, 3)
        assert seen.next().number == 1
        assert [each.number for each in seen.take(2)] == [2, 3]
        seen.none(0.01)
    assert [each.message.number for each in seen.all] == [1, 2, 3]


def test_a_condition_skips_and_keeps_the_others(client: Client):
    with expect(PLAIN, client) as seen:
        send(client, 1, 2)
        assert seen.next(where=lambda message: message.number == 2).number == 2
        assert seen.next().number == 1


def test_the_context_is_there(client: Client):
    with expect(StateSubscriber(client, rig="r")) as seen:
        StatePublisher(client).publish(Reading(number=1), rig="r", side="left").wait(5)
        assert seen.next_seen().context.topic == "state/r/left"


def test_a_category(client: Client):
    with expect(CategorySubscriber(client, [FAST, EITHER])) as seen:
        EitherPublisher(client).publish(Other(other={})).wait(5)
        FastPublisher(client).publish(Reading(number=1), rig="r").wait(5)
        assert seen.next() == Other(other={})
        assert seen.next() == Reading(number=1)


def test_nothing_is_seen_after_the_end(client: Client):
    with expect(PlainSubscriber(client)) as seen:
        pass
    send(client, 1)
    with expect(PlainSubscriber(client)) as later:
        send(client, 2)
        assert later.next().number == 2
    assert seen.all == ()


def test_a_failure_says_what_came_instead(client: Client, broker: InMemoryBroker):
    with expect(PlainSubscriber(client)) as seen:
        broker.publish(RawMessage(topic="plain", payload=b'{"number": "1"}'))
        send(client, 7)
        seen.next(where=lambda message: message.number == 7)
        send(client, 8)
        with pytest.raises(AssertionError) as caught:
            seen.next(0.05, where=lambda message: message.number > 8)
    text = str(caught.value)
    assert text.startswith("no message that fits the condition on plain (plain) within 0.05 s\n")
    assert "1 came that did not fit:\n  plain: Reading(number=8" in text
    assert "1 came that were not valid:\n" in text
    assert "/number" in text
    assert text.endswith("the broker has had 3 on plain")


def test_a_failure_tells_of_refused_signatures(broker: InMemoryBroker, client: Client):
    with Client(broker.url, signing=SHARED) as strict, expect(SIGNED, strict) as seen:
        broker.publish(RawMessage(topic="signed/r", payload=b'{"number": 1}'))
        with pytest.raises(AssertionError, match=r"has not believed messages: 1 [a-z_]+\n"):
            seen.next(0.05)


def test_a_failure_tells_that_there_was_nothing(client: Client):
    with expect(PlainSubscriber(client)) as seen:
        with pytest.raises(AssertionError, match="the broker has had no messages at all"):
            seen.next(0.01)
        send(client, 1)
        seen.next()
        with pytest.raises(AssertionError, match="1 came that were asked for before"):
            seen.next(0.01)


def test_a_failure_tells_of_a_lost_connection(client: Client, broker: InMemoryBroker):
    with expect(PlainSubscriber(client)) as seen:
        broker.stop()
        with pytest.raises(AssertionError, match="client 'tester' is not connected"):
            seen.next(0.05)


def test_an_unwanted_message(client: Client):
    with expect(PlainSubscriber(client)) as seen:
        send(client, 1)
        seen.none(0.01, where=lambda message: message.number == 2)
        with pytest.raises(
            AssertionError, match=r"a message came on plain \(plain\):\n  plain: Rea"
        ):
            seen.none()


def test_a_refused_subscription_is_an_error_at_once(start_broker):
    broker = start_broker(authorize=lambda _client, action, _topic: action == "publish")
    with Client(broker.url) as client, pytest.raises(SubscribeRejected), expect(PLAIN, client):
        pass


def test_a_channel_needs_a_client():
    with pytest.raises(TypeError, match="with a client"):
        expect(PLAIN)  # type: ignore[call-overload]


def test_asyncio(broker: InMemoryBroker):
    async def course() -> None:
        async with AsyncClient(broker.url) as client:
            publisher = AsyncPlainPublisher(client)
            async with expect(AsyncPlainSubscriber(client)) as seen:
                for number in (1, 2, 3):
                    await publisher.publish(Reading(number=number))
                assert (await seen.next(where=lambda message: message.number == 2)).number == 2
                assert [each.number for each in await seen.take(2)] == [1, 3]
                await seen.none(0.01)
                with pytest.raises(AssertionError, match="the broker has had 3 on plain"):
                    await seen.next(0.01)
                await publisher.publish(Reading(number=4))
                with pytest.raises(AssertionError, match="a message came"):
                    await seen.none(5)
            assert len(seen.all) == 4
            async with expect(PLAIN, client) as again:
                await publisher.publish(Reading(number=5))
                assert (await again.next_seen()).context.topic == "plain"
            category = AsyncCategorySubscriber(client, [EITHER])
            async with expect(category) as others:
                await others.none(0.01)

    asyncio.run(course())
