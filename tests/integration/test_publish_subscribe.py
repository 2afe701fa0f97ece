"""Typed messages over a real broker, in both versions of MQTT."""

import json
import threading
from collections.abc import Callable

import pytest
from topicwire import (
    CategorySubscriber,
    Client,
    DeliveryState,
    HandlerFailed,
    NotConnected,
    PayloadInvalid,
    TopicInvalid,
)

from tests.broker import Broker
from tests.channels import (
    EITHER,
    EitherPublisher,
    EitherSubscriber,
    FastPublisher,
    FastSubscriber,
    Other,
    PlainPublisher,
    PlainSubscriber,
    Reading,
    StatePublisher,
    StateSubscriber,
)
from tests.inbox import Errors, Inbox

Connect = Callable[..., Client]


def test_a_typed_message_arrives_typed_with_its_context(connect: Connect, rig: str):
    inbox = Inbox()
    client = connect()
    StateSubscriber(client).subscribe(inbox)
    delivery = StatePublisher(client).publish(Reading(number=1, text="ü"), rig=rig, side="left")
    delivery.wait(5)
    assert delivery.state is DeliveryState.ACKNOWLEDGED
    inbox.wait_until(lambda items: any(c.parameters["rig"] == rig for _, c in items))
    [(message, context)] = [item for item in inbox.items if item[1].parameters["rig"] == rig]
    assert message == Reading(number=1, text="ü")
    assert context.topic == f"state/{rig}/left"
    assert context.parameters == {"rig": rig, "side": "left"}
    assert (context.qos, context.retained) == (1, False)


def test_decorator_and_one_parameter_value_only(connect: Connect, rig: str):
    inbox = Inbox()
    client = connect()

    @FastSubscriber(client, rig=rig)
    def handler(message, context):
        inbox(message, context)

    FastPublisher(client).publish(Reading(number=1), rig=rig + "x")
    FastPublisher(client).publish(Reading(number=2), rig=rig).wait(5)
    inbox.wait_for(1)
    FastPublisher(client).publish(Reading(number=3), rig=rig).wait(5)
    inbox.wait_for(2)
    assert inbox.messages == [Reading(number=2), Reading(number=3)]


def test_retained_state_reaches_who_comes_later(connect: Connect, abilities, rig: str):
    publisher = connect()
    StatePublisher(publisher).publish(Reading(number=7), rig=rig, side="right").wait(5)
    inbox = Inbox()
    side = None if abilities.retained_to_wildcards else "right"
    StateSubscriber(connect(), rig=rig, side=side).subscribe(inbox)
    [(message, context)] = inbox.wait_for(1)
    assert (message, context.retained) == (Reading(number=7), True)


def test_overlapping_subscriptions_call_each_handler_once_a_message(
    connect: Connect, abilities, rig: str
):
    client = connect()
    wide, narrow, both = Inbox(), Inbox(), Inbox()
    StateSubscriber(client, side="left").subscribe(wide)
    StateSubscriber(client, rig=rig).subscribe(narrow)
    StateSubscriber(client, side="left").subscribe(both)
    StateSubscriber(client, rig=rig, side="left").subscribe(both)
    for number in range(20):
        StatePublisher(client).publish(Reading(number=number), rig=rig, side="left")
    for inbox in (wide, narrow, both):
        inbox.wait_until(lambda items: any(m == Reading(number=19) for m, _ in items))
    # A copy too many would have to come before the answer to a later message.
    StatePublisher(client).publish(Reading(number=99), rig=rig, side="left").wait(5)
    for inbox in (wide, narrow, both):
        inbox.wait_until(lambda items: any(m == Reading(number=99) for m, _ in items))
        own = [m.number for m, c in inbox.items if c.parameters["rig"] == rig]  # type: ignore[attr-defined]
        if not abilities.one_copy_of_overlapping:
            own = list(dict.fromkeys(own))
        assert own == [*range(20), 99]


def test_union_of_messages_with_qos_2(connect: Connect, abilities):
    inbox = Inbox()
    client = connect()
    EitherSubscriber(client).subscribe(inbox)
    EitherPublisher(client).publish(Other(other={"a": None})).wait(5)
    EitherPublisher(client).publish(Reading(number=1)).wait(5)
    inbox.wait_for(2)
    assert inbox.messages == [Other(other={"a": None}), Reading(number=1)]
    assert inbox.items[0][1].qos == abilities.highest_qos


def test_a_category_is_all_its_channels(connect: Connect, rig: str):
    from tests.channels import FAST

    inbox = Inbox()
    client = connect()
    CategorySubscriber(client, (FAST, EITHER)).subscribe(inbox)
    FastPublisher(client).publish(Reading(number=1), rig=rig)
    EitherPublisher(client).publish(Reading(number=2))
    inbox.wait_until(lambda items: {c.channel for _, c in items} == {"fast", "either"})


def test_what_is_on_the_wire_is_the_documented_json(connect: Connect, broker: Broker, rig: str):
    client = connect()
    with broker.sub("-t", f"state/{rig}/left", "-C", "1", "-W", "10", "-d") as listener:
        assert listener.stdout is not None
        for line in listener.stdout:
            if "Subscribed" in line:
                break
        StatePublisher(client).publish(Reading(number=1, note=None), rig=rig, side="left")
        [body] = [line for line in listener.stdout if line.startswith("{")]
    assert json.loads(body) == {"number": 1, "note": None}


