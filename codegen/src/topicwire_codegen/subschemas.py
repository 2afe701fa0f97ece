"""The schemas inside a schema: all of draft 7."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.document import escape
from topicwire_codegen.references import Node
from topicwire_codegen.vocabulary import SUBSCHEMA, SUBSCHEMA_MAPS, SUBSCHEMAS


def subschemas(schema: Node) -> Iterator[tuple[str, Node]]:
    """Yield the schemas directly inside a schema as they stand, with their pointers below it.

    True and false are among them.
    """
    for keyword in SUBSCHEMA:
        child = schema.raw(keyword)
        if child is not None and isinstance(child.value, dict | bool):
            yield f"/{keyword}", child
    for keyword in SUBSCHEMAS:
        for child in parts(schema, keyword):
            yield f"/{keyword}/{child.key}", child
    for keyword in SUBSCHEMA_MAPS:
        named = schema.raw(keyword)
        for name in named.mapping() if named is not None else ():
            below = f"/{keyword}/{escape(name)}"
            child = named.raw(name) if named is not None else None
            if child is not None and isinstance(child.value, dict | bool):
                yield below, child


def parts(schema: Node, keyword: str) -> Iterator[Node]:
    """Yield the schemas that a keyword such as `allOf` lists, as they stand."""
    listed = schema.raw(keyword)
    if listed is not None and isinstance(listed.value, list):
        for i, value in enumerate(listed.value):
            yield Node(schema.workspace, schema.document, f"{listed.pointer}/{i}", value)
