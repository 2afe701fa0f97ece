"""The schemas that payloads are made of, each under the name of its Python class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from topicwire_codegen.document import Json, escape, unescape
from topicwire_codegen.naming import class_name
from topicwire_codegen.plain import is_enumeration, plain, types
from topicwire_codegen.references import Node

# Where a schema holds other schemas.
SUBSCHEMA = ("items", "additionalProperties")
SUBSCHEMAS = ("allOf", "anyOf", "oneOf")
SUBSCHEMA_MAPS = ("properties",)

# What stays with a property when the rest of its schema becomes a class of its own.
_OF_THE_PROPERTY = ("description", "default")

# Names that a module of models imports. A schema of such a name gets "Model" behind it.
_IMPORTED = frozenset({
    "Annotated", "Any", "ConfigDict", "Enum", "Field", "IntEnum", "JsonValue", "Literal",
    "MISSING", "Payload", "RootModel", "StrEnum",
})  # fmt: skip


def children(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the schemas directly inside a schema as they stand, with their pointers below it."""
    for keyword in SUBSCHEMA:
        child = node.raw(keyword)
        if child is not None and isinstance(child.value, dict):
            yield f"/{keyword}", child
    for keyword in SUBSCHEMAS:
        listed = node.raw(keyword)
        if listed is not None and isinstance(listed.value, list):
            for i, value in enumerate(listed.value):
                if isinstance(value, dict):
                    below = f"/{keyword}/{i}"
                    yield below, Node(node.workspace, node.document, node.pointer + below, value)
    for keyword in SUBSCHEMA_MAPS:
        mapping = node.raw(keyword)
        if mapping is not None:
            for name, value in mapping.mapping().items():
                if isinstance(value, dict):
                    below = f"/{keyword}/{escape(name)}"
                    yield below, Node(node.workspace, node.document, node.pointer + below, value)


def needs_class(schema: Node) -> bool:
    """Return whether a schema becomes a class: an object with properties, or a choice of values.

    If it also allows null, the class is for all but that.
    """
    fields = schema.mapping()
    enum = fields.get("enum")
    if isinstance(enum, list):
        return is_enumeration(enum)
    if not set(types(fields)) <= {"object", "null"}:
        return False
    return bool(fields.get("properties") or fields.get("required")) or _is_composed(schema)


def allows_null(schema: Node) -> bool:
    """Return whether a schema that becomes a class allows null besides."""
    fields = schema.mapping()
    enum, kinds = fields.get("enum"), types(fields)
    if isinstance(enum, list):
        return None in enum and (not kinds or "null" in kinds)
    return "null" in kinds


