"""Which classes datamodel-code-generator writes, and which the generator itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from topicwire_codegen.build import build
from topicwire_codegen.classes import Classes
from topicwire_codegen.errors import SpecError
from topicwire_codegen.fidelity import check_models
from topicwire_codegen.model_source import class_names, statements
from topicwire_codegen.models import make_models
from topicwire_codegen.ordinary import ordinary_classes
from topicwire_codegen.references import Workspace
from topicwire_codegen.residue import Residues

ROOT = Path(__file__).parents[2]


def by_tool(document: Path) -> set[str]:
    names = build(Workspace.open(document)).names
    classes = list(Classes(names, Residues(names)).all())
    return set(ordinary_classes(names, classes, statements(classes)))


def document(folder: Path, **properties: object) -> Path:
    """Write a document with a message of these properties."""
    path = folder / "asyncapi.json"
    payload = {"type": "object", "properties": properties, "required": list(properties)}
    path.write_text(
        json.dumps(
            {
                "asyncapi": "3.1.0",
                "info": {"title": "Test", "version": "1.0.0"},
                "channels": {"ch": {"address": "a", "messages": {"m": {"payload": payload}}}},
                "operations": {"sendIt": {"action": "send", "channel": {"$ref": "#/channels/ch"}}},
            }
        )
    )
    return path


def inner(**more: object) -> dict[str, object]:
    return {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, **more}


def test_the_tool_writes_all_classes_of_the_suspension_protocol():
    source = ROOT / "generated" / "src" / "suspension_protocol" / "models.py"
    assert by_tool(ROOT / "asyncapi.yaml") == set(class_names(source.read_text()))


def test_a_class_that_types_cannot_say_is_the_only_one_not_by_the_tool(tmp_path):
    path = document(
        tmp_path,
        even={**inner(), "not": {"required": ["other"]}},
        plain=inner(),
        kind={"type": "string", "enum": ["small", "large"]},
    )
    assert by_tool(path) == {"MPayload", "MPayloadPlain", "MPayloadKind"}
    built = build(Workspace.open(path))
    source = make_models(built.names, built.models)
    assert source.count("__json_schema__") == 1
    assert check_models(built, source) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "format": "date-time"},
        {"type": "number", "multipleOf": 0.1},
        {"type": "array", "uniqueItems": True},
        {"type": "object", "minProperties": 1},
        {"enum": [1, 2]},
        {"type": ["string", "integer"], "maxLength": 3},
    ],
    ids=["format", "multipleOf", "uniqueItems", "minProperties", "numbers", "types"],
)
def test_a_property_of_what_the_tool_cannot_say(schema, tmp_path):
    assert by_tool(document(tmp_path, odd=schema)) == set()


def test_names_are_those_of_the_generator_whoever_writes(tmp_path):
    path = document(tmp_path, kind={"type": "string", "enum": ["", "large"]}, int=inner())
    built = build(Workspace.open(path))
    source = make_models(built.names, built.models)
    assert "EMPTY = ''" in source
    assert "int_: Annotated[MPayloadInt, Field(alias='int')]" in source


def test_a_tool_that_fails_is_a_problem(tmp_path, monkeypatch):
    built = build(Workspace.open(document(tmp_path, plain=inner())))
    monkeypatch.setattr("sys.executable", "false")
    with pytest.raises(SpecError) as caught:
        make_models(built.names, built.models)
    assert "datamodel-code-generator failed: no reason given" in str(caught.value.problems[0])
