"""Fingerprints of schemas: equal for schemas that say the same, whatever they are called.

A fingerprint does not depend on the order of keys, on titles, descriptions and examples, on where a
schema stands, or on whether it is written in place or behind a `$ref`. Schemas may contain
themselves.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from topicwire_codegen.document import Json, escape
from topicwire_codegen.references import Node
from topicwire_codegen.subschemas import subschemas
from topicwire_codegen.vocabulary import ASSERTIONS, SUBSCHEMA, SUBSCHEMA_MAPS, SUBSCHEMAS

# What says something of the values belongs to the fingerprint. The rest only describes.
_ASSERTIONS = frozenset(ASSERTIONS)
# Values with which a keyword asserts nothing.
_NOTHING: dict[str, Json] = {
    "minLength": 0, "minItems": 0, "minProperties": 0, "uniqueItems": False, "required": [],
    "properties": {}, "patternProperties": {}, "dependencies": {}, "allOf": [],
}  # fmt: skip
_UNORDERED = frozenset({"allOf", "anyOf", "oneOf"})
# Keywords that assert nothing with a schema that everything fits.
_OPEN = frozenset({"additionalProperties", "additionalItems", "items", "propertyNames"})


def resolve(node: Node) -> Node:
    """Return what a schema stands for: the end of its `$ref`s, and of choices of one."""
    while True:
        node = node.workspace.follow(node)
        asserted = [key for key in node.mapping() if key in _ASSERTIONS]
        if len(asserted) != 1 or asserted[0] not in _UNORDERED:
            return node
        only = node.raw(asserted[0])
        if only is None or not isinstance(only.value, list) or len(only.value) != 1:
            return node
        node = Node(node.workspace, node.document, f"{only.pointer}/0", only.value[0])


class Fingerprints:
    """The fingerprints of some schemas and of everything inside them.

    Those of one instance can be compared with each other, even when they are of several documents;
    `stable` ones with those of other instances too.
    """

    def __init__(self, schemas: Iterable[Node]) -> None:
        self._nodes: dict[tuple[Path, str], tuple[Node, dict[str, tuple[Path, str]]]] = {}
        pending = [resolve(schema) for schema in schemas]
        while pending:
            node = pending.pop()
            if node.identity not in self._nodes:
                inner = {below: resolve(child) for below, child in subschemas(node)}
                below = {key: child.identity for key, child in inner.items()}
                self._nodes[node.identity] = node, below
                pending += inner.values()
        self._digests = self._refine()

    def of(self, schema: Node) -> str:
        """Return the fingerprint of one of the schemas, as hexadecimal digits."""
        return self._digests[resolve(schema).identity]

    def _refine(self) -> dict[tuple[Path, str], str]:
        """Tell schemas apart by what is inside them, one level deeper each time, until it is done.

        How often that is depends on what the schemas say only, so the result does too.
        """
        digests = dict.fromkeys(self._nodes, "")
        kinds = 0
        while True:
            digests = {
                identity: _digest(_form(node, inner, digests))
                for identity, (node, inner) in self._nodes.items()
            }
            found = len(set(digests.values()))
            if found <= kinds:
                return digests
            kinds = found


def schema_fingerprint(schema: Node) -> str:
    """Return the fingerprint of one schema, which is the same in every document that has it."""
    return Fingerprints([schema]).of(schema)


def schema_id(fingerprints: Iterable[str]) -> str:
    """Return a short text for some fingerprints in any order: 96 bits, in base64url."""
    together = "\n".join(sorted(fingerprints))
    return base64.urlsafe_b64encode(hashlib.sha256(together.encode()).digest()[:12]).decode()


def _form(
    node: Node, inner: dict[str, tuple[Path, str]], digests: dict[tuple[Path, str], str]
) -> Json:
    """Return a schema with fingerprints in the place of the schemas inside it."""
    if not isinstance(node.value, dict):
        return {} if node.value is True else False
    form: dict[str, Json] = {}
    for keyword in sorted(_ASSERTIONS & node.value.keys()):
        value = node.value[keyword]
        if keyword in _NOTHING and _text(value) == _text(_NOTHING[keyword]):
            continue
        if keyword in _OPEN and _allows_everything(node, keyword):
            continue
        form[keyword] = _form_of(keyword, value, inner, digests)
    for conditional in ("then", "else"):
        if "if" not in form:
            form.pop(conditional, None)
    if form.keys().isdisjoint({"then", "else"}):
        form.pop("if", None)
    enum = form.get("enum")
    if isinstance(enum, list) and len(enum) == 1 and "const" not in form:
        form["const"] = enum[0]
        del form["enum"]
    return form


def _allows_everything(node: Node, keyword: str) -> bool:
    child = node.raw(keyword)
    if child is None or not isinstance(child.value, dict | bool):
        return False
    value = resolve(child).value
    return value is True or (isinstance(value, dict) and value.keys().isdisjoint(_ASSERTIONS))


def _form_of(
    keyword: str,
    value: Json,
    inner: dict[str, tuple[Path, str]],
    digests: dict[tuple[Path, str], str],
) -> Json:
    if keyword in SUBSCHEMA and isinstance(value, dict | bool):
        return digests[inner[f"/{keyword}"]]
    if keyword in SUBSCHEMAS and isinstance(value, list):
        listed: list[Json] = [digests[inner[f"/{keyword}/{i}"]] for i in range(len(value))]
        return sorted(listed, key=str) if keyword in _UNORDERED else listed
    if keyword in SUBSCHEMA_MAPS and isinstance(value, dict):
        return {
            name: (
                digests[inner[f"/{keyword}/{escape(name)}"]]
                if isinstance(item, dict | bool)
                else _sorted(item)
            )
            for name, item in value.items()
        }
    if keyword == "type":
        return _sorted(value if isinstance(value, list) else [value])
    return _sorted(value) if keyword in ("enum", "required") else value


def _sorted(value: Json) -> Json:
    """Return a list as a set is written: sorted, each value once."""
    if not isinstance(value, list):
        return value
    return [json.loads(text) for text in sorted({_text(item) for item in value})]


def _digest(form: Json) -> str:
    return hashlib.sha256(_text(form).encode()).hexdigest()


def _text(value: Json) -> str:
    """Return the canonical JSON of a value; 1.0 is written like 1, as JSON Schema takes it."""
    return json.dumps(_whole(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _whole(value: Json) -> Json:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return value
