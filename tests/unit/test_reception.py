import gzip

import pytest
from topicwire import (
    CompressionInvalid,
    ContentUnsupported,
    MessageTooLarge,
    PayloadInvalid,
    TopicInvalid,
)
from topicwire._envelope import Headers
from topicwire._inbound import Inbound
from topicwire._reception import receive

from tests.channels import FAST, STATE, Reading


def inbound(topic: str, payload: bytes, **headers: str) -> Inbound:
    found = Inbound(
        topic, payload, qos=1, retained=True, duplicate=False, mid=1,
        headers=Headers(tuple(headers.items())),
    )  # fmt: skip
    found.max_bytes = 1000
    return found


def test_context_says_where_it_came_from():
    [(message, context)] = receive(
        STATE, inbound("state/7/left", b'{"number":1}', trace="x")
    ).items()
    assert message == Reading(number=1)
    assert context.channel == "state"
    assert context.topic == "state/7/left"
    assert context.parameters == {"rig": "7", "side": "left"}
    assert context.headers == {"trace": "x"}
    assert (context.qos, context.retained, context.duplicate) == (1, True, False)
    assert (context.sender, context.batch_index) == (None, None)


def test_batch_is_taken_apart_and_one_bad_element_stops_no_other():
    taken = list(receive(FAST, inbound("fast/7/batch", b'[{"number":1},{},{"number":3}]')).items())
    assert [context.batch_index for _, context in taken] == [0, 1, 2]
    assert {context.topic for _, context in taken} == {"fast/7"}
    assert {context.parameters["rig"] for _, context in taken} == {"7"}
    assert [message for message, _ in taken[::2]] == [Reading(number=1), Reading(number=3)]
    assert isinstance(taken[1][0], PayloadInvalid)


@pytest.mark.parametrize(
    ("topic", "payload", "headers", "error"),
    [
        ("state/7/top", b'{"number":1}', {}, TopicInvalid),
        ("state/7/left", b"no json", {}, PayloadInvalid),
        ("state/7/left", b"\x1f\x8b", {"content-encoding": "br"}, ContentUnsupported),
        ("state/7/left", b"\x1f\x8b", {"content-encoding": "gzip"}, CompressionInvalid),
        (
            "state/7/left",
            gzip.compress(bytes(2000), mtime=0),
            {"content-encoding": "gzip"},
            MessageTooLarge,
        ),
    ],
)
def test_what_cannot_be_handed_on_is_an_error_with_its_context(topic, payload, headers, error):
    [(message, context)] = receive(STATE, inbound(topic, payload, **headers)).items()
    assert isinstance(message, error)
    assert context.topic == topic


def test_a_batch_that_is_no_array_is_one_error():
    [(message, _)] = receive(FAST, inbound("fast/7/batch", b"{}")).items()
    assert isinstance(message, PayloadInvalid)


def test_clearing_a_retained_message_is_no_message():
    assert list(receive(STATE, inbound("state/7/left", b"")).items()) == []
