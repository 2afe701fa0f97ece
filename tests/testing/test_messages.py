"""Messages made of the spec and of the schemas."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from pydantic import MISSING, Field, ValidationError
from suspension_protocol import models
from topicwire import Channel, JsonSchema, Payload, RootPayload
from topicwire.testing import build, example, messages
from topicwire.testing._model_schema import model_schema

from tests.codegen.payloads import generated

FEW = settings(
    max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
MODELS = [
    each
    for each in vars(models).values()
    if inspect.isclass(each) and issubclass(each, Payload) and each.__module__ == models.__name__
]


class Limited(Payload):
    """A model with keywords that types cannot say, on a field and on the whole."""

    __json_schema__ = JsonSchema({"dependencies": {"low": ["high"]}})
    model_config = {"extra": "forbid"}

    tags: Annotated[list[str], Field(max_length=3), JsonSchema({"uniqueItems": True})]
    code: Annotated[str, JsonSchema({"pattern": "^\\d{2}$"})]
    when: Annotated[str, JsonSchema({"format": "date-time"})]
    low: int | MISSING = MISSING
    high: int | MISSING = MISSING
    class_: Annotated[Literal["a", "b"], Field(alias="class")]


class Tree(Payload):
    """A model that contains itself."""

    children: Annotated[list[Tree], Field(max_length=2)]


class Number(RootPayload[Annotated[int, Field(ge=3, le=4)]]):
    """A value that is no object."""


@pytest.mark.parametrize(
    "model", [models.TestCommand, models.SensorReading, models.GuiStatusUpdate]
)
def test_every_message_fits_and_survives_the_wire(model: type[Payload]):
    @FEW
    @given(messages(model))
    def check(message: Payload) -> None:
        assert type(message) is model
        again = model.model_validate_json(
            message.model_dump_json(by_alias=True, exclude_unset=True)
        )
        assert again == message

    check()


def test_all_models_of_a_package_have_a_strategy():
    one = settings(FEW, max_examples=1)

    @one
    @given(st.tuples(*map(messages, MODELS)))
    def check(made: tuple[Payload, ...]) -> None:
        assert [type(each) for each in made] == MODELS

    assert len(MODELS) > 20
    check()


def test_keywords_beside_the_types_count():
    seen: list[Limited] = []

    @settings(FEW, max_examples=40)
    @given(messages(Limited))
    def check(message: Limited) -> None:
        assert len(set(message.tags)) == len(message.tags)
        assert len(message.code) == 2
        assert message.low is MISSING or message.high is not MISSING
        seen.append(message)

    check()
    # What may be absent sometimes is, and sometimes is not.
    assert {each.high is MISSING for each in seen} == {True, False}
    assert {each.class_ for each in seen} == {"a", "b"}


def test_schemas_say_the_same_as_the_models():
    valid = Draft7Validator(model_schema(Limited))
    good = {"tags": ["x"], "code": "12", "when": "2026-01-01T00:00:00Z", "class": "a"}
    for value, fits in [
        (good, True),
        ({**good, "tags": ["x", "x"]}, False),
        ({**good, "code": "1"}, False),
        ({**good, "low": 1}, False),
        ({**good, "low": 1, "high": 2}, True),
        ({**good, "class_": "a"}, False),
    ]:
        assert valid.is_valid(value) == fits
        try:
            Limited.model_validate_json(json.dumps(value), by_alias=True, by_name=False)
        except ValidationError:
            assert not fits
        else:
            assert fits


@FEW
@given(messages(Tree))
def test_a_model_may_contain_itself(tree: Tree):
    assert isinstance(tree, Tree)


@FEW
@given(messages(Number))
def test_a_model_may_be_a_single_value(number: Number):
    assert number.root in (3, 4)


def test_models_of_other_documents(tmp_path: Path):
    schemas = {
        "Choice": {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
                   "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}},
        "Conditional": {"type": "object", "properties": {"kind": {"enum": ["x", "y"]},
                        "size": {"type": "number"}}, "required": ["kind"],
                        "if": {"properties": {"kind": {"const": "x"}}},
                        "then": {"required": ["size"]}},
        "Nested": {"type": "object", "required": ["inner"], "properties": {"inner": {
                   "type": "object", "required": ["uuid"],
                   "properties": {"uuid": {"type": "string", "format": "uuid"}}}}},
        "Words": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"},
                  "minItems": 1, "maxItems": 3},
    }  # fmt: skip
    with generated(tmp_path / "kit", schemas) as (channels, refused):
        assert refused == {}
        for name, channel in channels.items():
            model = channel.messages[0].payload

            @FEW
            @given(messages(model), st.just(channel))
            def check(message: object, channel: Channel) -> None:
                assert channel.codec.decode(channel.codec.encode(message), topic="t") == message

            check()
            assert name in schemas


def test_without_hypothesis_it_says_what_to_install():
    program = (
        "import sys\n"
        "sys.modules['hypothesis_jsonschema'] = None\n"
        "from suspension_protocol.models import Heartbeat\n"
        "from topicwire.testing import messages\n"
        "try: messages(Heartbeat)\n"
        "except ImportError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert "pip install topicwire[testing]" in done.stdout, done.stderr


# ---- examples ------------------------------------------------------------------------------------


def test_the_example_is_that_of_the_spec():
    assert example(models.ServiceStatus).service == "processing"
    assert example(models.ServiceStatus, "lastWill").status is models.ServiceState.OFFLINE


def test_every_model_of_the_spec_has_one():
    for model in MODELS:
        assert type(example(model)) is model


def test_a_name_that_does_not_exist():
    with pytest.raises(
        LookupError, match="called 'x' of ServiceStatus; there are lastWill, online"
    ):
        example(models.ServiceStatus, "x")


def test_a_model_of_no_generated_package():
    with pytest.raises(LookupError, match=r"messages\(\) makes some up"):
        example(Limited)


def test_build_changes_what_it_is_told():
    built = build(models.SensorReading, quantity="position", value=3)
    assert built == example(models.SensorReading).model_copy(
        update={"quantity": models.SensorQuantity.POSITION, "value": 3.0}
    )


def test_build_takes_models_and_leaves_out_what_is_missing():
    parameters = models.TestParameters(duration=1.0, frequency_range=[1.0, 2.0])
    built = build(models.TestCommand, parameters=parameters, method=MISSING)
    assert built.parameters == parameters
    assert "method" not in built.model_dump(exclude_unset=True)


@pytest.mark.parametrize("changes", [{"value": "much"}, {"unknown": 1}, {"quantity": "mass"}])
def test_build_refuses_what_does_not_fit(changes: dict):
    with pytest.raises(ValidationError):
        build(models.SensorReading, **changes)
