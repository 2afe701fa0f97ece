"""A broker that is stopped or killed, and comes back."""

import threading
from collections.abc import Callable

import pytest
from topicwire import (
    Client,
    ConnectionFailed,
    DeliveryState,
    NotConnected,
    ReconnectPolicy,
    SessionLost,
)

from tests.broker import Broker
from tests.channels import DurablePublisher, DurableSubscriber, Reading
from tests.inbox import Errors, Inbox

QUICK = ReconnectPolicy(base=0.05, cap=0.2)
Keep = Callable[..., Client]


@pytest.fixture
def keep(stoppable: Broker, version, rig: str) -> Keep:
    """Make clients of one name, for which the broker keeps the session."""

    def make(**options: object) -> Client:
        return Client(
            stoppable.url, client_id=f"kept-{rig}", session_expiry=600, clean_start=False,
            reconnect=QUICK, mqtt_version=version, **options,
        )  # type: ignore[arg-type]  # fmt: skip

    return make


def test_published_offline_is_sent_later_and_never_reported_failed(broker: Broker, version, rig):
    inbox = Inbox()
    sender = Client(broker.url, mqtt_version=version, reconnect=QUICK)
    with Client(broker.url, mqtt_version=version, reconnect=QUICK) as receiver:
        DurableSubscriber(receiver, rig=rig).subscribe(inbox)
        publisher = DurablePublisher(sender)
        deliveries = [publisher.publish(Reading(number=i), rig=rig) for i in range(50)]
        assert {delivery.state for delivery in deliveries} == {DeliveryState.QUEUED}
        sender.start()
        for delivery in deliveries:
            delivery.wait(10)
        inbox.wait_for(50)
        assert inbox.messages == [Reading(number=i) for i in range(50)]
    sender.close()


def test_a_clean_session_is_lost_and_everything_is_subscribed_again(
    stoppable: Broker, version, rig
):
    errors, inbox = Errors(), Inbox()
    with Client(
        stoppable.url, clean_start=True, reconnect=QUICK, on_error=errors, mqtt_version=version
    ) as client:
        DurableSubscriber(client, rig=rig).subscribe(inbox)
        publisher = DurablePublisher(client)
        stoppable.stop()
        offline = publisher.publish(Reading(number=1), rig=rig)
        stoppable.start()
        offline.wait(10)
        errors.wait_until(lambda items: any(isinstance(e, SessionLost) for e, _ in items))
        client.connect()  # waits until everything is subscribed again
        publisher.publish(Reading(number=2), rig=rig).wait(10)
        inbox.wait_until(lambda items: any(m == Reading(number=2) for m, _ in items))
        assert client.stats().reconnects == 1


def test_a_kept_session_is_resumed_and_what_came_meanwhile_is_delivered(
    stoppable: Broker, keep: Keep, version, rig
):
    errors, inbox = Errors(), Inbox()
    first = keep(on_error=errors)
    DurableSubscriber(first, rig=rig).subscribe(inbox)
    first.connect()
    first.close()
    with Client(stoppable.url, mqtt_version=version) as sender:
        DurablePublisher(sender).publish(Reading(number=1), rig=rig).wait(5)
    stoppable.restart()
    second = keep(on_error=errors)
    DurableSubscriber(second, rig=rig).subscribe(inbox)
    second.connect()
    inbox.wait_for(1)
    assert inbox.messages == [Reading(number=1)]
    assert errors.items == []
    second.close()


def test_a_filter_left_offline_is_left_when_the_session_is_resumed(
    stoppable: Broker, abilities, keep: Keep, rig
):
    errors, inbox = Errors(), Inbox()
    with keep(on_error=errors) as client:
        subscription = DurableSubscriber(client, rig=rig).subscribe(inbox)
        stoppable.stop()
        subscription.unsubscribe()
        stoppable.start()
        DurablePublisher(client).publish(Reading(number=1), rig=rig).wait(10)
        DurablePublisher(client).publish(Reading(number=2), rig=rig).wait(10)
        stats = client.stats()
    assert errors.items == []
    assert inbox.items == []
    unrouted = 0 if abilities.leaves_filters_of_resumed_sessions else 2
    assert (stats.reconnects, stats.received, stats.unrouted) == (1, unrouted, unrouted)


def test_nothing_acknowledged_is_lost_when_the_broker_restarts_meanwhile(
    stoppable: Broker, keep: Keep, version, rig
):
    errors, inbox = Errors(), Inbox()
    with (
        keep(on_error=errors) as receiver,
        Client(stoppable.url, mqtt_version=version, reconnect=QUICK) as sender,
    ):
        DurableSubscriber(receiver, rig=rig).subscribe(inbox)
        publisher = DurablePublisher(sender)
        deliveries = [publisher.publish(Reading(number=i), rig=rig) for i in range(500)]
        deliveries[20].wait(10)
        stoppable.restart()
        deliveries += [publisher.publish(Reading(number=i), rig=rig) for i in range(500, 600)]
        for delivery in deliveries:
            delivery.wait(20)
        inbox.wait_until(lambda items: len({m.number for m, _ in items}) == 600)  # type: ignore[attr-defined]
    assert errors.items == []


def test_a_killed_broker_gets_again_what_it_had_not_acknowledged(stoppable: Broker, version, rig):
    with Client(stoppable.url, mqtt_version=version, reconnect=QUICK) as client:
        publisher = DurablePublisher(client)
        deliveries = [publisher.publish(Reading(number=i), rig=rig) for i in range(500)]
        deliveries[20].wait(10)
        stoppable.kill()
        stoppable.start()
        for delivery in deliveries:
            delivery.wait(20)
            assert delivery.state is DeliveryState.ACKNOWLEDGED


def test_a_message_is_acknowledged_only_after_its_handler(keep: Keep, rig):
    inbox = Inbox()
    started, release = threading.Event(), threading.Event()

    def stuck(message, context):
        started.set()
        release.wait(20)

    first = keep()
    DurableSubscriber(first, rig=rig).subscribe(stuck)
    first.connect()
    DurablePublisher(first).publish(Reading(number=1), rig=rig).wait(5)
    assert started.wait(5)
    first.close(drain=0)  # before the handler has ended: not acknowledged
    second = keep()
    DurableSubscriber(second, rig=rig).subscribe(inbox)
    second.connect()
    inbox.wait_for(1)
    assert inbox.messages == [Reading(number=1)]
    release.set()
    second.close()


def test_giving_up_after_the_last_attempt_fails_what_waits(start_mosquitto, version, rig):
    broker = start_mosquitto()
    errors = Errors()
    client = Client(
        broker.url, mqtt_version=version, on_error=errors,
        reconnect=ReconnectPolicy(delays=[0.01], attempts=2),
    )  # fmt: skip
    client.connect()
    broker.stop()
    errors.wait_until(lambda items: any(isinstance(e, ConnectionFailed) for e, _ in items))
    with pytest.raises(NotConnected):
        DurablePublisher(client).publish(Reading(number=1), rig=rig)
    broker.start()
    client.connect()  # an explicit connect starts anew
    DurablePublisher(client).publish(Reading(number=1), rig=rig).wait(5)
    client.close()
