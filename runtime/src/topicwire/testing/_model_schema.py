"""The JSON Schema of a generated model: what its types say, and what is checked beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pydantic import BaseModel, JsonValue
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from topicwire._ecma_pattern import python_pattern
from topicwire._json_schema import JsonSchema

Schema = dict[str, JsonValue]
# Deeper than this a schema that contains itself is taken for one that allows everything, and so is
# what lies behind more references than that.
_DEEPEST = 2
_REFERENCES = 4
_DATA = frozenset({"enum", "const", "default", "examples"})
# The names in these are not keywords.
_MAPS = frozenset({"properties", "patternProperties", "dependencies"})


def model_schema(model: type[BaseModel]) -> Schema:
    """Return the schema of a model as JSON has it, without references.

    Expressions are Python's. Of a schema that contains itself the innermost allows everything.
    """
    return unrolled(model.model_json_schema(by_alias=True, schema_generator=_Generator))


def unrolled(schema: Schema, *, ecma: bool = False) -> Schema:
    """Return a schema without references, which are those to its `definitions` or `$defs`.

    With `ecma` its expressions are those of the standard, and become Python's.
    """
    definitions: Schema = {}
    for keyword in ("definitions", "$defs"):
        found = schema.get(keyword)
        definitions |= found if isinstance(found, dict) else {}
    # What is an object stays one.
    return cast(Schema, _Unroller(definitions, ecma=ecma).unroll(schema, {}))


class _Generator(GenerateJsonSchema):
    """Does as pydantic, and adds the keywords that models check by themselves."""

    def function_after_schema(
        self, schema: core_schema.AfterValidatorFunctionSchema
    ) -> JsonSchemaValue:
        """Return the schema of a value with a check behind it."""
        found = super().function_after_schema(schema)
        check = getattr(schema["function"]["function"], "__self__", None)
        if not isinstance(check, JsonSchema):
            return found
        return {"allOf": [found, unrolled(cast(Schema, check.whole), ecma=True)]}


class _Unroller:
    def __init__(self, definitions: Mapping[str, JsonValue], *, ecma: bool) -> None:
        self._definitions = definitions
        self._ecma = ecma

    def unroll(self, schema: JsonValue, depths: dict[str, int]) -> JsonValue:
        if isinstance(schema, list):
            return [self.unroll(each, depths) for each in schema]
        if not isinstance(schema, dict):
            return schema
        reference = schema.get("$ref")
        if isinstance(reference, str):
            name = reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
            depth = depths.get(name, 0)
            if depth >= _DEEPEST or sum(depths.values()) >= _REFERENCES:
                return {}
            return self.unroll(self._definitions[name], {**depths, name: depth + 1})
        kept = {k: v for k, v in schema.items() if k not in ("definitions", "$defs")}
        if self._ecma:
            _translate(kept)
        return {keyword: self._unroll_in(keyword, value, depths) for keyword, value in kept.items()}

    def _unroll_in(self, keyword: str, value: JsonValue, depths: dict[str, int]) -> JsonValue:
        if keyword in _DATA:
            return value
        if keyword in _MAPS and isinstance(value, dict):
            return {name: self.unroll(inner, depths) for name, inner in value.items()}
        return self.unroll(value, depths)


def _translate(schema: Schema) -> None:
    """Make Python's expressions of those in a schema."""
    pattern, properties = schema.get("pattern"), schema.get("patternProperties")
    if isinstance(pattern, str):
        schema["pattern"] = python_pattern(pattern)
    if isinstance(properties, dict):
        schema["patternProperties"] = {python_pattern(k): v for k, v in properties.items()}
