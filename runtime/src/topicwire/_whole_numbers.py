"""Integers as JSON Schema has them: in JSON, 1.0 is one.

Draft 6 and 7 take every number without a fraction for an integer, and some languages write all
their numbers so. Only JSON is read in this way; in Python, a float is no int.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from pydantic_core import PydanticKnownError, core_schema

# The label of what is tried after a number that is written as an integer.
WITH_FRACTION = "written with a fraction"

# Below this a double tells all integers from their neighbours.
_EXACT = 2**53

# Where pydantic's schema of a model holds those of its values; other models are on their own.
_INNER = (
    "schema", "items_schema", "values_schema", "extras_schema", "fields", "choices",
)  # fmt: skip


def take_whole_numbers(schema: core_schema.CoreSchema) -> None:
    """Change the schema of a model so that its integers may be written with a fraction of 0."""
    _change(cast(dict[str, Any], schema))


def _change(schema: dict[str, Any]) -> None:
    for key in _INNER:
        inner = schema.get(key)
        if key == "fields" and isinstance(inner, dict):
            for field in cast(dict[str, dict[str, Any]], inner).values():
                _change(field)
        elif isinstance(inner, list):
            schema[key] = [_changed_choice(each) for each in cast(list[object], inner)]
        elif isinstance(inner, dict):
            schema[key] = _changed(cast(dict[str, Any], inner))


def _changed_choice(choice: object) -> object:
    if isinstance(choice, tuple):
        inner, label = cast(tuple[dict[str, Any], str], choice)
        return _changed(inner), label
    return _changed(cast(dict[str, Any], choice))


def _changed(schema: dict[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    if kind == "int":
        return cast(dict[str, Any], _either(cast(core_schema.CoreSchema, schema)))
    if kind == "literal":
        return _literal(schema)
    if kind not in ("model", "json-or-python", "definition-ref"):
        _change(schema)
    return schema


def _literal(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of some values so that true is not 1, as it is to pydantic."""
    values = cast(list[object], schema["expected"])
    flags = [value for value in values if isinstance(value, bool)]
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    others = [value for value in values if not isinstance(value, int)]
    if not flags and not numbers:
        return schema
    choices: list[core_schema.CoreSchema] = []
    if flags:
        kind: core_schema.CoreSchema = core_schema.bool_schema(strict=True)
        choices.append(core_schema.chain_schema([kind, core_schema.literal_schema(flags)]))
    if numbers:
        # A double knows 1 and 1.0, and not true.
        small = all(abs(number) < _EXACT for number in numbers)
        kind = (
            core_schema.float_schema(strict=True)
            if small
            else core_schema.no_info_plain_validator_function(_integer)
        )
        choices.append(core_schema.chain_schema([kind, core_schema.literal_schema(numbers)]))
    if others:
        choices.append(core_schema.literal_schema(others))
    found = choices[0] if len(choices) == 1 else core_schema.union_schema(list(choices))
    return cast(dict[str, Any], {**found, "serialization": core_schema.simple_ser_schema("any")})


def _either(schema: core_schema.CoreSchema) -> core_schema.CoreSchema:
    with_fraction = core_schema.chain_schema(
        [
            core_schema.no_info_plain_validator_function(_whole),
            schema,
        ]
    )
    return core_schema.json_or_python_schema(
        core_schema.union_schema([schema, (with_fraction, WITH_FRACTION)], mode="left_to_right"),
        schema,
        serialization=core_schema.simple_ser_schema("int"),
    )


def _whole(number: object) -> int:
    # Only what is written so: a large integer would not come out of a double as it was.
    if not isinstance(number, float):
        raise PydanticKnownError("int_type")
    if not number.is_integer():
        raise PydanticKnownError("int_from_float")
    # As it is written: above 2**53 the double itself may be a neighbour of that.
    return int(Decimal(repr(number)))


def _integer(number: object) -> int:
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    return _whole(number)
