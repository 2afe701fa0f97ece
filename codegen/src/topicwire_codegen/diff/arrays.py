"""Arrays: whether the items that one schema allows are allowed by another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from topicwire_codegen.diff.conjunctions import Conjunction, item_schemas, raw_schema
from topicwire_codegen.diff.limits import at_least, at_most, obstacle
from topicwire_codegen.references import Node
from topicwire_codegen.subschemas import parts

if TYPE_CHECKING:
    from topicwire_codegen.diff.subsets import Obstacle, Subsets

_MOST_PLACES = 256


def array_obstacles(subsets: Subsets, left: Conjunction, right: Node) -> Iterator[Obstacle]:
    """Yield what `right` asks of arrays and those of `left` do not keep to."""
    fields = right.mapping()
    most = left.upper_limit("maxItems")
    if "minItems" in fields and not at_least(left.limit("minItems"), fields["minItems"]):
        yield obstacle(subsets, "minItems", left, right)
    if "maxItems" in fields and not at_most(most, fields["maxItems"]):
        yield obstacle(subsets, "maxItems", left, right)
    if fields.get("uniqueItems") is True:
        unique = True in left.values_of("uniqueItems")
        if not unique and not at_most(most, 1):
            yield obstacle(subsets, "uniqueItems", left, right)
    if "items" in fields:
        yield from _items(subsets, left, right)
    if "contains" in fields:
        yield from _contains(subsets, left, right)


def _items(subsets: Subsets, left: Conjunction, right: Node) -> Iterator[Obstacle]:
    # Behind the last place that has a schema of its own, all places are alike.
    places = max(left.listed_items, len(list(parts(right, "items")))) + 1
    most = left.upper_limit("maxItems")
    if most is not None:
        places = min(places, int(most.value))
    if places > _MOST_PLACES:
        yield subsets.undecided("complex", left, right)
        return
    for i in range(places):
        for schema in item_schemas(right, i):
            yield from subsets.between(left.at_index(i), schema)


def _contains(subsets: Subsets, left: Conjunction, right: Node) -> Iterator[Obstacle]:
    wanted = raw_schema(right, "contains")
    if wanted is None:
        return
    for part in left.parts:
        promised = raw_schema(part, "contains")
        if promised is not None and not subsets.obstacles(promised, wanted):
            return
    least = left.limit("minItems")
    places = range(int(least.value) if least is not None else 0)
    if not any(subsets.holds(left.at_index(i), wanted) for i in places[:_MOST_PLACES]):
        yield subsets.obstacle_of("contains", left, right)
