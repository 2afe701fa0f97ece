"""What JSON leaves open and receivers read differently: refused before anything reads it. Pure.

RFC 8259 lets parsers differ on duplicate names, huge numbers and half surrogate pairs; what one
side checked and the other side did would then not be the same.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NoReturn, cast

from topicwire._compiled import WANTED

MAX_DEPTH = 64
MAX_NUMBER = 64  # characters
MAX_STRING = 2**20  # characters

_OPENING = re.compile(rb"[\[{]")
# What can only be too large if it looks so; strings are found too, and looked at closer.
_LONG_NUMBER = re.compile(rb"(?<![-+.0-9eE])[-+.0-9eE]{%d}" % (MAX_NUMBER + 1))
_LARGE_EXPONENT = re.compile(rb"[0-9][eE]\+?[0-9]{3}")
_SURROGATE = re.compile(rb"\\[uU][dD][89a-fA-F]")
_SPACE = " \t\n\r"


class NotStrict(ValueError):
    """A text is JSON of a kind that is not taken; `kind` is a stable word for the reason."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        super().__init__(text)


def check_strict(body: bytes) -> None:
    """Raise `NotStrict` for a body that is not JSON, or not JSON that all read alike.

    Refused are NaN and Infinity, numbers beyond a double's range or of more than 64 characters,
    names that come twice in one object, half surrogate pairs, more than 64 levels, strings of
    more than 1,048,576 characters, and anything that is not UTF-8.
    """
    if _is_surely_strict(body):
        return
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise NotStrict("invalid", f"not UTF-8 at byte {error.start}") from None
    _check_text(text, body)


def _quick_look() -> Callable[[bytes], bool]:
    # Compiled, and only there where it could be; it says no to what takes a longer look.
    if WANTED:
        try:
            return cast(
                Callable[[bytes], bool],
                import_module("topicwire._json_scan").is_surely_strict,
            )
        except ImportError:
            pass
    return lambda body: False


_is_surely_strict = _quick_look()


def split_array(body: bytes) -> list[bytes] | None:
    """Return the elements of a JSON array as they are in the text; None if it is none."""
    try:
        return list(_elements(body.decode()))
    except (ValueError, RecursionError):
        return None


def _check_text(text: str, body: bytes) -> None:
    decoder = _PLAIN
    if _LONG_NUMBER.search(body) or _LARGE_EXPONENT.search(body):
        decoder = _COUNTING
    if len(_OPENING.findall(body)) > MAX_DEPTH:
        _check_depth(text)
    try:
        value: object = decoder.decode(text)
    except NotStrict:
        raise
    except (ValueError, RecursionError) as error:
        raise NotStrict("invalid", str(error)) from None
    if len(body) > MAX_STRING or _SURROGATE.search(body):
        _check_strings(value)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise NotStrict("duplicate_name", f"the name {name!r:.100} comes twice")
            seen.add(name)
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise NotStrict("not_finite", f"{name} is not a number of JSON")


def _number(text: str) -> float:
    if len(text) > MAX_NUMBER:
        raise NotStrict(
            "number_size", f"a number of {len(text)} characters, {MAX_NUMBER} are taken"
        )
    number = float(text)
    if math.isinf(number):
        raise NotStrict("number_size", f"{text} is larger than any number taken")
    return number


def _check_depth(text: str) -> None:
    depth = 0
    for match in _TOKEN.finditer(text):
        sign = match[0]
        if sign in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise NotStrict(
                    "depth", f"more than {MAX_DEPTH} levels at character {match.start()}"
                )
        elif sign in "]}":
            depth -= 1


_PLAIN = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)
# A hook in Python for each number takes its time, so only where there may be a need.
_COUNTING = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_refuse_constant,
    parse_float=_number,
    parse_int=_number,
)
# Strings are skipped as a whole, so that brackets in them do not count.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def _check_strings(value: object) -> None:
    open_values = [value]
    while open_values:
        found = open_values.pop()
        if isinstance(found, str):
            _check_string(found)
        elif isinstance(found, list):
            open_values += cast(list[object], found)
        elif isinstance(found, dict):
            for name, inner in cast(dict[str, object], found).items():
                open_values += name, inner


def _check_string(text: str) -> None:
    if len(text) > MAX_STRING:
        raise NotStrict(
            "string_size", f"a string of {len(text)} characters, {MAX_STRING} are taken"
        )
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise NotStrict("surrogate", "half of a surrogate pair in a string")


def _elements(text: str) -> Iterator[bytes]:
    scan = json.JSONDecoder().raw_decode
    position = _skip(text, 0)
    if text[position : position + 1] != "[":
        raise ValueError("not an array")
    position = _skip(text, position + 1)
    if text[position : position + 1] == "]":
        end = position
    else:
        while True:
            _, end = scan(text, position)
            yield text[position:end].encode()
            end = _skip(text, end)
            if text[end : end + 1] != ",":
                break
            position = _skip(text, end + 1)
    if text[end : end + 1] != "]" or _skip(text, end + 1) != len(text):
        raise ValueError("no end of the array")


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position
