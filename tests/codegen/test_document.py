"""JSON that YAML would read otherwise, or not at all, and the places of what is in it."""

import json
from pathlib import Path

import pytest
from topicwire_codegen.document import parse_document
from topicwire_codegen.errors import SpecError


@pytest.mark.parametrize(
    "value",
    [
        '"\\ud83d\\ude00"', '"a\\ud83d\\uDE00\\uD83D\\ude01 \\u00e9\\/"', '"\\\\ud83d\\\\ude00"',
        '"\\\\\\ud83d\\ude00"', '"\\"\\ud83d\\ude00"', '"a \u2028 \u2029 b\x85"', '"\x7f\ufeff"',
        '"\\ud83d\\ude00\u2028\\ud83d\\ude00"',
    ],
)  # fmt: skip
def test_json_is_read_as_json(value):
    text = f'{{"a": [{value}, {{}}], {value}: 1, "last": 2,\n "other": {value}}}'
    document = parse_document(text, Path("/x.json"), "x.json")
    assert document.data == json.loads(text)
    lines = text.split("\n")
    for pointer, here in (("#/a/1", "{}"), ("#/last", '"last"'), ("#/other", '"other"')):
        line, column = document.positions[pointer]
        assert lines[line - 1][column - 1 :].startswith(here)


def test_errors_behind_an_escape_are_where_they_stand():
    text = '{"a": "\\ud83d\\ude00", "b" 1}'
    with pytest.raises(SpecError) as caught:
        parse_document(text, Path("/x.json"), "x.json")
    [problem] = caught.value.problems
    assert text[problem.location.column - 1 :].startswith("1}")
