import pytest
from topicwire import TopicInvalid
from topicwire._address import AddressTemplate


def template(address: str, defaults: dict[str, str] | None = None, **enums: tuple[str, ...]):
    return AddressTemplate("sensor", address, enums, defaults)


SENSOR = template("suspension/sensor/{quantity}", quantity=("force", "position"))
ANY = template("a/{x}/b/{y}", x=(), y=())
MIXED = template("rig-{rig}.{side}/state", rig=(), side=("left", "right"))


def test_topic_from_parameters():
    assert SENSOR.topic({"quantity": "force"}) == "suspension/sensor/force"
    assert ANY.topic({"x": "1", "y": "ü"}) == "a/1/b/ü"
    assert MIXED.topic({"rig": "7", "side": "left"}) == "rig-7.left/state"
    assert template("plain").topic({}) == "plain"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "parameter 'x' of 'a/{x}/b/{y}' is not given"),
        ({"x": "", "y": "1"}, "parameter 'x' is ''; a value must not be empty"),
        ({"x": "a/b", "y": "1"}, "parameter 'x' is 'a/b'"),
        ({"x": "+", "y": "1"}, "parameter 'x' is '+'"),
        ({"x": "#", "y": "1"}, "parameter 'x' is '#'"),
        ({"x": "a\0", "y": "1"}, "parameter 'x' is 'a\\x00'"),
        ({"x": "1", "y": "2", "z": "3"}, "address 'a/{x}/b/{y}' has no parameter z"),
        ({"x": "\ud800", "y": "1"}, "topic is not valid Unicode"),
        ({"x": "é" * 40_000, "y": "1"}, "topic is 80006 bytes long, the limit is 65535"),
    ],
)
def test_values_that_make_no_topic(values, reason):
    with pytest.raises(TopicInvalid) as caught:
        ANY.topic(values)
    assert reason in str(caught.value)


def test_a_value_does_not_lead_to_the_topics_that_brokers_keep_for_themselves():
    with pytest.raises(TopicInvalid, match="begins with '\\$'") as caught:
        template("{x}/state", x=()).topic({"x": "$SYS"})
    assert caught.value.parameter == "x"
    assert template("{x}/state", x=()).match("$SYS/state") is None
    assert template("a/{x}", x=()).topic({"x": "$SYS"}) == "a/$SYS"


def test_value_outside_the_enum_names_the_parameter_and_the_choice():
    with pytest.raises(TopicInvalid) as caught:
        SENSOR.topic({"quantity": "speed"})
    assert caught.value.parameter == "quantity"
    assert str(caught.value) == (
        "channel 'sensor': parameter 'quantity' is 'speed', allowed are 'force', 'position'"
    )


def test_default_is_used_when_a_value_is_not_given():
    assert template("a/{x}", {"x": "main"}, x=()).topic({}) == "a/main"


def test_filter_leaves_open_what_is_not_given():
    assert SENSOR.filter() == "suspension/sensor/+"
    assert SENSOR.filter({"quantity": None}) == "suspension/sensor/+"
    assert SENSOR.filter({"quantity": "force"}) == "suspension/sensor/force"
    assert ANY.filter({"y": "2"}) == "a/+/b/2"
    assert MIXED.filter({"side": "left"}) == "+/state", "half a level cannot be a filter"
    assert MIXED.filter({"side": "left", "rig": "7"}) == "rig-7.left/state"


def test_filter_refuses_values_that_could_never_match():
    with pytest.raises(TopicInvalid):
        SENSOR.filter({"quantity": "#"})


@pytest.mark.parametrize(
    ("address", "topic", "parameters"),
    [
        (SENSOR, "suspension/sensor/force", {"quantity": "force"}),
        (SENSOR, "suspension/sensor/speed", None),
        (SENSOR, "suspension/sensor/force/batch", None),
        (SENSOR, "suspension/sensor", None),
        (ANY, "a/1/b/2", {"x": "1", "y": "2"}),
        (ANY, "a//b/2", None),
        (ANY, "a/line\nbreak/b/2", {"x": "line\nbreak", "y": "2"}),
        (MIXED, "rig-a.b.left/state", {"rig": "a.b", "side": "left"}),
        (MIXED, "rigX7.left/state", None),
        (template("plain/{x}".replace("{x}", "y")), "plain/y", {}),
        (template("plain/y"), "plain/z", None),
    ],
)
def test_parameters_from_a_topic(address, topic, parameters):
    assert address.match(topic) == parameters


def test_extended_address_keeps_its_parameters():
    batch = SENSOR.extended("/batch")
    assert batch.filter() == "suspension/sensor/+/batch"
    assert batch.match("suspension/sensor/force/batch") == {"quantity": "force"}
    assert batch.match("suspension/sensor/speed/batch") is None


def test_values_that_share_a_level_must_be_told_apart_again():
    template = AddressTemplate("c", "a/{x}-{y}", {}, {})
    assert template.topic({"x": "1", "y": "2"}) == "a/1-2"
    with pytest.raises(TopicInvalid, match="would be read as"):
        template.topic({"x": "1", "y": "2-3"})
    chosen = AddressTemplate("c", "a/{x}_{y}", {"x": ("left", "left_front")}, {})
    assert chosen.match("a/left_1") == {"x": "left", "y": "1"}
    assert chosen.match("a/right_1") is None
