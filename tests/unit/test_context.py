import pytest

from tests import builds

FIELDS = {
    "channel": "c", "topic": "t/7", "parameters": {"id": "7"}, "headers": {"x": "y"},
    "timestamp": 1.5, "qos": 1, "retained": True, "duplicate": False, "sender": "s", "sent": 1.25,
    "response_topic": "r", "correlation": b"\0", "batch_index": None,
}  # fmt: skip
EACH = builds.each("_context")


@EACH
def test_it_says_what_it_was_told(build):
    context = build.Context(**FIELDS)
    assert {name: getattr(context, name) for name in FIELDS} == FIELDS
    for name, value in FIELDS.items():
        assert f"{name}={value!r}" in repr(context)


@EACH
def test_what_is_not_told_is_none(build):
    short = dict(list(FIELDS.items())[:8])
    context = build.Context(**short)
    assert {getattr(context, name) for name in list(FIELDS)[8:]} == {None}


@EACH
@pytest.mark.parametrize("index", [0, 70_000])
def test_an_element_of_a_batch_differs_in_its_index_only(build, index):
    context = build.Context(**FIELDS)
    own = context.at(index)
    assert own.batch_index == index
    assert own != context
    assert own == build.Context(**{**FIELDS, "batch_index": index})
    assert own != "something else"


@EACH
def test_it_has_no_other_attributes(build):
    with pytest.raises(AttributeError):
        build.Context(**FIELDS).other = 1
