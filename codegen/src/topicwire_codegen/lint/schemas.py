"""JSON Schemas: whether they are valid, make sense, and can be kept to by a model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topicwire_codegen.document import Json, escape
from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import messages, payload, schemas
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.validation import META_SCHEMA, Validator

# Keywords that pydantic's models cannot keep to. Ignoring them would accept what the schema
# rejects, so they are refused until the models can.
UNSUPPORTED = (
    "if", "then", "else", "not", "contains", "patternProperties", "propertyNames",
    "dependencies", "dependentRequired", "dependentSchemas", "uniqueItems", "additionalItems",
    "prefixItems", "minProperties", "maxProperties", "unevaluatedProperties",
    "unevaluatedItems", "$dynamicRef", "minContains", "maxContains",
)  # fmt: skip
_META = Validator(META_SCHEMA)
_LIMITS = (
    ("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"),
    ("exclusiveMinimum", "exclusiveMaximum"),
)  # fmt: skip
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool,
    "array": list, "object": dict, "null": type(None),
}  # fmt: skip


def check_schemas(workspace: Workspace) -> Iterator[Problem]:
    """Check every schema of the components and of the payloads."""
    for schema in schemas(workspace):
        problems = list(_check_validity(schema))
        yield from problems
        if not problems:
            yield from _check_support(schema)
            yield from _check_sense(schema)
    for _, message in messages(workspace):
        yield from _check_payload(payload(message), set())


def _check_validity(schema: Node) -> Iterator[Problem]:
    """Check one level; the levels below are checked on their own."""
    if not isinstance(schema.value, dict):
        if not isinstance(schema.value, bool):
            yield schema.problem(
                "invalid-schema",
                f"a schema cannot be {schema.value!r}",
                "write an object with a 'type'",
            )
        return
    pattern, kind = schema.value.get("pattern"), schema.value.get("type")
    if isinstance(pattern, str):
        yield from _check_pattern(schema, pattern, "/pattern")
    if isinstance(kind, str) and kind not in _TYPES:
        yield schema.problem(
            "invalid-schema",
            f"JSON Schema has no type {kind!r}",
            f"use one of {', '.join(_TYPES)}",
            at="/type",
        )
        return
    flat = {key: _flat(key, value) for key, value in schema.value.items()}
    flat.pop("discriminator", None)
    flat.pop("pattern", None)
    found = _META.mismatch(flat)
    if found is not None:
        yield schema.problem(
            "invalid-schema",
            found.message,
            "see https://json-schema.org/draft-07 for what may stand here",
            at=found.pointer,
        )


def _flat(key: str, value: Json) -> Json:
    """Leave out the schemas inside a schema, which are looked at on their own."""
    if key in ("items", "additionalProperties") and isinstance(value, dict):
        return {}
    if key == "properties" and isinstance(value, dict):
        return {name: {} if isinstance(item, dict) else item for name, item in value.items()}
    if key in ("allOf", "anyOf", "oneOf") and isinstance(value, list):
        return [{} if isinstance(item, dict) else item for item in value]
    return value


def _check_pattern(schema: Node, pattern: str, at: str) -> Iterator[Problem]:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        yield schema.problem(
            "invalid-pattern",
            f"pattern {pattern!r} is not a regular expression: {error}",
            "correct it",
            at=at,
        )


def _check_support(schema: Node) -> Iterator[Problem]:
    fields = schema.mapping()
    for keyword in UNSUPPORTED:
        if keyword in fields and fields[keyword] is not False:
            yield schema.problem(
                "unsupported-keyword",
                f"{keyword!r} is not kept to by the models of this version",
                "say it in the description and check it in the program, or write the schema "
                "in another way",
                at=f"/{escape(keyword)}",
            )
    for at, value in _boolean_schemas(fields):
        yield schema.problem(
            "unsupported-keyword",
            f"the schema {str(value).lower()} is not kept to by the models of this version",
            "write an object with a 'type', or leave it out",
            at=at,
        )
    if isinstance(fields.get("items"), list):
        yield schema.problem(
            "unsupported-keyword",
            "'items' with one schema for each place is not kept to by the models of this version",
            "use one schema for all items",
            at="/items",
        )
    if isinstance(fields.get("additionalProperties"), dict) and fields.get("properties"):
        yield schema.problem(
            "unsupported-keyword",
            "'additionalProperties' with a schema beside 'properties' is not kept to by the "
            "models of this version",
            "use true or false, or move the additional ones into a property of their own",
            at="/additionalProperties",
        )
    constant = fields.get("const")
    if isinstance(constant, float | list | dict):
        yield schema.problem(
            "unsupported-keyword",
            f"'const' of {constant!r} is not kept to by the models of this version",
            "use a text, a whole number, a boolean or null",
            at="/const",
        )


def _check_sense(schema: Node) -> Iterator[Problem]:
    fields = schema.mapping()
    for low, high in _LIMITS:
        least, most = fields.get(low), fields.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            yield schema.problem(
                "contradictory-schema",
                f"{low} {least} is greater than {high} {most}, so nothing fits",
                "exchange or correct them",
                at=f"/{low}",
            )
    if fields.get("enum") == []:
        yield schema.problem(
            "contradictory-schema",
            "'enum' is empty, so nothing fits",
            "list the values that are allowed",
            at="/enum",
        )
    yield from _check_required(schema)
    if fields.get("type") is None:
        return
    for at, value in _listed(fields):
        if not _has_type(value, fields["type"]):
            yield schema.problem(
                "contradictory-schema",
                f"{value!r} is not of type {fields['type']!r}",
                "correct the value or the type",
                at=at,
            )


def _check_required(schema: Node) -> Iterator[Problem]:
    fields = schema.mapping()
    required, properties = fields.get("required"), fields.get("properties")
    declared = properties if isinstance(properties, dict) else {}
    if fields.get("additionalProperties") is not False or "allOf" in fields:
        return
    for i, name in enumerate(required if isinstance(required, list) else []):
        if name not in declared:
            yield schema.problem(
                "contradictory-schema",
                f"property {name!r} is required, but not declared, and no other is allowed",
                f"add {name!r} under 'properties', or do not require it",
                at=f"/required/{i}",
            )


def _check_payload(schema: Node | None, above: set[object]) -> Iterator[Problem]:
    """A payload has to be an object, or a choice between objects, to become a class."""
    if schema is None or schema.identity in above:
        return
    fields = schema.mapping()
    choices = fields.get("oneOf", fields.get("anyOf"))
    if isinstance(choices, list):
        keyword = "oneOf" if "oneOf" in fields else "anyOf"
        node = schema.raw(keyword)
        assert node is not None  # noqa: S101 - it has just been there
        for choice in node.elements():
            yield from _check_payload(choice, above | {schema.identity})
    elif fields.get("type") != "object":
        yield schema.problem(
            "unsupported-payload",
            "this payload is not an object, and this version makes classes of objects only",
            "give it `type: object`, or put the value into a property of an object",
            at="/type" if "type" in fields else "",
        )
    elif not fields.get("properties") and "allOf" not in fields:
        yield schema.problem(
            "unsupported-payload",
            "this payload declares no properties, so there is nothing to make a class of",
            "declare its properties, or put the free object into a property",
        )


def _listed(fields: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    enum = fields.get("enum")
    for i, value in enumerate(enum if isinstance(enum, list) else []):
        yield f"/enum/{i}", value
    if "const" in fields:
        yield "/const", fields["const"]


def _boolean_schemas(fields: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    """Yield the schemas directly inside that are only true or false, but `additionalProperties`."""
    places = [("/items", fields.get("items"))]
    properties = fields.get("properties")
    if isinstance(properties, dict):
        places += [(f"/properties/{escape(name)}", value) for name, value in properties.items()]
    for keyword in ("allOf", "anyOf", "oneOf"):
        listed = fields.get(keyword)
        if isinstance(listed, list):
            places += [(f"/{keyword}/{i}", value) for i, value in enumerate(listed)]
    return ((at, value) for at, value in places if isinstance(value, bool))


def _has_type(value: Json, kinds: Json) -> bool:
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind in ("integer", "number") and isinstance(value, bool):
            continue
        if isinstance(kind, str) and isinstance(value, _TYPES.get(kind, ())):
            return True
    return False
