"""A quick look at a model's instance that finds most of them to fit their schema.

Checking the values of immutable fields takes a tenth of the time of reading the JSON that is made
of them. An instance that this does not know to be right is not wrong for it: it takes the longer
look. This source is also compiled, as `_instance_check_c`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# What a field may hold; `_instance_rules` makes the fields from pydantic's schemas.
FLOAT = 0
TEXT = 1
INTEGER = 2
BOOLEAN = 3
WORD = 4
MEMBER = 5
MODEL = 6

UNKNOWN = 0
RIGHT = 1
COMPLETE = 2


class FieldCheck:
    """What is known to be right in one field of a model.

    `low` and `high` are the limits of a number, or of the characters of a text, and `outside`
    says whether they themselves are too small (1), too large (2), both (3), or fine. `words` are
    the texts that a WORD may be, `enum` the class that a MEMBER is of, `search` looks for what a
    TEXT must contain, `model` checks a MODEL, and `others` are values that are right besides:
    None, or the mark of what is missing.
    """

    def __init__(
        self,
        name: str,
        kind: int,
        *,
        required: bool,
        low: float = float("-inf"),
        high: float = float("inf"),
        outside: int = 0,
        words: frozenset[str] | None = None,
        enum: type | None = None,
        search: Callable[[str], object] | None = None,
        model: InstanceCheck | None = None,
        others: tuple[object, ...] = (),
    ) -> None:
        self.name = name
        self.kind = kind
        self.required = required
        self.low = low
        self.high = high
        self.outside = outside
        self.words = words
        self.enum = enum
        self.search = search
        self.model = model
        self.others = others

    def accepts(self, value: object) -> bool:  # noqa: PLR0911 - it is called often
        """Return whether a value is known to be right."""
        kind = self.kind
        if kind == FLOAT:
            if type(value) is float:
                number: float = value
                # Neither infinite nor not a number: their difference to themselves is no zero.
                return number - number == 0.0 and self._is_within(number)
        elif kind == TEXT:
            if type(value) is str:
                text: str = value
                return self._is_within(len(text)) and (
                    self.search is None or self.search(text) is not None
                )
        elif kind == MEMBER:
            if type(value) is self.enum:
                return True
        elif kind == WORD:
            if type(value) is str:
                return value in self.words  # type: ignore[operator]
        elif kind == BOOLEAN:
            if value is True or value is False:
                return True
        elif kind == INTEGER and type(value) is int and -(2**53) < value < 2**53:
            # Larger ones are not to be compared as floating-point numbers.
            return self._is_within(value)
        return self.allows(value)

    def allows(self, value: object) -> bool:
        """Return whether a value is one of the `others`."""
        for other in self.others:  # noqa: SIM110 - what is compiled to C has no generators
            if value is other:
                return True
        return False

    def _is_within(self, number: float) -> bool:
        if number < self.low or number > self.high:
            return False
        if self.outside == 0:
            return True
        return not (
            (self.outside & 1 and number == self.low) or (self.outside & 2 and number == self.high)
        )


class InstanceCheck:
    """What is known to be right in the instances of one model; made once, used by any thread."""

    def __init__(self, model: type, fields: list[FieldCheck]) -> None:
        self.model: Any = model
        self.fields = fields

    def look(self, instance: Any) -> int:  # noqa: ANN401 - whatever came
        """Return what is known of an instance as it is now: UNKNOWN, RIGHT, or COMPLETE.

        It is complete when everything in it was set, so that nothing is left out of its JSON.
        """
        if type(instance) is not self.model:
            return UNKNOWN
        values = instance.__dict__
        if len(values) != len(self.fields) or instance.__pydantic_extra__:
            return UNKNOWN
        given = instance.__pydantic_fields_set__
        complete = len(given) == len(self.fields)
        known = COMPLETE if complete else RIGHT
        for field in self.fields:
            if not complete and field.required and field.name not in given:
                return UNKNOWN
            value = values.get(field.name, given)  # what was set is no field's value
            if field.kind == MODEL and field.model is not None:
                found = field.model.look(value)
                if found == UNKNOWN:
                    if not field.allows(value):
                        return UNKNOWN
                elif found < known:
                    known = found
            elif not field.accepts(value):
                return UNKNOWN
        return known


class Encoder:
    """Writes messages as JSON, with a quick look where there is one.

    `checks` are those of the models; `to_json` writes what is complete, `without_unset` what is
    not, and `validated` what is not known to be right: it looks at the JSON, or raises.
    """

    def __init__(
        self,
        checks: dict[type, InstanceCheck],
        to_json: Callable[[Any], bytes],
        without_unset: Callable[[Any], bytes],
        validated: Callable[[Any], bytes],
    ) -> None:
        self._checks = checks
        self._to_json = to_json
        self._without_unset = without_unset
        self._validated = validated

    def encode(self, message: object) -> bytes:
        """Return the JSON of a message; raises what `validated` raises."""
        check = self._checks.get(type(message))
        if check is not None:
            known = check.look(message)
            if known != UNKNOWN:
                try:
                    if known == COMPLETE:
                        return self._to_json(message)
                    return self._without_unset(message)
                except Exception:  # noqa: S110 - a text that is no Unicode: the next says so
                    pass
        return self._validated(message)
