"""The payloads of a protocol, each with what is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from topicwire_codegen.build import Built
from topicwire_codegen.catalogue.markdown import cell, code
from topicwire_codegen.catalogue.schema_words import Links, describe_schema, json_code
from topicwire_codegen.document import Json
from topicwire_codegen.json_types import layers
from topicwire_codegen.references import Node
from topicwire_codegen.schemas import needs_class

# An array of nothing but numbers, which needs no line for each.
_NUMBERS = re.compile(r"\[\s+[-\d.eE+]+(,\s+[-\d.eE+]+)*\s+\]")


@dataclass(frozen=True, kw_only=True)
class Field:
    """A property of an object, or one value of a choice; texts are Markdown of one line."""

    name: str
    values: str
    required: bool
    description: str


@dataclass(frozen=True, kw_only=True)
class PayloadDescription:
    """A schema with a name; `example` is JSON, "" without one.

    `kind` is "object", "choice" or "value"; a value has no `fields`, but `values`.
    `rest` says whether there may be further properties.
    """

    name: str
    description: str
    kind: str
    values: str
    fields: tuple[Field, ...]
    rest: str
    example: str


class Payloads:
    """Describes the schemas that became classes."""

    def __init__(self, built: Built) -> None:
        self._nodes = dict(built.names.named())
        roots = built.names.roots()
        # Several classes can be of one schema; the first is what it is called.
        first = {node.identity: name for name, node in reversed(self._nodes.items())}
        self._links = {
            identity: name
            for identity, name in first.items()
            if needs_class(self._nodes[name]) or name in roots
        }
        self._examples: dict[str, Json] = {}
        for payload in built.payloads:
            if payload.examples and len(payload.models) == 1:
                self._examples.setdefault(payload.models[0], payload.examples[0])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All that can be linked to, in the order of the document's channels."""
        return tuple(name for name in self._nodes if name in set(self._links.values()))

    def describe(self, name: str, page: str) -> PayloadDescription:
        """Return the description of one; `page` is the address of the page of all payloads."""
        node = self._nodes[name]
        links = self._linking(node, page)
        kind, fields, values, rest = "value", tuple[Field, ...](), "", ""
        if needs_class(node) and "enum" in node.mapping():
            kind, fields = "choice", tuple(_choices(node))
        elif needs_class(node):
            kind, fields, rest = "object", tuple(_properties(node, links)), _rest(node, links)
        else:
            values = describe_schema(node, links)
        return PayloadDescription(
            name=name, description=node.text("description") or node.text("title"), kind=kind,
            values=values, fields=fields, rest=rest, example=self._example(name, node),
        )  # fmt: skip

    def _example(self, name: str, node: Node) -> str:
        found = self._given(name, node)
        if not found:
            return ""
        text = json.dumps(found[0], ensure_ascii=False, indent=2)
        return _NUMBERS.sub(
            lambda array: " ".join(array[0].split()).replace("[ ", "[").replace(" ]", "]"), text
        )

    def _given(self, name: str, node: Node) -> list[Json]:
        if name in self._examples:
            return [self._examples[name]]
        listed = node.mapping().get("examples")
        return listed[:1] if isinstance(listed, list) and needs_class(node) else []

    def _linking(self, own: Node, page: str) -> Links:
        def link(node: Node) -> str:
            name = self._links.get(node.identity, "")
            return f"[{name}]({page}#{name.lower()})" if name and node is not own else ""

        return link


def _choices(node: Node) -> Iterator[Field]:
    listed = node.mapping()["enum"]
    for value in listed if isinstance(listed, list) else ():
        yield Field(name=json_code(value), values="", required=False, description="")


def _properties(node: Node, links: Links) -> Iterator[Field]:
    """Yield the properties of an object and of all that it is composed of."""
    found = layers(node)
    required = {name for each in found for name in _texts(each.mapping().get("required"))}
    declared: dict[str, Node] = {}
    for each in (*found[1:], found[0]):
        properties = each.raw("properties")
        for name in properties.mapping() if properties is not None else ():
            inner = properties.raw(name) if properties is not None else None
            if inner is not None:
                declared[name] = inner
    for name, inner in declared.items():
        target = inner.workspace.follow(inner)
        yield Field(
            name=code(name), values=describe_schema(inner, links), required=name in required,
            description=cell(inner.text("description") or target.text("description")),
        )  # fmt: skip
    for name in sorted(required - declared.keys()):
        yield Field(name=code(name), values="anything", required=True, description="")


def _rest(node: Node, links: Links) -> str:
    for each in layers(node):
        other = each.raw("additionalProperties")
        if other is None or other.value is True:
            continue
        if other.value is False:
            return "No other properties are allowed."
        return f"Other properties are allowed, each {describe_schema(other, links)}."
    return "Other properties are allowed."


def _texts(value: Json) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
