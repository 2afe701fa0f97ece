"""The Python type of a schema: what it cannot say is a `JsonSchema` beside it, so it is exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from topicwire_codegen.document import Json
from topicwire_codegen.json_types import (
    ALL_TYPES,
    are_disjoint,
    possible_types,
    type_of,
    types,
)
from topicwire_codegen.limits import beyond_doubles, limit, merged
from topicwire_codegen.python_types import ANYTHING, ValueType, union
from topicwire_codegen.references import Node
from topicwire_codegen.residue import Residues, Schema
from topicwire_codegen.schemas import SchemaNames, needs_class, types_beside
from topicwire_codegen.subschemas import parts
from topicwire_codegen.vocabulary import ASSERTIONS, OF_SOME_TYPE, OF_TYPE

_CHOICES = ("oneOf", "anyOf")
# What holds for values of all types, beside the type itself and a list of values.
_COMMON = [
    keyword for keyword in ASSERTIONS
    if keyword not in OF_SOME_TYPE and keyword not in ("type", "enum", "const")
]  # fmt: skip


class ValueTypes:
    """Finds the types of schemas."""

    def __init__(self, names: SchemaNames, residues: Residues) -> None:
        self._names = names
        self._residues = residues
        self._open: list[tuple[Path, str]] = []

    def of(self, given: Node) -> ValueType:
        """Return the type that takes just what a schema takes."""
        node = given.workspace.follow(given)
        if not isinstance(node.value, dict):
            return ValueType(ANYTHING, residue=node.value is not False)
        if needs_class(node):
            return self._with_class(node)
        if self._names.is_root(node):
            return ValueType(self._names.name(node))
        return self.plain(node)

    def plain(self, node: Node, only: tuple[str, ...] = ()) -> ValueType:
        """Return the type of a schema that has no class; with `only`, of values of these types."""
        if node.identity in self._open:
            raise Recursion(node)
        self._open.append(node.identity)
        try:
            return self._plain(node, only)
        finally:
            self._open.pop()

    def _with_class(self, node: Node) -> ValueType:
        name, beside = self._names.name(node), types_beside(node)
        if not beside:
            return ValueType(name)
        if beside == ("null",):
            return ValueType(f"{name} | None", residue=self._residues.keywords(node, _COMMON))
        others = self.plain(node, beside)
        return ValueType(union([name, others.base]), others.limits, others.residue)

    def _plain(self, node: Node, only: tuple[str, ...]) -> ValueType:
        fields = node.mapping()
        kinds = only or types(fields)
        if "const" in fields or isinstance(fields.get("enum"), list):
            return self._of_values(node, only)
        if only:
            return self._add(self._of_kinds(node, kinds), node, _COMMON)
        informative = [k for k in fields if k in OF_SOME_TYPE and k in _of_kinds(kinds)]
        combined = [k for k in ("allOf", *_CHOICES) if k in fields]
        if combined and not informative:
            found = self._combined(node, combined)
            if found is not None:
                return found
        if not kinds:
            return self._add(ValueType(ANYTHING), node, ASSERTIONS)
        return self._add(self._of_kinds(node, kinds), node, _COMMON)

    def _add(self, value: ValueType, node: Node, keywords: Iterable[str]) -> ValueType:
        """Return a type with more to check beside it."""
        more = self._residues.keywords(node, keywords)
        if not more:
            return value
        if isinstance(value.residue, bool) or not value.residue:
            return replace(value, residue=more if value.residue is not False else False)
        return replace(
            value,
            residue={**value.residue, **more}
            if not value.residue.keys() & more.keys()
            else {"allOf": [value.residue, more]},
        )

    def _of_values(self, node: Node, only: tuple[str, ...]) -> ValueType:
        """Return the type of a choice of values."""
        fields = node.mapping()
        enum = fields.get("enum")
        values = (
            [fields["const"]] if "const" in fields else list(enum) if isinstance(enum, list) else []
        )
        others = [
            k
            for k in ASSERTIONS
            if k not in ("type", "const") and (k != "enum" or "const" in fields)
        ]
        kinds = _with_integer(only or types(fields) or ALL_TYPES)
        values = [each for each in values if _has_type(each, kinds)]
        if not values or any(
            isinstance(each, list | dict) or _is_fraction(each) for each in values
        ):
            listed = [k for k in possible_types(node) if not only or k in only]
            found = (
                union(
                    _SIMPLE[k]
                    for k in OF_TYPE
                    if k in listed and not (k == "integer" and "number" in listed)
                )
                if listed
                else ANYTHING
            )
            return self._add(
                ValueType(found),
                node,
                [k for k in ASSERTIONS if k != "type"] if listed else ASSERTIONS,
            )
        if {each for each in values if isinstance(each, bool)} == {True, False} and all(
            isinstance(each, bool) for each in values
        ):
            return self._add(ValueType("bool"), node, others)
        literals = [
            int(each) if isinstance(each, float) else each for each in values if each is not None
        ]
        written = [f"Literal[{', '.join(dict.fromkeys(map(repr, literals)))}]"] if literals else []
        return self._add(
            ValueType(union([*written, *(["None"] if None in values else [])])), node, others
        )

    def _combined(self, node: Node, keywords: list[str]) -> ValueType | None:
        """Return the type of a schema that is made of others; None when they tell no type."""
        for keyword in keywords:
            choices = list(parts(node, keyword))
            if not choices or any(each.value is False for each in choices):
                continue
            if keyword == "allOf":
                found = self._all_of(node, choices)
            else:
                found = self._choice(node, keyword, choices)
            if found is not None:
                return found
        return None

    def _choice(self, node: Node, keyword: str, choices: list[Node]) -> ValueType | None:
        text = union(str(self.of(each)) for each in choices)
        if text == ANYTHING:
            return None
        exact = keyword == "anyOf" or all(
            are_disjoint(a, b) for i, a in enumerate(choices) for b in choices[:i]
        )
        kinds = _with_integer(types(node.mapping()) or ALL_TYPES)
        typed = frozenset().union(*map(possible_types, choices)) <= set(kinds)
        others = [
            k for k in ASSERTIONS if (k != keyword or not exact) and (k != "type" or not typed)
        ]
        return self._add(ValueType(text), node, others)

    def _all_of(self, node: Node, choices: list[Node]) -> ValueType | None:
        """Return the type of the first part that has one, with what the others say beside it."""
        simple = merged(node, choices)
        if simple is not None:
            return self.plain(simple)
        for i, each in enumerate(choices):
            found = self.of(each)
            if found.base == ANYTHING:
                continue
            others = [self._residues.copy(part) for j, part in enumerate(choices) if j != i]
            rest: Schema = {"allOf": others} if others else {}
            rest |= self._residues.keywords(node, [k for k in ASSERTIONS if k != "allOf"])
            if not rest:
                return found
            # Beside what it has itself, which may have the same keywords.
            if found.residue is True or found.residue == {}:
                return replace(found, residue=rest)
            return ValueType(str(found), residue=rest)
        return None

    def _of_kinds(self, node: Node, kinds: tuple[str, ...]) -> ValueType:
        found = [self._of_kind(node, kind) for kind in kinds]
        if len(found) == 1:
            return found[0]
        if len(found) == 2 and found[1].base == "None":
            return replace(found[0], base=f"{found[0].base} | None")
        return ValueType(union(map(str, found)))

    def _of_kind(self, node: Node, kind: str) -> ValueType:
        fields = node.mapping()
        limits: dict[str, Json] = {}
        said: set[str] = set()
        for keyword in OF_TYPE[kind]:
            found = limit(kind, keyword, fields[keyword]) if keyword in fields else None
            if found is not None:
                limits[found[0]] = found[1]
                said.add(keyword)
        base = _SIMPLE[kind]
        if kind == "number" and beyond_doubles(fields):
            base = "int | float"
        elif kind == "array":
            items = node.raw("items")
            if items is not None and isinstance(items.value, dict):
                base = f"list[{self.of(items)}]"
                said.add("items")
        elif kind == "object":
            values = node.raw("additionalProperties")
            alone = not fields.get("properties") and not fields.get("patternProperties")
            if values is not None and isinstance(values.value, dict) and alone:
                base = f"dict[str, {self.of(values)}]"
                said.add("additionalProperties")
        rest = self._residues.keywords(node, [k for k in OF_TYPE[kind] if k not in said])
        return ValueType(base, limits, rest)


class Recursion(Exception):
    """A schema contains itself with no class in between; `node` is what has to be one."""

    def __init__(self, node: Node) -> None:
        self.node = node
        super().__init__(node.pointer)


_SIMPLE = {
    "string": "str", "number": "float", "integer": "int", "boolean": "bool", "null": "None",
    "array": "list[JsonValue]", "object": "dict[str, JsonValue]",
}  # fmt: skip


def _of_kinds(kinds: tuple[str, ...]) -> set[str]:
    return {keyword for kind in kinds for keyword in OF_TYPE[kind]}


def _with_integer(kinds: Iterable[str]) -> tuple[str, ...]:
    found = tuple(kinds)
    return (*found, "integer") if "number" in found else found


def _has_type(value: Json, kinds: tuple[str, ...]) -> bool:
    return type_of(value) in kinds


def _is_fraction(value: Json) -> bool:
    return isinstance(value, float) and not value.is_integer()
