"""Traits of operations and messages, merged by JSON Merge Patch (RFC 7396)."""

from __future__ import annotations

from topicwire_codegen.document import Json
from topicwire_codegen.references import Node


def merge_patch(target: Json, patch: Json) -> Json:
    """Return `target` with `patch` applied; null in a patch removes."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def with_traits(node: Node) -> Node:
    """Return an operation or message with its traits merged in; its own fields win.

    AsyncAPI 3 wants traits applied in order, none of them overriding what the object says.
    """
    traits = node.get("traits")
    if traits is None:
        return node
    merged: Json = {}
    for trait in traits.elements():
        merged = merge_patch(merged, trait.value)
    own = {key: value for key, value in node.mapping().items() if key != "traits"}
    return Node(node.workspace, node.document, node.pointer, merge_patch(merged, own))
