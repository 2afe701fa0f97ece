"""What the document says of an older surface: its schemas and properties have to be there."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.build import build
from topicwire_codegen.document import escape
from topicwire_codegen.errors import Problem
from topicwire_codegen.extension import KEY, read_compat
from topicwire_codegen.references import Node, Workspace


def check_compat(workspace: Workspace) -> Iterator[Problem]:
    """Check the names in `compat`; only for a document that is right otherwise."""
    extension = workspace.root.raw(KEY)
    settings = read_compat(extension.value) if extension is not None else None
    if extension is None or settings is None:
        return
    names = build(workspace).names
    for key, renamed in settings.renamed.items():
        at = f"/compat/renamed/{escape(key)}"
        schema = component(workspace, key)
        if schema is None or not names.knows(schema):
            yield extension.problem(
                "unknown-schema",
                f"{key!r} is no schema of this document that a payload is made of",
                "name one of components/schemas that a message uses",
                at=at,
            )
            continue
        properties = set(_properties(schema))
        for former, present in renamed.items():
            if present not in properties:
                yield extension.problem(
                    "unknown-property",
                    f"{present!r} is no property of {key!r}",
                    f"use one of {', '.join(sorted(properties))}",
                    at=f"{at}/{escape(former)}",
                )
            if former in properties:
                yield extension.problem(
                    "colliding-names",
                    f"{former!r} is a property of {key!r} now, so it cannot be a former name too",
                    "take it out here, or rename the property",
                    at=f"{at}/{escape(former)}",
                )
    payloads = [set(_properties(schema)) for _, schema in names.named()]
    if settings.timestamp and not any(settings.timestamp in each for each in payloads):
        yield extension.problem(
            "unknown-property",
            f"no payload has a property {settings.timestamp!r}",
            "name the property for the time of a message, or leave this out",
            at="/compat/timestamp",
        )


def component(workspace: Workspace, key: str) -> Node | None:
    """Return a schema of the document by its key."""
    components = workspace.root.get("components")
    schemas = components.get("schemas") if components is not None else None
    return schemas.get(key) if schemas is not None else None


def _properties(schema: Node) -> Iterator[str]:
    """Yield the names of a schema's properties, with those of its parts."""
    pending = [schema]
    while pending:
        node = pending.pop()
        properties, parts = node.raw("properties"), node.raw("allOf")
        if properties is not None:
            yield from properties.mapping()
        if parts is not None:
            pending += parts.elements()
