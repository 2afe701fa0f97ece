"""Traits of operations and messages, merged by JSON Merge Patch (RFC 7396)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from topicwire_codegen.document import Document, Json, escape
from topicwire_codegen.errors import Location
from topicwire_codegen.references import Node, is_data


def with_traits(node: Node) -> Node:
    """Return an operation or message with its traits merged in; its own fields win.

    AsyncAPI 3 wants traits applied in order, none of them overriding what the object says. What
    only one of them says stays where it stands; what is merged of several is a document of its
    own, so that references in it still lead from where they were written.
    """
    traits = node.get("traits")
    if traits is None:
        return node
    fields: dict[str, list[Node]] = {}
    for part in (*traits.elements(), _without_traits(node)):
        for key in part.mapping():
            child = part.raw(key)
            if child is not None:
                fields.setdefault(key, []).append(child)
    merged: dict[str, Json] = {}
    elsewhere: dict[str, Node] = {}
    for key, children in fields.items():
        combined = _combined(node, key, children)
        if combined is not None:
            merged[key] = combined.value
            if combined.identity != (node.document.path, f"{node.pointer}/{escape(key)}"):
                elsewhere[key] = combined
    return Node(node.workspace, node.document, node.pointer, merged, elsewhere)


@dataclass(frozen=True, eq=False)
class MergedDocument(Document):
    """A value that is merged of several; `origins` says where each part of it stands."""

    origins: Mapping[str, Node]

    def location(self, pointer: str) -> Location:
        """Return where the part stands, or the nearest above it."""
        known = pointer
        while known not in self.origins and known != "#":
            known = known.rpartition("/")[0]
        origin = self.origins[known]
        return origin.document.location(origin.pointer + pointer.removeprefix(known))


def _without_traits(node: Node) -> Node:
    own = {key: value for key, value in node.mapping().items() if key != "traits"}
    return Node(node.workspace, node.document, node.pointer, own)


def _combined(node: Node, key: str, children: list[Node]) -> Node | None:
    """Return a field that several say, or None when null has removed it."""
    # Everything before the last that is no object is gone.
    while len(children) > 1 and not isinstance(_target(children[-1]).value, dict):
        children = children[-1:]
    if len(children) == 1:
        return children[0] if children[0].value is not None else None
    name = quote(f"{node.pointer}/{key}", safe="", errors="surrogatepass")
    path = node.document.path.resolve().parent / f"{node.document.path.name}~{name}"
    merger = _Merger()
    data = merger.merge([_target(child) for child in children], "#")
    document = MergedDocument(path, node.document.name, data, {}, merger.origins)
    node.workspace.add(document)
    return Node(node.workspace, document, "#", data)


class _Merger:
    """Makes one value of several, and notes where its parts come from."""

    def __init__(self) -> None:
        self.origins: dict[str, Node] = {}

    def merge(self, nodes: list[Node], pointer: str) -> Json:
        last = nodes[-1]
        self.origins[pointer] = last
        if not isinstance(last.value, dict) or len(nodes) == 1:
            return _copied(last)
        objects = [node for node in nodes if isinstance(node.value, dict)]
        merged: dict[str, Json] = {}
        for key in dict.fromkeys(key for node in objects for key in node.mapping()):
            children = list(_children(objects, key))
            if children[-1].value is None:
                continue  # null in a patch removes
            together = [_target(child) for child in children] if len(children) > 1 else children
            merged[key] = self.merge(together, f"{pointer}/{escape(key)}")
        return merged


def _children(nodes: list[Node], key: str) -> Iterator[Node]:
    for node in nodes:
        child = node.raw(key)
        if child is not None:
            yield child


def _target(node: Node) -> Node:
    return node.workspace.follow(node)


def _copied(node: Node) -> Json:
    """Return a value with references that lead to the same from anywhere."""
    value = node.value
    if isinstance(value, list):
        return [
            _copied(Node(node.workspace, node.document, f"{node.pointer}/{i}", item))
            for i, item in enumerate(value)
        ]
    if not isinstance(value, dict) or is_data(node.pointer):
        return value
    reference = value.get("$ref")
    if isinstance(reference, str):
        return {"$ref": _absolute(node.document.path, reference)}
    children = [(key, node.raw(key)) for key in value]
    return {key: _copied(child) for key, child in children if child is not None}


def _absolute(path: Path, reference: str) -> str:
    file, _, fragment = reference.partition("#")
    if "://" in file:
        return reference
    target = path.resolve() if not file else path.resolve().parent / file
    return f"{quote(str(target), safe='/%')}#{fragment}"
