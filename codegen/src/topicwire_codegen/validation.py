"""JSON Schema validation (draft 7), by jsonschema; the only module that touches it."""

# jsonschema's stubs leave much unknown; what comes out of this module is typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from jsonschema import Draft7Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend
from topicwire._formats import FORMATS

from topicwire_codegen.document import Json, escape
from topicwire_codegen.keywords import KEYWORDS

_SHOWN = 200
META_SCHEMA = cast("dict[str, Json]", Draft7Validator.META_SCHEMA)
_Draft7 = cast("type[Draft7Validator]", cast(Any, extend)(Draft7Validator, KEYWORDS))


def _has_format(fits: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or fits(value)


_FORMATS = FormatChecker(())
for _name, _fits in FORMATS.items():
    _FORMATS.checks(_name)(_has_format(_fits))


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One reason why a value does not fit: `pointer` is the place below the value."""

    message: str
    pointer: str
    keyword: str
    expected: Json
    schema: dict[str, Json]
    value: Json


class Validator:
    """Holds values against a schema that needs no document around it."""

    def __init__(self, schema: Json) -> None:
        self._validator = _Draft7(cast(Any, schema), format_checker=_FORMATS)

    def fits(self, value: Json) -> bool:
        """Return whether `value` fits."""
        try:
            return bool(self._validator.is_valid(cast(Any, value)))
        except RecursionError:
            return False  # what cannot be looked at is not let through

    def mismatches(self, value: Json) -> list[Mismatch]:
        """Return all reasons why `value` does not fit."""
        return [_mismatch(error) for error in self._validator.iter_errors(cast(Any, value))]

    def mismatch(self, value: Json) -> Mismatch | None:
        """Return the reason that says most, or None when `value` fits."""
        try:
            error = best_match(self._validator.iter_errors(cast(Any, value)))
        except RecursionError:
            # A deep value in schemas of many layers each; the lint limits both.
            return Mismatch("it and its schema are nested too deeply", "", "", None, {}, value)
        return _mismatch(error) if error is not None else None


def _mismatch(error: ValidationError) -> Mismatch:
    message = error.message
    return Mismatch(
        message if len(message) <= _SHOWN else f"{message[:_SHOWN]} ...",
        "".join(f"/{escape(str(part))}" for part in error.absolute_path),
        str(error.validator),
        cast(Json, error.validator_value),
        cast("dict[str, Json]", error.schema) if isinstance(error.schema, dict) else {},
        cast(Json, error.instance),
    )
