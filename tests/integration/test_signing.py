"""Signed messages over real brokers: who is believed, and what is not."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import replace

import pytest
from topicwire import (
    AsyncClient,
    Client,
    Compression,
    Context,
    Delivery,
    KeyRing,
    KeyRingInvalid,
    MessageTooLarge,
    Outbox,
    PublishRejected,
    ReplayDetected,
    RequestFailed,
    SignatureInvalid,
    Signing,
    SigningRequired,
    Will,
    aio,
)
from topicwire._base64url import encode
from topicwire._envelope import Headers
from topicwire._signature import sign, signed_input
from topicwire._signing import add_signature

from tests.channels import (
    ADD,
    OPTIONAL,
    PACKED,
    SIGNED,
    SIGNED_DURABLE,
    SIGNED_STATE,
    SUM,
    AddRequester,
    AddResponder,
    OptionalPublisher,
    OptionalSubscriber,
    Other,
    PackedPublisher,
    PackedSubscriber,
    Reading,
    SignedDurablePublisher,
    SignedDurableSubscriber,
    SignedPublisher,
    SignedStatePublisher,
    SignedStateSubscriber,
    SignedSubscriber,
)
from tests.inbox import Errors, Inbox, wait_until
from tests.keys import HMAC, SHARED, SIGNING, VERIFYING, write_ring
from tests.raw import send_raw

LAST = Reading(number=99)


def signed(
    topic: str, body: bytes, *, sequence: int = 1, ts: float | None = None, epoch: int = 1
) -> Headers:
    """Return headers as the holder of the shared key would make them."""
    ts = time.time() if ts is None else ts
    properties = (
        ("sid", "somebody"), ("ep", str(epoch)), ("seq", str(sequence)),
        ("ts", str(round(ts * 1_000_000))),
    )  # fmt: skip
    return add_signature(HMAC, topic, Headers(properties, "application/json"), body)


@pytest.mark.parametrize(("signing", "believing"), [(SHARED, SHARED), (SIGNING, VERIFYING)])
def test_a_signed_message_arrives_with_its_sender(connect, rig, signing, believing):
    inbox = Inbox()
    SignedSubscriber(connect(signing=believing), rig=rig)(inbox)
    sender = connect(signing=signing)
    for number in range(20):
        SignedPublisher(sender).publish(Reading(number=number, text="ä" * number), rig=rig)
    received = inbox.wait_for(20)
    assert [message.number for message in inbox.messages] == list(range(20))  # type: ignore[attr-defined]
    contexts = [context for _, context in received]
    assert {context.sender for context in contexts} == {sender.client_id}
    assert all(abs(context.timestamp - (context.sent or 0)) < 5 for context in contexts)
    assert contexts[0].headers == {}


def test_what_is_not_signed_as_it_should_be_is_refused_and_told(connect, rig):
    inbox, errors = Inbox(), Errors()
    receiver = connect(signing=SHARED, on_error=errors)
    SignedSubscriber(receiver, rig=rig)(inbox)
    other = Signing(keys=KeyRing([replace(HMAC, key=bytes(32))]))
    limited = Signing(keys=KeyRing([replace(HMAC, kid="unheard-of")]))
    body, topic = b'{"number":1}', f"signed/{rig}"
    sender = connect(signing=SHARED)
    send_raw(sender, SIGNED, topic, body).wait(10)
    SignedPublisher(connect(signing=other)).publish(Reading(number=2), rig=rig).wait(10)
    SignedPublisher(connect(signing=limited)).publish(Reading(number=3), rig=rig).wait(10)
    send_raw(sender, SIGNED, topic, body, signed(f"signed/other{rig}", body)).wait(10)
    send_raw(sender, SIGNED, topic, body, signed(topic, body, ts=time.time() - 301)).wait(10)
    send_raw(sender, SIGNED, topic, body, signed(topic, body, ts=time.time() + 305)).wait(10)
    SignedPublisher(sender).publish(LAST, rig=rig).wait(10)
    inbox.wait_for(1)
    assert inbox.messages == [LAST]
    found = [error for error, _ in errors.wait_for(6)]
    assert [type(error) for error in found] == [SignatureInvalid] * 6
    reasons = [error.reason for error in found if isinstance(error, SignatureInvalid)]
    assert reasons == [
        "unsigned", "bad_signature", "unknown_key", "bad_signature", "stale", "from_the_future",
    ]  # fmt: skip
    stats = receiver.stats()
    assert (stats.refused, stats.refusals["bad_signature"]) == (6, 2)


def test_a_message_sent_again_by_somebody_is_not_handled_again(connect, rig):
    inbox, errors = Inbox(), Errors()
    receiver = connect(signing=SHARED, on_error=errors)
    SignedSubscriber(receiver, rig=rig)(inbox)
    body, topic = b'{"number":1}', f"signed/{rig}"
    headers = signed(topic, body)
    somebody = connect()
    for _ in range(3):
        send_raw(somebody, SIGNED, topic, body, headers).wait(10)
    SignedPublisher(connect(signing=SHARED)).publish(LAST, rig=rig).wait(10)
    inbox.wait_until(lambda items: items[-1][0] == LAST if items else False)
    assert inbox.messages == [Reading(number=1), LAST]
    assert receiver.stats().duplicates == 2


def test_two_messages_with_one_nonce_are_an_alarm(connect, rig):
    inbox, errors = Inbox(), Errors()
    SignedSubscriber(connect(signing=SHARED, on_error=errors), rig=rig)(inbox)
    topic, somebody = f"signed/{rig}", connect()
    for body in (b'{"number":1}', b'{"number":2}'):
        made = signed(topic, body)
        # The same nonce in each, and a signature that fits.
        properties = {**dict(made.properties), "n": encode(bytes(16))}
        del properties["sig"]
        made = replace(made, properties=tuple(properties.items()))
        signature = sign("hmac-sha256", HMAC.key, signed_input("hmac-sha256", topic, made, body))
        made = replace(made, properties=(*made.properties, ("sig", encode(signature))))
        send_raw(somebody, SIGNED, topic, body, made).wait(10)
    [(error, _)] = errors.wait_for(1)
    assert isinstance(error, ReplayDetected)
    assert (error.reason, error.sender) == ("nonce_reused", "somebody")
    inbox.wait_for(1)
    assert inbox.messages == [Reading(number=1)]


def test_a_client_that_is_opened_again_remembers_what_it_has_handled(connect, rig):
    inbox = Inbox()
    receiver = connect(signing=SHARED)
    SignedSubscriber(receiver, rig=rig)(inbox)
    body, topic = b'{"number":1}', f"signed/{rig}"
    headers = signed(topic, body)
    send_raw(connect(), SIGNED, topic, body, headers).wait(10)
    inbox.wait_for(1)
    receiver.close()
    receiver.connect()
    send_raw(connect(), SIGNED, topic, body, headers).wait(10)
    SignedPublisher(connect(signing=SHARED)).publish(LAST, rig=rig).wait(10)
    inbox.wait_until(lambda items: items[-1][0] == LAST)
    assert inbox.messages == [Reading(number=1), LAST]


def test_optional_channels_take_unsigned_messages_but_no_forged_ones(connect, rig):
    inbox, errors = Inbox(), Errors()
    receiver = connect(signing=SHARED, on_error=errors)
    OptionalSubscriber(receiver, rig=rig)(inbox)
    OptionalPublisher(connect()).publish(Reading(number=1), rig=rig).wait(10)
    OptionalPublisher(connect(signing=SHARED)).publish(Reading(number=2), rig=rig).wait(10)
    body, topic = b'{"number":3}', f"optional/{rig}"
    send_raw(connect(), OPTIONAL, topic, body, signed(topic, b"other")).wait(10)
    OptionalPublisher(connect()).publish(LAST, rig=rig).wait(10)
    inbox.wait_until(lambda items: items[-1][0] == LAST if items else False)
    assert inbox.messages == [Reading(number=1), Reading(number=2), LAST]
    assert [context.sender is not None for _, context in inbox.items] == [False, True, False]
    [(error, _)] = errors.wait_for(1)
    assert isinstance(error, SignatureInvalid)


def test_who_has_no_keys_can_read_optional_channels_but_does_not_know_who_wrote(connect, rig):
    inbox = Inbox()
    OptionalSubscriber(connect(), rig=rig)(inbox)
    OptionalPublisher(connect(signing=SHARED)).publish(LAST, rig=rig).wait(10)
    [(message, context)] = inbox.wait_for(1)
    assert message == LAST
    assert isinstance(context, Context)
    assert context.sender is None


def test_without_keys_a_required_channel_can_be_neither_written_nor_believed(connect, rig):
    client = connect()
    with pytest.raises(SigningRequired, match="this client has no keys"):
        SignedPublisher(client).publish(LAST, rig=rig)
    with pytest.raises(SigningRequired, match="this client has no keys"):
        SignedSubscriber(client, rig=rig)(Inbox())
    with pytest.raises(SigningRequired, match=r"none of this client's keys may sign now as 't-"):
        SignedPublisher(connect(signing=VERIFYING)).publish(LAST, rig=rig)
    with pytest.raises(SigningRequired, match="pass signing=Signing"):
        SignedDurableSubscriber(connect(signing=SHARED), rig=rig)(Inbox())
    with pytest.raises(SigningRequired, match="a will cannot be signed"):
        connect(signing=SHARED, will=Will.of(SIGNED, LAST, {"rig": rig}))


def test_allow_unsigned_believes_both(connect, rig):
    inbox = Inbox()
    SignedSubscriber(connect(allow_unsigned=True), rig=rig)(inbox)
    SignedPublisher(connect(signing=SHARED)).publish(Reading(number=1), rig=rig).wait(10)
    SignedPublisher(connect(allow_unsigned=True)).publish(Reading(number=2), rig=rig).wait(10)
    inbox.wait_for(2)
    assert inbox.messages == [Reading(number=1), Reading(number=2)]


def test_durable_messages_are_not_replayed_after_a_restart(connect, rig, tmp_path):
    signing = Signing(keys=SHARED, replay_state=tmp_path / "replay.sqlite")
    inbox, errors = Inbox(), Errors()
    receiver = connect(signing=signing, on_error=errors)
    SignedDurableSubscriber(receiver, rig=rig)(inbox)
    topic, somebody = f"signed_durable/{rig}", connect()
    old = [(b'{"number":%d}' % n, n) for n in range(1, 31)]
    messages = [(body, signed(topic, body, sequence=n)) for body, n in old]
    for body, headers in messages[:-1]:
        send_raw(somebody, SIGNED_DURABLE, topic, body, headers).wait(10)
    inbox.wait_for(29)
    receiver.close()

    again = connect(signing=signing, on_error=errors)
    after = Inbox()
    SignedDurableSubscriber(again, rig=rig)(after)
    for body, headers in messages:
        send_raw(somebody, SIGNED_DURABLE, topic, body, headers).wait(10)
    after.wait_for(1)
    publisher = SignedDurablePublisher(connect(signing=SHARED))
    publisher.publish(Reading(number=99, text="x" * 5000), rig=rig).wait(10)
    after.wait_until(lambda items: len(items) >= 2)
    assert [message.number for message in after.messages] == [30, 99]  # type: ignore[attr-defined]
    assert again.stats().duplicates == 29
    too_old = signed(topic, b"{}", sequence=2000)
    send_raw(somebody, SIGNED_DURABLE, topic, b'{"number":1}', too_old).wait(10)
    errors.wait_until(lambda items: any("bad_signature" in str(error) for error, _ in items))


def test_retained_messages_cannot_be_set_back(connect, rig, tmp_path):
    signing = Signing(keys=SHARED, replay_state=tmp_path / "replay.sqlite")
    topic, somebody = f"signed_state/{rig}", connect()
    first, second = (
        (body, signed(topic, body, sequence=n))
        for n, body in ((1, b'{"number":1}'), (2, b'{"number":2}'))
    )
    for restart in range(2):
        inbox, errors = Inbox(), Errors()
        receiver = connect(signing=signing, on_error=errors)
        SignedStateSubscriber(receiver, rig=rig)(inbox)
        if not restart:
            send_raw(somebody, SIGNED_STATE, topic, *first).wait(10)
            inbox.wait_for(1)
        send_raw(somebody, SIGNED_STATE, topic, *second).wait(10)
        inbox.wait_until(lambda items: items[-1][0] == Reading(number=2) if items else False)
        send_raw(somebody, SIGNED_STATE, topic, *first).wait(10)
        errors.wait_for(1)
        assert isinstance(errors.items[0][0], ReplayDetected)
        assert errors.items[0][0].reason == "superseded"
        assert inbox.messages[-1] == Reading(number=2)
        receiver.close()
    SignedStatePublisher(connect(signing=SHARED)).publish(LAST, rig=rig).wait(10)


def test_messages_are_acknowledged_only_when_they_will_be_recognised(
    connect, stoppable, rig, tmp_path
):
    """A disk that does not take the state keeps the messages at the broker, and loses none."""
    url = stoppable.url
    state = tmp_path / "replay.sqlite"
    signing = Signing(keys=SHARED, replay_state=state)
    name = f"keeper-{rig}"
    kept = {"client_id": name, "clean_start": False, "session_expiry": 600}
    receiver = connect(url, signing=signing, **kept)
    inbox = Inbox()
    SignedDurableSubscriber(receiver, rig=rig)(inbox)
    publisher = SignedDurablePublisher(connect(url, signing=SHARED))
    publisher.publish(Reading(number=1), rig=rig).wait(10)
    inbox.wait_for(1)
    store = receiver._core._replays
    assert store is not None
    wait_until(lambda: len(store.marks("durable")) == 1 and not store.is_behind)
    store._connection.execute("PRAGMA query_only = 1")
    publisher.publish(Reading(number=2), rig=rig).wait(10)
    inbox.wait_for(2)
    receiver.close()
    again, after = (
        Client(url, signing=signing, mqtt_version=receiver.mqtt_version, **kept),
        Inbox(),
    )
    SignedDurableSubscriber(again, rig=rig)(after)
    again.connect()
    try:
        after.wait_for(1)
        assert after.messages == [Reading(number=2)]
    finally:
        again.close()


def test_the_outbox_signs_with_the_keys_of_when_it_sends(connect, rig, tmp_path, broker, version):
    keys = write_ring(tmp_path / "keys.json", SHARED)
    inbox = Inbox()
    receiving = Signing(keys=SIGNING, replay_state=tmp_path / "replay.sqlite")
    receiver = connect(signing=receiving)
    SignedDurableSubscriber(receiver, rig=rig)(inbox)
    name = f"out-{rig}"
    sender = Client(
        broker.url, client_id=name, mqtt_version=version, signing=keys,
        outbox=Outbox(path=tmp_path / "outbox.sqlite"),
    )  # fmt: skip
    SignedDurablePublisher(sender).publish(Reading(number=1, text="x" * 500), rig=rig)
    assert sender.stats().outbox_messages == 1
    write_ring(keys, SIGNING)
    sender._core._trust._keys._next_look = 0.0  # type: ignore[union-attr]
    with sender:
        [(message, context)] = inbox.wait_for(1)
    assert message == Reading(number=1, text="x" * 500)
    assert isinstance(context, Context)
    assert context.sender == name


def test_the_outbox_keeps_what_there_is_no_key_for(connect, rig, tmp_path, broker, version):
    keys = write_ring(tmp_path / "keys.json", SHARED)
    sender = Client(
        broker.url, client_id=f"out-{rig}", mqtt_version=version, signing=keys,
        outbox=tmp_path / "outbox.sqlite",
    )  # fmt: skip
    delivery = SignedDurablePublisher(sender).publish(LAST, rig=rig)
    write_ring(keys, VERIFYING)
    sender._core._trust._keys._next_look = 0.0  # type: ignore[union-attr]
    with sender, pytest.raises(PublishRejected, match="none of this client's keys may sign"):
        delivery.wait(10)
    assert sender.stats().outbox_messages == 1


def test_keys_are_read_again_without_a_restart(connect, rig, tmp_path, caplog):
    caplog.set_level(logging.INFO, "topicwire")
    keys = write_ring(tmp_path / "keys.json", SHARED)
    inbox, errors = Inbox(), Errors()
    receiver = connect(signing=keys, on_error=errors)
    SignedSubscriber(receiver, rig=rig)(inbox)
    sender = connect(signing=SIGNING)
    SignedPublisher(sender).publish(Reading(number=1), rig=rig).wait(10)
    errors.wait_for(1)
    keys.write_text("{")
    look(receiver)
    SignedPublisher(connect(signing=SHARED)).publish(Reading(number=2), rig=rig).wait(10)
    inbox.wait_for(1)
    assert "cannot be used, going on without" in caplog.text
    write_ring(keys, VERIFYING)
    look(receiver)
    SignedPublisher(sender).publish(Reading(number=3), rig=rig).wait(10)
    inbox.wait_for(2)
    assert inbox.messages == [Reading(number=2), Reading(number=3)]
    with pytest.raises(KeyRingInvalid, match="No such file"):
        Client(receiver.url, signing=tmp_path / "none.json")


def look(client: Client) -> None:
    """Have the key file looked at with the next message, not a second later."""
    source = client._core._trust._keys
    assert source is not None
    source._next_look = 0.0


def test_compressed_messages_arrive(connect, rig):
    inbox = Inbox()
    PackedSubscriber(connect(), rig=rig)(inbox)
    publisher = PackedPublisher(connect())
    messages = [Reading(number=n, text="long " * n * 100) for n in range(5)]
    for message in messages:
        publisher.publish(message, rig=rig)
    inbox.wait_for(5)
    assert inbox.messages == messages


def test_a_message_that_is_too_large_is_refused(connect, rig):
    inbox, errors = Inbox(), Errors()
    receiver = connect(max_message_bytes=1000, on_error=errors)
    PackedSubscriber(receiver, rig=rig)(inbox)
    publisher = PackedPublisher(connect())
    publisher.publish(Reading(number=1, text="x" * 2000), rig=rig).wait(10)
    body = json.dumps({"number": 1, "text": "y" * 1500}).encode()
    send_raw(connect(), PACKED, f"packed/{rig}", body).wait(10)
    publisher.publish(LAST, rig=rig).wait(10)
    inbox.wait_for(1)
    assert inbox.messages == [LAST]
    assert [type(error) for error, _ in errors.wait_for(2)] == [MessageTooLarge] * 2
    assert receiver.stats().refusals == {"too_large": 2}


class SignedAddRequester(AddRequester):
    channel = replace(ADD, signing="required")
    reply_channel = replace(
        SUM, signing="required", compression=Compression(codec="zstd", threshold=10)
    )


class SignedAddResponder(AddResponder):
    channel = SignedAddRequester.channel
    reply_channel = SignedAddRequester.reply_channel


def test_requests_and_their_answers_are_signed(connect, rig):
    @SignedAddResponder(connect(signing=SHARED), rig=rig)
    def answer(message: Reading, context: Context) -> Other:
        assert context.sender is not None
        if message.number < 0:
            raise RequestFailed("negative", "only positive numbers " + "please " * 10)
        return Other(other={"by": context.sender, "text": "x" * 100})

    client = connect(signing=SHARED)
    requester = SignedAddRequester(client)
    assert requester.request(Reading(number=1), rig=rig).other["by"] == client.client_id
    with pytest.raises(RequestFailed, match="negative: only positive numbers please"):
        requester.request(Reading(number=-1), rig=rig)
    with pytest.raises(SigningRequired):
        SignedAddRequester(connect()).request(Reading(number=1), rig=rig)


def test_a_batch_has_one_signature(connect, rig):
    inbox = Inbox()
    SignedSubscriber(connect(signing=SHARED), rig=rig)(inbox)
    body, topic = b'[{"number":1},{"number":2}]', f"signed/{rig}/batch"
    send_raw(connect(), SIGNED, topic, body, signed(topic, body)).wait(10)
    send_raw(connect(), SIGNED, topic, body[:-1] + b" ]", signed(topic, body)).wait(10)
    SignedPublisher(connect(signing=SHARED)).publish(LAST, rig=rig).wait(10)
    inbox.wait_for(3)
    assert inbox.messages == [Reading(number=1), Reading(number=2), LAST]
    assert [context.sender for _, context in inbox.items[:2]] == ["somebody"] * 2


class AsyncSignedPublisher(aio.Publisher[Reading]):
    channel = SIGNED

    async def publish(self, message: Reading, /, *, rig: str) -> Delivery:
        return await self._publish(message, {"rig": rig})


class AsyncSignedSubscriber(aio.Subscriber[Reading]):
    channel = SIGNED


def test_the_same_in_asyncio(broker, version, rig):
    async def program() -> list[tuple[Reading, str | None]]:
        receiver = AsyncClient(broker.url, mqtt_version=version, signing=VERIFYING)
        sender = AsyncClient(broker.url, mqtt_version=version, signing=SIGNING)
        stranger = AsyncClient(broker.url, mqtt_version=version, allow_unsigned=True)
        got: asyncio.Queue[tuple[Reading, Context]] = asyncio.Queue()

        async def handler(message: Reading, context: Context) -> None:
            await got.put((message, context))

        async with asyncio.timeout(20), receiver, sender, stranger:
            await AsyncSignedSubscriber(receiver, {"rig": rig}).subscribe(handler)
            await (await AsyncSignedPublisher(stranger).publish(Reading(number=1), rig=rig))
            await (await AsyncSignedPublisher(sender).publish(LAST, rig=rig))
            message, context = await got.get()
            assert receiver.stats().refusals == {"unsigned": 1}
            return [(message, context.sender), (LAST, sender.client_id)]

    first, second = asyncio.run(program())
    assert first == second
