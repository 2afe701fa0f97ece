"""The fields of messages, from their schemas: what options and tables are made of."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, cast

from topicwire.command._failures import CommandError
from topicwire.command._node import Node

Kind = Literal["text", "number", "integer", "boolean", "json"]

_SCALARS: dict[str, Kind] = {
    "string": "text", "number": "number", "integer": "integer", "boolean": "boolean",
}  # fmt: skip
_EXPECTED = {"number": "a number", "integer": "an integer", "boolean": "true or false"}
_DEPTH = 3
_LIMITS = (
    ("minimum", ">= {}"), ("exclusiveMinimum", "> {}"), ("maximum", "<= {}"),
    ("exclusiveMaximum", "< {}"), ("minLength", "{} characters or more"),
    ("maxLength", "{} characters or fewer"), ("minItems", "{} or more"),
    ("maxItems", "{} or fewer"), ("pattern", "like {}"), ("format", "{}"),
    ("default", "default {}"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: where it is, and what its values look like.

    `path` are the keys to it from the message, `kind` that of a value, or of each element if it is
    `repeated`. `choices` are the values there are, empty for any.
    """

    path: tuple[str, ...]
    kind: Kind
    required: bool
    text: str
    limits: str
    repeated: bool = False
    nullable: bool = False
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The path as people write it."""
        return ".".join(self.path)

    @property
    def shape(self) -> str:
        """What its values look like, in a word."""
        kind = "|".join(self.choices) if self.choices else self.kind
        return f"{kind}{' ...' if self.repeated else ''}{' or null' if self.nullable else ''}"

    def read(self, texts: list[str]) -> object:
        """Return the value that texts of the command line stand for.

        `now` is the time in seconds where a number is wanted. Raises `CommandError`.
        """
        values = [self._read_one(text) for text in texts]
        return values if self.repeated else values[-1]

    def _read_one(self, text: str) -> object:
        if self.nullable and text == "null":
            return None
        if self.kind == "text":
            return text
        if text == "now" and self.kind in ("number", "integer"):
            return int(time.time()) if self.kind == "integer" else round(time.time(), 3)
        try:
            value: object = json.loads(text)
        except ValueError:
            value = text
        kinds = {"number": (int, float), "integer": (int,), "boolean": (bool,)}
        wanted = kinds.get(self.kind)
        is_truth = isinstance(value, bool)
        if wanted is None:
            if value is text and not text.startswith('"'):
                raise CommandError(f"{self.name}: {text!r} is not JSON")
        elif not isinstance(value, wanted) or (is_truth and self.kind != "boolean"):
            raise CommandError(f"{self.name}: {text!r} is not {_EXPECTED[self.kind]}")
        return value


def fields_of(schemas: Iterable[Node]) -> list[Field]:
    """Return the fields of messages that fit any of some schemas.

    A field that is not the same in all of them is anything, and none is required that is not
    required by all.
    """
    found: dict[tuple[str, ...], Field] = {}
    groups = [{field.path: field for field in _walk(schema, (), True, 0)} for schema in schemas]
    for group in groups:
        for path, field in group.items():
            found[path] = _merged(found[path], field) if path in found else field
    return [
        replace(field, required=all(p in g and g[p].required for g in groups))
        for p, field in found.items()
    ]


def _merged(one: Field, other: Field) -> Field:
    if one.kind != other.kind or one.repeated != other.repeated:
        return replace(one, kind="json", repeated=False, choices=(), limits="")
    choices = (*one.choices, *(c for c in other.choices if c not in one.choices))
    known = bool(one.choices and other.choices)
    return replace(one, choices=choices if known else (), nullable=one.nullable or other.nullable)


def _walk(schema: Node, path: tuple[str, ...], required: bool, depth: int) -> Iterator[Field]:
    schema = _single(schema)
    properties = schema["properties"]
    if properties and depth < _DEPTH and not _choices_of_schemas(schema):
        needed = schema["required"].value
        names = cast("list[object]", needed) if isinstance(needed, list) else []
        for name, inner in properties.items:
            yield from _walk(inner, (*path, name), required and name in names, depth + 1)
    elif path:
        yield _field(schema, path, required)


def _single(schema: Node) -> Node:
    # The usual way to say something more of a schema that is referred to.
    choices = schema["allOf"].list
    if len(choices) == 1 and not schema["properties"]:
        merged = {**_single(choices[0]).mapping, **schema.mapping}
        del merged["allOf"]
        return schema.sibling(merged)
    return schema


def _choices_of_schemas(schema: Node) -> bool:
    return any(schema[key] for key in ("oneOf", "anyOf", "allOf"))


def _field(schema: Node, path: tuple[str, ...], required: bool) -> Field:
    kind, nullable = _kind(schema)
    repeated = False
    inner = schema
    if schema["type"].value == "array" and isinstance(schema["items"].value, dict):
        inner = _single(schema["items"])
        kind, _ = _kind(inner)
        repeated = kind != "json"
    if not repeated:
        inner = schema
    return Field(
        path, kind, required, schema["description"].text or inner["description"].text,
        ", ".join(_limits(schema)), repeated, nullable, _values(inner),
    )  # fmt: skip


def _kind(schema: Node) -> tuple[Kind, bool]:
    """Return what kind of value a schema is of, and whether it may be null too."""
    value = schema["type"].value
    types = cast("list[object]", value) if isinstance(value, list) else [value]
    nullable = "null" in types
    others = [one for one in types if one != "null"]
    if len(others) == 1 and isinstance(others[0], str) and others[0] in _SCALARS:
        return _SCALARS[others[0]], nullable
    values = _raw_values(schema)
    if values and value is None and all(isinstance(one, str) for one in values):
        return "text", nullable
    return "json", nullable


def _raw_values(schema: Node) -> list[object]:
    if "const" in schema.mapping:
        return [schema["const"].value]
    found = schema["enum"].value
    return cast("list[object]", found) if isinstance(found, list) else []


def _values(schema: Node) -> tuple[str, ...]:
    return tuple(
        one if isinstance(one, str) else json.dumps(one)
        for one in _raw_values(schema)
        if one is not None
    )


def _limits(schema: Node) -> Iterator[str]:
    for key, words in _LIMITS:
        if key in schema.mapping:
            value = schema.mapping[key]
            yield words.format(value if isinstance(value, str) else json.dumps(value))
