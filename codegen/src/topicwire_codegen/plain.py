"""Schemas in the plainer form that datamodel-code-generator reads without losing anything."""

from __future__ import annotations

from topicwire_codegen.document import Json

Schema = dict[str, Json]

# What says something about values of one type only. Beside another type it means nothing.
_OF_TYPE = {
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("items", "minItems", "maxItems"),
    "object": ("properties", "required", "additionalProperties"),
}
_OF_SOME_TYPE = frozenset(keyword for keywords in _OF_TYPE.values() for keyword in keywords)
# What models are made from besides. Everything else only describes (a `format` too, which draft 7
# does not assert) or has been refused by the lint; `nullable` is OpenAPI's and means nothing here.
_OF_ANY_TYPE = ("type", "enum", "const", "allOf", "anyOf", "oneOf")
_ABOUT = ("description", "default")


def types(schema: Schema) -> tuple[str, ...]:
    """Return the types that a schema names; none stands for all."""
    kinds = schema.get("type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return tuple(kind for kind in listed if isinstance(kind, str))


def is_enumeration(values: list[Json]) -> bool:
    """Return whether a choice of values becomes an enumeration: only one of several texts does.

    Members that are numbers would take `true` for 1, and have no names.
    """
    texts = [value for value in values if value is not None]
    return len(texts) > 1 and all(isinstance(value, str) for value in texts)


def plain(schema: Schema) -> Schema:
    """Return a schema that accepts the same, and says it with one type in each place."""
    kept = {k: v for k, v in schema.items() if k in _OF_ANY_TYPE or k in _ABOUT}
    about = {k: v for k, v in kept.items() if k in _ABOUT}
    limits = {k: v for k, v in schema.items() if k in _OF_SOME_TYPE}
    kinds = types(schema)
    if isinstance(kept.get("type"), list):
        kept["type"] = list(kinds)
    if "const" in kept:
        # Whether the value has the type has been checked.
        return {k: v for k, v in kept.items() if k not in ("type", "enum")}
    enum = kept.get("enum")
    if isinstance(enum, list):
        if sum(isinstance(value, bool) for value in enum) == len(enum) == 2:
            return {"type": "boolean", **about}
        if len(enum) == 1:
            return {"const": enum[0], **about}
        return {**kept, "type": "string"} if is_enumeration(enum) and not kinds else kept
    others = [kind for kind in kinds if kind != "null"]
    if len(others) > 1 and limits:
        rest = {k: v for k, v in kept.items() if k not in _ABOUT and k != "type"}
        choices: list[Json] = [plain({**rest, **limits, "type": kind}) for kind in kinds]
        return {"anyOf": choices, **about}
    for kind in others or _OF_TYPE:
        kept |= {k: limits[k] for k in _OF_TYPE.get(kind, ()) if k in limits}
    if others == ["object"] or (not others and "properties" in schema):
        # Absent means true in JSON Schema, but "ignore" to the model generator.
        kept.setdefault("additionalProperties", True)
    return kept
