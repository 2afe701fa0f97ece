"""A schema with everything that it refers to, as one that needs no document around it."""

from __future__ import annotations

from pathlib import Path

from topicwire_codegen.document import Json
from topicwire_codegen.references import Node
from topicwire_codegen.schemas import children


def standalone(schema: Node) -> Json:
    """Return a schema whose references lead to `definitions` of its own.

    They are followed as the generator follows them, so that whoever validates by the result means
    the same.
    """
    copier = _Copier()
    root = copier.refer(schema.workspace.follow(schema))
    return {**root, "definitions": copier.definitions}


class _Copier:
    def __init__(self) -> None:
        self.definitions: dict[str, Json] = {}
        self._keys: dict[tuple[Path, str], str] = {}

    def refer(self, target: Node) -> dict[str, Json]:
        key = self._keys.get(target.identity)
        if key is None:
            key = self._keys[target.identity] = str(len(self._keys))
            self.definitions[key] = self._copy(target)
        return {"$ref": f"#/definitions/{key}"}

    def _copy(self, node: Node) -> Json:
        if not isinstance(node.value, dict):
            return node.value
        copy = {k: v for k, v in node.value.items() if k not in ("$id", "definitions")}
        for below, child in children(node):
            _, keyword, *rest = below.split("/", 2)
            target = node.workspace.follow(child)
            copied = self._copy(child) if target is child else self.refer(target)
            siblings = copy[keyword]
            if not rest:
                copy[keyword] = copied
            elif isinstance(siblings, list):
                place = int(rest[0])
                copy[keyword] = [*siblings[:place], copied, *siblings[place + 1 :]]
            elif isinstance(siblings, dict):
                copy[keyword] = {**siblings, child.key: copied}
        return copy
