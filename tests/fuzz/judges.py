"""The same questions answered once more, slowly and plainly, for the answers to be compared."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn


class Refused(ValueError):
    """A text is not the JSON that `strict_value` takes."""


def strict_value(body: bytes) -> Any:
    """Return what a strict JSON text says; raises `Refused`. Written from docs, not from code."""
    try:
        text = body.decode()
        if _depth(text) > 64:
            raise Refused("depth")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=lambda digits: int(_number(digits)),
            parse_float=lambda digits: float(_number(digits)),
        )
    except (ValueError, RecursionError) as error:
        raise Refused(str(error)) from None
    _check_strings(value)
    return value


def is_same(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON: 1 is 1.0 and numbers are doubles."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return float(one) == float(other)
    return type(one) is type(other) and one == other


def matches(name: str, topic: str) -> bool:
    """Return whether a topic filter matches a topic (MQTT 5.0, section 4.7), level by level."""
    if topic.startswith("$") and name[:1] in ("+", "#"):
        return False
    return _levels_match(name.split("/"), topic.split("/"))


def is_filter(name: str) -> bool:
    """Return whether a text is a topic filter (MQTT 5.0, section 4.7.1)."""
    levels = name.split("/")
    wild = all(level in ("+", "#") for level in levels if "+" in level or "#" in level)
    return bool(name) and wild and "#" not in levels[:-1]


def _levels_match(wanted: list[str], levels: list[str]) -> bool:
    if wanted == ["#"]:
        return True
    if not wanted or not levels:
        return not wanted and not levels
    if wanted[0] not in ("+", levels[0]):
        return False
    # "a/#" matches "a" too: the number sign includes the parent level.
    if not levels[1:] and wanted[1:] == ["#"]:
        return True
    if not levels[1:] or not wanted[1:]:
        return not levels[1:] and not wanted[1:]
    return _levels_match(wanted[1:], levels[1:])


def _depth(text: str) -> int:
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise Refused("a name twice")
    return dict(pairs)


def _constant(name: str) -> NoReturn:
    raise Refused(name)


def _number(digits: str) -> str:
    if len(digits) > 64 or math.isinf(float(digits)):
        raise Refused("number")
    return digits


def _check_strings(value: Any) -> None:
    if isinstance(value, str):
        if len(value) > 2**20 or any(0xD800 <= ord(each) <= 0xDFFF for each in value):
            raise Refused("string")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_strings(name)
            _check_strings(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_strings(inner)
