"""The schemas that payloads are made of, each under the name of its Python class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from topicwire_codegen.document import Json, unescape
from topicwire_codegen.json_types import are_disjoint, possible_types, types
from topicwire_codegen.naming import class_name
from topicwire_codegen.references import Node
from topicwire_codegen.subschemas import parts, subschemas
from topicwire_codegen.vocabulary import OF_MODELS, SUBSCHEMA_MAPS, SUBSCHEMAS

# Names that a module of models imports. A schema of such a name gets "Model" behind it.
_IMPORTED = frozenset({
    "Annotated", "Any", "ConfigDict", "Enum", "Field", "IntEnum", "JsonSchema", "JsonValue",
    "Literal", "MISSING", "Payload", "RootModel", "RootPayload", "StrEnum",
})  # fmt: skip

# What may stand beside `oneOf` without adding to it.
_CHOICE = frozenset({
    "type", "title", "description", "examples", "default", "discriminator", "$comment",
    "deprecated", "externalDocs", "readOnly", "writeOnly", "definitions", "$id", "$schema",
    "nullable",
})  # fmt: skip


def children(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the schemas directly inside a schema as they stand, but true and false."""
    for below, child in subschemas(node):
        if isinstance(child.value, dict):
            yield below, child


def is_enumeration(values: list[Json]) -> bool:
    """Return whether a choice of values becomes an enumeration: only one of several texts does.

    Members that are numbers would take `true` for 1, and have no names.
    """
    texts = [value for value in values if value is not None]
    return len(texts) > 1 and all(isinstance(value, str) for value in texts)


def needs_class(schema: Node) -> bool:
    """Return whether a schema becomes a class: an object with properties, or a choice of values.

    If it also allows values of other types, the class is for all but those.
    """
    fields = schema.mapping()
    if "const" in fields:
        return False
    enum = fields.get("enum")
    if isinstance(enum, list):
        kinds = types(fields)
        return is_enumeration(enum) and (not kinds or "string" in kinds)
    return "object" in possible_types(schema) and (_has_properties(schema) or is_composed(schema))


def is_composed(schema: Node) -> bool:
    """Return whether the parts of an `allOf` make up an object together."""
    listed = [schema.workspace.follow(part) for part in parts(schema, "allOf")]
    raw = list(parts(schema, "allOf"))
    if len(listed) == 1 and listed[0].identity != raw[0].identity:
        return False  # a reference with something to say beside it
    return any("enum" not in part.mapping() and needs_class(part) for part in listed)


def types_beside(schema: Node) -> tuple[str, ...]:
    """Return the types of the values that a schema with a class allows besides it."""
    found = possible_types(schema)
    own = "string" if "enum" in schema.mapping() else "object"
    order = types(schema.mapping()) or ("array", "string", "number", "boolean", "null")
    return tuple(kind for kind in order if kind != own and kind in found)


def is_choice_of_classes(schema: Node) -> bool:
    """Return whether a payload is nothing but a choice between others, of which never two fit."""
    fields = schema.mapping()
    keyword = "oneOf" if "oneOf" in fields else "anyOf"
    others = {name for name in fields if name not in _CHOICE and not name.startswith("x-")}
    choices = list(parts(schema, keyword))
    if others != {keyword} or not choices:
        return False
    kinds = types(fields)
    return all(
        isinstance(each.value, dict)
        and (not kinds or possible_types(each) <= {*kinds, *integers(kinds)})
        for each in choices
    ) and (
        keyword == "anyOf"
        or all(are_disjoint(a, b) for i, a in enumerate(choices) for b in choices[:i])
    )


