"""The published document, made of several files and with the channels of batches."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from topicwire_codegen.build import build
from topicwire_codegen.bundle import bundle
from topicwire_codegen.lint import lint
from topicwire_codegen.official import OfficialValidator, find_official
from topicwire_codegen.references import Workspace

Bundle = Callable[..., dict]


@pytest.fixture
def bundled(tmp_path) -> Bundle:
    """Write files, given by name and YAML, and return the bundle of `asyncapi.yaml`."""

    def make(**files: str) -> dict:
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        workspace = Workspace.open(tmp_path / "asyncapi.yaml")
        assert lint(workspace, conventions=False) == []
        return json.loads(bundle(workspace, build(workspace).names))

    return make


HEAD = "asyncapi: 3.1.0\ninfo: {title: Bundle, version: 1.0.0}\n"
OBJECT = "type: object\nadditionalProperties: true\nproperties: {next: {$ref: '#'}}\n"


def test_a_schema_of_another_file_gets_a_place_of_its_own(bundled):
    document = bundled(
        asyncapi=HEAD
        + """
channels:
  a: {address: a, messages: {m: {payload: {$ref: 'Job.yaml'}}}}
  b: {address: b, messages: {m: {payload: {$ref: 'Job.yaml'}}}}
components: {schemas: {Job: {type: string, description: of nobody}}}
""",
        Job=OBJECT,
    )
    reference = {"$ref": "#/components/schemas/Job_"}
    for channel in document["channels"].values():
        assert channel["messages"]["m"]["payload"] == reference
    assert document["components"]["schemas"] == {
        "Job": {"type": "string", "description": "of nobody"},
        "Job_": {**yaml.safe_load(OBJECT), "properties": {"next": reference}},
    }


def test_operations_refer_to_channels_of_other_files(bundled):
    document = bundled(
        asyncapi=HEAD
        + """
channels: {job: {$ref: 'parts.yaml#/job'}}
operations:
  send:
    action: send
    channel: {$ref: 'parts.yaml#/job'}
    messages: [{$ref: 'parts.yaml#/job/messages/job'}]
""",
        parts="job: {address: job, messages: {job: {payload: {$ref: 'Job.yaml'}}}}",
        Job=OBJECT,
    )
    assert document["channels"]["job"]["address"] == "job"
    assert document["operations"]["send"] == {
        "action": "send",
        "channel": {"$ref": "#/channels/job"},
        "messages": [{"$ref": "#/channels/job/messages/job"}],
    }


def test_ref_in_an_example_is_a_property(bundled):
    document = bundled(
        asyncapi=HEAD
        + """
channels:
  a:
    address: a
    messages:
      m:
        payload:
          type: object
          additionalProperties: false
          properties: {$ref: {type: string}, default: {$ref: '#/components/schemas/Text'}}
          examples: [{$ref: nowhere.yaml}]
        examples: [{payload: {$ref: '#/nowhere'}}]
components: {schemas: {Text: {type: string}}}
"""
    )
    message = document["channels"]["a"]["messages"]["m"]
    assert message["payload"]["examples"] == [{"$ref": "nowhere.yaml"}]
    assert message["examples"] == [{"payload": {"$ref": "#/nowhere"}}]
    assert message["payload"]["properties"]["default"] == {"$ref": "#/components/schemas/Text"}


BATCHES = """
channels:
  value:
    address: value/{unit}
    title: Value
    parameters: {unit: {}}
    messages: {value: {$ref: '#/components/messages/value'}, job: {payload: {$ref: 'Job.yaml'}}}
    x-topicwire: {batch: {max_messages: 3}, json: lenient}
  valueBatch: {address: other, messages: {value: {$ref: '#/components/messages/value'}}}
operations:
  sendValue: {action: send, summary: Send it., channel: {$ref: '#/channels/value'}}
  receiveOther: {action: receive, channel: {$ref: '#/channels/valueBatch'}}
components:
  messages:
    value: {payload: {type: object, additionalProperties: false, properties: {x: {type: number}}}}
"""


def test_batches_have_channels_and_operations(bundled):
    document = bundled(asyncapi=HEAD + BATCHES, Job=OBJECT)
    assert list(document["channels"]) == ["value", "valueBatch", "valueBatch_"]
    assert document["channels"]["valueBatch_"] == {
        "address": "value/{unit}/batch",
        "title": "Value, in batches",
        "parameters": {"unit": {}},
        "messages": {
            "batch": {
                "name": "valueBatch",
                "title": "Value: a batch",
                "summary": "Up to 3 messages of value, oldest first.",
                "contentType": "application/json",
                "payload": {
                    "type": "array",
                    "items": {
                        "anyOf": [
                            {"$ref": "#/components/messages/value/payload"},
                            {"$ref": "#/components/schemas/Job"},
                        ]
                    },
                    "minItems": 1,
                },
            }
        },
        "x-topicwire": {"json": "lenient"},
    }
    assert list(document["operations"]) == ["sendValue", "receiveOther", "sendValueBatch"]
    assert document["operations"]["sendValueBatch"] == {
        "action": "send",
        "summary": "Send it, in batches.",
        "channel": {"$ref": "#/channels/valueBatch_"},
    }


def test_the_official_validator_takes_it(bundled, tmp_path):
    command = find_official(Path(__file__))
    if command is None:
        pytest.skip("the AsyncAPI tools are not installed (npm ci)")
    published = tmp_path / "published.json"
    published.write_text(json.dumps(bundled(asyncapi=HEAD + BATCHES, Job=OBJECT)))
    document = Workspace.open(published).root.document
    assert OfficialValidator(command, document).problems() == []


PARTITIONS = """
channels:
  sample:
    address: lab/{site}/sample
    parameters: {site: {}}
    messages: {sample: {$ref: '#/components/messages/sample'}}
    x-topicwire: {delivery: durable, partitions: {count: 2, by: site}}
operations:
  takeSample: {action: send, summary: Take it., channel: {$ref: '#/channels/sample'},
    bindings: {mqtt: {qos: 1}}}
components:
  messages: {sample: {payload: {$ref: 'Job.yaml'}}}
"""


def test_partitions_have_channels_and_operations(bundled):
    document = bundled(asyncapi=HEAD + PARTITIONS, Job=OBJECT)
    assert document["channels"]["samplePartition"] == {
        "title": "sample, in partitions",
        "address": "lab/{site}/sample/partition/{partition}",
        "parameters": {
            "site": {},
            "partition": {
                "description": "The first 8 bytes of the SHA-256 of `site`, modulo 2.",
                "enum": ["0", "1"],
            },
        },
        "messages": {"sample": {"$ref": "#/components/messages/sample"}},
        "x-topicwire": {"delivery": "durable"},
    }
    assert document["operations"]["takeSamplePartition"] == {
        "action": "send",
        "summary": "Take it, in partitions.",
        "channel": {"$ref": "#/channels/samplePartition"},
        "bindings": {"mqtt": {"qos": 1}},
    }
