"""The generated code at work: names on the wire, absent and null, topics, apps."""

import json

import pytest
from pydantic import MISSING, ValidationError
from topicwire import Client, PayloadInvalid, TopicInvalid


@pytest.fixture
def climate(imported):
    models = imported("parameters", "models")
    return models.RoomClimate(class_="climate", temperature=21.5)


def test_names_on_the_wire_are_the_documents(imported, climate):
    channel = imported("parameters", "channels").ROOM_CLIMATE
    models = imported("parameters", "models")
    full = models.RoomClimate(
        class_="climate", temperature=21, relative_humidity=None, field_2nd_sensor=3,
        mode=models.Mode.OFF, details={"a": [1, None]}, history=[1.0],
    )  # fmt: skip
    assert json.loads(channel.codec.encode(climate)) == {"class": "climate", "temperature": 21.5}
    assert json.loads(channel.codec.encode(full)) == {
        "class": "climate", "temperature": 21, "relativeHumidity": None, "2nd-sensor": 3,
        "mode": "off", "details": {"a": [1, None]}, "history": [1.0],
    }  # fmt: skip


def test_absent_is_missing_and_null_is_none(imported):
    channel = imported("parameters", "channels").ROOM_CLIMATE
    absent = channel.codec.decode(b'{"class":"climate","temperature":1}', topic="t")
    null = channel.codec.decode(
        b'{"class":"climate","temperature":1,"relativeHumidity":null}', topic="t"
    )
    assert absent.relative_humidity is MISSING
    assert null.relative_humidity is None
    assert absent.field_2nd_sensor == 0, "the default of the document"
    assert b"2nd-sensor" not in channel.codec.encode(absent), "and is not sent along"


@pytest.mark.parametrize(
    "body",
    [
        {"temperature": 1},
        {"class": "weather", "temperature": 1},
        {"class": "climate", "temperature": "1"},
        {"class": "climate", "temperature": -300},
        {"class_": "climate", "temperature": 1},
        {"class": "climate", "temperature": 1, "more": 1},
        {"class": "climate", "temperature": 1, "mode": "on"},
        {"class": "climate", "temperature": 1, "mode": None},
        {"class": "climate", "temperature": 1, "history": []},
        {"class": "climate", "temperature": 1, "history": [1, 2, 3, 4]},
        {"class": "climate", "temperature": 1, "details": []},
    ],
    ids=str,
)
def test_what_the_schema_rejects_is_rejected(body, imported):
    channel = imported("parameters", "channels").ROOM_CLIMATE
    with pytest.raises(PayloadInvalid):
        channel.codec.decode(json.dumps(body).encode(), topic="t")


def test_undeclared_properties_survive_where_they_are_allowed(imported):
    channel = imported("minimal", "channels").LAMP
    body = b'{"on":true,"colour":"red"}'
    assert channel.codec.encode(channel.codec.decode(body, topic="lamp")) == body


def test_models_cannot_be_changed(climate):
    with pytest.raises(ValidationError, match="frozen"):
        climate.temperature = 3.0


def test_addresses_with_several_parameters(imported, climate):
    publishers = imported("parameters", "publishers")
    subscribers = imported("parameters", "subscribers")
    client = Client("mqtt://127.0.0.1:1")
    publisher = publishers.RoomClimatePublisher(client)
    assert publisher.publish(climate, floor="1", room="a").topic == "house/1/room-a.indoor"
    delivery = publisher.publish(climate, floor="1", room="a", from_="outdoor")
    assert (delivery.topic, delivery.qos) == ("house/1/room-a.outdoor", 1)
    with pytest.raises(TopicInvalid, match="parameter 'floor' is '7'"):
        publisher.publish(climate, floor="7", room="a")
    subscriber = subscribers.RoomClimateSubscriber(client, floor="0")
    subscription = subscriber.subscribe(lambda message, context: None)
    assert subscription.filters == ("house/0/+",)
    client.close(drain=0)


def test_what_the_document_says_of_the_channel_and_the_session(imported):
    channels = imported("parameters", "channels")
    channel, protocol = channels.ROOM_CLIMATE, channels.PROTOCOL
    assert (channel.qos, channel.receive_qos, channel.retain) == (1, 2, True)
    assert (channel.message_expiry, channel.delivery) == (60, "retained")
    assert (protocol.keep_alive, protocol.session_expiry, protocol.clean_start) == (20, 600, False)
    update = imported("choices", "channels").UPDATE
    assert (update.batch.max_messages, update.batch.max_bytes, update.batch.linger) == (
        10, 65536, 0.5,
    )  # fmt: skip
    assert (update.compression.codec, update.compression.threshold) == ("zstd", 1024)
    assert (update.signing, update.json) == ("required", "lenient")
    job = imported("several_files", "channels").JOB
    assert job.qos == 1, "from the operation's trait"


def test_a_choice_is_the_class_that_fits(imported):
    channels, models = imported("choices", "channels"), imported("choices", "models")
    for channel in (channels.UPDATE, channels.CHOICE):
        value = channel.codec.decode(b'{"event":"value","value":1}', topic="t")
        assert value == models.Value(event="value", value=1)
        failure = channel.codec.decode(
            b'{"event":"failure","cause":{"text":"a","cause":{"text":"b"}}}', topic="t"
        )
        assert isinstance(failure, models.Failure)
        assert failure.cause.cause.text == "b"
        with pytest.raises(PayloadInvalid):
            channel.codec.decode(b'{"event":"other"}', topic="t")


def test_apps_offer_what_their_tags_say(imported):
    apps = imported("choices", "apps")
    client = Client("mqtt://127.0.0.1:1", allow_unsigned=True)
    plant, viewer = apps.Plant(client), apps.Viewer(client)
    assert hasattr(plant.send, "update")
    assert not hasattr(plant.send, "choice")
    assert not hasattr(viewer.send, "update")
    subscriptions = viewer.on.category("live").subscribe(lambda message, context: None)
    assert [s.filters for s in subscriptions] == [("update", "update/batch"), ("choice",)]
    with pytest.raises(
        ValueError, match=r"no channel of category 'dead' here; there are live, state"
    ):
        viewer.on.category("dead")
    with pytest.raises(TypeError, match="options belong to the client"):
        apps.Plant(client, keep_alive=3)


def test_several_files_become_one_document(generated):
    document = json.loads(
        (generated("several_files") / "src/several_files/asyncapi.json").read_text()
    )
    assert document["channels"]["job"]["messages"]["job"]["payload"] == {
        "$ref": "#/components/schemas/Job"
    }
    schemas = document["components"]["schemas"]
    assert schemas["Job"]["properties"]["steps"]["items"] == {"$ref": "#/components/schemas/Step"}
    assert schemas["Step"]["properties"]["then"] == {"$ref": "#/components/schemas/Step"}


def test_batches_are_channels_of_the_published_document(generated):
    document = json.loads((generated("choices") / "src/choices/asyncapi.json").read_text())
    batch = document["channels"]["updateBatch"]
    assert batch["address"] == "update/batch"
    assert batch["messages"]["batch"]["payload"]["type"] == "array"
    assert batch["messages"]["batch"]["payload"]["items"] == {
        "anyOf": [
            {"$ref": "#/components/schemas/Value"},
            {"$ref": "#/components/schemas/Failure"},
        ]
    }
    assert document["operations"]["sendUpdateBatch"]["channel"] == {
        "$ref": "#/channels/updateBatch"
    }
    assert "choiceBatch" not in document["channels"]
