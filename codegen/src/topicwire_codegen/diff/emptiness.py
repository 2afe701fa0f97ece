"""Whether nothing at all fits some schemas together."""

from __future__ import annotations

import math

from topicwire_codegen.diff.conjunctions import NUMBERS, Conjunction, Limit
from topicwire_codegen.diff.samples import Judge

_DEEPEST = 6
_MOST_OPTIONS = 64
_MOST_VALUES = 1_000


def is_impossible(conjunction: Conjunction, judge: Judge, depth: int = 0) -> bool:
    """Return whether surely no value fits; False may also mean that it could not be found out."""
    if not conjunction.types:
        return True
    values = conjunction.listed_values
    if values is not None and len(values) <= _MOST_VALUES:
        return all(judge.fits_all(value, conjunction) is False for value in values)
    if depth >= _DEEPEST:
        return False
    if all(_has_none(kind, conjunction, judge, depth) for kind in conjunction.types):
        return True
    options = conjunction.choice()
    if options is None or len(options) > _MOST_OPTIONS:
        return False
    return all(is_impossible(option, judge, depth + 1) for option in options)


def _has_none(kind: str, conjunction: Conjunction, judge: Judge, depth: int) -> bool:
    """Return whether no value of a type fits."""
    if kind in NUMBERS:
        low = conjunction.limit("minimum", "exclusiveMinimum")
        high = conjunction.upper_limit("maximum", "exclusiveMaximum")
        return low is not None and high is not None and not _have_between(low, high, kind)
    if kind == "string":
        return _crossed(conjunction, "minLength", "maxLength")
    if kind == "array":
        least = conjunction.limit("minItems")
        if least is not None and least.value >= 1:
            inside = conjunction.at_index(0)
            return is_impossible(inside, judge, depth + 1) or _crossed(
                conjunction, "minItems", "maxItems"
            )
    if kind == "object":
        return any(
            is_impossible(conjunction.at_property(name), judge, depth + 1)
            for name in sorted(conjunction.required)
        )
    return False


def _have_between(low: Limit, high: Limit, kind: str) -> bool:
    """Return whether there is a number between two limits."""
    if kind == "fraction":
        alone = low.value == high.value and not (low.strict or high.strict)
        return low.value < high.value or (alone and low.value % 1 != 0)
    first = math.floor(low.value) + 1 if low.strict else math.ceil(low.value)
    last = math.ceil(high.value) - 1 if high.strict else math.floor(high.value)
    return first <= last


def _crossed(conjunction: Conjunction, low: str, high: str) -> bool:
    least, most = conjunction.limit(low), conjunction.upper_limit(high)
    return least is not None and most is not None and least.value > most.value
