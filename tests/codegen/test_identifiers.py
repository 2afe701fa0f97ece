"""Schemas that are referred to by their `$id`."""

from pathlib import Path

import pytest
from topicwire_codegen.document import Document
from topicwire_codegen.identifiers import Identifiers

ROOT = {
    "$id": "https://example.com/root.json",
    "properties": {
        "a": {"$id": "item.json", "definitions": {"id": {"type": "integer"}}},
        "b": {"$id": "sub/", "items": {"$id": "leaf.json"}},
        "c": {"$id": "#word", "type": "string"},
        "$id": {"type": "null"},
    },
    "definitions": {"urn": {"$id": "urn:x:y"}},
    "enum": [{"$id": "in-data.json"}],
    "x-other": {"$id": "in-other.json"},
}
DOCUMENT = Document(Path("/folder/doc.yaml"), "doc.yaml", {"schemas": {"root": ROOT}}, {})
HERE = "#/schemas/root"
# Where a reference stands.
INSIDE = f"{HERE}/properties/x"


@pytest.mark.parametrize(
    ("place", "reference", "expected"),
    [
        (INSIDE, "item.json", f"{HERE}/properties/a"),
        (INSIDE, "https://example.com/item.json", f"{HERE}/properties/a"),
        (INSIDE, "item.json#/definitions/id", f"{HERE}/properties/a/definitions/id"),
        (INSIDE, "sub/leaf.json", f"{HERE}/properties/b/items"),
        (f"{HERE}/properties/b/items/not", "leaf.json", f"{HERE}/properties/b/items"),
        (f"{HERE}/properties/b/items/not", "../root.json", HERE),
        (INSIDE, "#word", f"{HERE}/properties/c"),
        (INSIDE, "#", HERE),
        (INSIDE, "urn:x:y", f"{HERE}/definitions/urn"),
        (INSIDE, "item.json#/definitions/nothing", None),
        (INSIDE, "leaf.json", None),
        (INSIDE, "#other", None),
        ("#", "item.json", None),
        (INSIDE, "in-data.json", None),
        (INSIDE, "in-other.json", None),
    ],
)
def test_where_references_lead(place, reference, expected):
    identifiers = Identifiers(lambda pointer: "/enum" in pointer)
    found = identifiers.find(DOCUMENT, place, reference)
    assert (found[1] if found is not None else None) == expected


def test_a_document_without_any_is_passed_over():
    plain = Document(Path("/plain.yaml"), "plain.yaml", {"schemas": {"a": {"type": "null"}}}, {})
    assert Identifiers(lambda pointer: False).find(plain, "#/schemas/a", "#word") is None
