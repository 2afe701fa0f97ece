"""Schemas that are made of others for the same value, by `allOf`, `anyOf` or `oneOf`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import schemas
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.schemas import children
from topicwire_codegen.vocabulary import OF_THE_SAME_VALUE

# Whoever looks at a value has to go through all of them first.
_DEEPEST = 32


def check_composition(workspace: Workspace) -> Iterator[Problem]:
    """Find schemas that are a part of themselves, and those of too many layers.

    Nobody could say what fits the former (JSON Schema Core, "Infinite recursive loop"). A schema
    that is inside itself by way of a property or an element is another matter.
    """
    layers: dict[tuple[Path, str], int] = {}
    for schema in schemas(workspace):
        yield from _descend(schema, layers)


def _descend(schema: Node, layers: dict[tuple[Path, str], int]) -> Iterator[Problem]:
    """Go through the parts of a schema, each once; `layers` counts those of what was seen."""
    # Not by calls of itself: these schemas can be nested deeper than Python's stack.
    path: list[tuple[Node, list[Node]]] = []
    above: set[tuple[Path, str]] = set()

    def enter(node: Node) -> None:
        path.append((node, list(_parts(node))))
        above.add(node.identity)
        layers[node.identity] = 1

    if schema.identity not in layers:
        enter(schema)
    while path:
        node, parts = path[-1]
        if parts:
            part = parts.pop()
            target = node.workspace.follow(part)
            if target.identity in above:
                yield part.problem(
                    "endless-schema",
                    "this schema is a part of itself, so that it never ends to ask what fits it",
                    "take it out, or put it into a property or the 'items' of an array",
                )
            elif target.identity not in layers:
                parts.append(part)  # to be counted when it is known
                enter(target)
            else:
                layers[node.identity] = max(layers[node.identity], layers[target.identity] + 1)
            continue
        path.pop()
        above.discard(node.identity)
        if layers[node.identity] == _DEEPEST + 1:
            yield node.problem(
                "deep-schema",
                f"this schema has more than {_DEEPEST} layers of allOf, anyOf and oneOf",
                "say it with fewer",
            )


def _parts(schema: Node) -> Iterator[Node]:
    for below, child in children(schema):
        if below.split("/")[1] in OF_THE_SAME_VALUE:
            yield child
