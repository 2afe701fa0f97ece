"""Models that do not keep to their schemas are refused before anything is written."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from topicwire_codegen.build import build
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


def trial(folder: Path, payload: object, change: Callable[[str], str], **schemas: object):
    """Return what is said of a model that was changed behind the generator's back."""
    built = build(workspace(folder, payload, **schemas))
    source = make_models(built.names, built.models)
    changed = change(source)
    assert changed != source
    return check_models(built, changed)


def test_a_model_that_takes_too_much_is_refused(tmp_path):
    payload = record(value={"type": "number", "minimum": 3})
    [problem] = trial(tmp_path, payload, lambda source: source.replace("ge=3.0", "ge=2.0"))
    assert str(problem) == (
        f"spec.json:1:{problem.location.column}: "
        "#/channels/trial/messages/trial/payload/properties/value\n"
        '  unfaithful-model: the Python class of this schema accepts {"value": 2}, which does not '
        "fit the schema\n"
        "  remedy: this is a fault of the generator; write the schema in another way, and report it"
    )


def test_a_model_that_takes_too_little_is_refused(tmp_path):
    payload = record(value={"type": ["string", "null"]})
    [problem] = trial(tmp_path, payload, lambda source: source.replace("str | None", "str"))
    assert problem.message.endswith('rejects {"value": null}, which fits the schema')


def test_a_payload_without_its_check_is_refused(tmp_path):
    payload = {"type": "array", "items": {"type": "integer"}, "uniqueItems": True}

    def without(source: str) -> str:
        return source.replace("{'uniqueItems': True}", "{}")

    [problem] = trial(tmp_path, payload, without)
    assert problem.location.pointer == "#/channels/trial/messages/trial/payload"
    assert problem.message.endswith("which does not fit the schema")


def test_a_changed_value_is_refused(tmp_path):
    def worse(source: str) -> str:
        text = source.replace("value: str", "value: Annotated[str, Field(to_upper=True)]")
        text = text.replace("import MISSING", "import StringConstraints as Field, MISSING")
        return text.replace("from pydantic", "from typing import Annotated\nfrom pydantic")

    [problem] = trial(tmp_path, record(value={"type": "string"}), worse)
    assert problem.message.endswith('turns {"value": "x"} into {"value": "X"}')


def test_source_that_cannot_be_imported_is_refused(tmp_path):
    def other(_: str) -> str:
        return "from nowhere import everything"

    [problem] = trial(tmp_path, record(value={"type": "string"}), other)
    assert problem.rule == "unsupported-schema"
    assert "they cannot be imported: No module named 'nowhere'" in problem.message


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
    source = make_models(built.names, built.models)
    started = time.process_time()
    assert check_models(built, source) == []
    assert time.process_time() - started < 5
