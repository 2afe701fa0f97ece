"""`asyncapi.yaml` as the tests read it: the document, its parts, a validator for payloads."""

from collections.abc import Iterator
from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "asyncapi.yaml"
DOCUMENT = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]
MESSAGES = DOCUMENT["components"]["messages"]


def resolve(node: dict) -> dict:
    """Follow the internal reference of a node, if it is one."""
    while "$ref" in node:
        target = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def validator(schema_name: str) -> jsonschema.Draft7Validator:
    reference = {"$ref": f"#/components/schemas/{schema_name}"}
    return jsonschema.Draft7Validator({"allOf": [reference], "components": {"schemas": SCHEMAS}})


def schema_nodes(node: dict, place: str) -> Iterator[tuple[str, dict]]:
    """Every schema written out inside a named one, with its place; references are not followed."""
    yield place, node
    for name, child in node.get("properties", {}).items():
        yield from schema_nodes(child, f"{place}.{name}")
    if "items" in node:
        yield from schema_nodes(node["items"], f"{place}[]")
