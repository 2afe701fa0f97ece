"""Schemas of two documents that stand at the same place of the same message."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.diff.versions import Comparison
from topicwire_codegen.fingerprints import resolve
from topicwire_codegen.lint.walk import headers, payload
from topicwire_codegen.references import Node
from topicwire_codegen.subschemas import subschemas

_UNORDERED = ("allOf", "anyOf", "oneOf")


def aligned_schemas(comparison: Comparison) -> Iterator[tuple[Node, Node]]:
    """Yield the schemas of payloads and headers in pairs, each pair once."""
    seen: set[object] = set()
    pending: list[tuple[Node, Node]] = []
    for _, old, new in comparison.channel_pairs():
        after = comparison.new.messages(new)
        for key, message in comparison.old.messages(old).items():
            for schema_of in (payload, headers) if key in after else ():
                before, now = schema_of(message), schema_of(after[key])
                if before is not None and now is not None:
                    pending.append((before, now))
    pending.reverse()
    while pending:
        old, new = (resolve(schema) for schema in pending.pop())
        if (old.identity, new.identity) in seen:
            continue
        seen.add((old.identity, new.identity))
        yield old, new
        pending += list(_inside(comparison, old, new))[::-1]


def _inside(comparison: Comparison, old: Node, new: Node) -> Iterator[tuple[Node, Node]]:
    before, now = (
        {below: resolve(child) for below, child in subschemas(schema)} for schema in (old, new)
    )
    for below, schema in before.items():
        if below.split("/")[1] not in _UNORDERED and below in now:
            yield schema, now[below]
    for keyword in _UNORDERED:
        left = [schema for below, schema in before.items() if below.split("/")[1] == keyword]
        right = [schema for below, schema in now.items() if below.split("/")[1] == keyword]
        # Options that moved are recognised by what they say, others by where their schema stands.
        for is_same in (comparison.subsets.equal, _is_at_same_place):
            for schema in list(left):
                same = next((each for each in right if is_same(schema, each)), None)
                if same is not None:
                    left.remove(schema)
                    right.remove(same)
                    yield schema, same
        yield from zip(left, right, strict=False)


def _is_at_same_place(left: Node, right: Node) -> bool:
    return left.pointer == right.pointer
