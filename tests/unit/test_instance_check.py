"""The quick look at instances: what it finds right is right, and it knows what it should."""

import math
import sys
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import MISSING, BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError
from topicwire import Payload, PayloadInvalid
from topicwire._codec import Codec
from topicwire._instance_rules import instance_checks

from tests import builds


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


class Inner(Payload):
    model_config = ConfigDict(extra="forbid")
    depth: Annotated[float, Field(gt=0.0, lt=10.0)]
    note: Annotated[str, Field(max_length=3)] | MISSING = MISSING


class Everything(Payload):
    model_config = ConfigDict(extra="forbid")
    event: Literal["live", "dead"]
    name: Annotated[str, Field(min_length=1, pattern="^[a-z]")]
    side: Side
    count: Annotated[int, Field(ge=0, lt=100)]
    ratio: Annotated[float, Field(ge=0.0, le=1.0)]
    flag: bool
    phase: Annotated[float | None, Field(ge=-5.0)]
    inner: Inner
    second: Inner | MISSING = MISSING
    mode: Literal["a", "b"] = "a"
    wire_name: Annotated[str, Field(alias="wire-name")] = "x"


GOOD = {
    "event": "live", "name": "abc", "side": Side.LEFT, "count": 3, "ratio": 0.5, "flag": True,
    "phase": None, "inner": Inner(depth=1.0), "second": MISSING, "mode": "a", "wire_name": "x",
}  # fmt: skip


class Loose(Payload):
    """What can be changed, or is not known in every detail, has no quick look."""

    values: list[float]


class Free(Payload):
    values: JsonValue


class Tree(Payload):
    """One that is inside of itself."""

    child: "Tree | None"


class Foreign(BaseModel):
    """Not of a kind that the generator writes: it converts."""

    number: float


class Wrapped(Payload):
    inner: Everything


def looks(model):
    """Return the quick look of each build, made from the rules with that build."""
    found = []
    for build in builds.modules("_instance_check").values():
        rules = sys.modules["topicwire._instance_rules"]
        kept = rules.FieldCheck, rules.InstanceCheck
        rules.FieldCheck, rules.InstanceCheck = build.FieldCheck, build.InstanceCheck
        try:
            found.append(instance_checks([model])[model].look)
        finally:
            rules.FieldCheck, rules.InstanceCheck = kept
    return found


EVERYTHING, WRAPPED = looks(Everything), looks(Wrapped)
BY_JSON = TypeAdapter(Everything).validator

NUMBERS = st.one_of(
    st.floats(), st.integers(), st.booleans(),
    st.sampled_from([0.0, 1.0, -0.0, 10.0, math.nan, math.inf, 2**53, -(2**60), 5e-324]),
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=4), st.sampled_from(["live", "a", "left", "\ud800", "1"]))
ANY = st.one_of(
    NUMBERS, TEXTS, st.none(), st.just(MISSING), st.sampled_from(Side), st.lists(NUMBERS),
    st.builds(
        lambda depth, note, given: Inner.model_construct(given, depth=depth, note=note),
        NUMBERS, TEXTS | st.just(MISSING), st.none() | st.sets(st.sampled_from(["depth", "note"])),
    ),
)  # fmt: skip


@settings(max_examples=500)
@given(
    st.dictionaries(st.sampled_from(sorted(GOOD)), ANY, max_size=2),
    st.none() | st.sets(st.sampled_from(sorted(GOOD)), min_size=len(GOOD) - 2),
)
@example({"count": True}, None)
@example({"ratio": 1}, None)
@example({"phase": -5.0}, None)
@example({"mode": MISSING}, None)
@example({"inner": Inner(depth=1.0, note="abc")}, None)
def test_what_it_finds_right_is_right(changes, given):
    instance = Everything.model_construct(given, **{**GOOD, **changes})
    found = [look(instance) for look in EVERYTHING]
    assert len(set(found)) == 1
    if found[0]:
        body = Everything.__pydantic_serializer__
        try:
            text = body.to_json(instance, by_alias=True, exclude_unset=True, warnings=False)
        except ValueError:
            # Half a surrogate pair is nothing that could be written.
            assert r"\ud800" in repr(instance)
            return
        Everything.__pydantic_validator__.validate_json(text, by_alias=True, by_name=False)
        if found[0] == 2:
            assert body.to_json(instance) == text


