"""The classes of the models: which there are, and what is in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from topicwire_codegen.document import Json
from topicwire_codegen.json_types import layers, types
from topicwire_codegen.python_types import ANYTHING, ValueType
from topicwire_codegen.references import Node
from topicwire_codegen.residue import Residues, Schema
from topicwire_codegen.schemas import SchemaNames, needs_class
from topicwire_codegen.standalone import standalone
from topicwire_codegen.subschemas import parts
from topicwire_codegen.validation import Validator
from topicwire_codegen.value_types import ValueTypes
from topicwire_codegen.vocabulary import ASSERTIONS


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an object, by its `name` on the wire."""

    name: str
    type: ValueType
    required: bool
    default: Json
    description: str


@dataclass(frozen=True, slots=True)
class ObjectClass:
    """The class of an object; `extra` says what happens to properties that are not declared."""

    name: str
    bases: tuple[str, ...]
    description: str
    extra: str
    properties: tuple[Property, ...]
    residue: Schema


@dataclass(frozen=True, slots=True)
class Enumeration:
    """The class of a choice of texts."""

    name: str
    description: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RootClass:
    """The class around a value that is no object of its own."""

    name: str
    description: str
    type: ValueType


Class = ObjectClass | Enumeration | RootClass


class Classes:
    """Makes the classes of named schemas."""

    def __init__(self, names: SchemaNames, residues: Residues) -> None:
        self._names = names
        self._residues = residues
        self._types = ValueTypes(names, residues)

    def all(self) -> Iterator[Class]:
        """Yield the classes of all names, in their order."""
        roots = self._names.roots()
        for name, node in self._names.named():
            if name in roots:
                yield self._root(name, *roots[name])
            elif needs_class(node):
                enum = node.mapping().get("enum")
                if isinstance(enum, list):
                    texts = dict.fromkeys(str(value) for value in enum if value is not None)
                    yield Enumeration(name, _description(node), tuple(texts))
                else:
                    yield self._object(name, node)

    def _root(self, name: str, node: Node, kinds: tuple[str, ...] | None) -> RootClass:
        if kinds is None and needs_class(node):
            return RootClass(name, "", self._types.of(node))
        found = (
            self._types.plain(node, kinds or ())
            if isinstance(node.value, dict)
            else self._types.of(node)
        )
        return RootClass(name, _description(node), found)

    def _object(self, name: str, node: Node) -> ObjectClass:
        bases = self._bases(node)
        inherited = {each.identity for base in bases for each in layers(base)}
        first, *others = [each for each in layers(node) if each.identity not in inherited]
        body = _Body(self._types, self._residues, alone=not bases and not others)
        for each in (*others, first):
            body.add(each)
        return ObjectClass(
            name=name,
            bases=tuple(self._names.name(base) for base in bases),
            description=_description(node),
            extra="" if bases else body.extra,
            properties=tuple(body.properties()),
            residue=body.residue(),
        )

    def _bases(self, node: Node) -> list[Node]:
        """Return the parts of a schema that its class can be derived from, changing nothing."""
        bases = [
            target
            for part in parts(node, "allOf")
            if (target := node.workspace.follow(part)).identity
            != Node(node.workspace, part.document, part.pointer, part.value).identity
            and needs_class(target)
            and "enum" not in target.mapping()
        ]
        inherited = [each for base in bases for each in layers(base)]
        identities = [each.identity for each in inherited]
        own = [each for each in layers(node) if each.identity not in identities]
        inside = [name for each in inherited for name in _names(each.mapping().get("properties"))]
        inside += [
            name
            for base in bases
            for name in {n for each in layers(base) for n in _names(each.mapping().get("required"))}
            if name not in inside
        ]
        outside = [
            name
            for each in own
            for keyword in ("properties", "required")
            for name in _names(each.mapping().get(keyword))
        ]
        closed = any(
            each.mapping().get("additionalProperties", True) is not True for each in inherited
        )
        clear = len(set(inside)) == len(inside) and len(set(identities)) == len(identities)
        return bases if clear and not closed and not set(inside) & set(outside) else []


class _Body:
    """What is in a class, from one schema or from several that all have to fit."""

    def __init__(self, value_types: ValueTypes, residues: Residues, *, alone: bool) -> None:
        self._types = value_types
        self._residues = residues
        self._alone = alone
        self._declared: dict[str, Node] = {}
        self._required: dict[str, None] = {}
        self._rest: list[Schema] = []
        self.extra = "allow"

    def add(self, layer: Node) -> None:
        """Add what one schema says of the object."""
        fields = layer.mapping()
        declared = layer.raw("properties")
        for name in declared.mapping() if declared is not None else ():
            assert declared is not None  # noqa: S101 - it has just been there
            inner = declared.raw(name)
            assert inner is not None  # noqa: S101 - it is one of them
            known = self._declared.get(name)
            if (
                known is not None
                and known.workspace.follow(known).identity != inner.workspace.follow(inner).identity
            ):
                self._rest.append({"properties": {name: self._residues.copy(known)}})
            self._declared[name] = inner
        self._required |= dict.fromkeys(_names(fields.get("required")))
        said = {"properties", "required", "allOf"}
        if "object" in types(fields):
            said.add("type")
        if (
            self._alone
            and fields.get("additionalProperties") is False
            and not fields.get("patternProperties")
        ):
            self.extra = "forbid"
            said.add("additionalProperties")
        rest = self._residues.keywords(layer, [k for k in ASSERTIONS if k not in said])
        if rest:
            self._rest.append(rest)

    def properties(self) -> Iterator[Property]:
        """Yield the properties, those that are only required last."""
        closed = self.extra == "forbid" or any(
            "additionalProperties" in each for each in self._rest
        )
        undeclared = [name for name in self._required if name not in self._declared]
        if closed and undeclared:
            self._rest.append({"required": list(undeclared)})
        for name, node in self._declared.items():
            target = node.workspace.follow(node)
            yield Property(
                name=name,
                type=self._types.of(node),
                required=name in self._required,
                default=_default(target),
                description=_property_description(node),
            )
        if not closed:
            for name in undeclared:
                yield Property(
                    name, ValueType(ANYTHING), required=True, default=None, description=""
                )

    def residue(self) -> Schema:
        """Return what the types do not say."""
        return (
            self._rest[0]
            if len(self._rest) == 1
            else {"allOf": list(self._rest)}
            if self._rest
            else {}
        )


def _default(schema: Node) -> Json:
    """Return the default of a schema, if it is one that fits."""
    found = schema.mapping().get("default")
    return found if found is not None and Validator(standalone(schema)).fits(found) else None


def _property_description(node: Node) -> str:
    target = node.workspace.follow(node)
    if target is not node and needs_class(target):
        return ""  # it is said there
    return target.text("description")


def _description(node: Node) -> str:
    return node.text("description") or node.text("title")


def _names(value: Json) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list | dict) else []
