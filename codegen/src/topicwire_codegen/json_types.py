"""Which types of JSON a schema lets through, and whether two schemas have no value in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from topicwire_codegen.document import Json
from topicwire_codegen.references import Node
from topicwire_codegen.subschemas import parts

ALL_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
# How many schemas in each other are looked through; what is deeper may be anything.
_DEEPEST = 16


def types(schema: dict[str, Json]) -> tuple[str, ...]:
    """Return the types that a schema names itself; none stands for all."""
    kinds = schema.get("type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    found = tuple(kind for kind in listed if isinstance(kind, str))
    # Each integer is a number.
    return tuple(kind for kind in found if kind != "integer" or "number" not in found)


def type_of(value: Json) -> str:
    """Return the type of a value; that of 1.0 is "integer"."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int | float):
        return "integer" if value == int(value) else "number"
    return "array" if isinstance(value, list) else "object"


def possible_types(schema: Node, depth: int = 0) -> frozenset[str]:
    """Return the types that values of a schema can have, by all it says of that.

    "number" is all numbers, and comes with "integer".
    """
    node = schema.workspace.follow(schema)
    if node.value is False:
        return frozenset()
    fields = node.mapping()
    found = _with_integers(types(fields) or ALL_TYPES)
    for keyword in ("const", "enum"):
        if keyword in fields:
            listed = fields[keyword] if keyword == "enum" else [fields["const"]]
            found &= (
                _with_integers(type_of(v) for v in listed) if isinstance(listed, list) else found
            )
    if depth > _DEEPEST:
        return found
    for part in parts(node, "allOf"):
        found &= possible_types(part, depth + 1)
    for keyword in ("anyOf", "oneOf"):
        choices = list(parts(node, keyword))
        if choices:
            found &= frozenset().union(*(possible_types(each, depth + 1) for each in choices))
    return found


def are_disjoint(one: Node, other: Node) -> bool:
    """Return whether it is certain that no value fits both schemas.

    By their types, by the values they list, or by a property that both require and that has
    different values, as the one that tells the messages of a channel apart.
    """
    shared = possible_types(one) & possible_types(other)
    if not shared:
        return True
    mine, others = _listed(one), _listed(other)
    if mine is not None and others is not None:
        return not _overlap(mine, others)
    if not shared <= {"object"}:
        return False
    theirs = dict(_constants(other))
    return any(
        name in theirs and not _overlap(values, theirs[name]) for name, values in _constants(one)
    )


def layers(schema: Node) -> list[Node]:
    """Return a schema and all that it adds to itself by `allOf`, each once, itself first."""
    first = schema.workspace.follow(schema)
    found: list[Node] = []
    seen: set[tuple[Path, str]] = set()
    pending = [first]
    while pending:
        node = pending.pop()
        if node.identity not in seen:
            seen.add(node.identity)
            found.append(node)
            pending += [
                node.workspace.follow(part) for part in reversed(list(parts(node, "allOf")))
            ]
    return found


def _constants(schema: Node) -> Iterator[tuple[str, list[Json]]]:
    """Yield the properties that are always there, and have one of certain values."""
    nodes = layers(schema)
    required = {name for node in nodes for name in _names(node.mapping().get("required"))}
    for node in nodes:
        declared = node.get("properties")
        for name, inner in declared.items() if declared is not None else ():
            values = _listed(inner)
            if name in required and values is not None:
                yield name, values


def _listed(schema: Node) -> list[Json] | None:
    """Return the values of a schema that lists them."""
    for node in layers(schema):
        fields = node.mapping()
        if "const" in fields:
            return [fields["const"]]
        enum = fields.get("enum")
        if isinstance(enum, list):
            return enum
    return None


def _overlap(one: list[Json], other: list[Json]) -> bool:
    return any(same_json(a, b) for a in one for b in other)


def same_json(one: Json, other: Json) -> bool:
    """Return whether two values are the same JSON: 1 is 1.0, but not true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _names(value: Json) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []


def _with_integers(kinds: Iterator[str] | tuple[str, ...]) -> frozenset[str]:
    found = frozenset(kinds)
    return found | {"integer"} if "number" in found else found
