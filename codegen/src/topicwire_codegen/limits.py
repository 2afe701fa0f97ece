"""Limits of simple values: those that pydantic's `Field` can say, and several as one."""

from __future__ import annotations

import math

from topicwire._ecma_pattern import python_pattern

from topicwire_codegen.document import Json
from topicwire_codegen.json_types import types
from topicwire_codegen.references import Node
from topicwire_codegen.residue import Schema
from topicwire_codegen.vocabulary import ASSERTIONS

# Beyond it a double does not know its neighbours, and a limit would not be the one that is meant.
_EXACT = 2**53
_SIZES = {
    "minLength": "min_length", "maxLength": "max_length", "minItems": "min_length",
    "maxItems": "max_length", "minProperties": "min_length", "maxProperties": "max_length",
}  # fmt: skip
_RANGES = {
    "minimum": ("ge", math.ceil), "maximum": ("le", math.floor),
    "exclusiveMinimum": ("gt", math.floor), "exclusiveMaximum": ("lt", math.ceil),
}  # fmt: skip
_TIGHTER = {
    "minimum": max, "exclusiveMinimum": max, "minLength": max,
    "maximum": min, "exclusiveMaximum": min, "maxLength": min,
}  # fmt: skip
_MERGED = frozenset({"type", "pattern", "format", "multipleOf", *_TIGHTER})


def limit(kind: str, keyword: str, value: Json) -> tuple[str, Json] | None:
    """Return a keyword as an argument of `Field`; None when there is none that means the same."""
    found: tuple[str, Json] | None = None
    if keyword == "pattern":
        found = "pattern", python_pattern(str(value))
    elif not isinstance(value, int | float):
        found = None
    elif keyword in _SIZES:
        found = _SIZES[keyword], int(value)
    elif keyword in _RANGES:
        name, to_whole = _RANGES[keyword]
        if kind == "integer":
            found = name, to_whole(value)
        elif abs(value) <= _EXACT:
            found = name, float(value)
    elif keyword == "multipleOf" and kind == "integer" and value == int(value):
        found = "multiple_of", int(value)
    return found


def beyond_doubles(fields: Schema) -> bool:
    """Return whether a number has a limit that only an integer can be held against."""
    limits = [fields[keyword] for keyword in _RANGES if keyword in fields]
    return any(isinstance(each, int | float) and abs(each) > _EXACT for each in limits)


def merged(node: Node, choices: list[Node]) -> Node | None:
    """Return one schema for a simple value whose limits are in several; None if they are not."""
    together: Schema = {k: v for k, v in node.mapping().items() if k != "allOf"}
    for part in choices:
        inner = node.workspace.follow(part)
        if not isinstance(inner.value, dict):
            return None
        for keyword, value in inner.value.items():
            if keyword in ASSERTIONS and not _add(together, keyword, value):
                return None
    if "object" in types(together) or "array" in types(together):
        return None
    return Node(node.workspace, node.document, f"{node.pointer}/allOf", together)


def _add(together: Schema, keyword: str, value: Json) -> bool:
    """Add a limit to others, of two the one that rules out more; False if that is neither."""
    mine = together.get(keyword, value)
    if keyword not in _MERGED:
        return False
    if isinstance(mine, int | float) and isinstance(value, int | float) and keyword in _TIGHTER:
        together[keyword] = _TIGHTER[keyword](mine, value)
        return True
    together[keyword] = value
    return mine == value
