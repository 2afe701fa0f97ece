"""Numbers and texts: whether the limits of one schema are inside those of another."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from topicwire_codegen.diff.conjunctions import NUMBERS, WHOLE, Conjunction, Limit
from topicwire_codegen.document import Json
from topicwire_codegen.references import Node

if TYPE_CHECKING:
    from topicwire_codegen.diff.subsets import Obstacle, Subsets

_OF_NUMBERS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf")
_OF_TEXTS = ("minLength", "maxLength", "pattern")


def limit_obstacles(subsets: Subsets, left: Conjunction, right: Node) -> Iterator[Obstacle]:
    """Yield the limits on numbers and texts that `left` does not keep to."""
    fields = right.mapping()
    for kinds, keywords in ((NUMBERS, _OF_NUMBERS), (frozenset({"string"}), _OF_TEXTS)):
        part = left.narrowed(kinds)
        for keyword in keywords if part.types else ():
            if keyword in fields and not _keeps(part, keyword, fields[keyword]):
                yield obstacle(subsets, keyword, part, right)


def obstacle(subsets: Subsets, keyword: str, left: Conjunction, right: Node) -> Obstacle:
    """Return the obstacle that a keyword is which says all by itself."""
    alone = {keyword: right.mapping()[keyword]}
    return subsets.obstacle(keyword, left, right, lambda value: subsets.judge.refuses(value, alone))


def at_least(limit: Limit | None, value: Json) -> bool:
    """Return whether a lower limit for counts is no lower than a value."""
    return isinstance(value, int | float) and (
        value <= 0 or (limit is not None and limit.value >= value)
    )


def at_most(limit: Limit | None, value: Json) -> bool:
    """Return whether an upper limit is no higher than a value."""
    return isinstance(value, int | float) and limit is not None and limit.value <= value


def _keeps(left: Conjunction, keyword: str, value: Json) -> bool:
    if keyword == "pattern":
        return value in left.values_of("pattern")
    if keyword == "minLength":
        return at_least(left.limit("minLength"), value)
    if keyword == "maxLength":
        return at_most(left.upper_limit("maxLength"), value)
    if not isinstance(value, int | float):
        return False
    return _is_multiple(left, value) if keyword == "multipleOf" else _in_range(left, keyword, value)


def _in_range(left: Conjunction, keyword: str, value: float) -> bool:
    strict, whole = keyword.startswith("exclusive"), left.types == WHOLE
    if keyword in ("minimum", "exclusiveMinimum"):
        low = left.limit("minimum", "exclusiveMinimum")
        return low is not None and _is_above(low, value, strict=strict, whole=whole)
    high = left.upper_limit("maximum", "exclusiveMaximum")
    return high is not None and _is_below(high, value, strict=strict, whole=whole)


def _is_above(limit: Limit, value: float, *, strict: bool, whole: bool) -> bool:
    """Return whether everything from a lower limit on is above a value."""
    if whole:
        first = math.floor(limit.value) + 1 if limit.strict else math.ceil(limit.value)
        return first > value if strict else first >= value
    return limit.value > value or (limit.value == value and (limit.strict or not strict))


def _is_below(limit: Limit, value: float, *, strict: bool, whole: bool) -> bool:
    """Return whether everything up to an upper limit is below a value."""
    if whole:
        last = math.ceil(limit.value) - 1 if limit.strict else math.floor(limit.value)
        return last < value if strict else last <= value
    return limit.value < value or (limit.value == value and (limit.strict or not strict))


def _is_multiple(left: Conjunction, value: float) -> bool:
    """Return whether every number of `left` is a multiple of `value`."""
    steps = [step for step in left.values_of("multipleOf") if isinstance(step, int | float)]
    if left.types == WHOLE:
        steps.append(1)
    # As validators take them: 0.3 is no multiple of 0.1, because neither is what it looks like.
    return any((Fraction(step) / Fraction(value)).denominator == 1 for step in steps)
