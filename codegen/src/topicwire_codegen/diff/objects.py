"""Objects: whether the properties that one schema allows are allowed by another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from topicwire_codegen.diff.conjunctions import (
    Conjunction,
    declared_in,
    named_schemas,
    pattern_schemas,
    property_schemas,
    raw_schema,
)
from topicwire_codegen.diff.emptiness import is_impossible
from topicwire_codegen.diff.limits import at_least, at_most, obstacle
from topicwire_codegen.document import Json
from topicwire_codegen.fingerprints import resolve
from topicwire_codegen.references import Node

if TYPE_CHECKING:
    from topicwire_codegen.diff.subsets import Obstacle, Subsets


def object_obstacles(subsets: Subsets, left: Conjunction, right: Node) -> Iterator[Obstacle]:
    """Yield what `right` asks of objects and those of `left` do not keep to."""
    required = right.mapping().get("required")
    for name in required if isinstance(required, list) else ():
        if str(name) not in left.required:
            yield subsets.obstacle("required", left, right, partial(_lacks, name), str(name))
    for name in dict.fromkeys((*left.declared, *declared_in(right))):
        yield from _property(subsets, left, right, name)
    yield from _other_properties(subsets, left, right)
    yield from _counts(subsets, left, right)
    yield from _names(subsets, left, right)
    yield from _dependencies(subsets, left, right)


def _property(subsets: Subsets, left: Conjunction, right: Node, name: str) -> Iterator[Obstacle]:
    """Compare what a property that one of the two declares can be."""
    allowed = left.at_property(name)
    if is_impossible(allowed, subsets.judge):
        return
    for schema in property_schemas(right, name):
        if resolve(schema).value is False:
            yield subsets.obstacle("properties", left, right, partial(_has, name), name)
        else:
            yield from subsets.between(allowed, schema)


def _other_properties(subsets: Subsets, left: Conjunction, right: Node) -> Iterator[Obstacle]:
    """Compare what properties that neither of the two declares can be."""
    further = raw_schema(right, "additionalProperties")
    patterns = pattern_schemas(right)
    if further is None and not patterns:
        return
    options = left.other_properties()
    declared = {*left.declared, *declared_in(right)}

    def has_other(value: Json) -> bool:
        return isinstance(value, dict) and not value.keys() <= declared

    for pattern, schema in patterns.items():
        same = [pattern_schemas(part).get(pattern) for part in left.parts]
        promised = [each for each in same if each is not None]
        known = Conjunction.of(promised, promised[0]) if promised else None
        if known is not None and subsets.holds(known, schema):
            continue
        for option in options.values():
            if not is_impossible(option, subsets.judge):
                yield from subsets.between(option, schema)
    if further is None:
        return
    for known_pattern, option in options.items():
        # The names that a pattern of `right` matches are none of these.
        if known_pattern in patterns or is_impossible(option, subsets.judge):
            continue
        if resolve(further).value is False:
            yield subsets.obstacle("additionalProperties", left, right, has_other)
        else:
            yield from subsets.between(option, further)


def _counts(subsets: Subsets, left: Conjunction, right: Node) -> Iterator[Obstacle]:
    fields = right.mapping()
    least, most = left.limit("minProperties"), left.upper_limit("maxProperties")
    if "minProperties" in fields:
        wanted = fields["minProperties"]
        enough = isinstance(wanted, int | float) and len(left.required) >= wanted
        if not enough and not at_least(least, wanted):
            yield obstacle(subsets, "minProperties", left, right)
    if "maxProperties" in fields:
        wanted = fields["maxProperties"]
        closed = all(
            is_impossible(each, subsets.judge) for each in left.other_properties().values()
        )
        few = closed and isinstance(wanted, int | float) and len(left.declared) <= wanted
        if not few and not at_most(most, wanted):
            yield obstacle(subsets, "maxProperties", left, right)


def _names(subsets: Subsets, left: Conjunction, right: Node) -> Iterator[Obstacle]:
    wanted = raw_schema(right, "propertyNames")
    if wanted is None:
        return
    promised = [raw_schema(part, "propertyNames") for part in left.parts]
    names = Conjunction.of([each for each in promised if each is not None], left.home)
    if subsets.holds(names.narrowed(frozenset({"string"})), wanted):
        return
    closed = all(is_impossible(each, subsets.judge) for each in left.other_properties().values())
    if not closed or not all(subsets.judge.fits(name, wanted) for name in left.declared):
        yield subsets.obstacle_of("propertyNames", left, right)


def _dependencies(subsets: Subsets, left: Conjunction, right: Node) -> Iterator[Obstacle]:
    found = right.raw("dependencies")
    schemas = named_schemas(right, "dependencies")
    for name, wanted in found.mapping().items() if found is not None else ():
        if is_impossible(left.at_property(name), subsets.judge):
            continue
        if isinstance(wanted, list):
            kept = all(str(other) in left.required for other in wanted)
            kept = kept or _promises(left, name, wanted)
        else:
            kept = name in schemas and subsets.holds(left, schemas[name])
        if not kept:
            yield subsets.obstacle_of("dependencies", left, right, name)


def _promises(left: Conjunction, name: str, wanted: list[Json]) -> bool:
    """Return whether `left` has the same dependency."""
    for dependencies in left.values_of("dependencies"):
        listed = dependencies.get(name) if isinstance(dependencies, dict) else None
        if isinstance(listed, list) and all(other in listed for other in wanted):
            return True
    return False


def _lacks(name: Json, value: Json) -> bool:
    return isinstance(value, dict) and name not in value


def _has(name: str, value: Json) -> bool:
    return isinstance(value, dict) and name in value
