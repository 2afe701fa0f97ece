import pytest
from topicwire import PayloadInvalid

from tests.channels import EITHER, PLAIN, Other, Reading

CODEC = PLAIN.codec


def test_absent_is_not_null_and_not_written():
    assert CODEC.encode(Reading(number=1)) == b'{"number":1}'
    assert CODEC.encode(Reading(number=1, note=None)) == b'{"number":1,"note":null}'
    assert CODEC.decode(b'{"number":1,"note":null}', topic="t") == Reading(number=1, note=None)


@pytest.mark.parametrize(
    ("body", "path", "kind"),
    [
        (b'{"number":"1"}', "/number", "int_type"),
        (b'{"number":1,"text":null}', "/text", "string_type"),
        (b"{}", "/number", "missing"),
        (b'{"number":1,"more":2}', "/more", "extra_forbidden"),
        (b"[1]", "", "model_type"),
        (b'{"number":1', "", "json_invalid"),
        (b"\xff", "", "json_invalid"),
        (b"", "", "json_invalid"),
    ],
)
def test_what_does_not_fit_is_refused_and_says_where(body, path, kind):
    with pytest.raises(PayloadInvalid) as caught:
        CODEC.decode(body, topic="some/topic")
    error = caught.value
    assert [(e.path, e.kind) for e in error.errors] == [(path, kind)]
    assert (error.channel, error.direction, error.topic) == ("plain", "receive", "some/topic")
    assert "channel 'plain', topic 'some/topic'" in str(error)


def test_a_model_altered_behind_pydantics_back_cannot_get_out():
    with pytest.raises(PayloadInvalid) as caught:
        CODEC.encode(Reading.model_construct(number="one"))  # type: ignore[arg-type]
    assert caught.value.direction == "send"
    assert str(caught.value) == (
        "payload does not fit its schema on send (channel 'plain'): "
        "/number: Input should be a valid integer"
    )
    with pytest.raises(PayloadInvalid, match="/number: Field required"):
        CODEC.encode(Other(other={}))  # type: ignore[arg-type]


def test_text_that_is_no_unicode_is_refused_on_send():
    with pytest.raises(PayloadInvalid, match="cannot be written as JSON"):
        EITHER.codec.encode(Other(other={"a": "\ud800"}))


def test_a_channel_with_several_messages_finds_the_one_that_fits():
    assert EITHER.codec.decode(b'{"number":1}', topic="t") == Reading(number=1)
    assert EITHER.codec.decode(b'{"other":{"a":[1]}}', topic="t") == Other(other={"a": [1]})


def test_batch_keeps_the_order_and_rejects_by_index():
    good, bad, last = CODEC.decode_batch(
        b'[{"number":1},{"number":"x"},{"number":3}]', topic="t/batch"
    )
    assert (good, last) == (Reading(number=1), Reading(number=3))
    assert isinstance(bad, PayloadInvalid)
    assert bad.index == 1
    assert "batch element 1" in str(bad)


@pytest.mark.parametrize("body", [b'{"number":1}', b"[1", b"", b"1"])
def test_a_batch_that_is_no_array_is_one_error(body):
    with pytest.raises(PayloadInvalid):
        CODEC.decode_batch(body, topic="t/batch")


def test_an_empty_batch_is_nothing():
    assert CODEC.decode_batch(b"[]", topic="t") == []
