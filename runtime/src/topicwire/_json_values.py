"""Values as JSON Schema (draft 7) takes them: what is equal, what is of which type. Pure.

Values are those of `json.loads`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import cast


def json_key(value: object) -> object:
    """Return something hashable that is equal for equal JSON values: 1 is 1.0, but not true."""
    if isinstance(value, bool):
        return (bool, value)
    if isinstance(value, list):
        return (list, *map(json_key, cast(list[object], value)))
    if isinstance(value, dict):
        pairs = cast(dict[str, object], value).items()
        return (dict, frozenset((name, json_key(inner)) for name, inner in pairs))
    return value


def is_multiple(number: float, step: float) -> bool:
    """Return whether a number is a multiple of another, both as they are written in decimals.

    In binary fractions 19.99 would be none of 0.01.
    """
    if isinstance(number, int) and isinstance(step, int):
        return number % step == 0
    return (_exactly(number) / _exactly(step)).denominator == 1


def _exactly(number: float) -> Fraction:
    return Fraction(Decimal(repr(number)))


def is_number(value: object) -> bool:
    """Return whether a value is a number, which true is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


# Every type of JSON Schema, by its name.
JSON_TYPES: Mapping[str, Callable[[object], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "number": is_number,
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool))
        or (isinstance(value, float) and value.is_integer())
    ),
}