class SchemaNames:
    """Gives every schema that becomes a class its name, and remembers which has which.

    A schema behind a reference is named after its key there. One inside another is named after
    the way to it: the class, the property, and "Item" for each array.
    """

    def __init__(self) -> None:
        self._names: dict[tuple[Path, str], str] = {}
        self.owners: dict[str, list[Node]] = {}

    def knows(self, node: Node) -> bool:
        """Return whether the schema has a name."""
        return node.identity in self._names

    def name(self, node: Node, wanted: str | None = None) -> str:
        """Return the name of a schema; the first call decides, by `wanted` or by its key."""
        known = self._names.get(node.identity)
        if known is not None:
            return known
        name = class_name(wanted or _key(node))
        if name in _IMPORTED:
            name += "Model"
        self._names[node.identity] = name
        self.owners.setdefault(name, []).append(node)
        return name

    def collect(self, node: Node, wanted: str | None = None) -> str:
        """Name a schema and everything that it refers to, directly or not; return its name."""
        name = self.name(node, wanted)
        pending = [(node, name)]
        done = {node.identity}
        while pending:
            schema, path = pending.pop()
            for below, child in children(schema):
                target = node.workspace.follow(child)
                if target.identity in done:
                    continue
                done.add(target.identity)
                inner = f"{path} {_step(below, child)}"
                if target is not child:
                    inner = self.name(target)
                elif needs_class(child) and not below.startswith("/allOf/"):
                    inner = self.name(child, inner)
                pending.append((target, inner))
        return name

    def classes(self) -> list[tuple[str, Node]]:
        """Return the classes with their schemas, in the order named."""
        return [(name, nodes[0]) for name, nodes in self.owners.items()]

    def document(self) -> dict[str, Json]:
        """Return an AsyncAPI document with nothing but the named schemas, in the order named."""
        schemas: dict[str, Json] = {name: self._class(node) for name, node in self.classes()}
        return {
            "asyncapi": "3.1.0",
            "info": {"title": "schemas", "version": "1"},
            "channels": {},
            "components": {"schemas": schemas},
        }

    def _class(self, node: Node) -> Json:
        """Return the schema of a class: without null, which `_reference` adds again."""
        copy = self._copy(node)
        if not isinstance(copy, dict):
            return copy
        copy.pop("default", None)
        if node.text("title"):
            copy.setdefault("description", node.text("title"))
        enum = copy.get("enum")
        if isinstance(enum, list) and is_enumeration(enum):
            copy |= {"type": "string", "enum": [value for value in enum if value is not None]}
        elif needs_class(node) and allows_null(node):
            kinds: list[Json] = [kind for kind in types(copy) if kind != "null"]
            if kinds:
                copy["type"] = kinds[0] if len(kinds) == 1 else kinds
        return copy

    def _copy(self, node: Node) -> Json:
        """Return a schema with references in place of those inside it that have names."""
        if not isinstance(node.value, dict):
            return node.value
        copy = dict(node.value)
        for below, child in children(node):
            _, keyword, *rest = below.split("/", 2)
            copied = self._reference(child)
            siblings = copy[keyword]
            if isinstance(siblings, list):
                copy[keyword] = [*siblings[: int(rest[0])], copied, *siblings[int(rest[0]) + 1 :]]
            elif rest and isinstance(siblings, dict):
                copy[keyword] = {**siblings, child.key: copied}
            else:
                copy[keyword] = copied
        required = copy.get("required")
        declared = copy.get("properties", {})
        if isinstance(required, list) and isinstance(declared, dict) and "allOf" not in copy:
            # What is required but not declared may be anything that further properties may be.
            further = copy.get("additionalProperties", {})
            undeclared = {str(name): {} if further is True else further for name in required}
            copy["properties"] = {
                **declared,
                **{k: v for k, v in undeclared.items() if k not in declared},
            }
        return plain(copy)

    def _reference(self, child: Node) -> Json:
        """Return a schema inside another, or a reference when it has a name of its own."""
        target = child.workspace.follow(child)
        if not self.knows(target):
            return self._copy(child)
        reference: dict[str, Json] = {"$ref": f"#/components/schemas/{self.name(target)}"}
        if needs_class(target) and allows_null(target):
            reference = {"anyOf": [reference, {"type": "null"}]}
        # Beside a $ref, draft 7 ignores everything; in a schema written in place it counts.
        kept = {k: v for k, v in child.mapping().items() if k in _OF_THE_PROPERTY}
        if target is not child or not kept:
            return reference
        return {"allOf": [reference], **kept} if "$ref" in reference else {**reference, **kept}


def _is_composed(schema: Node) -> bool:
    """Return whether the parts of an `allOf` make up an object together."""
    listed = schema.raw("allOf")
    if listed is None or not isinstance(listed.value, list):
        return False
    parts = list(listed.elements())
    if len(parts) == 1 and parts[0].pointer != f"{listed.pointer}/0":
        return False  # a reference with something to say beside it
    return any("enum" not in part.mapping() and needs_class(part) for part in parts)


def _key(node: Node) -> str:
    """Return what a schema behind a reference is called in its document."""
    if node.pointer == "#":
        return node.document.path.stem.split(".")[0]
    parts = [unescape(part) for part in node.pointer.split("/")]
    if parts[-1] == "payload" and "messages" in parts:
        return f"{parts[-2]} payload"
    return parts[-1]


def _step(below: str, child: Node) -> str:
    """Return the part of a name that stands for the way from a schema to one inside it."""
    keyword = below.split("/")[1]
    if keyword in SUBSCHEMA_MAPS:
        return child.key
    if keyword in SUBSCHEMAS:
        return "" if keyword == "allOf" else f"option {int(child.key) + 1}"
    return "item" if keyword == "items" else "value"
