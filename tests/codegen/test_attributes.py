"""Names of attributes and members for whatever a document calls things."""

from keyword import iskeyword

import pytest
from pydantic import BaseModel
from topicwire_codegen.attributes import attribute_names, member_names


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (["tireForce", "a b", "a.c"], ["tire_force", "a_b", "a_c"]),
        (["from", "class", "None"], ["from_", "class_", "none"]),
        (["copy", "json", "schema", "model_config", "int", "list"],
         ["copy_", "json_", "schema_", "model_config_", "int_", "list_"]),
        (["a-b", "a_b", "aB"], ["a_b_", "a_b", "a_b_2"]),
        (["copy_", "copy"], ["copy_2", "copy_"]),
        (["2nd", "_lead", "@type", "__init__"],
         ["field_2nd", "field_lead", "field_type", "field_init"]),
        (["", "+", "%"], ["field_empty", "field_plus_sign", "field_percent_sign"]),
        (["größe", "温度"], ["größe", "温度"]),
    ],
)  # fmt: skip
def test_attributes(properties, expected):
    found = attribute_names(properties)
    assert list(found) == properties
    assert list(found.values()) == expected
    assert all(name.isidentifier() and not iskeyword(name) for name in expected)
    assert not set(expected) & set(dir(BaseModel))


def test_names_of_bases_are_taken():
    assert attribute_names(["id", "name"], taken=["id"]) == {"id": "id_", "name": "name"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["phase_shift", "a b", "aB"], ["PHASE_SHIFT", "A_B_", "A_B"]),
        (["true", "", "1", "1st"], ["TRUE", "EMPTY", "VALUE_1", "VALUE_1ST"]),
        ([">=", "+", "-"], ["GREATER_THAN_SIGN_EQUALS_SIGN", "PLUS_SIGN", "HYPHEN_MINUS"]),
        (["A", "a"], ["A", "A_"]),
    ],
)
def test_members(values, expected):
    assert sorted(member_names(values).values()) == sorted(expected)
    assert len(set(expected)) == len(values)
