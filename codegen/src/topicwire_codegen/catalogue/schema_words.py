"""What a schema allows, in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from topicwire_codegen.catalogue.markdown import code
from topicwire_codegen.document import Json
from topicwire_codegen.json_types import parts, types
from topicwire_codegen.references import Node

# A schema that has a section of its own gives a link to it, every other one "".
Links = Callable[[Node], str]

_SHOWN = 60
# Deeper ones are for the document to say.
_DEEPEST = 6
_NAMES = {"string": "text", "integer": "whole number", "array": "list"}
_LIMITS = {
    "minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}",
    "multipleOf": "a multiple of {}",
}  # fmt: skip
# What these say cannot be put into a few words.
_FURTHER = (
    "not", "if", "contains", "patternProperties", "propertyNames", "dependencies", "uniqueItems",
    "minProperties", "maxProperties",
)  # fmt: skip


def describe_schema(schema: Node, links: Links, depth: int = 0) -> str:
    """Return the values that a schema allows, as Markdown of one line.

    What can only be said by the schema itself is left to "see the schema".
    """
    target = schema.workspace.follow(schema)
    link = links(target)
    if link:
        return link
    if depth > _DEEPEST:
        return "see the schema"
    if not isinstance(target.value, dict):
        return "nothing" if target.value is False else "anything"
    fields = target.mapping()
    if "const" in fields:
        return json_code(fields["const"])
    enum = fields.get("enum")
    if isinstance(enum, list):
        return _either(map(json_code, enum))

    def describe(inner: Node) -> str:
        return describe_schema(inner, links, depth + 1)

    found = [" and ".join(map(describe, parts(target, "allOf")))]
    found += [_either(map(describe, parts(target, keyword))) for keyword in ("anyOf", "oneOf")]
    kinds = types(fields) or _implied(fields)
    found.append(_either(_kind(kind, target, describe) for kind in kinds))
    words = ", ".join(filter(None, found)) or "anything"
    return f"{words}; see the schema" if any(key in fields for key in _FURTHER) else words


def json_code(value: Json) -> str:
    """Return a value as code of Markdown, cut off where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return code(text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …")


def _either(found: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(found))


def _implied(fields: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the type of which a schema speaks without naming it."""
    if "properties" in fields or "required" in fields:
        return ("object",)
    return ("array",) if "items" in fields else ()


def _kind(kind: str, schema: Node, describe: Callable[[Node], str]) -> str:
    fields = schema.mapping()
    name = _NAMES.get(kind, kind)
    if kind in ("number", "integer"):
        return " ".join([name, *_numbers(fields)])
    if kind == "string":
        return ", ".join([name, *_texts(fields)])
    if kind == "array":
        size = _range(fields, "minItems", "maxItems", "item")
        return f"{_list(name, schema, describe)}{f', {size}' if size else ''}"
    if kind == "object":
        return _object(schema, describe)
    return name


def _numbers(fields: Mapping[str, Json]) -> list[str]:
    said = [text.format(_number(fields[key])) for key, text in _LIMITS.items() if key in fields]
    return [", ".join(said)] if said else []


def _texts(fields: Mapping[str, Json]) -> list[str]:
    said = [f"`{fields['format']}`"] if isinstance(fields.get("format"), str) else []
    size = _range(fields, "minLength", "maxLength", "character")
    if size:
        said.append(size)
    if isinstance(fields.get("pattern"), str):
        said.append(f"like {code(str(fields['pattern']))}")
    return said


def _list(name: str, schema: Node, describe: Callable[[Node], str]) -> str:
    items = schema.raw("items")
    if items is None:
        return name
    if isinstance(items.value, list):
        inner = [describe(each) for each in items.elements()]
        return f"{name} of {' then '.join(inner)}" if inner else name
    return f"{name} of {describe(items)}"


def _object(schema: Node, describe: Callable[[Node], str]) -> str:
    fields = schema.mapping()
    listed = fields.get("properties")
    names = ", ".join(f"`{name}`" for name in listed) if isinstance(listed, dict) else ""
    other = schema.raw("additionalProperties")
    if names:
        return f"object of {names}"
    if other is not None and isinstance(other.value, dict):
        return f"object of any names, each {describe(other)}"
    return "object" if other is None or other.value is not False else "empty object"


def _range(fields: Mapping[str, Json], least: str, most: str, what: str) -> str:
    low, high = fields.get(least), fields.get(most)
    if low == high and low is not None:
        return f"{_number(low)} {what}{'' if low == 1 else 's'}"
    if low and high is not None:
        return f"{_number(low)} to {_number(high)} {what}s"
    if high is not None:
        return f"at most {_number(high)} {what}s"
    return f"at least {_number(low)} {what}{'' if low == 1 else 's'}" if low else ""


def _number(value: Json) -> str:
    return f"{value:,}" if isinstance(value, int) else json.dumps(value)
