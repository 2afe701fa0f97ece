"""Keywords that jsonschema reads differently: in the words of Python, and of binary fractions.

Its `pattern` is a regular expression of Python, where JSON Schema has those of ECMA 262, and its
`multipleOf` divides doubles, so that 19.99 is no multiple of 0.01.
"""

# jsonschema hands on what it has in JSON, of which nothing is known.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# ruff: noqa: ANN401

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from jsonschema.exceptions import ValidationError
from topicwire._ecma_pattern import python_pattern
from topicwire._json_values import is_multiple, is_number

Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError]]


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not _found(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _multiple_of(_: Any, step: float, value: Any, __: Any) -> Iterator[ValidationError]:
    if is_number(value) and not is_multiple(value, step):
        yield ValidationError(f"{value!r} is not a multiple of {step}")


def _pattern_properties(
    validator: Any, patterns: dict[str, Any], value: Any, __: Any
) -> Iterator[ValidationError]:
    for name, inner in value.items() if isinstance(value, dict) else ():
        for pattern, schema in patterns.items():
            if _found(pattern, name):
                yield from validator.descend(inner, schema, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, schema: Any, value: Any, siblings: dict[str, Any]
) -> Iterator[ValidationError]:
    declared = siblings.get("properties", {})
    patterns = siblings.get("patternProperties", {})
    for name, inner in value.items() if isinstance(value, dict) else ():
        if name in declared or any(_found(pattern, name) for pattern in patterns):
            continue
        if schema is False:
            yield ValidationError(
                f"Additional properties are not allowed ({name!r} was unexpected)"
            )
        else:
            yield from validator.descend(inner, schema, path=name)


def _found(pattern: str, text: str) -> bool:
    return re.search(python_pattern(pattern), text) is not None


KEYWORDS: dict[str, Keyword] = {
    "pattern": _pattern,
    "multipleOf": _multiple_of,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
}
