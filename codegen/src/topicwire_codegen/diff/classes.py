"""The classes that the schemas of both documents become, and the types that values have in code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from topicwire_codegen.diff.alignment import aligned_schemas
from topicwire_codegen.diff.conjunctions import Conjunction
from topicwire_codegen.diff.versions import Comparison, Version
from topicwire_codegen.fingerprints import resolve
from topicwire_codegen.references import Node
from topicwire_codegen.schemas import needs_class

_TYPES = {
    "null": "None", "boolean": "bool", "integer": "int", "fraction": "float", "string": "str",
}  # fmt: skip
_EVERYTHING = frozenset({"anything"})
_DEEPEST = 4


class Models:
    """The classes of both documents, and their schemas in pairs.

    `renamed` has the classes of the old document with what they are called in the new one.
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.old, self.new = Classes(comparison.old), Classes(comparison.new)
        self.pairs = list(aligned_schemas(comparison))
        self.renamed = self.old.renamed
        for before, now in self.pairs:
            for old, new in ((self.old.names, self.new.names), (self.old.roots, self.new.roots)):
                if before.identity in old and now.identity in new:
                    self.renamed[old[before.identity]] = new[now.identity]

    def types(self, before: Conjunction, now: Conjunction) -> tuple[frozenset[str], frozenset[str]]:
        """Return the types for a type checker of two schemas, with the names of the new classes."""
        return self.old.static_types(before), self.new.static_types(now)

    def now(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return what some classes of the old document are called in the new one."""
        return tuple(self.renamed.get(name, name) for name in names)


class Classes:
    """The classes of a version by the schemas that they are made of.

    `names` are those of objects and enumerations, `roots` those around other values. Types are
    told with the names in `renamed` in the place of their own.
    """

    def __init__(self, version: Version) -> None:
        self.renamed: dict[str, str] = {}
        self.names: dict[tuple[Path, str], str] = {}
        self.roots: dict[tuple[Path, str], str] = {}
        self.nodes: dict[str, Node] = {}
        # A schema that allows other types besides has a second class, around values of those.
        roots = version.built.names.roots()
        for name, node in version.built.names.named():
            schema = resolve(node)
            if needs_class(node) and name not in roots:
                self.names[schema.identity] = name
                self.nodes[name] = node
            elif name in roots and not needs_class(node):
                self.roots[schema.identity] = name
                self.nodes[name] = node

    def static_types(self, schemas: Conjunction, depth: int = 0) -> frozenset[str]:
        """Return the types that a value has for a type checker."""
        for part in schemas.parts:
            if part.identity in self.names:
                null = {"None"} if "null" in schemas.types and _lists_null(part) else set[str]()
                name = self.names[part.identity]
                return frozenset({self.renamed.get(name, name), *null})
        values = schemas.named_values
        if values is not None:
            return frozenset(f"Literal[{json.dumps(value)}]" for value in values)
        choice = schemas.choice() if depth < _DEEPEST else None
        if choice:
            return frozenset(t for each in choice for t in self.static_types(each, depth + 1))
        if len(schemas.types) == 7:
            return _EVERYTHING
        found = {_TYPES[kind] for kind in schemas.types if kind in _TYPES}
        if "float" in found:
            found.discard("int")  # a type checker takes an int for a float
        if "array" in schemas.types:
            found.add(self._of("list", schemas.at_index(0), depth))
        if "object" in schemas.types:
            # Where names match patterns, values are of any type in code.
            others = schemas.other_properties()
            found.add(self._of("dict", others[None], depth) if others.keys() == {None} else "dict")
        return frozenset(found)

    def _of(self, container: str, inside: Conjunction, depth: int) -> str:
        """Return the type of a list or a dictionary; one of anything has no more to it."""
        types = self.static_types(inside, depth + 1) if depth < _DEEPEST else _EVERYTHING
        return container if types == _EVERYTHING else f"{container}[{' | '.join(sorted(types))}]"


def _lists_null(part: Node) -> bool:
    enum = part.mapping().get("enum")
    return not isinstance(enum, list) or None in enum
