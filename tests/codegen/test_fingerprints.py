"""Fingerprints: equal for what says the same, in whatever way it is written."""

import pytest
from topicwire_codegen.build import build
from topicwire_codegen.fingerprints import Fingerprints, schema_fingerprint, schema_id
from topicwire_codegen.generate import validate

from tests.codegen.mutations import ROOT
from tests.codegen.schema_pairs import NAMED, node


def fingerprint(schema, named=NAMED):
    return schema_fingerprint(node("any", schema, named))


POINT = {"type": "object", "properties": {"x": {"type": "number"}, "y": {"type": "number"}}}


@pytest.mark.parametrize(
    "same",
    [
        {"properties": {"y": {"type": "number"}, "x": {"type": "number"}}, "type": ["object"]},
        {**POINT, "title": "Point", "description": "Of a plane.", "examples": [{"x": 1}]},
        {**POINT, "additionalProperties": True, "required": [], "minProperties": 0},
        {"allOf": [POINT], "description": "In place."},
        {"anyOf": [{"oneOf": [POINT]}]},
        {**POINT, "then": {"type": "string"}, "x-unit": "mm", "default": {}},
        {**POINT, "additionalProperties": {"description": "whatever"}},
    ],
)
def test_the_same_written_in_another_way(same):
    assert fingerprint(same) == fingerprint(POINT)


@pytest.mark.parametrize(
    "other",
    [
        {**POINT, "required": ["x"]},
        {**POINT, "additionalProperties": False},
        {**POINT, "properties": {"x": {"type": "number"}}},
        {**POINT, "properties": {"x": {"type": "integer"}, "y": {"type": "number"}}},
        {**POINT, "if": {"required": ["x"]}, "then": {"required": ["y"]}},
        {**POINT, "type": ["object", "null"]},
        {"not": POINT},
        True,
        False,
    ],
)
def test_something_else(other):
    assert fingerprint(other) != fingerprint(POINT)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"enum": [1, 2]}, {"enum": [2, 1.0, 1]}),
        ({"const": "a"}, {"enum": ["a"]}),
        ({"anyOf": [{"type": "null"}, POINT]}, {"anyOf": [POINT, {"type": "null"}]}),
        ({"$ref": "#/definitions/Level"}, NAMED["Level"]),
        ({"items": {"$ref": "#/definitions/Level"}}, {"items": NAMED["Level"]}),
    ],
)
def test_equal(left, right):
    assert fingerprint(left) == fingerprint(right)


def test_what_contains_itself_is_known_by_what_it_says():
    tree = {"type": "object", "properties": {"inner": {"$ref": "#/definitions/Tree"}}}
    branch = {"type": "object", "properties": {"inner": {"$ref": "#/definitions/Branch"}}}
    # Two that take turns say the same as one that comes back to itself.
    first = {"type": "object", "properties": {"inner": {"$ref": "#/definitions/Second"}}}
    second = {"type": "object", "properties": {"inner": {"$ref": "#/definitions/First"}}}
    named = {"Tree": tree, "Branch": branch, "First": first, "Second": second}
    found = {fingerprint({"$ref": f"#/definitions/{name}"}, named) for name in named}
    assert len(found) == 1
    other = {"Tree": {**tree, "required": ["inner"]}}
    assert fingerprint({"$ref": "#/definitions/Tree"}, other) not in found


def test_many_schemas_that_refer_to_each_other_take_no_time():
    names = [f"N{i}" for i in range(60)]
    named = {
        name: {"properties": {other: {"$ref": f"#/definitions/{other}"} for other in names}}
        for name in names
    }
    named["N7"]["required"] = ["N1"]
    root = node("dense", {"$ref": "#/definitions/N0"}, named)
    assert len(schema_fingerprint(root)) == 64


def test_those_of_several_schemas_can_be_compared():
    old, new = node("old", POINT), node("new", {**POINT, "title": "Point"})
    found = Fingerprints([old, new])
    assert found.of(old) == found.of(new)


def test_ids_are_short_and_do_not_change():
    """They are on the wire: another result for the same schema would be a false alarm."""
    built = build(validate(ROOT / "asyncapi.yaml", conventions=True, official=False))
    ids = {channel.key: channel.schema_id for channel in built.protocol.channels}
    assert ids["simulatorStatus"] == ids["hardwareStatus"] == "4xBz1ULPbGuignMB"
    assert ids["testStart"] == "3Z0yBnHPNo6uLEsj"
    assert schema_id(["b", "a"]) == schema_id(["a", "b"]) != schema_id(["a"])