class SchemaNames:
    """Gives every schema that becomes a class its name, and remembers which has which.

    A schema behind a reference is named after its key there. One inside another is named after
    the way to it: the class, the property, and "Item" for each array. Of two with the same name
    the second is named after what it is in, too.
    """

    def __init__(self) -> None:
        self._names: dict[tuple[Path, str], str] = {}
        self._nodes: dict[str, Node] = {}
        self._roots: dict[str, tuple[str, ...] | None] = {}

    def knows(self, node: Node) -> bool:
        """Return whether the schema has a name."""
        return node.identity in self._names

    def name(self, node: Node, wanted: str | None = None) -> str:
        """Return the name of a schema; the first call decides, by `wanted` or by its key."""
        known = self._names.get(node.identity)
        if known is None:
            known = self._free(_qualified(node, wanted))
            self._names[node.identity] = known
            self._nodes[known] = node
        return known

    def payload_models(self, given: Node, wanted: str) -> tuple[str, ...]:
        """Name the classes that a payload can be, and everything they are made of.

        A payload that is written in place, not behind a `$ref`, is called `wanted`. A choice
        between objects is one class of each; what is no object gets a class around its value.
        """
        payload = given.workspace.follow(given)
        if is_choice_of_classes(payload):
            keyword = "oneOf" if "oneOf" in payload.mapping() else "anyOf"
            found = [
                self.payload_models(choice, f"{wanted} {i + 1}")
                for i, choice in enumerate(parts(payload, keyword))
            ]
            return tuple(dict.fromkeys(name for names in found for name in names))
        name = self.collect(payload, wanted if payload is given else None)
        if not needs_class(payload):
            self._roots.setdefault(name, None)
            return (name,)
        beside = types_beside(payload)
        if "enum" in payload.mapping():
            return (self._root(payload, f"{name} value", None),)
        if beside:
            return name, self._root(payload, f"other than {name}", beside)
        return (name,)

    def _root(self, node: Node, wanted: str, kinds: tuple[str, ...] | None) -> str:
        for name, of in self._nodes.items():
            if of is node and name in self._roots:
                return name
        name = self._free([wanted])
        self._nodes[name] = node
        self._roots[name] = kinds
        return name

    def make_root(self, node: Node) -> None:
        """Let a schema that contains itself with no class in between be one around its value."""
        self._roots.setdefault(self.name(node), None)

    def is_root(self, node: Node) -> bool:
        """Return whether a schema is a class around its value."""
        return self._names.get(node.identity) in self._roots and not needs_class(node)

    def roots(self) -> dict[str, tuple[Node, tuple[str, ...] | None]]:
        """Return the classes around values: the schema, and the types that it is for if not all."""
        return {name: (self._nodes[name], kinds) for name, kinds in self._roots.items()}

    def collect(self, node: Node, wanted: str | None = None) -> str:
        """Name a schema and everything that it refers to, directly or not; return its name."""
        name = self.name(node, wanted)
        pending = [(node, name)]
        done = {node.identity}
        while pending:
            schema, path = pending.pop()
            for below, child in children(schema):
                target = node.workspace.follow(child)
                if target.identity in done or below.split("/")[1] not in OF_MODELS:
                    continue
                done.add(target.identity)
                inner = f"{path} {_step(below, child)}"
                if target is not child:
                    inner = self.name(target)
                elif needs_class(child) and not below.startswith("/allOf/"):
                    inner = self.name(child, inner)
                pending.append((target, inner))
        return name

    def named(self) -> list[tuple[str, Node]]:
        """Return all names with their schemas, in the order named."""
        return list(self._nodes.items())

    def _free(self, wanted: list[str]) -> str:
        """Return the first class name that is free, or one with a number behind it."""
        names = [_importable(class_name(each) or "Schema") for each in wanted]
        for name in names:
            if name not in self._nodes:
                return name
        number = 2
        while f"{names[0]}{number}" in self._nodes:
            number += 1
        return f"{names[0]}{number}"


def _importable(name: str) -> str:
    return f"{name}Model" if name in _IMPORTED else name


def _has_properties(schema: Node) -> bool:
    fields = schema.mapping()
    return bool(fields.get("properties")) or bool(fields.get("required") and types(fields))


def integers(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the type "integer" where all numbers are among the types."""
    return ("integer",) if "number" in kinds else ()


def _qualified(node: Node, wanted: str | None) -> list[str]:
    """Return what a schema can be called: by its key alone, then with more of where it is."""
    if wanted is not None:
        return [wanted]
    file = node.document.path.stem.split(".")[0]
    if node.pointer == "#":
        return [file]
    path = [unescape(part) for part in node.pointer.split("/")]
    if path[-1] == "payload" and "messages" in path:
        return [f"{path[-2]} payload"]
    found = [path[-1]]
    above = [part for part in path[1:-1] if part not in ("components", "schemas", "definitions")]
    for part in reversed(above):
        found.append(f"{part} {found[-1]}")
    if node.document is not node.workspace.root.document:
        found += [f"{file} {path[-1]}", f"{file} {found[-1]}"]
    return found


def _step(below: str, child: Node) -> str:
    """Return the part of a name that stands for the way from a schema to one inside it."""
    keyword = below.split("/")[1]
    if keyword in SUBSCHEMA_MAPS:
        return child.key
    if keyword == "items":
        return "item"
    if keyword in SUBSCHEMAS:
        return "" if keyword == "allOf" else f"option {int(child.key) + 1}"
    return "value"
