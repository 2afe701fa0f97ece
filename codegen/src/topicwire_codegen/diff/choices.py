"""Schemas that offer choices, conditions or the contrary of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from topicwire_codegen.diff.conjunctions import Conjunction, raw_schema
from topicwire_codegen.fingerprints import resolve
from topicwire_codegen.references import Node
from topicwire_codegen.subschemas import parts

if TYPE_CHECKING:
    from topicwire_codegen.diff.subsets import Obstacle, Subsets

# What tells the options of a choice apart when it is said of the whole value.
_TELLING = frozenset({"type", "enum", "false"})


def choice_obstacles(subsets: Subsets, left: Conjunction, right: Node) -> Iterator[Obstacle]:
    """Yield the choices and conditions of `right` that `left` does not meet."""
    fields = right.mapping()
    for keyword in ("anyOf", "oneOf"):
        if keyword in fields:
            yield from _options(subsets, left, right, keyword)
    contrary = raw_schema(right, "not")
    if contrary is not None and not subsets.excludes(left, contrary):
        yield subsets.obstacle_of("not", left, right)
    condition = raw_schema(right, "if")
    if condition is not None and not _meets(subsets, left, right, condition):
        yield subsets.obstacle_of("if", left, right)


def _options(subsets: Subsets, left: Conjunction, right: Node, keyword: str) -> Iterator[Obstacle]:
    """Look for the option of `right` that everything of `left` fits, type by type if need be."""
    options = list(parts(right, keyword))
    found = _nearest(subsets, left, options, exactly_one=keyword == "oneOf")
    if not found:
        return
    kinds = sorted(left.types)
    if len(kinds) > 1:
        typed = [left.narrowed(frozenset({kind})) for kind in kinds]
        by_type = [_nearest(subsets, t, options, exactly_one=keyword == "oneOf") for t in typed]
        found = tuple(obstacle for obstacles in by_type for obstacle in obstacles)
    if not found:
        return
    if any(_tells(obstacle, options) for obstacle in found):
        yield subsets.obstacle_of(keyword, left, right)
    else:
        yield from found


def _nearest(
    subsets: Subsets, left: Conjunction, options: list[Node], *, exactly_one: bool
) -> tuple[Obstacle, ...]:
    """Return what stands in the way of the option that is nearest; nothing if one holds."""
    attempts: list[tuple[Obstacle, ...]] = []
    for option in options:
        found = subsets.between(left, option)
        if not found and exactly_one:
            others = [other for other in options if other is not option]
            if not all(subsets.excludes(left.and_also([option]), other) for other in others):
                found = (subsets.undecided("oneOf", left, option),)
        if not found:
            return ()
        attempts.append(found)
    if not attempts:
        return (subsets.undecided("anyOf", left, left.home),)
    return min(attempts, key=lambda f: (sum(_tells(each, options) for each in f), len(f)))


def _tells(obstacle: Obstacle, options: list[Node]) -> bool:
    """Return whether an option that fails by this is another one, and not a changed one.

    Options that are objects are told apart by properties with one value each.
    """
    if obstacle.keyword == "const":
        return True
    whole = any(resolve(option).identity == obstacle.right.identity for option in options)
    return whole and obstacle.keyword in _TELLING


def _meets(subsets: Subsets, left: Conjunction, right: Node, condition: Node) -> bool:
    """Return whether `left` surely goes by `if`, `then` and `else`."""
    branches = {keyword: raw_schema(right, keyword) for keyword in ("then", "else")}
    kept = {
        keyword: schema is None or subsets.holds(left, schema)
        for keyword, schema in branches.items()
    }
    if all(kept.values()):
        return True
    if kept["then"] and subsets.holds(left, condition):
        return True
    if kept["else"] and subsets.excludes(left, condition):
        return True
    then = branches["then"]
    return kept["else"] and then is not None and subsets.holds(left.and_also([condition]), then)
