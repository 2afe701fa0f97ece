"""The ordinary classes, which datamodel-code-generator writes.

A class is ordinary when pydantic's types say all of its schema: an object of declared properties,
or a choice of texts, whose values are texts, numbers, booleans, other classes, arrays and
dictionaries of such, or one of several of them. It depends on the schema alone. The tool gets a
document of just these, and what it writes is taken over where names, aliases and defaults are
those that the rest of the package expects.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from topicwire_codegen.classes import Class, Enumeration, ObjectClass
from topicwire_codegen.document import Json
from topicwire_codegen.json_types import types
from topicwire_codegen.limits import limit
from topicwire_codegen.references import Node
from topicwire_codegen.residue import Schema
from topicwire_codegen.schemas import SchemaNames, needs_class, types_beside
from topicwire_codegen.subschemas import parts
from topicwire_codegen.vocabulary import ASSERTIONS, OF_TYPE

_OPTIONS = (
    "--input-file-type", "asyncapi",
    "--output-model-type", "pydantic_v2.BaseModel",
    "--target-python-version", "3.11",
    "--target-pydantic-version", "2.14",
    "--base-class", "topicwire.Payload",
    "--strict-refs", "--strict-nullable", "--use-annotated", "--snake-case-field",
    "--use-missing-sentinel", "--use-specialized-enum", "--capitalise-enum-members",
    "--deserialize-default-values", "enum", "--naming-strategy", "full-path",
    "--disable-timestamp", "--disable-warnings", "--ignore-pyproject", "--no-formatters",
)  # fmt: skip
_REFERENCE = "#/components/schemas/"
# Classes that are referred to and written elsewhere; one of no properties would be no class.
_STAND_IN: Schema = {"type": "object", "properties": {"stand_in": {"type": "null"}}}
# What is written where a schema says nothing of the values inside.
_OF_ANYTHING = {"Any": "JsonValue", "list": "list[JsonValue]", "dict": "dict[str, JsonValue]"}
_KNOWN = frozenset({
    "Annotated", "Field", "JsonValue", "Literal", "MISSING",
    "bool", "dict", "float", "int", "list", "str",
})  # fmt: skip


class ToolFailed(Exception):
    """datamodel-code-generator made nothing of schemas that it should know."""


def ordinary_classes(
    names: SchemaNames, classes: Iterable[Class], written: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """Return the statements of the ordinary classes, each one property or member, by class.

    `written` are those of the generator itself, which the others have to agree with in all that
    can be seen from outside. Raises `ToolFailed`.
    """
    nodes = dict(names.named())
    found: dict[str, Json] = {}
    by_name = {each.name: each for each in classes}
    for name, each in by_name.items():
        schema = _Ordinary(names).schema(each, nodes[name])
        if schema is not None:
            found[name] = schema
    if not found:
        return {}
    stand_ins = {name: _STAND_IN for name in _referred(found) if name not in found}
    module = ast.parse(_run({**found, **stand_ins}))
    made = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}
    missing = [name for name in found if name not in made]
    if missing:
        raise ToolFailed(f"datamodel-code-generator wrote no class {missing[0]!r}")
    bodies = {name: _statements(made[name]) for name in found}
    return {
        name: [ast.unparse(statement) for statement in body]
        for name, body in bodies.items()
        if _head(made[name]) == _expected_head(by_name[name])
        and [*map(_outline, body)] == [_outline(*ast.parse(line).body) for line in written[name]]
        and all(_uses_only(statement, {*by_name, *_KNOWN}) for statement in body)
    }


class _Ordinary:
    """Copies the schemas of ordinary classes, with no more than what makes their types."""

    def __init__(self, names: SchemaNames) -> None:
        self._names = names

    def schema(self, each: Class, node: Node) -> Schema | None:
        """Return the schema of a class; None when it is not ordinary."""
        if isinstance(each, Enumeration):
            return {"type": "string", "enum": list(each.values)}
        if not isinstance(each, ObjectClass) or each.bases or each.residue:
            return None
        if any(keyword in node.mapping() for keyword in ("allOf", "anyOf", "oneOf")):
            return None
        declared = node.raw("properties")
        properties: dict[str, Json] = {}
        for one in each.properties:
            inner = declared.raw(one.name) if declared is not None else None
            copied = self._value(inner) if inner is not None else {}
            if copied is None or "JsonSchema(" in str(one.type):
                return None
            default = one.default
            if default is not None and not isinstance(default, list | dict):
                whole = isinstance(default, int) and one.type.base == "float"
                copied = {**copied, "default": float(default) if whole else default}
            properties[one.name] = copied
        return {
            "type": "object",
            "properties": properties,
            "required": [one.name for one in each.properties if one.required],
            "additionalProperties": each.extra != "forbid",
        }

    def _value(self, given: Node) -> Schema | None:
        node = given.workspace.follow(given)
        if not isinstance(node.value, dict):
            return None
        if needs_class(node) or self._names.is_root(node):
            return self._reference(node)
        fields = node.mapping()
        asserted = [keyword for keyword in ASSERTIONS if keyword in fields]
        kinds = types(fields)
        others = [kind for kind in kinds if kind != "null"]
        found: Schema | None = None
        if not asserted:
            found = {}
        elif "const" in fields or "enum" in fields:
            found = _text(fields, kinds)
        elif asserted in (["allOf"], ["anyOf"], ["oneOf"]):
            found = self._combined(node, asserted[0])
        elif len(others) == 1:
            found = self._of_kind(node, others[0], kinds)
        return found

    def _reference(self, node: Node) -> Schema | None:
        reference: Schema = {"$ref": _REFERENCE + self._names.name(node)}
        beside = types_beside(node) if needs_class(node) else ()
        if beside == ("null",):
            return {"anyOf": [reference, {"type": "null"}]}
        return None if beside else reference

    def _combined(self, node: Node, keyword: str) -> Schema | None:
        combined = [self._value(part) for part in parts(node, keyword)]
        if keyword == "allOf":
            # Of one part, it is how a reference gets a default or a description beside it.
            return combined[0] if len(combined) == 1 else None
        plain = all(each is not None and each.keys() <= {"$ref", "type"} for each in combined)
        return {"anyOf": list(combined)} if combined and plain else None

    def _of_kind(self, node: Node, kind: str, kinds: tuple[str, ...]) -> Schema | None:
        fields = node.mapping()
        found: Schema = {"type": kind if len(kinds) == 1 else list(kinds)}
        for keyword in OF_TYPE[kind]:
            said = limit(kind, keyword, fields[keyword]) if keyword in fields else None
            if said is not None:
                found[keyword] = said[1]
        inner = {"array": "items", "object": "additionalProperties"}.get(kind, "")
        child = node.raw(inner) if inner else None
        if child is not None and isinstance(child.value, dict):
            copied = self._value(child)
            if copied is None:
                return None
            found[inner] = copied
        # The tool knows no sizes of dictionaries.
        return found if "minProperties" not in found and "maxProperties" not in found else None


def _text(fields: Schema, kinds: tuple[str, ...]) -> Schema | None:
    """Return the schema of a single text; other choices of values are not ordinary."""
    enum = fields.get("enum")
    values = [fields["const"]] if "const" in fields else enum if isinstance(enum, list) else []
    ordinary = len(values) == 1 and isinstance(values[0], str) and set(kinds) <= {"string"}
    return {"const": values[0]} if ordinary else None


def _referred(value: Json) -> list[str]:
    """Return the names of the schemas that are referred to."""
    if isinstance(value, list):
        return [name for each in value for name in _referred(each)]
    if not isinstance(value, dict):
        return []
    target = value.get("$ref")
    own = [target.removeprefix(_REFERENCE)] if isinstance(target, str) else []
    return [*own, *(name for each in value.values() for name in _referred(each))]


def _run(schemas: Mapping[str, Json]) -> str:
    document = {
        "asyncapi": "3.1.0",
        "info": {"title": "schemas", "version": "1"},
        "channels": {},
        "components": {"schemas": schemas},
    }
    with tempfile.TemporaryDirectory() as work:
        source, target = Path(work, "schemas.json"), Path(work, "models.py")
        source.write_text(json.dumps(document), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "datamodel_code_generator", "--input", source.name,
             "--output", target.name, *_OPTIONS],
            cwd=work, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0 or not target.exists():
            lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
            reason = lines[-1] if lines else "no reason given"
            raise ToolFailed(f"datamodel-code-generator failed: {reason}")
        return target.read_text(encoding="utf-8")


def _statements(node: ast.ClassDef) -> list[ast.stmt]:
    """Return the properties or members of a class."""
    found: list[ast.stmt] = []
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign):
            statement.annotation = _OfAnything().visit(statement.annotation)
            found.append(statement)
        elif isinstance(statement, ast.Assign) and not _is_config(statement):
            found.append(statement)
    return found


class _OfAnything(ast.NodeTransformer):
    """Puts pydantic's type of free JSON where the tool says nothing of values."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        node.slice = self.visit(node.slice)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.parse(_OF_ANYTHING.get(node.id, node.id), mode="eval").body


