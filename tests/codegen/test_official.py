"""The official validator beside the lint, on documents that only it refuses."""

from pathlib import Path

import pytest
from topicwire_codegen.document import read_document
from topicwire_codegen.errors import SpecError
from topicwire_codegen.generate import validate
from topicwire_codegen.official import OfficialValidator, find_official

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    find_official(ROOT) is None, reason="the AsyncAPI tools are not installed (npm ci)"
)


@pytest.mark.parametrize(
    "document",
    ["asyncapi.yaml", "generated/src/suspension_protocol/asyncapi.json"],
    ids=["source", "published"],
)
def test_the_suspension_protocol_is_valid(document):
    command = find_official(ROOT)
    assert command is not None
    assert OfficialValidator(command, read_document(ROOT / document)).problems() == []


def test_what_only_it_finds_is_shown_in_the_same_form(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    path = tmp_path / "asyncapi.yaml"
    text = (ROOT / "tests/codegen/golden/minimal/asyncapi.yaml").read_text()
    path.write_text(text.replace("version: 0.1.0}", "version: 0.1.0, contact: nobody}"))
    validate(path, conventions=False, official=False)
    with pytest.raises(SpecError) as caught:
        validate(path, conventions=False, official=True)
    [problem] = caught.value.problems
    assert str(problem.location) == "asyncapi.yaml:2:40: #/info/contact"
    assert problem.rule == "asyncapi"
    assert "contact" in problem.message
