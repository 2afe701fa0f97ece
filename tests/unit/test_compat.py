"""The older surface without a broker: dictionaries, former names, and what is imported."""

import subprocess
import sys

import pytest
from pydantic import MISSING, ConfigDict
from suspension_protocol import channels, models
from suspension_protocol.compat import BINDING, MqttClient
from topicwire import Payload, PayloadInvalid
from topicwire.compat._dictionaries import Dictionaries
from topicwire.compat._renaming import Renaming

STATUS = {"source": "a", "state": "online", "uptime": 1.0, "timestamp": 2.0}


class Part(Payload):
    model_config = ConfigDict(extra="forbid")
    length: float
    parts: "list[Part] | None" = None


class Plan(Payload):
    model_config = ConfigDict(extra="forbid")
    first: Part | MISSING = MISSING
    state: str = "new"


PARTS = Renaming({Part: {"len": "length", "size": "length"}})


def test_former_names_are_found_wherever_the_model_is():
    given = {"first": {"len": 1.0}, "state": "x"}
    present = {"first": {"length": 1.0}, "state": "x"}
    assert PARTS.to_present(Plan, given) == present
    assert PARTS.to_former(Plan, present) == {
        "first": {"length": 1.0, "len": 1.0, "size": 1.0}, "state": "x",
    }  # fmt: skip
    assert given == {"first": {"len": 1.0}, "state": "x"}, "it stays as it is"
    assert PARTS.concerns(Plan)
    assert not PARTS.concerns(models.RawData)


@pytest.mark.parametrize("value", [None, 1, "x", [1], {"first": None}, {"first": [1]}, {}])
def test_what_is_no_such_object_is_left_to_the_validation(value):
    assert PARTS.to_present(Plan, value) == value
    assert PARTS.to_former(Plan, value) == value


def test_all_names_together_have_to_agree():
    assert PARTS.to_present(Part, {"len": 1, "size": 1, "length": 1}) == {"length": 1}
    with pytest.raises(ValueError, match=r"'size' is 2, and 'length', which it is called now, 1"):
        PARTS.to_present(Part, {"len": 1, "size": 2})


def test_a_status_within_another_message_has_its_former_names_too():
    dictionaries = Dictionaries(BINDING)
    given = {"event": "status", "services": [STATUS, STATUS]}
    message = dictionaries.message(channels.GUI_UPDATE, "t", given)
    assert isinstance(message, models.GuiStatusUpdate)
    assert [status.service for status in message.services] == ["a", "a"]
    plain = dictionaries.plain(message)
    assert plain["services"][1]["service_name"] == "a"
    assert plain["services"][1]["status"] == "online"


def test_of_several_kinds_of_messages_the_one_that_fits_is_taken():
    dictionaries = Dictionaries(BINDING)
    result = {
        "event": "test_result", "test_id": "t", "wheel_id": "front_left", "overall_pass": True,
        "timestamp": 1.0,
    }  # fmt: skip
    message = dictionaries.message(channels.GUI_UPDATE, "t", {"event": "result", "result": result})
    assert isinstance(message, models.GuiResult)
    with pytest.raises(PayloadInvalid, match="on send") as caught:
        dictionaries.message(channels.GUI_UPDATE, "t", {"event": "other"})
    assert caught.value.topic == "t"


def test_the_time_of_a_message_is_left_to_the_sender_where_it_gives_one():
    dictionaries = Dictionaries(BINDING)
    message = dictionaries.message(channels.SYSTEM_STATUS, "t", STATUS)
    assert message.timestamp == 2.0
    without = {name: value for name, value in STATUS.items() if name != "timestamp"}
    assert dictionaries.message(channels.SYSTEM_STATUS, "t", without).timestamp > 1.7e9


@pytest.mark.parametrize("value", [{1: object()}, {"a": {1, 2}}, {"a": b"x"}])
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises(PayloadInvalid, match="cannot be written as JSON"):
        Dictionaries(BINDING).message(channels.SYSTEM_STATUS, "t", value)


def test_a_dictionary_that_holds_itself_is_refused():
    value: dict = {}
    value["details"] = value
    with pytest.raises(PayloadInvalid, match="Circular reference"):
        Dictionaries(BINDING).message(channels.SYSTEM_STATUS, "t", value)


def test_nothing_is_known_before_there_is_a_client():
    stats = MqttClient().get_stats()
    assert stats["messages_sent"] == stats["connection_attempts"] == 0
    assert not stats["connected"]


def test_only_who_asks_for_it_imports_it():
    program = (
        "import sys, suspension_protocol.apps, suspension_protocol.aio.apps;"
        "print([name for name in sys.modules if 'compat' in name.split('.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
