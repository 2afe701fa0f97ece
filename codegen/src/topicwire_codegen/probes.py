"""Values that show whether a model keeps to its schema: those that just fit, and just do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from topicwire_codegen.document import Json
from topicwire_codegen.plain import types
from topicwire_codegen.references import Node
from topicwire_codegen.schemas import children

# A property that no schema has.
FOREIGN: Final = "property that is not declared"
_ANYTHING: Final[tuple[Json, ...]] = (None, True, 0, -1, 1.5, "", "x", [], {})
_DEPTH = 6
_LONGEST = 2_000


def probes(schema: Node, depth: int = 0) -> list[Json]:
    """Return values of all types, and those at the limits that a schema draws, each once."""
    found: dict[str, Json] = {}
    for value in (*_ANYTHING, *_limits(schema, depth)):
        found.setdefault(json.dumps(value), value)
    return list(found.values())


def sample(schema: Node, depth: int = 0) -> Json:
    """Return a value that probably fits a schema; whoever asks has to make sure."""
    fields = schema.mapping()
    for keyword in ("examples", "enum"):
        listed = fields.get(keyword)
        if isinstance(listed, list) and listed:
            return listed[0]
    for keyword in ("const", "default"):
        if keyword in fields:
            return fields[keyword]
    return _made_up(schema, depth) if depth <= _DEPTH else None


def _made_up(schema: Node, depth: int) -> Json:
    inner = {below: schema.workspace.follow(child) for below, child in children(schema)}
    for keyword in ("/oneOf/0", "/anyOf/0"):
        if keyword in inner:
            return sample(inner[keyword], depth + 1)
    parts = [sample(part, depth + 1) for below, part in inner.items() if "/allOf/" in below]
    if parts and not all(isinstance(part, dict) for part in parts):
        return parts[0]
    kinds = types(schema.mapping())
    if (kinds or ("object",))[0] != "object":
        return _simple(kinds[0], schema, inner.get("/items"), depth)
    whole: dict[str, Json] = {}
    for part in parts:
        whole |= part if isinstance(part, dict) else {}
    return whole | _required(schema, depth)


def properties(schema: Node) -> Iterator[tuple[str, Node]]:
    """Yield the properties of an object with their schemas, also those from its `allOf`."""
    declared = schema.get("properties")
    if declared is not None:
        yield from declared.items()
    listed = schema.get("allOf")
    for part in listed.elements() if listed is not None else ():
        yield from properties(part)


def _required(schema: Node, depth: int) -> dict[str, Json]:
    required = schema.mapping().get("required")
    declared = schema.get("properties")
    found: dict[str, Json] = {}
    for name in required if isinstance(required, list) else []:
        child = declared.get(str(name)) if declared is not None else None
        found[str(name)] = sample(child, depth + 1) if child is not None else None
    return found


def _simple(kind: str, schema: Node, items: Node | None, depth: int) -> Json:
    fields = schema.mapping()
    if kind == "string":
        return "x" * _length(fields, "minLength")
    if kind == "array":
        item = sample(items, depth + 1) if items is not None else None
        return [item] * min(_length(fields, "minItems"), _LONGEST)
    if kind in ("integer", "number"):
        numbers = [n for n in _number_limits(fields) if kind == "number" or isinstance(n, int)]
        return next((n for n in numbers if _in_range(n, fields)), 1)
    return True if kind == "boolean" else None


def _limits(schema: Node, depth: int) -> Iterator[Json]:
    fields = schema.mapping()
    enum = fields.get("enum")
    if isinstance(enum, list):
        yield from enum
        yield from (f"{value}x" for value in enum if isinstance(value, str))
    for keyword in ("const", "default"):
        if keyword in fields:
            yield fields[keyword]
    fitting = sample(schema, depth)
    yield fitting
    if isinstance(fitting, str):
        yield from (f" {fitting}", f"{fitting} ", f"{fitting}\n", fitting[:-1])
    yield from _number_limits(fields)
    for keyword in ("minLength", "maxLength"):
        for length in _around(fields, keyword):
            yield "x" * length
    yield from _inner_limits(schema, depth)


def _inner_limits(schema: Node, depth: int) -> Iterator[Json]:
    if depth > _DEPTH:
        return
    fields = schema.mapping()
    inner = {below: schema.workspace.follow(child) for below, child in children(schema)}
    for below, child in inner.items():
        if below == "/items":
            item = sample(child, depth + 1)
            for keyword in ("minItems", "maxItems"):
                for length in _around(fields, keyword):
                    yield [item] * length
            padding = [item] * max(0, _length(fields, "minItems") - 1)
            if len(padding) < _LONGEST:
                yield from ([*padding, value] for value in probes(child, depth + 1))
        elif below == "/additionalProperties":
            yield from ({"x": value} for value in probes(child, depth + 1))
        elif not below.startswith("/properties/"):
            yield from _limits(child, depth + 1)


def _number_limits(fields: dict[str, Json]) -> Iterator[int | float]:
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        limit = fields.get(keyword)
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            yield from (_whole(limit), _whole(limit - 1), _whole(limit + 1))
            yield from (_whole(limit - 0.25), _whole(limit + 0.25))
    step = fields.get("multipleOf")
    if isinstance(step, int | float):
        yield from (_whole(step), _whole(step * 2), step * 2.5)


def _whole(number: float) -> int | float:
    # Draft 7 takes 3.0 for an integer, and JSON has no difference; Python has.
    return int(number) if number == int(number) else number


def _in_range(number: float, fields: dict[str, Json]) -> bool:
    low, high = fields.get("minimum"), fields.get("maximum")
    above, below = fields.get("exclusiveMinimum"), fields.get("exclusiveMaximum")
    step = fields.get("multipleOf")
    return (
        (not isinstance(low, int | float) or number >= low)
        and (not isinstance(high, int | float) or number <= high)
        and (not isinstance(above, int | float) or number > above)
        and (not isinstance(below, int | float) or number < below)
        and (not isinstance(step, int | float) or number % step == 0)
    )


def _length(fields: dict[str, Json], keyword: str) -> int:
    value = fields.get(keyword)
    return int(value) if isinstance(value, int | float) else 0


def _around(fields: dict[str, Json], keyword: str) -> Iterator[int]:
    if keyword in fields:
        limit = _length(fields, keyword)
        yield from (each for each in (limit - 1, limit, limit + 1) if 0 <= each <= _LONGEST)
