"""Schemas that the lint lets pass, but whose models would not keep to them, are refused."""

import json
import time
from pathlib import Path

import pytest
from topicwire_codegen.build import build
from topicwire_codegen.errors import SpecError
from topicwire_codegen.fidelity import check_models
from topicwire_codegen.lint import lint
from topicwire_codegen.models import make_models
from topicwire_codegen.references import Workspace


def workspace(folder: Path, payload: object, **schemas: object) -> Workspace:
    """Return a document with one channel of this payload."""
    message = {"payload": payload}
    spec = folder / "spec.json"
    spec.write_text(json.dumps({
        "asyncapi": "3.1.0",
        "info": {"title": "Trial", "version": "1"},
        "channels": {"trial": {"address": "trial", "messages": {"trial": message}}},
        "components": {"schemas": schemas},
    }))  # fmt: skip
    opened = Workspace.open(spec)
    assert lint(opened, conventions=False) == []
    return opened


def record(**properties: object) -> dict[str, object]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory) -> dict[str, str]:
    """What is said of many schemas at once, by the names of the classes."""
    schemas = {
        "Untyped": record(value={"minimum": 3}),
        "UntypedObject": record(value={"properties": {"a": {"type": "integer"}}}),
        "OneOfBoth": record(value={
            "oneOf": [{"type": "integer", "minimum": 1}, {"type": "integer", "maximum": 3}]
        }),
        "TrueForOne": record(value={"type": "integer", "enum": [0, 1]}),
    }  # fmt: skip
    root = record(**{name: {"$ref": f"#/components/schemas/{name}"} for name in schemas})
    opened = workspace(tmp_path_factory.mktemp("trial"), root, **schemas)
    built = build(opened)
    folder = tmp_path_factory.mktemp("models")
    problems = check_models(opened, built, make_models(built.names, folder))
    return {problem.location.pointer.split("/")[3]: str(problem) for problem in problems}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Untyped", 'accepts {"value": 0}, which does not fit the schema'),
        ("UntypedObject", 'rejects {"value": null}, which fits the schema'),
        ("OneOfBoth", 'accepts {"value": 1}, which does not fit the schema'),
        ("TrueForOne", 'accepts {"value": true}, which does not fit the schema'),
    ],
)
def test_a_model_that_does_not_keep_to_its_schema_is_refused(name, said, refusals):
    remedy = (
        "say its 'type': without one, values of every other type fit the schema as well"
        if name.startswith("Untyped")
        else "write the schema in another way; this version does not keep to all that it says"
    )
    assert refusals[name] == (
        f"spec.json:1:{refusals[name].split(':')[2]}: "
        f"#/components/schemas/{name}/properties/value\n"
        f"  unfaithful-model: the Python class of this schema {said}\n"
        f"  remedy: {remedy}"
    )


def test_nothing_else_is_refused(refusals):
    assert len(refusals) == 4


def test_a_choice_that_several_fit_is_refused(tmp_path):
    first, second = record(a={"type": "integer"}), record(a={"type": "integer"}, b={})
    opened = workspace(tmp_path, {"oneOf": [first, second]})
    built = build(opened)
    [problem] = check_models(opened, built, make_models(built.names, tmp_path))
    assert problem.location.pointer == "#/channels/trial/messages/trial/payload"
    assert problem.message.endswith("accepts {}, which does not fit the schema")


def test_fractions_to_choose_from_are_refused(tmp_path):
    opened = workspace(tmp_path, record(value={"type": "number", "enum": [1.5, 2.5]}))
    with pytest.raises(SpecError) as caught:
        make_models(build(opened).names, tmp_path)
    [problem] = caught.value.problems
    assert problem.rule == "unsupported-schema"
    assert "would be a choice that has 1.5 in it" in problem.message


def test_source_that_cannot_be_imported_is_refused(tmp_path):
    opened = workspace(tmp_path, record(value={"type": "string"}))
    built = build(opened)
    [problem] = check_models(opened, built, "from nowhere import everything")
    assert problem.rule == "unsupported-schema"
    assert "they cannot be imported: No module named 'nowhere'" in problem.message


def test_a_changed_value_is_refused(tmp_path):
    opened = workspace(tmp_path, record(value={"type": "string"}))
    built = build(opened)
    source = make_models(built.names, tmp_path)
    worse = source.replace("value: str", "value: Annotated[str, Field(to_upper=True)]")
    worse = worse.replace("import MISSING", "import StringConstraints as Field, MISSING")
    worse = worse.replace("from pydantic", "from typing import Annotated\nfrom pydantic")
    [problem] = check_models(opened, built, worse)
    assert problem.message.endswith('turns {"value": "x"} into {"value": "X"}')


NESTED = {"type": "array", "items": {"$ref": "#/components/schemas/Nested"}}
ANYTHING = {
    "anyOf": [
        {"type": ["string", "number", "boolean", "null"]},
        {"type": "array", "items": {"$ref": "#/components/schemas/Nested"}},
        {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Nested"}},
    ]
}


@pytest.mark.parametrize("nested", [NESTED, ANYTHING], ids=["array", "anything"])
def test_recursion_without_a_class_is_refused(nested, tmp_path):
    root = record(value={"$ref": "#/components/schemas/Nested"})
    opened = workspace(tmp_path, root, Nested=nested)
    with pytest.raises(SpecError) as caught:
        make_models(build(opened).names, tmp_path)
    [problem] = caught.value.problems
    assert problem.location.pointer == "#/components/schemas/Nested"
    assert problem.message == (
        "this schema contains itself with no object of declared properties in between"
    )


def wide(levels: int) -> dict[str, object]:
    """Return objects of ten objects of ten objects ..., of which a whole value would be huge."""
    names = [f"Level{level}" for level in range(levels)]
    schemas: dict[str, object] = {}
    for name, inner in zip(names, [*names[1:], "Leaf"], strict=True):
        properties = {f"p{i}": {"$ref": f"#/components/schemas/{inner}"} for i in range(10)}
        schemas[name] = {**record(**properties), "required": list(properties)}
    return {**schemas, "Leaf": record(value={"type": "string"})}


@pytest.mark.parametrize(
    ("root", "schemas"),
    [
        ({"$ref": "#/components/schemas/Level0"}, wide(7)),
        (record(value={"type": "string", "pattern": "^(x+)+y$", "maxLength": 5000}), {}),
        (record(value={"type": "array", "minItems": 10**9}, text={"minLength": 10**9,
                                                                 "type": "string"}), {}),
    ],
    ids=["wide", "pattern", "long"],
)  # fmt: skip
def test_trying_a_model_takes_bounded_time(root, schemas, tmp_path):
    opened = workspace(tmp_path, root, **schemas)
    built = build(opened)
    source = make_models(built.names, tmp_path)
    started = time.process_time()
    assert check_models(opened, built, source) == []
    assert time.process_time() - started < 5
