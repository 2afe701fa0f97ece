"""A quick look at a model's instance that finds most of them to fit their schema.

Checking the values of immutable fields takes a tenth of the time of reading the JSON that is made
of them. An instance that this does not know to be right is not wrong for it: it takes the longer
look. This source is also compiled, as `_instance_check_c`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from pydantic import BaseModel

# What a field may hold; `_instance_rules` makes the fields from pydantic's schemas.
FLOAT = 0
TEXT = 1
INTEGER = 2
BOOLEAN = 3
WORD = 4
MEMBER = 5
MODEL = 6


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

    def accepts(self, value: object) -> bool:  # noqa: PLR0911, PLR0912 - it is called often
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
        elif kind == MODEL:
            if type(value) is self.model.model:  # type: ignore[union-attr]
                return self.model.fits(value)  # type: ignore[union-attr]
        elif type(value) is int and -(2**53) < value < 2**53:
            # Larger ones are not to be compared as floating-point numbers.
            return self._is_within(value)
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
        self.model = model
        self.fields = fields

    def fits(self, instance: object) -> bool:
        """Return whether an instance is known to fit its schema as it is now."""
        if type(instance) is not self.model:
            return False
        one = cast(BaseModel, instance)
        values = one.__dict__
        if len(values) != len(self.fields) or one.__pydantic_extra__:
            return False
        given = one.__pydantic_fields_set__
        complete = len(given) == len(self.fields)
        for field in self.fields:
            # What was not set is left out of the JSON, whatever its value is.
            if field.name not in values or (
                field.required and not complete and field.name not in given
            ):
                return False
            if not field.accepts(values[field.name]):
                return False
        return True
