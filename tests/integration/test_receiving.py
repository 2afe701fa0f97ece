"""Dead letters, shared subscriptions, and messages that come more than once."""

import base64
import json
import subprocess

import pytest
from topicwire import BrokerProfile, Client, Context, SharedSubscriptionsUnavailable
from topicwire._envelope import Headers
from topicwire._identity import IdentitySource

from tests.channels import (
    DurablePublisher,
    DurableSubscriber,
    FastSubscriber,
    PlainPublisher,
    PlainSubscriber,
    Reading,
    StateSubscriber,
)
from tests.inbox import Collection, Errors, Inbox
from tests.raw import send_raw


@pytest.fixture
def letters(broker, rig):
    """The dead letters of a topic of the test's own, as another program sees them."""
    watching = broker.sub("-t", f"dead/{rig}", "-v", "-d")
    for line in watching.stdout:
        if "SUBACK" in line:
            break

    def read(count: int) -> list[dict]:
        found = []
        for line in watching.stdout:
            if line.startswith(f"dead/{rig} "):
                found.append(json.loads(line.partition(" ")[2]))
                if len(found) == count:
                    return found
        return found

    yield read
    watching.kill()
    watching.communicate()


def test_what_cannot_be_handled_goes_to_the_dead_letter_topic(connect, broker, rig, letters):
    client = connect(dead_letter=f"dead/{rig}")

    @StateSubscriber(client, rig=rig)
    def fail(message: Reading, context: Context) -> None:
        if message.number == 13:
            raise ValueError("unlucky")

    broker.pub("-q", "1", "-t", f"state/{rig}/left", "-m", '{"number":"x"}')
    broker.pub("-q", "1", "-t", f"state/{rig}/right", "-m", '{"number":13}')
    broker.pub("-q", "1", "-t", f"state/{rig}/right", "-m", '{"number":14}')
    subprocess.run(
        ["mosquitto_pub", "-p", str(broker.port), "-q", "1", "-t", f"state/{rig}/left", "-s"],
        input=b"\xff\x00", check=True,
    )  # fmt: skip
    first, second, third = letters(3)
    assert first["topic"] == f"state/{rig}/left"
    assert first["channel"] == "state"
    assert first["client"] == client.client_id
    assert first["payload"] == '{"number":"x"}'
    [failure] = first["failures"]
    assert failure["error"] == "PayloadInvalid"
    assert "/number: Input should be a valid integer" in failure["reason"]
    assert second["failures"][0]["cause"] == "ValueError('unlucky')"
    assert base64.b64decode(third["payload_base64"]) == b"\xff\x00"
    client.close()  # waits until the broker has acknowledged them
    assert client.stats().dead_letters == 3


def test_a_dead_letter_names_the_bad_elements_of_a_batch(connect, broker, rig, letters):
    inbox = Inbox()
    FastSubscriber(connect(dead_letter=f"dead/{rig}"), rig=rig)(inbox)
    broker.pub("-t", f"fast/{rig}/batch", "-m", '[{"number":1},{},{"number":3},7]')
    [letter] = letters(1)
    assert [failure["index"] for failure in letter["failures"]] == [1, 3]
    inbox.wait_for(2)


def test_a_dead_letter_that_cannot_be_handled_is_not_sent_round_and_round(connect, broker):
    errors, inbox = Errors(), Inbox()
    client = connect(dead_letter="plain", on_error=errors)
    PlainSubscriber(client)(inbox)
    broker.pub("-q", "1", "-t", "plain", "-m", "no reading")
    errors.wait_for(1)
    PlainPublisher(client).publish(Reading(number=1)).wait(10)
    inbox.wait_until(lambda items: any(m == Reading(number=1) for m, _ in items))
    assert len(errors.items) == 1
    assert client.stats().dead_letters == 0


def test_a_broker_that_does_not_say_it_shares_is_not_trusted_to(broker, version, rig):
    if version == "5":
        pytest.skip("with MQTT 5, brokers say so")
    errors = Errors()
    client = Client(broker.url, mqtt_version=version, on_error=errors)
    StateSubscriber(client, rig=rig).shared("workers")(Inbox())
    with pytest.raises(
        SharedSubscriptionsUnavailable, match=r"broker=BrokerProfile\(shared_subscriptions="
    ):
        client.connect()


def test_the_members_of_a_group_share_the_messages(connect, abilities, rig):
    if not abilities.shared_subscriptions:
        pytest.skip("the broker takes $share for the name of a topic")
    together: Collection[tuple[int, int]] = Collection()
    everything = Inbox()
    for member in range(3):
        client = connect(broker=BrokerProfile(shared_subscriptions=True))

        def handle(message: Reading, context: Context, member: int = member) -> None:
            together.add((member, message.number))

        DurableSubscriber(client, rig=rig).shared("workers").subscribe(handle)
    DurableSubscriber(connect(), rig=rig)(everything)
    publisher = DurablePublisher(connect())
    for number in range(90):
        publisher.publish(Reading(number=number), rig=rig).wait(10)
    everything.wait_for(90)
    together.wait_for(90)
    assert sorted(number for _, number in together.items) == list(range(90))
    assert {member for member, _ in together.items} == {0, 1, 2}


def test_a_client_may_be_in_a_group_and_hear_everything_too(connect, rig, version):
    if version != "5":
        pytest.skip("without subscription identifiers the copies cannot be told apart")
    client = connect()
    shared, everything = Inbox(), Inbox()
    DurableSubscriber(client, rig=rig).shared("workers")(shared)
    DurableSubscriber(client, rig=rig)(everything)
    publisher = DurablePublisher(client)
    for number in range(20):
        publisher.publish(Reading(number=number), rig=rig).wait(10)
    shared.wait_for(20)
    everything.wait_for(20)
    assert len(shared.items) == len(everything.items) == 20
    assert client.stats().duplicates == 0


@pytest.mark.parametrize("name", ["", "a/b", "a+", "#", "a\0b"])
def test_the_name_of_a_group_is_one_level(name):
    with pytest.raises(ValueError, match="cannot be the name of a group"):
        PlainSubscriber(Client("mqtt://127.0.0.1:1")).shared(name)


def test_messages_that_are_sent_twice_are_handled_once(connect, rig):
    inbox = Inbox()
    receiver = connect()
    DurableSubscriber(receiver, rig=rig)(inbox)
    sender = connect()
    identities = IdentitySource(sender.client_id)
    headers = [Headers(identities.next().properties(1.0)) for _ in range(10)]
    for _ in range(3):
        for number, header in enumerate(headers):
            body = b'{"number":%d}' % number
            send_raw(sender, DurableSubscriber.channel, f"durable/{rig}", body, header).wait(10)
    DurablePublisher(sender).publish(Reading(number=99), rig=rig).wait(10)
    inbox.wait_until(lambda items: items[-1][0] == Reading(number=99) if items else False)
    assert [message.number for message in inbox.messages] == [*range(10), 99]  # type: ignore[attr-defined]
    assert receiver.stats().duplicates == 20
    assert inbox.items[0][1].sent == 1.0
    assert inbox.items[0][1].headers == {}


def test_the_way_from_clock_to_clock_is_measured(connect, rig):
    inbox = Inbox()
    receiver = connect()
    DurableSubscriber(receiver, rig=rig)(inbox)
    DurablePublisher(connect()).publish(Reading(number=1), rig=rig).wait(10)
    inbox.wait_for(1)
    transit = receiver.stats().transit
    assert transit.count == 1
    assert 0 < transit.maximum < 5
