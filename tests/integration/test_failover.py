"""Several brokers in one list: what a client does when the one that it uses goes."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest
from topicwire import Client, ConnectionFailed, ReconnectPolicy, SessionLost
from topicwire.settings import ClientSettings

from tests.broker import Version, free_port
from tests.channels import DurablePublisher, DurableSubscriber, Reading
from tests.inbox import Errors, Inbox
from tests.mosquitto import Mosquitto

QUICK = ReconnectPolicy(base=0.05, cap=0.5)


def nobody() -> str:
    return f"mqtt://127.0.0.1:{free_port()}"


def test_the_next_one_is_taken_where_the_first_does_not_answer(mosquitto: Mosquitto, rig: str):
    addresses = [nobody(), nobody(), mosquitto.url]
    inbox = Inbox()
    # With one address, the second wait would be 20 s or more.
    patience = ReconnectPolicy(delays=[20])
    with Client(addresses, reconnect=patience) as client:
        assert client.url == mosquitto.url
        DurableSubscriber(client, rig=rig).subscribe(inbox)
        DurablePublisher(client).publish(Reading(number=1), rig=rig).wait(5)
        inbox.wait_for(1)


def test_the_settings_take_a_list(mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOPICWIRE_URL", f"{nobody()},127.0.0.1:{mosquitto.port}")
    monkeypatch.setenv("TOPICWIRE_BROKER", "mosquitto")
    settings = ClientSettings()
    with Client(settings.url, **settings.options()) as client:
        assert client.url == mosquitto.url


def test_when_none_answers_the_last_is_named(rig: str):
    addresses = [nobody(), nobody()]
    client = Client(addresses, reconnect=ReconnectPolicy(delays=[0.01], attempts=2))
    with pytest.raises(ConnectionFailed) as caught:
        client.connect()
    assert caught.value.url in addresses


def test_after_a_broker_died_everything_goes_on_at_the_other(
    start_mosquitto: Callable[..., Mosquitto], version: Version, rig: str
):
    first, second = start_mosquitto(), start_mosquitto()
    addresses = [first.url, second.url]
    inbox, errors = Inbox(), Errors()
    options = {"mqtt_version": version, "reconnect": QUICK}
    with (
        Client(addresses, on_error=errors, **options) as receiver,
        Client(addresses, **options) as sender,
    ):
        DurableSubscriber(receiver, rig=rig).subscribe(inbox)
        publisher = DurablePublisher(sender)
        publisher.publish(Reading(number=0), rig=rig).wait(5)
        inbox.wait_for(1)
        first.send(signal.SIGSTOP)
        deliveries = [publisher.publish(Reading(number=n), rig=rig) for n in range(1, 50)]
        while not sender.stats().in_flight:
            time.sleep(0.005)
        first.kill()
        errors.wait_for(1)
        assert [type(error) for error, _ in errors.items] == [SessionLost]
        for delivery in deliveries:
            delivery.wait(10)
        assert {receiver.url, sender.url} == {second.url}
        publisher.publish(Reading(number=50), rig=rig).wait(5)
        inbox.wait_until(lambda items: any(m.number == 50 for m, _ in items))


def test_brokers_of_different_versions_may_be_in_one_list(
    start_mosquitto: Callable[..., Mosquitto], nats, rig: str
):
    newer = start_mosquitto()
    with Client([newer.url, nats.url], reconnect=QUICK) as client:
        assert client.mqtt_version == "5"
        newer.kill()
        while client.url != nats.url or not client.is_connected:
            time.sleep(0.01)
        assert client.mqtt_version == "3.1.1"
        DurablePublisher(client).publish(Reading(number=1), rig=rig).wait(5)
