import pytest
from topicwire import AbilityMissing, BrokerProfile, Client
from topicwire._greeting import Greeting
from topicwire._profile import KNOWN, profile_of, recognise

from tests.channels import EITHER, StateSubscriber, Subscriber

TWO = "mqtt://127.0.0.1:1,127.0.0.1:2"


def test_what_is_known_corrects_what_the_broker_says():
    greeting = Greeting(0, False, shared_subscriptions=True)
    found = KNOWN["rabbitmq"].correct(greeting)
    assert (found.shared_subscriptions, found.maximum_qos, found.broker) == (False, 1, "rabbitmq")
    assert BrokerProfile().correct(greeting) == greeting
    assert BrokerProfile(maximum_qos=2).correct(greeting._replace(maximum_qos=1)).maximum_qos == 1


def test_a_name_that_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="'ratatosk'; there are mosquitto, nats, rabbitmq"):
        profile_of("ratatosk")


@pytest.mark.parametrize(
    ("url", "options", "ability", "remedy"),
    [
        (TWO, {"broker": "ejabberd", "client_id": "a", "session_expiry": 60, "clean_start": False},
         "session_failover", "give one address"),
    ],
)  # fmt: skip
def test_clients_that_would_lose_something_are_not_made(url, options, ability, remedy):
    with pytest.raises(AbilityMissing, match=remedy) as caught:
        Client(url, **options)
    assert caught.value.ability == ability
    Client(url, **(options | {"broker": BrokerProfile(session_failover=True)}))


def test_retained_messages_that_would_not_come_are_told_of():
    client = Client("mqtt://127.0.0.1:1", broker="rabbitmq")
    with pytest.raises(AbilityMissing, match="with all parameters of the address given") as caught:
        StateSubscriber(client, rig="a")(lambda message, context: None)
    assert (caught.value.ability, caught.value.broker) == ("retained_to_wildcards", "rabbitmq")
    StateSubscriber(client, rig="a", side="left")(lambda message, context: None)
    client = Client(TWO, broker="rabbitmq")
    with pytest.raises(AbilityMissing, match="published at another broker of the list"):
        StateSubscriber(client, rig="a", side="left")(lambda message, context: None)


def test_messages_that_would_outlive_their_expiry_are_told_of():
    class Expiring(Subscriber):
        channel = EITHER

    options = {"client_id": "a", "session_expiry": 60, "clean_start": False}
    client = Client("mqtt://127.0.0.1:1", broker="nats", **options)
    with pytest.raises(AbilityMissing, match="to expire after 30 s"):
        Expiring(client)(lambda message, context: None)
    Expiring(Client("mqtt://127.0.0.1:1", broker="nats"))(lambda message, context: None)
    Expiring(Client("mqtt://127.0.0.1:1", **options))(lambda message, context: None)


def test_ejabberd_is_recognised_by_what_it_says():
    said = frozenset({
        "SessionExpiryInterval", "ServerKeepAlive", "TopicAliasMaximum",
        "SharedSubscriptionAvailable",
    })  # fmt: skip
    assert recognise(Greeting(0, False, told=said)) == KNOWN["ejabberd"]
    assert recognise(Greeting(0, False, told=said, shared_subscriptions=True)) == BrokerProfile()
    assert recognise(Greeting(0, False, told=said | {"MaximumQoS"})) == BrokerProfile()
    assert recognise(Greeting(0, False)) == BrokerProfile()
