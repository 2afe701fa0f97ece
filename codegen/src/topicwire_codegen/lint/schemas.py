"""JSON Schemas: whether they are valid, make sense, and can be kept to by a model."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire._ecma_pattern import python_pattern

from topicwire_codegen.document import Json, escape
from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import schemas
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.validation import META_SCHEMA, Validator
from topicwire_codegen.vocabulary import SUBSCHEMA, SUBSCHEMA_MAPS, SUBSCHEMAS

# Keywords of later drafts, which mean nothing in draft 7. Who writes one means something by it.
_LATER = {
    "dependentRequired": "use 'dependencies'",
    "dependentSchemas": "use 'dependencies'",
    "prefixItems": "use 'items' with a list of schemas, and 'additionalItems'",
    "minContains": "leave it out",
    "maxContains": "leave it out",
    "unevaluatedProperties": "use 'additionalProperties' where all properties are declared",
    "unevaluatedItems": "use 'additionalItems'",
    "$dynamicRef": "use '$ref'",
    "$recursiveRef": "use '$ref'",
}
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
    kind = schema.value.get("type")
    patterns = list(_check_patterns(schema))
    if patterns:
        yield from patterns
        return
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
    if key in SUBSCHEMA and isinstance(value, dict):
        return {}
    if key in SUBSCHEMA_MAPS and isinstance(value, dict):
        return {name: {} if isinstance(item, dict) else item for name, item in value.items()}
    if key in SUBSCHEMAS and isinstance(value, list):
        return [{} if isinstance(item, dict) else item for item in value]
    return {} if key == "definitions" else value


def _check_patterns(schema: Node) -> Iterator[Problem]:
    fields = schema.mapping()
    found = {"/pattern": fields["pattern"]} if "pattern" in fields else {}
    names = fields.get("patternProperties")
    for name in names if isinstance(names, dict) else ():
        found[f"/patternProperties/{escape(name)}"] = name
    for at, pattern in found.items():
        try:
            python_pattern(str(pattern))
        except ValueError as error:
            yield schema.problem(
                "invalid-pattern",
                f"pattern {pattern!r} is not a regular expression of ECMA 262 that Python can "
                f"look for: {error}",
                "correct it",
                at=at,
            )


def _check_support(schema: Node) -> Iterator[Problem]:
    fields = schema.mapping()
    for keyword, remedy in _LATER.items():
        if keyword in fields:
            yield schema.problem(
                "unsupported-keyword",
                f"{keyword!r} is not in draft 7 of JSON Schema, so it would mean nothing here",
                remedy,
                at=f"/{escape(keyword)}",
            )
    if fields.get("format") == "idn-hostname":
        yield schema.problem(
            "unsupported-format",
            "the format 'idn-hostname' is not checked by this version",
            "use 'hostname', or say it in the description",
            at="/format",
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


def _listed(fields: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    enum = fields.get("enum")
    for i, value in enumerate(enum if isinstance(enum, list) else []):
        yield f"/enum/{i}", value
    if "const" in fields:
        yield "/const", fields["const"]


def _has_type(value: Json, kinds: Json) -> bool:
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind in ("integer", "number") and isinstance(value, bool):
            continue
        if isinstance(kind, str) and isinstance(value, _TYPES.get(kind, ())):
            return True
    return False
