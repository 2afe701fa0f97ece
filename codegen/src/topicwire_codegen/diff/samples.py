"""Values that are tried against schemas: proof that one schema takes what another does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from topicwire_codegen.diff.conjunctions import Conjunction
from topicwire_codegen.document import Json
from topicwire_codegen.references import Node
from topicwire_codegen.standalone import standalone
from topicwire_codegen.validation import Validator

# A property that no schema has.
FOREIGN = "property_that_is_not_declared"
# Schemas can be nested without end, and ask for texts of any length.
_DEEPEST = 8
_LONGEST = 1_000


class Judge:
    """Says whether values fit schemas, by jsonschema. Schemas can be of several documents."""

    def __init__(self) -> None:
        self._validators: dict[tuple[Path, str], Validator] = {}

    def fits(self, value: Json, schema: Node) -> bool | None:
        """Return whether a value fits; None when nobody can say."""
        if isinstance(schema.value, bool):
            return schema.value
        try:
            return self._validator(schema).fits(value)
        except Exception:  # references and patterns fail in many ways
            return None

    def fits_all(self, value: Json, conjunction: Conjunction) -> bool | None:
        """Return whether a value fits a conjunction; None when nobody can say."""
        if type_of(value) not in conjunction.only:
            return False
        verdicts = [self.fits(value, part) for part in conjunction.parts]
        if False in verdicts:
            return False
        return None if None in verdicts else True

    def refuses(self, value: Json, schema: dict[str, Json]) -> bool:
        """Return whether a value does not fit a schema that refers to no other."""
        return not Validator(schema).fits(value)

    def _validator(self, schema: Node) -> Validator:
        known = self._validators.get(schema.identity)
        if known is None:
            known = Validator(standalone(schema))
            self._validators[schema.identity] = known
        return known


class Sampler:
    """Makes values up that probably fit; whoever asks has to make sure."""

    def sample(self, wanted: Conjunction, depth: int = 0) -> Json:
        """Return one value."""
        return next(self.samples(wanted, depth), None)

    def samples(self, wanted: Conjunction, depth: int = 0) -> Iterator[Json]:
        """Yield values of each type, and at the limits that are drawn."""
        for part in wanted.parts:
            fields = part.mapping()
            if "const" in fields:
                yield fields["const"]
            for keyword in ("enum", "examples"):
                values = fields.get(keyword)
                if isinstance(values, list):
                    yield from values
            if "default" in fields:
                yield fields["default"]
        if depth > _DEEPEST:
            return
        choice = wanted.choice()
        if choice is not None:
            yield from (self.sample(option, depth + 1) for option in choice)
        for kind in ("string", "integer", "fraction", "boolean", "null", "array", "object"):
            if kind in wanted.types:
                yield from self._of_type(kind, wanted, depth)

    def _of_type(self, kind: str, wanted: Conjunction, depth: int) -> Iterator[Json]:
        if kind in ("integer", "fraction"):
            yield from self._numbers(wanted, kind)
        elif kind == "string":
            for length in _lengths(wanted, "minLength", "maxLength"):
                yield "x" * length
        elif kind == "boolean":
            yield from (True, False)
        elif kind == "null":
            yield None
        elif kind == "array":
            for length in _lengths(wanted, "minItems", "maxItems"):
                yield [self.sample(wanted.at_index(i), depth + 1) for i in range(min(length, 50))]
        else:
            yield self.object(wanted, depth)

    def object(self, wanted: Conjunction, depth: int = 0) -> dict[str, Json]:
        """Return an object with the required properties only."""
        return {
            name: self.sample(wanted.at_property(name), depth + 1)
            for name in sorted(wanted.required)
        }

    def _numbers(self, wanted: Conjunction, kind: str) -> Iterator[Json]:
        limits = [
            limit.value
            for limit in (
                wanted.limit("minimum", "exclusiveMinimum"),
                wanted.upper_limit("maximum", "exclusiveMaximum"),
            )
            if limit is not None
        ]
        steps = [step for step in wanted.values_of("multipleOf") if isinstance(step, int | float)]
        numbers: list[float] = [*limits, 0, 1, *steps]
        for limit in limits:
            numbers += [limit + 1, limit - 1, limit + 0.5, limit - 0.5]
        if kind == "fraction":
            yield from (number + 0.5 for number in numbers if float(number).is_integer())
            yield from (number for number in numbers if not float(number).is_integer())
        else:
            yield from (int(number) for number in numbers if float(number).is_integer())


def type_of(value: Json) -> str:
    """Return the type of a value, as `conjunctions.ALL_TYPES` has them."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if float(value).is_integer() else "fraction"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def witness(
    judge: Judge, left: Conjunction, right: Node, violates: Callable[[Json], bool]
) -> Json | Missing:
    """Return a value that fits `left` and violates something of `right`, or `MISSING`.

    It may be there and not be found.
    """
    seen: set[str] = set()
    for value in _candidates(left, right):
        text = json.dumps(value, sort_keys=True)
        if text in seen or len(text) > 10 * _LONGEST:
            continue
        seen.add(text)
        if violates(value) and judge.fits_all(value, left):
            return value
    return MISSING


class Missing:
    """The type of `MISSING`, which stands for no value."""


MISSING = Missing()


def _candidates(left: Conjunction, right: Node) -> Iterator[Json]:
    sampler = Sampler()
    both = left.and_also([right])
    yield from sampler.samples(left)
    yield from sampler.samples(Conjunction.of([right], right))
    for limit in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        for value in both.values_of(limit):
            if isinstance(value, int | float):
                yield from (value, value + 1, value - 1, value + 0.5, value - 0.5)
    for length in _around(both, "minLength", "maxLength"):
        yield "x" * length
    for length in _around(both, "minItems", "maxItems"):
        yield [sampler.sample(left.at_index(i)) for i in range(min(length, 50))]
    if "object" in left.types:
        yield from _objects(sampler, left, both)
    yield from (None, True, 0, -1, 1.5, "", "x", [], {})


def _objects(sampler: Sampler, left: Conjunction, both: Conjunction) -> Iterator[Json]:
    """Yield objects with as little as there may be, with one property more, and with all."""
    least = sampler.object(left)
    whole = {name: sampler.sample(left.at_property(name), 1) for name in left.declared}
    yield from (least, {**whole, **least})
    for name, value in whole.items():
        yield {**least, name: value}
    for name in (*both.declared, FOREIGN):
        yield from ({**least, name: value} for value in (None, "x", 1))


def _around(conjunction: Conjunction, *keywords: str) -> Iterator[int]:
    for keyword in keywords:
        for value in conjunction.values_of(keyword):
            if isinstance(value, int) and value <= _LONGEST:
                yield from (length for length in (value - 1, value, value + 1) if length >= 0)


def _lengths(wanted: Conjunction, low: str, high: str) -> list[int]:
    least, most = wanted.limit(low), wanted.upper_limit(high)
    start = int(least.value) if least is not None else 0
    if most is not None and most.value < start:
        return []
    lengths = [start, start + 1] if most is None or most.value > start else [start]
    if most is not None:
        lengths.append(int(most.value))
    return [length for length in dict.fromkeys(lengths) if length <= _LONGEST]
