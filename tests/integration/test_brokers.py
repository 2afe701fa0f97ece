"""What clients make of brokers that can do less."""

import pytest
from topicwire import Client, ConnectionFailed, ReconnectPolicy

from tests.broker import Abilities, Broker
from tests.channels import DurablePublisher, DurableSubscriber, Reading
from tests.inbox import Inbox


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