def valid():
    """Return what there is for the fields, all of it valid."""
    inner = st.builds(
        Inner, depth=st.floats(0.001, 9.9), note=st.text(max_size=3) | st.just(MISSING)
    )
    return st.fixed_dictionaries({
        "event": st.sampled_from(["live", "dead"]),
        "name": st.from_regex("^[a-z][^\ud800-\udfff]*", fullmatch=True),
        "side": st.sampled_from(Side), "count": st.integers(0, 99), "ratio": st.floats(0, 1),
        "flag": st.booleans(), "phase": st.none() | st.floats(-5, 1e300), "inner": inner,
        "second": inner | st.just(MISSING), "mode": st.sampled_from("ab"), "wire_name": st.text(),
    })  # fmt: skip


@given(valid())
def test_it_knows_what_is_valid(fields):
    whole = Everything(**fields)
    for look in EVERYTHING:
        assert look(whole)
    for look in WRAPPED:
        assert look(Wrapped(inner=whole))


def test_it_says_whether_all_was_set():
    complete = {**GOOD, "inner": Inner(depth=1.0, note="x"), "second": Inner(depth=1.0, note="x")}
    for look in EVERYTHING:
        assert look(Everything(**complete)) == 2
        assert look(Everything(**{**complete, "inner": Inner(depth=1.0)})) == 1
        partial = {name: value for name, value in complete.items() if name != "mode"}
        assert look(Everything(**partial)) == 1


@pytest.mark.parametrize("model", [Loose, Free, Tree, Foreign, int, Everything | Inner])
def test_there_is_none_for_what_is_not_known_in_every_detail(model):
    assert instance_checks([model]) == {}


def test_every_number_limit_counts():
    class Numbers(Payload):
        low: Annotated[float, Field(gt=1.0)]
        high: Annotated[int, Field(le=5)]

    for look in looks(Numbers):
        assert look(Numbers(low=1.1, high=5))
        for low, high in ((1.0, 5), (0.5, 5), (2.0, 6)):
            assert not look(Numbers.model_construct(low=low, high=high))


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""}, {"name": "1"}, {"name": None}, {"count": 100}, {"count": -1}, {"count": 1.0},
        {"ratio": 1.5}, {"ratio": math.nan}, {"ratio": math.inf}, {"flag": 1}, {"side": "left"},
        {"phase": -6.0}, {"phase": MISSING}, {"inner": {"depth": 1.0}}, {"event": "other"},
        {"inner": Inner.model_construct(depth=0.0)}, {"inner": None},
    ],
)  # fmt: skip
def test_what_is_altered_behind_pydantics_back_does_not_get_out(change):
    codec: Codec[Everything] = Codec("c", (Everything,))
    altered = Everything(**GOOD).model_copy(update=change)
    for look in EVERYTHING:
        assert not look(altered)
    if change in ({"side": "left"}, {"inner": {"depth": 1.0}}, {"count": 1.0}):
        try:
            codec.encode(altered)  # as JSON it is right, or may be taken for it
        except PayloadInvalid:
            pass
        return
    with pytest.raises(PayloadInvalid):
        codec.encode(altered)


def test_other_fields_than_its_own_are_seen():
    more = Everything(**GOOD)
    more.__dict__["more"] = 1
    less = Everything(**GOOD)
    del less.__dict__["mode"]
    extra = Everything.model_construct(**GOOD)
    object.__setattr__(extra, "__pydantic_extra__", {"x": 1})
    for instance in (more, less, extra, Inner(depth=1.0), "text"):
        for look in EVERYTHING:
            assert not look(instance)


def test_half_a_surrogate_pair_is_an_error_that_says_so():
    codec: Codec[Everything] = Codec("c", (Everything,))
    with pytest.raises(PayloadInvalid, match="cannot be written as JSON"):
        codec.encode(Everything(**GOOD).model_copy(update={"wire_name": "\ud800"}))


def test_names_on_the_wire_are_those_of_the_spec():
    codec: Codec[Everything] = Codec("c", (Everything,))
    body = codec.encode(Everything(**{**GOOD, "wire_name": "there"}))
    assert b'"wire-name":"there"' in body
    assert b"wire_name" not in body
    try:
        BY_JSON.validate_json(body, by_alias=True, by_name=False)
    except ValidationError:
        pytest.fail("it wrote what it would not read")
