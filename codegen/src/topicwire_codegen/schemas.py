"""The schemas that payloads are made of, each under the name of its Python class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from topicwire_codegen.document import Json, escape
from topicwire_codegen.naming import class_name
from topicwire_codegen.references import Node

# Where a schema holds other schemas.
SUBSCHEMA = ("items", "additionalProperties")
SUBSCHEMAS = ("allOf", "anyOf", "oneOf")
SUBSCHEMA_MAPS = ("properties",)

# What only describes is left out, and so are formats, which are annotations in draft 7.
_DROPPED = ("title", "examples", "format", "$comment", "readOnly", "writeOnly", "deprecated")


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


class SchemaNames:
    """Gives every schema that is referred to one class name, and remembers who has it."""

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
        key = node.document.path.stem.split(".")[0] if node.pointer == "#" else node.key
        name = class_name(wanted or key)
        self._names[node.identity] = name
        self.owners.setdefault(name, []).append(node)
        return name

    def collect(self, node: Node, wanted: str | None = None) -> str:
        """Name a schema and everything that it refers to, directly or not; return its name."""
        name = self.name(node, wanted)
        pending = [node]
        done = {node.identity}
        while pending:
            schema = pending.pop()
            for _, child in children(schema):
                target = node.workspace.follow(child)
                if "$ref" in child.mapping():
                    self.name(target)
                if target.identity not in done:
                    done.add(target.identity)
                    pending.append(target)
        return name

    def document(self) -> Json:
        """Return an AsyncAPI document with nothing but the named schemas, in the order named."""
        return {
            "asyncapi": "3.1.0",
            "info": {"title": "schemas", "version": "1"},
            "channels": {},
            "components": {
                "schemas": {name: self._copy(nodes[0]) for name, nodes in self.owners.items()}
            },
        }

    def _copy(self, node: Node) -> Json:
        value = node.value
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            target = node.workspace.follow(node)
            return {"$ref": f"#/components/schemas/{self.name(target)}"}
        copy = {
            key: item
            for key, item in value.items()
            if key not in _DROPPED and not key.startswith("x-")
        }
        for below, child in children(node):
            _, keyword, *rest = below.split("/", 2)
            copied = self._copy(child)
            if keyword in SUBSCHEMA:
                copy[keyword] = copied
            elif keyword in SUBSCHEMAS:
                siblings = copy[keyword]
                assert isinstance(siblings, list)  # noqa: S101 - children() looked
                copy[keyword] = [*siblings[: int(rest[0])], copied, *siblings[int(rest[0]) + 1 :]]
            else:
                properties = copy[keyword]
                assert isinstance(properties, dict)  # noqa: S101 - children() looked
                copy[keyword] = {**properties, child.key: copied}
        if _is_object(copy):
            # Absent means true in JSON Schema, but "ignore" to the model generator.
            copy.setdefault("additionalProperties", True)
        return copy


def _is_object(schema: dict[str, Json]) -> bool:
    kind = schema.get("type")
    return kind == "object" or (kind is None and "properties" in schema)
