"""What types cannot say of a schema, as a JSON Schema of just that."""

from __future__ import annotations

from collections.abc import Iterable

from topicwire._formats import FORMATS

from topicwire_codegen.document import Json
from topicwire_codegen.references import Node
from topicwire_codegen.schemas import SchemaNames
from topicwire_codegen.subschemas import parts
from topicwire_codegen.vocabulary import ASSERTIONS, SUBSCHEMA, SUBSCHEMA_MAPS, SUBSCHEMAS

Schema = dict[str, Json]


class Residues:
    """Copies parts of schemas so that they stand alone; `definitions` is what they refer to."""

    def __init__(self, names: SchemaNames) -> None:
        self._names = names
        self.definitions: dict[str, Json] = {}

    def copy(self, node: Node) -> Json:
        """Return all of a schema that can rule out a value."""
        if not isinstance(node.value, dict):
            return node.value
        if isinstance(node.value.get("$ref"), str):
            return {"$ref": f"#/definitions/{self._definition(node.workspace.follow(node))}"}
        return self.keywords(node, ASSERTIONS)

    def keywords(self, node: Node, wanted: Iterable[str]) -> Schema:
        """Return only the keywords of a schema that are wanted, and can rule out a value."""
        fields = node.mapping()
        found: Schema = {}
        for keyword in wanted:
            if keyword in fields and _matters(keyword, fields):
                found[keyword] = self._copy(node, keyword)
        if found.get("additionalProperties", True) is not True:
            # What is additional is known by what is not.
            found |= self._declared(node, found)
        return found

    def _declared(self, node: Node, found: Schema) -> Schema:
        fields = node.mapping()
        declared: Schema = {}
        properties = fields.get("properties")
        if "properties" not in found and isinstance(properties, dict):
            declared["properties"] = dict.fromkeys(properties, True)
        if "patternProperties" not in found and "patternProperties" in fields:
            declared["patternProperties"] = self._copy(node, "patternProperties")
        return declared

    def _copy(self, node: Node, keyword: str) -> Json:
        child = node.raw(keyword)
        assert child is not None  # noqa: S101 - the keyword is one of the node
        if keyword in SUBSCHEMAS and isinstance(child.value, list):
            return [self.copy(part) for part in parts(node, keyword)]
        if keyword in SUBSCHEMA:
            return self.copy(child)
        if keyword in SUBSCHEMA_MAPS:
            return {
                name: self.copy(inner) if isinstance(inner.value, dict | bool) else inner.value
                for name in child.mapping()
                if (inner := child.raw(name)) is not None
            }
        return child.value

    def _definition(self, target: Node) -> str:
        name = self._names.name(target)
        if name not in self.definitions:
            self.definitions[name] = True  # it may be inside itself
            self.definitions[name] = self.copy(target)
        return name


def _matters(keyword: str, fields: Schema) -> bool:
    """Return whether a keyword rules out anything, where it stands."""
    value = fields[keyword]
    senses: dict[str, bool] = {
        "additionalItems": value is not True and isinstance(fields.get("items"), list),
        "additionalProperties": value is not True,
        "items": value is not True,
        "format": isinstance(value, str) and value in FORMATS,
        "uniqueItems": value is True,
        "if": "then" in fields or "else" in fields,
        "then": "if" in fields,
        "else": "if" in fields,
    }
    may_be_empty = keyword not in ("properties", "patternProperties", "dependencies", "required")
    return senses.get(keyword, may_be_empty or bool(value))
