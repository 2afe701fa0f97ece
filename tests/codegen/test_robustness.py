"""Whatever stands in a document, the answer is a list of problems and never an exception."""

import copy
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from topicwire_codegen.document import Json, read_document
from topicwire_codegen.errors import SpecError
from topicwire_codegen.generate import generate, validate

CASES = [
    read_document(path).data
    for path in sorted((Path(__file__).parent / "golden").glob("*/asyncapi.yaml"))
    if path.parent.name != "several_files"
]

WORDS = """
    $ref type properties items enum const oneOf allOf required default address messages payload
    channel action tags name bindings mqtt qos x-topicwire batch traits parameters examples
    additionalProperties schemaFormat pattern a/b ~
"""
KEYS = st.sampled_from(["", *WORDS.split()])
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["#", "#/", "#/channels", "#/channels/update", "string", "object", "send",
                     "parts/x.yaml", "(", "{a}", "\u0000", "https://example.org"]),
    st.text(max_size=5),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def places(value: Json, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths to everything in a document."""
    found = [path] if path else []
    entries = value.items() if isinstance(value, dict) else ()
    for key, inner in entries:
        found += places(inner, (*path, key))
    for i, inner in enumerate(value if isinstance(value, list) else ()):
        found += places(inner, (*path, i))
    return found


@st.composite
def broken_documents(draw: st.DrawFn) -> Json:
    document = copy.deepcopy(draw(st.sampled_from(CASES)))
    for _ in range(draw(st.integers(1, 2))):
        *parents, last = draw(st.sampled_from(places(document)))
        target: object = document
        for part in parents:
            target = target[part]  # type: ignore[index]
        target[last] = draw(VALUES)  # type: ignore[index]
    return document


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("robustness")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(document=broken_documents())
def test_only_problems_come_of_a_broken_document(document: Json, folder: Path):
    spec = folder / "asyncapi.yaml"
    spec.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    try:
        generate(spec, folder / "out", "broken", conventions=True, official=False, write=False)
    except SpecError as error:
        for problem in error.problems:
            assert problem.message
            assert problem.remedy
            assert problem.location.pointer.startswith("#")


@pytest.mark.parametrize(
    "reference",
    ["x" * 5000, "\0", "%00", "a/" * 3000, "#/operations/send/tags/\u00b2",
     "#/operations/send/tags/" + "9" * 5000],
)  # fmt: skip
def test_references_that_no_system_could_follow_lead_nowhere(reference: str, tmp_path: Path):
    document = {
        "asyncapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "channels": {"a": {"$ref": reference}},
        "operations": {"send": {"action": "send", "tags": [{"name": "x"}]}},
    }
    spec = tmp_path / "asyncapi.yaml"
    spec.write_text(json.dumps(document))
    with pytest.raises(SpecError, match="leads nowhere"):
        validate(spec, conventions=False, official=False)


def test_a_deep_value_in_schemas_of_many_layers_is_refused(tmp_path: Path):
    layers: Json = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/S"}}}
    for _ in range(25):
        layers = {"allOf": [layers]}
    example: Json = {}
    for _ in range(50):
        example = {"a": example}
    schema = {"type": "object", "properties": {"a": layers}, "examples": [example]}
    document = {
        "asyncapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": {"main": {"host": "h", "protocol": "mqtt"}},
        "channels": {
            "a": {
                "address": "a",
                "messages": {"m": {"payload": {"$ref": "#/components/schemas/S"}}},
            }
        },
        "operations": {},
        "components": {"schemas": {"S": schema}},
    }
    spec = tmp_path / "asyncapi.yaml"
    spec.write_text(json.dumps(document))
    with pytest.raises(SpecError, match="it and its schema are nested too deeply"):
        validate(spec, conventions=True, official=False)