def test_any_mqtt_client_reaches_a_typed_handler(connect: Connect, broker: Broker, rig: str):
    inbox = Inbox()
    FastSubscriber(connect()).subscribe(inbox)
    broker.pub("-t", f"fast/{rig}", "-m", '{"number": 5}')
    broker.pub("-t", f"fast/{rig}/batch", "-m", '[{"number": 6}, {"number": 7}]')
    inbox.wait_until(lambda items: sum(c.parameters["rig"] == rig for _, c in items) == 3)
    own = [(m, c.batch_index) for m, c in inbox.items if c.parameters["rig"] == rig]
    assert own == [(Reading(number=5), None), (Reading(number=6), 0), (Reading(number=7), 1)]


def test_wrong_messages_and_raising_handlers_stop_nothing(
    connect: Connect, broker: Broker, rig: str
):
    errors, inbox = Errors(), Inbox()
    client = connect(on_error=errors)

    def handler(message, context):
        if message.number == 13:
            raise ZeroDivisionError("thirteen")
        inbox(message, context)

    FastSubscriber(client, rig=rig).subscribe(handler)
    for body in ("no json", '{"number": "1"}', "", '{"number": 13}'):
        broker.pub("-t", f"fast/{rig}", "-m", body)
    broker.pub("-t", f"fast/{rig}/batch", "-m", '[{"number": 1}, {}, {"number": 3}]')
    inbox.wait_for(2)
    assert inbox.messages == [Reading(number=1), Reading(number=3)]
    errors.wait_for(5)
    kinds = [type(error) for error, _ in errors.items]
    assert sorted(kinds, key=str) == [HandlerFailed] + [PayloadInvalid] * 4
    [(failure, context)] = [item for item in errors.items if isinstance(item[0], HandlerFailed)]
    assert isinstance(failure.__cause__, ZeroDivisionError)
    assert context is not None
    assert context.topic == f"fast/{rig}"
    stats = client.stats()
    assert (stats.invalid, stats.handler_errors) == (4, 1)


def test_a_topic_that_is_not_the_channels_is_reported(connect: Connect, broker: Broker, rig: str):
    errors = Errors()
    client = connect(on_error=errors)
    StateSubscriber(client, rig=rig).subscribe(Inbox())
    broker.pub("-t", f"state/{rig}/top", "-m", '{"number": 1}')
    [(error, _)] = errors.wait_for(1)
    assert isinstance(error, TopicInvalid)


def test_a_handler_may_publish_and_wait_and_subscribe(connect: Connect, rig: str):
    client = connect()
    answers = Inbox()
    StateSubscriber(client, rig=rig, side="right").subscribe(answers)

    @StateSubscriber(client, rig=rig, side="left")
    def echo(message, context):
        FastSubscriber(client, rig=rig).subscribe(Inbox())
        StatePublisher(client).publish(message, rig=rig, side="right").wait(5)

    StatePublisher(client).publish(Reading(number=1), rig=rig, side="left")
    assert answers.wait_for(1)[0][0] == Reading(number=1)


def test_unsubscribing_ends_it(connect: Connect, rig: str):
    client = connect()
    gone, inbox = Inbox(), Inbox()
    subscription = FastSubscriber(client, rig=rig).subscribe(gone)
    assert subscription.filters == (f"fast/{rig}", f"fast/{rig}/batch")
    StateSubscriber(client, rig=rig).subscribe(inbox)
    subscription.unsubscribe()
    FastPublisher(client).publish(Reading(number=1), rig=rig)
    StatePublisher(client).publish(Reading(number=2), rig=rig, side="left")
    inbox.wait_for(1)
    assert gone.items == []


def test_close_sends_what_is_queued_and_finishes_what_is_handled(connect: Connect, rig: str):
    receiver = connect()
    inbox = Inbox()
    StateSubscriber(receiver, rig=rig).subscribe(inbox)
    sender = connect()
    deliveries = [
        StatePublisher(sender).publish(Reading(number=number), rig=rig, side="left")
        for number in range(500)
    ]
    assert sender.close(drain=10) == ()
    assert {delivery.state for delivery in deliveries} == {DeliveryState.ACKNOWLEDGED}
    assert len(inbox.wait_for(500)) == 500
    with pytest.raises(NotConnected):
        PlainPublisher(sender).publish(Reading(number=1))
    assert sender.close() == (), "twice does nothing"


def test_close_waits_for_a_running_handler(connect: Connect, rig: str):
    client = connect()
    started, release, ended = threading.Event(), threading.Event(), threading.Event()

    @FastSubscriber(client, rig=rig)
    def slow(message, context):
        started.set()
        release.wait(10)
        ended.set()

    FastPublisher(client).publish(Reading(number=1), rig=rig)
    assert started.wait(5)
    threading.Timer(0.05, release.set).start()
    client.close(drain=10)
    assert ended.is_set()


def test_handlers_never_run_on_the_network_thread(connect: Connect, rig: str):
    names = Inbox()
    client = connect()

    @FastSubscriber(client, rig=rig)
    def handler(message, context):
        names(threading.current_thread().name, context)

    FastPublisher(client).publish(Reading(number=1), rig=rig)
    [(name, _)] = names.wait_for(1)
    assert "-handler-" in str(name)


def test_subscribing_before_connecting(broker: Broker, version, rig: str):
    inbox = Inbox()
    client = Client(broker.url, mqtt_version=version)
    FastSubscriber(client, rig=rig).subscribe(inbox)
    with client:
        FastPublisher(client).publish(Reading(number=1), rig=rig)
        inbox.wait_for(1)
    assert not client.is_connected


def test_no_threads_are_left_behind(broker: Broker, version, rig: str):
    inbox = Inbox()
    with Client(broker.url, mqtt_version=version, client_id=rig) as client:
        PlainSubscriber(client).subscribe(inbox)
        PlainPublisher(client).publish(Reading(number=1)).wait(5)
        inbox.wait_for(1)
    assert not [thread for thread in threading.enumerate() if rig in thread.name]