def _is_config(statement: ast.Assign) -> bool:
    return ast.unparse(statement.targets[0]) == "model_config"


def _head(node: ast.ClassDef) -> tuple[list[str], list[str]]:
    """Return the bases of a class, and what it does with properties that are not declared."""
    extra = [
        ast.literal_eval(keyword.value)
        for statement in node.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
        for keyword in statement.value.keywords
        if keyword.arg == "extra"
    ]
    return [ast.unparse(base) for base in node.bases], extra


def _expected_head(each: Class) -> tuple[list[str], list[str]]:
    if isinstance(each, ObjectClass):
        return ["Payload"], [each.extra]
    return ["StrEnum"], []


def _outline(statement: ast.stmt) -> tuple[str, ...]:
    """Return what is seen of a property or member from outside: name, alias and default."""
    if isinstance(statement, ast.AnnAssign):
        aliases = [
            ast.unparse(keyword.value)
            for each in ast.walk(statement.annotation)
            if isinstance(each, ast.Call)
            for keyword in each.keywords
            if keyword.arg == "alias"
        ]
        default = ast.unparse(statement.value) if statement.value is not None else ""
        return ast.unparse(statement.target), default, *aliases
    return (ast.unparse(statement),)


def _uses_only(statement: ast.stmt, known: Container[str]) -> bool:
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return all(name.id in known for name in names if isinstance(name.ctx, ast.Load))
