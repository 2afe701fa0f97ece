"""Schemas that have to hold at once, as the limits that they draw together."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from topicwire_codegen.document import Json, escape
from topicwire_codegen.fingerprints import resolve
from topicwire_codegen.references import Node
from topicwire_codegen.subschemas import parts

# The types of JSON Schema, numbers split so that `integer` is a part of `number`.
ALL_TYPES = frozenset({"null", "boolean", "integer", "fraction", "string", "array", "object"})
NUMBERS = frozenset({"integer", "fraction"})
WHOLE = frozenset({"integer"})
_MOST_NUMBERS = 100
_TYPES: dict[str, frozenset[str]] = {"number": NUMBERS}


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a keyword of a schema draws; `strict` means that it does not fit itself."""

    value: float
    strict: bool
    node: Node
    keyword: str


@dataclass(frozen=True)
class Conjunction:
    """The values that fit all of `parts`, and are of one of the types in `only`.

    Every part of an `allOf` is a part of its own; no parts at all stand for everything. `home` is
    the schema to show when it is asked where this stands. `chosen` has the choices (`anyOf` and
    `oneOf`) of which one option has been added to the parts.
    """

    parts: tuple[Node, ...]
    home: Node = field(compare=False)
    only: frozenset[str] = ALL_TYPES
    chosen: frozenset[tuple[Path, str]] = frozenset()

    @classmethod
    def of(cls, schemas: Iterable[Node], home: Node) -> Conjunction:
        """Return what fits all these schemas."""
        return cls(flatten(schemas), home)

    def and_also(self, schemas: Iterable[Node]) -> Conjunction:
        """Return what also fits more schemas."""
        return replace(self, parts=flatten((*self.parts, *schemas)))

    def narrowed(self, only: frozenset[str]) -> Conjunction:
        """Return what is also of one of these types."""
        return self if self.only <= only else replace(self, only=self.only & only)

    def choice(self) -> list[Conjunction] | None:
        """Return the options of the first choice that has not been made yet, or None."""
        for part in self.parts:
            for keyword in ("oneOf", "anyOf"):
                found = part.raw(keyword)
                if found is not None and found.identity not in self.chosen:
                    rest = replace(self, chosen=self.chosen | {found.identity})
                    options = [resolve(option) for option in parts(part, keyword)]
                    return [replace(rest.and_also([each]), home=each) for each in options]
        return None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells conjunctions apart."""
        return frozenset(part.identity for part in self.parts), self.only, self.chosen

    def place(self, keyword: str) -> Node:
        """Return the part that says something under a keyword, or the home if there is none."""
        return next((p for p in reversed(self.parts) if keyword in p.mapping()), self.home)

    @cached_property
    def types(self) -> frozenset[str]:
        """The types that a value can be of."""
        found = self.only
        for part in self.parts:
            found &= part_types(part)
        return found

    @cached_property
    def named_values(self) -> list[Json] | None:
        """The values that `const` or `enum` leave at most, or None without these."""
        for part in self.parts:
            fields = part.mapping()
            if "const" in fields:
                return [fields["const"]]
        lists = [values for values in self.values_of("enum") if isinstance(values, list)]
        return min(lists, key=len) if lists else None

    @cached_property
    def listed_values(self) -> list[Json] | None:
        """The values that there can be at most, or None when there are too many to list."""
        if self.named_values is not None:
            return self.named_values
        if self.types <= {"null", "boolean"}:
            simple: dict[str, list[Json]] = {"null": [None], "boolean": [False, True]}
            return [value for kind in sorted(self.types) for value in simple[kind]]
        low, high = self.limit("minimum"), self.upper_limit("maximum")
        if self.types == WHOLE and low is not None and high is not None:
            first, last = math.ceil(low.value), math.floor(high.value)
            return list(range(first, last + 1)) if last - first < _MOST_NUMBERS else None
        return None

    def limit(self, low: str, low_strict: str = "") -> Limit | None:
        """Return the greatest of the lower limits that these keywords draw."""
        return max(self._limits(low, low_strict), key=lambda x: (x.value, x.strict), default=None)

    def upper_limit(self, high: str, high_strict: str = "") -> Limit | None:
        """Return the least of the upper limits that these keywords draw."""
        found = self._limits(high, high_strict)
        return min(found, key=lambda x: (x.value, not x.strict), default=None)

    def _limits(self, keyword: str, strict: str) -> Iterator[Limit]:
        for part in self.parts:
            for name in filter(None, (keyword, strict)):
                value = part.mapping().get(name)
                if isinstance(value, int | float) and not isinstance(value, bool):
                    yield Limit(value, name == strict, part, name)

    def values_of(self, keyword: str) -> list[Json]:
        """Return what the parts say under a keyword."""
        return [part.mapping()[keyword] for part in self.parts if keyword in part.mapping()]

    @cached_property
    def required(self) -> frozenset[str]:
        """The properties that an object must have."""
        lists = self.values_of("required")
        return frozenset(str(name) for names in lists if isinstance(names, list) for name in names)

    @cached_property
    def declared(self) -> tuple[str, ...]:
        """The properties that any part names."""
        return tuple(dict.fromkeys(name for part in self.parts for name in declared_in(part)))

    def at_property(self, name: str) -> Conjunction:
        """Return what a property has to fit."""
        found = [each for part in self.parts for each in property_schemas(part, name)]
        return self._inside(found)

    def other_properties(self) -> dict[str | None, Conjunction]:
        """Return what a property that is not declared fits: at least one of these.

        They stand under the pattern of the name that they are for, or under None. It is a little
        wide where several parts have `patternProperties`.
        """
        always: list[Node] = []
        options: dict[str | None, list[Node]] = {}
        for part in self.parts:
            further = raw_schema(part, "additionalProperties")
            patterns = pattern_schemas(part)
            if patterns and not options:
                options = {pattern: [schema] for pattern, schema in patterns.items()}
                options[None] = [further] if further is not None else []
            elif further is not None and not patterns:
                always.append(further)
        return {
            pattern: self._inside([*always, *option])
            for pattern, option in (options or {None: []}).items()
        }

    def at_index(self, index: int) -> Conjunction:
        """Return what the item of an array at an index has to fit."""
        return self._inside([e for part in self.parts for e in item_schemas(part, index)])

    def _inside(self, schemas: list[Node]) -> Conjunction:
        found = flatten(schemas)
        return Conjunction(found, found[0] if found else self.home)

    @property
    def listed_items(self) -> int:
        """For how many places of an array there are schemas of their own."""
        return max((len(list(parts(part, "items"))) for part in self.parts), default=0)


def flatten(schemas: Iterable[Node]) -> tuple[Node, ...]:
    """Return the schemas that all have to hold, each once, and those of their `allOf` too."""
    found: dict[tuple[Path, str], Node] = {}
    pending = [resolve(schema) for schema in schemas][::-1]
    while pending:
        node = pending.pop()
        if node.identity not in found and node.value is not True:
            found[node.identity] = node
            pending += [resolve(part) for part in parts(node, "allOf")][::-1]
    return tuple(found.values())


def part_types(part: Node) -> frozenset[str]:
    """Return the types that a schema names, or all."""
    if part.value is False:
        return frozenset()
    kinds = part.mapping().get("type")
    if kinds is None:
        return ALL_TYPES
    named = kinds if isinstance(kinds, list) else [kinds]
    return frozenset(atom for kind in named for atom in _TYPES.get(str(kind), {str(kind)}))


def raw_schema(node: Node, keyword: str) -> Node | None:
    """Return the one schema under a keyword, or None."""
    found = node.raw(keyword)
    return found if found is not None and isinstance(found.value, dict | bool) else None


def named_schemas(node: Node, keyword: str) -> dict[str, Node]:
    """Return the schemas that a keyword has by name."""
    found = node.raw(keyword)
    if found is None:
        return {}
    return {
        name: Node(node.workspace, node.document, f"{found.pointer}/{escape(name)}", value)
        for name, value in found.mapping().items()
        if isinstance(value, dict | bool)
    }


def declared_in(part: Node) -> tuple[str, ...]:
    """Return the properties that a schema names."""
    return tuple(named_schemas(part, "properties"))


def pattern_schemas(part: Node) -> dict[str, Node]:
    """Return the schemas of properties whose names match patterns."""
    return named_schemas(part, "patternProperties")


def property_schemas(part: Node, name: str) -> list[Node]:
    """Return the schemas of one part that a property has to fit."""
    found = [child for key, child in named_schemas(part, "properties").items() if key == name]
    found += [child for key, child in pattern_schemas(part).items() if re.search(key, name)]
    if found:
        return found
    further = raw_schema(part, "additionalProperties")
    return [further] if further is not None else []


def item_schemas(part: Node, index: int) -> list[Node]:
    """Return the schemas of one part that the item at an index has to fit."""
    every = raw_schema(part, "items")
    if every is not None:
        return [every]
    places = list(parts(part, "items"))
    if index < len(places):
        return [places[index]]
    further = raw_schema(part, "additionalItems") if places else None
    return [further] if further is not None else []
