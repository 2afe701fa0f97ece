"""The keywords of JSON Schema draft 7, in groups."""

from __future__ import annotations

# Everything that can rule out a value; the rest of a schema only describes.
ASSERTIONS = (
    "type", "enum", "const",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern", "format",
    "items", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains",
    "properties", "required", "patternProperties", "additionalProperties", "minProperties",
    "maxProperties", "propertyNames", "dependencies",
    "allOf", "anyOf", "oneOf", "not", "if", "then", "else",
)  # fmt: skip

# What says something about values of one type only. Beside another type it means nothing.
OF_TYPE = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("items", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "object": (
        "properties", "required", "patternProperties", "additionalProperties", "minProperties",
        "maxProperties", "propertyNames", "dependencies",
    ),
    "boolean": (),
    "null": (),
}  # fmt: skip
OF_SOME_TYPE = frozenset(keyword for keywords in OF_TYPE.values() for keyword in keywords)

# Where a schema holds other schemas.
SUBSCHEMA = (
    "items", "additionalProperties", "additionalItems", "contains", "propertyNames", "not", "if",
    "then", "else",
)  # fmt: skip
SUBSCHEMAS = ("allOf", "anyOf", "oneOf", "items")
SUBSCHEMA_MAPS = ("properties", "patternProperties", "dependencies")
# Those that the types of a model are made of; the others can only be checked.
OF_MODELS = ("items", "additionalProperties", "allOf", "anyOf", "oneOf", "properties")
# Those that look at the same value as the schema they are in.
OF_THE_SAME_VALUE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependencies")
