"""What is said to fit, fits: "every value of this schema fits that one" is never wrong."""

import os
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.codegen.schema_pairs import CHOICES, LIMITS, Near, fits, node, pairs, subsets

EXAMPLES = int(os.environ.get("TOPICWIRE_SUBSET_EXAMPLES", "150"))
THOROUGH = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[*HealthCheck])
VALUES = 30


INTEGER, WORD = {"type": "integer"}, {"type": "string"}
NUMERIC = [
    {}, *({keyword: limit} for keyword in LIMITS[:4] for limit in (0, 0.5, 1, 1.5, 2)),
    *({"multipleOf": step} for step in (0.5, 1, 1.5, 2, 3)),
]  # fmt: skip
# What schemas of one type say, and all small values of it.
SINGLE = {
    "integer": NUMERIC,
    "number": NUMERIC,
    "string": [
        {}, *({keyword: n} for keyword in ("minLength", "maxLength") for n in range(4)),
        {"pattern": "^a"}, {"pattern": "b$"}, {"enum": ["a", "b"]}, {"enum": ["a"]}, {"const": "b"},
    ],
    "array": [
        {}, *({keyword: n} for keyword in ("minItems", "maxItems") for n in range(4)),
        {"uniqueItems": True}, {"items": INTEGER}, {"items": WORD}, {"items": {"minimum": 2}},
        {"items": [INTEGER]}, {"items": [INTEGER, INTEGER], "additionalItems": WORD},
        {"items": [{}], "additionalItems": False},
        {"contains": INTEGER}, {"contains": {"const": 1}},
    ],
    "object": [
        {}, *({keyword: n} for keyword in ("minProperties", "maxProperties") for n in range(4)),
        *({"required": names} for names in (["a"], ["b"], ["a", "b"])),
        *({"properties": {"a": inner}} for inner in (INTEGER, WORD, False, {"minimum": 2})),
        {"additionalProperties": False}, {"additionalProperties": INTEGER},
        {"properties": {"a": {}}, "additionalProperties": False},
        {"properties": {"a": {}, "b": {}}, "additionalProperties": INTEGER},
        {"patternProperties": {"^a": INTEGER}}, {"patternProperties": {"b$": WORD}},
        {"propertyNames": {"enum": ["a", "b"]}}, {"propertyNames": {"maxLength": 1}},
        {"dependencies": {"a": ["b"]}}, {"dependencies": {"a": {"minProperties": 2}}},
    ],
    "any": [
        {}, INTEGER, WORD, {"type": ["integer", "string"]}, {"type": ["array", "string"]},
        {"enum": [1, 2, "a"]}, {"enum": [2, 1]}, {"const": 1}, {"const": "a"}, {"const": [1]},
        *({keyword: [INTEGER, {"minimum": 2}]} for keyword in CHOICES),
        *({keyword: [WORD, INTEGER]} for keyword in CHOICES),
        *({keyword: [{"const": 1}, {"const": "a"}]} for keyword in CHOICES),
        {"not": INTEGER}, {"not": {"const": 1}}, {"not": {"type": ["string", "array"]}},
        {"if": INTEGER, "then": {"minimum": 2}},
        {"if": WORD, "then": {"const": "a"}, "else": INTEGER},
    ],
}  # fmt: skip
NUMBERS = [i / 4 for i in range(-4, 28)]
TEXTS = ["".join(each) for size in range(5) for each in product("ab", repeat=size)]
ITEMS = [1, 2, 1.5, "a"]
SMALL = {
    "integer": NUMBERS,
    "number": NUMBERS,
    "string": TEXTS,
    "array": [list(each) for size in range(5) for each in product(ITEMS, repeat=size)][:150],
    "object": [
        dict(zip(names, values, strict=True))
        for size in range(4) for names in combinations(["a", "b", "ab", "c"], size)
        for values in product([1, 2, "x"], repeat=size)
    ],
    "any": [None, True, *NUMBERS, *TEXTS[:8], [], [1], ["a"], {}, {"a": 1}, {"a": "b", "b": 1}],
}  # fmt: skip


def obstacles(old, new):
    left, right = node("old", old), node("new", new)
    return subsets(left, right).obstacles(left, right)


@THOROUGH
@given(pairs(), st.integers(0))
def test_what_is_called_compatible_is(pair, seed):
    """Whatever fits the old and not the new shows that something must be in the way."""
    old, new = pair
    fits_old, fits_new = fits(old), fits(new)
    near = Near((seed, pair))
    for value in [*near.values(old, VALUES), *near.values(new, VALUES)]:
        if fits_old(value) and fits_new(value) is False:
            assert obstacles(old, new), value
            return


@pytest.mark.parametrize("kind", SINGLE)
def test_small_steps_are_seen(kind):
    """Each keyword against each, also beside another, with all small values that there are."""
    singles = [{"type": kind, **fields} if kind != "any" else fields for fields in SINGLE[kind]]
    both = [one | other for one, other in combinations(singles, 2)]
    lefts = [*singles, *Random(kind).sample(both, min(30, len(both)))]
    fitting = [[i for i, value in enumerate(SMALL[kind]) if fits(each)(value)] for each in lefts]
    counted = 0
    for left, values in zip(lefts, fitting, strict=True):
        for right, others in zip(singles, fitting, strict=False):
            if not set(values) <= set(others):
                counted += 1
                assert obstacles(left, right), (left, right)
    assert counted > 100


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
        ({"type": "number", "minimum": 0.5, "maximum": 0.5}, {"type": "null"}, "type"),
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


def test_what_held_only_for_the_time_being_is_asked_again():
    """B is compared inside of A, taking A to hold, which it does not."""
    versions = {
        version: {
            "A": {"properties": {"b": {"$ref": "#/definitions/B"}, "y": {"type": kind}}},
            "B": {"properties": {"a": {"$ref": "#/definitions/A"}}},
        }
        for version, kind in (("old", "integer"), ("new", "string"))
    }
    old_a, old_b, new_a, new_b = (
        node(version, {"$ref": f"#/definitions/{name}"}, named)
        for version, named in versions.items()
        for name in "AB"
    )
    compared = subsets(old_a, old_b, new_a, new_b)
    assert compared.obstacles(old_a, new_a)
    assert compared.obstacles(old_b, new_b)
