"""What clients make of brokers that can do less."""

from collections.abc import Callable
from dataclasses import asdict

import pytest
from topicwire import Client, ConnectionFailed, PublishRejected, QosLowered, ReconnectPolicy
from topicwire.brokers import KNOWN, probe

from tests.broker import Abilities, Broker
from tests.channels import (
    DurablePublisher,
    DurableSubscriber,
    EitherPublisher,
    EitherSubscriber,
    Reading,
)
from tests.inbox import Errors, Inbox
from tests.integration.conftest import Pair
from tests.rabbitmq import RabbitMQ


def test_the_newest_version_that_the_broker_speaks_is_found(
    broker: Broker, abilities: Abilities, rig: str
):
    inbox = Inbox()
    with Client(broker.url) as client:
        assert client.mqtt_version == max(abilities.versions)
        DurableSubscriber(client, rig=rig).subscribe(inbox)
        DurablePublisher(client).publish(Reading(number=1), rig=rig).wait(5)
        inbox.wait_for(1)


def test_a_version_that_is_asked_for_is_not_exchanged_for_another(
    broker: Broker, abilities: Abilities
):
    client = Client(broker.url, mqtt_version="5", reconnect=ReconnectPolicy(delays=[0.1]))
    if "5" in abilities.versions:
        client.connect()
    else:
        with pytest.raises(ConnectionFailed, match=r"MQTT 5|protocol version|closed the conn"):
            client.connect(timeout=0.5)
    client.close()


def test_a_broker_is_as_its_profile_says(pair: Pair, broker: Broker):
    found = probe(broker.url, mqtt_version=pair.version)
    known = KNOWN[pair.broker]
    differences = {
        name: (value, getattr(found, name))
        for name, value in asdict(known).items()
        if name != "name" and None not in (value, getattr(found, name))
    }
    # mosquitto has shared subscriptions over 3.1.1 too, and expiry over 5 only.
    assert all(value == measured for value, measured in differences.values()), differences
    assert found.shared_subscriptions == broker.abilities.shared_subscriptions
    assert found.maximum_qos == broker.abilities.highest_qos
    assert found.retained_to_wildcards == broker.abilities.retained_to_wildcards
    assert found.message_expiry == (pair.version == "5")


def test_a_lowered_quality_of_service_is_reported(
    connect: Callable[..., Client], abilities: Abilities
):
    errors = Errors()
    client = connect(on_error=errors)
    EitherSubscriber(client)(Inbox())
    if abilities.highest_qos == 2:
        assert errors.items == []
    else:
        errors.wait_for(1)
        [(error, _)] = errors.items
        assert isinstance(error, QosLowered)
        assert (error.filter, error.asked, error.granted) == ("either", 2, 1)


def test_what_a_known_broker_would_lower_is_refused(rabbitmq: RabbitMQ):
    with (
        Client(rabbitmq.url, broker="rabbitmq") as client,
        pytest.raises(PublishRejected, match="QoS 2, the broker takes 1 at most"),
    ):
        EitherPublisher(client).publish(Reading(number=1))
