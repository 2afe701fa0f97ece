"""The official suite for draft 7: every schema as a payload, every instance as its JSON."""

import json
from collections import Counter

import pytest
from topicwire import PayloadInvalid
from topicwire_codegen.json_types import same_json

from tests.codegen.payloads import generated
from tests.json_schema_suite import groups

# What cannot be generated, with what is said of it. All else has to agree.
REFUSED = {
    "definitions_0": "remote-reference",  # the meta-schema, on the network
    "ref_7": "remote-reference",
    "default_0": "wrong-default",  # a default that does not fit
    "default_1": "wrong-default",
    "default_2": "wrong-default",
    "format_5": "unsupported-format",  # idn-hostname
    "optional_format_idn_hostname_0": "unsupported-format",
    "optional_format_idn_hostname_1": "unsupported-format",
    "optional_ecmascript_regex_10": "invalid-pattern",  # \p{...}
    "optional_ecmascript_regex_14": "invalid-pattern",
    "optional_ecmascript_regex_15": "invalid-pattern",
    "optional_ecmascript_regex_19": "invalid-pattern",
}
# Of files that `refRemote` has on a server; and what is about other drafts, or no assertion.
LEFT_OUT = ("refRemote", "optional_cross_draft", "optional_content")


@pytest.mark.parametrize(
    ("pattern", "at_least", "most_refused"),
    [("*.json", 890, 0.02), ("optional/*.json", 80, 0.2), ("optional/format/*.json", 390, 0.2)],
    ids=["required", "optional", "formats"],
)
def test_the_models_agree_with_the_official_suite(pattern, at_least, most_refused, tmp_path):
    suite = {group.key: group for group in groups(pattern) if not group.key.startswith(LEFT_OUT)}
    cases = sum(len(group.tests) for group in suite.values())
    assert cases >= at_least
    wrong: list[str] = []
    schemas = {key: group.schema for key, group in suite.items()}
    with generated(tmp_path / "suite", schemas) as (channels, refused):
        assert {key: problems[0].rule for key, problems in refused.items()} == {
            key: rule for key, rule in REFUSED.items() if key in suite
        }
        for key, channel in channels.items():
            wrong += judged(suite[key], channel)
    assert not wrong, "\n".join(wrong)
    assert sum(len(suite[key].tests) for key in refused) <= most_refused * cases


def judged(group, channel) -> list[str]:
    """Return what a channel does with the instances of a group that it should not do."""
    wrong = []
    for description, data, valid in group.tests:
        case = f"{group.key}: {group.description}: {description}"
        try:
            message = channel.codec.decode(json.dumps(data).encode(), topic="t")
        except PayloadInvalid as error:
            if valid:
                wrong.append(f"{case}: rejected, {error}")
        else:
            if not valid:
                wrong.append(f"{case}: accepted")
            elif not same_json(as_doubles(channel.codec.encode(message)), as_doubles(data)):
                wrong.append(f"{case}: changed into {channel.codec.encode(message)!r}")
    return wrong


def as_doubles(value):
    """Return JSON with its numbers as the doubles that they are in the models."""
    text = value if isinstance(value, bytes) else json.dumps(value)
    return json.loads(text, parse_int=float)


def test_batches_are_checked_too(tmp_path):
    """Each group as one batch: every instance gets the same verdict as alone."""
    suite = {group.key: group for group in groups("*.json") if group.key.startswith(("if", "not"))}
    schemas = {key: group.schema for key, group in suite.items()}
    counted: Counter[bool] = Counter()
    with generated(tmp_path / "batches", schemas) as (channels, _):
        for key, channel in channels.items():
            tests = suite[key].tests
            body = json.dumps([data for _, data, _ in tests]).encode()
            elements = channel.codec.decode_batch(body, topic="t/batch")
            verdicts = [not isinstance(element, PayloadInvalid) for element in elements]
            assert verdicts == [valid for _, _, valid in tests], suite[key].description
            counted.update(verdicts)
    assert counted[True] > 20
    assert counted[False] > 20
