"""What an obstacle between two schemas is called."""

from __future__ import annotations

import json
from collections.abc import Iterator

from topicwire_codegen.diff.conjunctions import named_schemas
from topicwire_codegen.diff.subsets import Obstacle
from topicwire_codegen.document import Json, escape
from topicwire_codegen.references import Node

_SHOWN = 80
_WHOLE = {
    "anyOf": "the choice of what is allowed here has changed",
    "oneOf": "the choice of what is allowed here has changed",
    "not": "what is not allowed here has changed",
    "if": "the condition (if, then, else) has changed",
    "contains": "what the array has to contain has changed",
    "propertyNames": "what properties may be called has changed",
    "headers": "headers are asked for, which there were none of",
    "complex": "the schemas are too complex to be compared",
}
# What is said from the old document to the new one, and the other way round.
_ONE_WAY = {
    "properties": ("property {} was removed", "property {} was added"),
    "additionalProperties": (
        "further properties are not allowed any more", "further properties are allowed now"
    ),
    "false": ("nothing is allowed here any more", "something is allowed here now"),
    "dependencies": ("what property {} asks for besides has changed",) * 2,
}  # fmt: skip


def describe_obstacle(obstacle: Obstacle, old: Node, new: Node, *, forward: bool) -> str:
    """Return what is different, in words; `forward` is from the old document to the new one."""
    keyword, name = obstacle.keyword, obstacle.detail
    if obstacle.unsaid:
        was, now = ("is", "could be anything before") if forward else ("was", "can be anything now")
        return f"what {was} {obstacle.right.key!r} {now}"
    if keyword == "required":
        return _required(name, old, new, forward=forward)
    if keyword in ("enum", "const"):
        return _values(old, new)
    if keyword in _WHOLE:
        return _WHOLE[keyword]
    if keyword in _ONE_WAY:
        return _ONE_WAY[keyword][0 if forward else 1].format(repr(name))
    return f"{keyword}: {_said(old, keyword)} -> {_said(new, keyword)}"


def _required(name: str, old: Node, new: Node, *, forward: bool) -> str:
    before, now = (name in named_schemas(each, "properties") for each in (old, new))
    if forward:
        return f"property {name!r} was {'made required' if before else 'added, and is required'}"
    return f"property {name!r} was {'made optional' if now else 'removed, which was required'}"


def paths_of(obstacle: Obstacle) -> Iterator[str]:
    """Yield the places below a schema that an obstacle can be shown at, the best first."""
    keyword, name = obstacle.keyword, obstacle.detail
    if keyword in ("properties", "required") and name:
        yield f"/properties/{escape(name)}"
    if keyword == "dependencies":
        yield f"/dependencies/{escape(name)}"
    yield f"/{keyword}"
    if keyword in ("enum", "const"):
        yield "/const" if keyword == "enum" else "/enum"
        yield "/type"


def _values(old: Node, new: Node) -> str:
    before, now = _listed(old), _listed(new)
    if before is None or now is None:
        return f"values: {_choice(before)} -> {_choice(now)}"
    gone = [value for value in before if value not in now]
    added = [value for value in now if value not in before]
    parts = [f"removed {_short(gone)}"] if gone else []
    parts += [f"added {_short(added)}"] if added else []
    return f"values: {', '.join(parts)}" if parts else "values: their types have changed"


def _listed(node: Node) -> list[Json] | None:
    fields = node.mapping()
    if "const" in fields:
        return [fields["const"]]
    enum = fields.get("enum")
    return enum if isinstance(enum, list) else None


def _choice(values: list[Json] | None) -> str:
    return "any" if values is None else _short(values)


def _said(node: Node, keyword: str) -> str:
    fields = node.mapping()
    return _text(fields[keyword]) if keyword in fields else "none"


def _short(values: list[Json]) -> str:
    return _cut(", ".join(json.dumps(value, ensure_ascii=False) for value in values))


def _text(value: Json) -> str:
    if isinstance(value, str):
        return _cut(value)
    if isinstance(value, list):
        return _cut(" | ".join(map(str, value)))
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."
