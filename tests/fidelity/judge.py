"""jsonschema as the judge of values; formats are asserted by the checkers that it brings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jsonschema import Draft7Validator, FormatChecker
from jsonschema.validators import extend
from topicwire._formats import FORMATS
from topicwire_codegen.keywords import KEYWORDS

# "@" makes an e-mail address to jsonschema, and an expression is one of Python. These two are only
# held against the official suite (tests/codegen/test_json_schema_suite.py).
_OWN = ("email", "idn-email", "regex")
_TIMES = ("time", "date-time")

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
        elif name in _TIMES:
            check = _of_times(check)
        formats.checkers[name] = (check, raises)
    return formats


def _of_texts(fits: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or fits(value)


def _of_times(check: Callable[[object], bool]) -> Callable[[object], bool]:
    """Return a check that knows of leap seconds, and that `$` is not the end in Python."""

    def fits(value: object) -> bool:
        if not isinstance(value, str):
            return True
        return not value.endswith("\n") and check(value.replace(":60", ":59"))

    return fits
