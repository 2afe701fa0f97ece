"""What the check of a schema says of values that do not fit: keyword, words and place."""

import pytest
from topicwire._json_values import is_multiple, json_key
from topicwire._schema_check import compile_schema

DEFINITIONS = {
    "tree": {"properties": {"inner": {"$ref": "#/definitions/tree"}, "n": {"type": "integer"}}},
}
ITEM = {"type": "array", "items": [{"type": "string"}], "additionalItems": {"type": "integer"}}


def said(schema: object, value: object) -> object:
    """Return keyword, words and JSON pointer of what is wrong, or None."""
    found = compile_schema(schema, DEFINITIONS)(value)
    if found is None:
        return None
    return found.keyword, found.message, "".join(f"/{part}" for part in found.path)


@pytest.mark.parametrize(
    ("schema", "fits", "does_not", "expected"),
    [
        ({"type": "integer"}, 1.0, True, ("type", "must be of type integer", "")),
        ({"type": ["null", "number"]}, 1.5, "1", ("type", "must be of type null or number", "")),
        ({"enum": [1, "a"]}, 1.0, True, ("enum", 'must be one of [1, "a"]', "")),
        ({"const": {"a": [1]}}, {"a": [1.0]}, {"a": []}, ("const", 'must be {"a": [1]}', "")),
        ({"minimum": 1}, "x", 0.5, ("minimum", "must be at least 1", "")),
        ({"exclusiveMaximum": 1}, 0, 1, ("exclusiveMaximum", "must be less than 1", "")),
        ({"multipleOf": 0.01}, 19.99, 0.015, ("multipleOf", "must be a multiple of 0.01", "")),
        ({"maxLength": 1}, "🐲", "ab", ("maxLength", "must have at most 1 characters", "")),
        ({"minItems": 1}, [1], [], ("minItems", "must have at least 1 items", "")),
        ({"pattern": "^a$"}, "a", "a\n", ("pattern", "must match '^a$'", "")),
        ({"format": "date"}, "2024-01-01", "x", ("format", "must be of the format date", "")),
        ({"format": "mine"}, "x", None, None),
        (ITEM, ["a", 1], ["a", 1, "b"], ("type", "must be of type integer", "/2")),
        (ITEM, [], [1], ("type", "must be of type string", "/0")),
        ({"items": []}, [1], None, None),
        (
            {"uniqueItems": True}, [1, True], [{"a": 1}, {"a": 1.0}],
            ("uniqueItems", "must not come twice", "/1"),
        ),
        (
            {"contains": {"const": 1}}, [0, 1], [True],
            ("contains", "must contain an item of the kind that is asked for", ""),
        ),
        ({"required": ["a"]}, {"a": None}, {}, ("required", "property 'a' is required", "/a")),
        (
            {"properties": {"a": {"type": "null"}}}, {"b": 1}, {"a": 1},
            ("type", "must be of type null", "/a"),
        ),
        (
            {"patternProperties": {"^x": False}}, {"ax": 1}, {"xa": 1},
            ("false", "nothing may be here", "/xa"),
        ),
        (
            {
                "properties": {"a": {}}, "patternProperties": {"^x": {}},
                "additionalProperties": False,
            },
            {"a": 1, "xy": 1}, {"b": 1}, ("false", "nothing may be here", "/b"),
        ),
        (
            {"propertyNames": {"maxLength": 1}}, {"a": 1}, {"ab": 1},
            ("propertyNames", "as a name, must have at most 1 characters", "/ab"),
        ),
        (
            {"dependencies": {"a": ["b"], "c": {"maxProperties": 1}}}, {"a": 1, "b": 1}, {"a": 1},
            ("required", "property 'b' is required", "/b"),
        ),
        ({"allOf": [{"minimum": 1}, {"maximum": 2}]}, 2, 3, ("maximum", "must be at most 2", "")),
        (
            {"anyOf": [{"type": "null"}, {"minimum": 1}]}, None, 0,
            ("anyOf", "must fit one of the schemas to choose from", ""),
        ),
        (
            {"oneOf": [{"minimum": 1}, {"maximum": 2}]}, 0, 1,
            ("oneOf", "must fit exactly one schema of the choice, not 2", ""),
        ),
        ({"not": {"const": 1}}, True, 1, ("not", "must not fit the schema that is ruled out", "")),
        (
            {"if": {"minimum": 1}, "then": {"multipleOf": 2}, "else": {"const": 0}}, 2, 1,
            ("multipleOf", "must be a multiple of 2", ""),
        ),
        (
            {"$ref": "#/definitions/tree", "type": "null"}, {"inner": {"n": 1}},
            {"inner": {"inner": {"n": "x"}}}, ("type", "must be of type integer", "/inner/inner/n"),
        ),
        (True, 1, None, None),
        (False, None, 1, ("false", "nothing may be here", "")),
    ],
)  # fmt: skip
def test_verdicts(schema, fits, does_not, expected):
    if schema is not False:
        assert said(schema, fits) is None
    if expected is not None:
        assert said(schema, does_not) == expected


def test_equal_json_has_equal_keys():
    assert json_key({"a": [1, None], "b": 2}) == json_key({"b": 2.0, "a": [1.0, None]})
    values = [0, False, "0", None, [], {}, [0], {"": 0}, "", [[]], [False]]
    assert len({json_key(value) for value in values}) == len(values)


@pytest.mark.parametrize(
    ("number", "step", "expected"),
    [(9, 3, True), (10, 3, False), (0.3, 0.1, True), (1e300, 7, False), (-4.5, 1.5, True),
     (2**70, 3, False), (0.0, 5, True)],
)  # fmt: skip
def test_multiples(number, step, expected):
    assert is_multiple(number, step) is expected
