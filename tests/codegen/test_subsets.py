"""What is said to fit, fits: "every value of this schema fits that one" is never wrong."""

import os

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.codegen.schema_pairs import VALUES, fits, near, node, pairs, subsets

EXAMPLES = int(os.environ.get("TOPICWIRE_SUBSET_EXAMPLES", "150"))
THOROUGH = settings(
    max_examples=EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


def obstacles(old, new):
    left, right = node("old", old), node("new", new)
    return subsets(left, right).obstacles(left, right)


@THOROUGH
@given(pairs(), st.data())
def test_what_is_called_compatible_is(pair, data):
    old, new = pair
    assume(not obstacles(old, new))
    fits_old, fits_new = fits(old), fits(new)
    for value in data.draw(st.lists(near(old) | near(new) | VALUES, min_size=8, max_size=8)):
        assert not (fits_old(value) and fits_new(value) is False), value


@THOROUGH
@given(pairs())
def test_examples_prove_what_they_are_given_for(pair):
    """Not for the place they are found at only: they fit the one and not the other there."""
    old, new = pair
    left, right = node("old", old), node("new", new)
    compared = subsets(left, right)
    for obstacle in compared.obstacles(left, right):
        if obstacle.proven:
            assert compared.judge.fits(obstacle.example, obstacle.right) is False


INTEGER = {"type": "integer"}
CLOSED = {"type": "object", "properties": {"a": {}}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({**INTEGER, "exclusiveMinimum": 0}, {"minimum": 1}),
        ({**INTEGER, "minimum": 0.5}, {"minimum": 1}),
        ({**INTEGER, "maximum": 1.5}, {"exclusiveMaximum": 2}),
        ({"type": "number", "exclusiveMinimum": 0}, {"minimum": 0}),
        ({"type": "integer"}, {"type": "number"}),
        ({"type": "number", "multipleOf": 1}, {"multipleOf": 0.5}),
        ({"type": "string", "maxLength": 3}, {"maxLength": 4, "minimum": 7}),
        ({"enum": ["a", "b"]}, {"type": "string", "maxLength": 1}),
        ({**INTEGER, "minimum": 1, "maximum": 3}, {"enum": [3, 2, 1, "x"]}),
        ({"type": "boolean"}, {"enum": [True, False, None]}),
        ({"type": ["string", "null"]}, {"anyOf": [{"type": "null"}, {"type": "string"}]}),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, {"type": ["string", "null"]}),
        ({"oneOf": [{"const": 1}, {"const": 2}]}, {"enum": [1, 2]}),
        ({"const": 1}, {"oneOf": [{"const": 1}, {"const": 2}]}),
        ({"type": "string"}, {"not": {"type": "number"}}),
        ({**CLOSED, "required": ["a"]}, {"minProperties": 1, "maxProperties": 1}),
        (CLOSED, {"propertyNames": {"enum": ["a", "b"]}}),
        (CLOSED, {"additionalProperties": {}, "properties": {"b": False}}),
        ({"type": "array", "maxItems": 1}, {"uniqueItems": True}),
        ({"type": "array", "items": [INTEGER], "additionalItems": False}, {"items": INTEGER}),
        ({"type": "array", "minItems": 1, "items": INTEGER}, {"contains": {"type": "number"}}),
        ({"allOf": [{"minimum": 1}, INTEGER]}, {"type": "number", "minimum": 0}),
        ({"type": "object", "required": ["a", "b"]}, {"dependencies": {"a": ["b"]}}),
        ({"type": "integer", "minimum": 3, "maximum": 2}, False),
        ({"$ref": "#/definitions/Tree"}, {"type": "object", "required": ["value"]}),
        ({"if": {"const": 1}, "then": False, "type": "string"}, {"type": "string"}),
    ],
)
def test_what_can_be_proved_is(left, right):
    assert obstacles(left, right) == ()


@pytest.mark.parametrize(
    ("left", "right", "keyword"),
    [
        ({**INTEGER, "minimum": 0, "maximum": 10**6}, {"exclusiveMinimum": 0}, "exclusiveMinimum"),
        ({**INTEGER, "exclusiveMinimum": 0}, {"minimum": 2}, "minimum"),
        ({**INTEGER, "exclusiveMaximum": 3}, {"maximum": 1}, "maximum"),
        ({"type": "number", "minimum": 0}, {"exclusiveMinimum": 0}, "exclusiveMinimum"),
        ({"type": "number", "exclusiveMaximum": 2}, {"maximum": 1}, "maximum"),
        ({"type": "number"}, {"type": "integer"}, "type"),
        (INTEGER, {"multipleOf": 2}, "multipleOf"),
        ({"type": "string", "minLength": 1}, {"minLength": 2}, "minLength"),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, "enum"),
        ({"type": "boolean"}, {"const": True}, "const"),
        ({"type": ["string", "null"]}, {"type": "string"}, "type"),
        ({}, {"not": {"type": "number"}}, "not"),
        ({"type": "integer"}, {"oneOf": [{"type": "integer"}, {"minimum": 0}]}, "oneOf"),
        ({"type": "object"}, CLOSED, "additionalProperties"),
        ({"type": "object", "required": ["b"]}, {"properties": {"b": False}}, "properties"),
        ({"type": "array"}, {"items": INTEGER}, "type"),
        ({"type": "array", "items": [INTEGER]}, {"items": INTEGER}, "type"),
        ({"type": "array", "items": INTEGER}, {"contains": INTEGER}, "contains"),
        ({"type": "array"}, {"uniqueItems": True}, "uniqueItems"),
        ({"type": "object"}, {"dependencies": {"a": ["b"]}}, "dependencies"),
        ({"type": "object"}, {"propertyNames": {"maxLength": 3}}, "propertyNames"),
        ({"type": "object"}, {"patternProperties": {"^a": INTEGER}}, "type"),
        ({"type": "string"}, {"pattern": "^a"}, "pattern"),
        ({"type": "string"}, {"if": {"minLength": 2}, "then": {"pattern": "^a"}}, "if"),
    ],
)
def test_what_is_not_so_is_not_proved(left, right, keyword):
    [obstacle] = [each for each in obstacles(left, right) if each.keyword == keyword]
    assert obstacle.keyword == keyword
