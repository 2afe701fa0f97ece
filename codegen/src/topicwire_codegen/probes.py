"""Values that show whether a model keeps to its schema: those that just fit, and just do not."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from topicwire_codegen.document import Json
from topicwire_codegen.json_types import types
from topicwire_codegen.references import Node
from topicwire_codegen.schemas import children

# A property that no schema has.
FOREIGN: Final = "property that is not declared"
_ANYTHING: Final[tuple[Json, ...]] = (
    None, True, False, 0, 1, -1, 1.5, 1e20, "", "x", [], [1, 1], ["x", True], {}, {"x": 1},
)  # fmt: skip
# Schemas can be nested without end, and ask for texts of any length.
_DEEPEST = 4
_MOST = 400
_LONGEST = 2_000
_LARGEST = 5_000


class Prober:
    """Makes values up for the schemas of a document."""

    def __init__(self) -> None:
        self._samples: dict[tuple[Path, str], Json] = {}

    def sample(self, schema: Node) -> Json:
        """Return a value that probably fits a schema; whoever asks has to make sure."""
        fields = schema.mapping()
        for keyword in ("examples", "enum"):
            listed = fields.get(keyword)
            if isinstance(listed, list) and listed:
                return listed[0]
        for keyword in ("const", "default"):
            if keyword in fields:
                return fields[keyword]
        if schema.identity not in self._samples:
            self._samples[schema.identity] = None  # inside itself it is null
            made_up = self._made_up(schema)
            self._samples[schema.identity] = made_up if _size(made_up) < _LARGEST else None
        return self._samples[schema.identity]

    def probes(self, schema: Node, depth: int = 0) -> list[Json]:
        """Return values of all types, and those at the limits that a schema draws, each once."""
        found: dict[str, Json] = {}
        for value in (*_ANYTHING, *islice(self._limits(schema, depth), _MOST)):
            found.setdefault(json.dumps(value), value)
        return list(found.values())

    def _made_up(self, schema: Node) -> Json:
        inner = {below: schema.workspace.follow(child) for below, child in children(schema)}
        for keyword in ("/oneOf/0", "/anyOf/0"):
            if keyword in inner:
                return self.sample(inner[keyword])
        parts = [self.sample(part) for below, part in inner.items() if "/allOf/" in below]
        if parts and not all(isinstance(part, dict) for part in parts):
            return parts[0]
        kinds = types(schema.mapping())
        if (kinds or ("object",))[0] != "object":
            return self._simple(kinds[0], schema, inner.get("/items"))
        whole: dict[str, Json] = {}
        for part in parts:
            whole |= part if isinstance(part, dict) else {}
        return whole | self._required(schema)

    def _required(self, schema: Node) -> dict[str, Json]:
        required = schema.mapping().get("required")
        declared = schema.get("properties")
        found: dict[str, Json] = {}
        for name in required if isinstance(required, list) else []:
            child = declared.get(str(name)) if declared is not None else None
            found[str(name)] = self.sample(child) if child is not None else None
        return found

    def _simple(self, kind: str, schema: Node, items: Node | None) -> Json:
        fields = schema.mapping()
        if kind == "string":
            return "x" * min(_length(fields, "minLength"), _LONGEST)
        if kind == "array":
            item = self.sample(items) if items is not None else None
            return [item] * min(_length(fields, "minItems"), _LONGEST)
        if kind in ("integer", "number"):
            numbers = [n for n in _number_limits(fields) if kind == "number" or isinstance(n, int)]
            return next((n for n in numbers if _in_range(n, fields)), 1)
        return True if kind == "boolean" else None

    def _limits(self, schema: Node, depth: int) -> Iterator[Json]:
        fields = schema.mapping()
        enum = fields.get("enum")
        if isinstance(enum, list):
            yield from enum
            yield from (f"{value}x" for value in enum if isinstance(value, str))
        for keyword in ("const", "default"):
            if keyword in fields:
                yield fields[keyword]
        fitting = self.sample(schema)
        yield fitting
        if isinstance(fitting, str):
            yield from (f" {fitting}", f"{fitting} ", f"{fitting}\n", fitting[:-1])
        yield from _number_limits(fields)
        # A pattern may take very long for a long text.
        for keyword in ("minLength", "maxLength") if "pattern" not in fields else ():
            yield from ("x" * length for length in _around(fields, keyword))
        if depth < _DEEPEST:
            yield from self._inner_limits(schema, depth + 1)

    def _inner_limits(self, schema: Node, depth: int) -> Iterator[Json]:
        fields = schema.mapping()
        for below, child in children(schema):
            target = schema.workspace.follow(child)
            if below == "/items":
                yield from self._arrays(fields, target, depth)
            elif below == "/additionalProperties":
                yield from ({"x": value} for value in self.probes(target, depth))
            elif not below.startswith("/properties/"):
                yield from self._limits(target, depth)

    def _arrays(self, fields: dict[str, Json], items: Node, depth: int) -> Iterator[Json]:
        item = self.sample(items)
        for keyword in ("minItems", "maxItems"):
            yield from ([item] * length for length in _around(fields, keyword))
        padding = _length(fields, "minItems") - 1
        if padding < _LONGEST:
            yield from ([*[item] * padding, value] for value in self.probes(items, depth))


def properties(schema: Node) -> Iterator[tuple[str, Node]]:
    """Yield the properties of an object with their schemas, also those from its `allOf`."""
    pending = [schema]
    seen = {schema.identity}
    while pending:
        node = pending.pop()
        declared = node.get("properties")
        if declared is not None:
            yield from declared.items()
        listed = node.get("allOf")
        for part in listed.elements() if listed is not None else ():
            if part.identity not in seen:
                seen.add(part.identity)
                pending.append(part)


def _size(value: Json) -> int:
    """Return how many values there are in a value."""
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1


def _number_limits(fields: dict[str, Json]) -> Iterator[int | float]:
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        limit = fields.get(keyword)
        if isinstance(limit, int | float) and math.isfinite(limit):
            for difference in (0, -1, 1, -0.25, 0.25):
                yield _whole(limit + difference)
    step = fields.get("multipleOf")
    if isinstance(step, int | float) and math.isfinite(step):
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
