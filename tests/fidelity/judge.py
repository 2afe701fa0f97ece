"""jsonschema as the judge of values; formats are asserted by the checkers that it brings."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jsonschema import Draft7Validator, FormatChecker
from jsonschema.validators import extend
from topicwire._formats import FORMATS
from topicwire_codegen.keywords import KEYWORDS

# "@" makes an e-mail address to jsonschema, a template may have blanks, and an expression is one of
# Python. These are only held against the official suite (tests/codegen/test_json_schema_suite.py)
# and the table in tests/unit/test_formats.py.
_OWN = ("email", "idn-email", "uri-template", "regex")
_TIMES = ("time", "date-time")
# Those that a line feed behind the end passes, because `$` is not the end in Python.
_OF_LINES = ("hostname", "uri", "uri-reference", "iri", "iri-reference", *_TIMES)

# Expressions of ECMA 262 and multiples in decimals, which jsonschema has not.
_Validator: Any = extend(Draft7Validator, KEYWORDS)


def judge(schema: object) -> Any:
    """Return a validator of a schema."""
    return _Validator(schema, format_checker=_formats())


def _formats() -> FormatChecker:
    formats = FormatChecker(())
    theirs = Draft7Validator.FORMAT_CHECKER.checkers
    missing = FORMATS.keys() - theirs.keys()
    assert not missing, f"jsonschema[format-nongpl] is not installed: no {missing}"
    for name, fits in FORMATS.items():
        check, raises = theirs[name]
        if name in _OWN:
            check = _of_texts(fits)
        elif name == "relative-json-pointer":
            check = _of_texts(_of_one_digit(check))
        elif name in _OF_LINES:
            if name == "hostname":
                check = _of_ascii(check)
            check = _of_texts(_of_lines(check, leap_seconds=name in _TIMES))
        formats.checkers[name] = (check, raises)
    return formats


def _of_texts(fits: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or fits(value)


def _of_ascii(check: Callable[[object], bool]) -> Callable[[str], bool]:
    """Return a check of host names; to the judge's own every digit of Unicode is one."""
    return lambda value: value.isascii() and check(value)


def _of_lines(check: Callable[[object], bool], *, leap_seconds: bool) -> Callable[[str], bool]:
    def fits(value: str) -> bool:
        known = value.replace(":60", ":59") if leap_seconds else value
        return not value.endswith("\n") and check(known)

    return fits


def _of_one_digit(check: Callable[[object], bool]) -> Callable[[str], bool]:
    """Return a check of relative JSON pointers; jsonschema takes no 0 behind a 0, as in 100."""

    def fits(value: str) -> bool:
        levels = re.match(r"(0|[1-9][0-9]*)(?![0-9])", value)
        return levels is not None and check(f"1{value[levels.end() :]}")

    return fits
