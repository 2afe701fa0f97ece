"""The headers that a message's schema declares, and how each travels: as text or as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.references import Node
from topicwire_codegen.schemas import needs_class


def declared_headers(schema: Node, depth: int = 0) -> Iterator[tuple[str, Node]]:
    """Yield the headers with their schemas, those of all parts of a schema."""
    properties = schema.get("properties")
    yield from properties.items() if properties is not None else ()
    for keyword in ("allOf", "anyOf", "oneOf"):
        listed = schema.get(keyword)
        for part in listed.elements() if listed is not None and depth < 32 else ():
            yield from declared_headers(part, depth + 1)


def is_text(schema: Node, depth: int = 0) -> bool:
    """Return whether a header can be nothing but a text, which then travels as it is.

    Everything else travels as JSON, texts in quotes, so that 5 and "5" stay apart.
    """
    fields = schema.mapping()
    if "const" in fields:
        return isinstance(fields["const"], str)
    enum = fields.get("enum")
    if isinstance(enum, list):
        return all(isinstance(value, str) for value in enum)
    if "type" in fields:
        return fields["type"] in ("string", ["string"])
    listed = schema.get("allOf")
    if listed is not None and depth < 32:
        return any(is_text(part, depth + 1) for part in listed.elements())
    return False


def json_headers(schema: Node) -> tuple[str, ...]:
    """Return the names of the headers that travel as JSON."""
    found: dict[str, bool] = {}
    for name, header in declared_headers(schema):
        found[name] = found.get(name, True) and is_text(header)
    return tuple(name for name, text in found.items() if not text)


def has_headers(schema: Node) -> bool:
    """Return whether a schema declares headers, so that there is a class for them."""
    return needs_class(schema) and any(True for _ in declared_headers(schema))
