"""Documents that nothing can be made of: what is said of each, to the letter, and how soon."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from topicwire_codegen.cli import app
from topicwire_codegen.lint import examples
from typer.testing import CliRunner

HEAD = "asyncapi: 3.0.0\ninfo: {title: t, version: '1'}\n"
# Seconds. They take less than one; what has no end would take longer than any limit.
SOON = 30

CASES: dict[str, tuple[str, str]] = {
    "broken YAML": (
        HEAD + "channels:\n  a: {address: a, messages: {m: {payload: {type: object}}}\n",
        """\
asyncapi.yaml:5:1: #
  unreadable: is not valid YAML: while parsing a flow mapping did not find expected ',' or '}'
  remedy: mend the syntax there
""",
    ),
    "a tab": (
        HEAD + "channels:\n\ta: {}\n",
        """\
asyncapi.yaml:4:1: #
  unreadable: is not valid YAML: while scanning for the next token found character that cannot start any token
  remedy: mend the syntax there
""",
    ),
    "duplicate keys": (
        HEAD + "channels:\n  a: {address: a}\n  a: {address: b}\n",
        """\
asyncapi.yaml:5:3: #/channels/a
  unreadable: key 'a' is there twice, first in line 4
  remedy: keep one of them
""",
    ),
    "a channel that is itself": (
        HEAD + "channels:\n  a: {$ref: '#/channels/a'}\n",
        """\
asyncapi.yaml:4:7: #/channels/a/$ref
  cyclic-reference: this $ref leads back to itself: #/channels/a -> #/channels/a
  remedy: let one of them be a value instead of a $ref
""",
    ),
    "channels that are each other": (
        HEAD + "channels:\n  a: {$ref: '#/channels/b'}\n  b: {$ref: '#/channels/a'}\n",
        """\
asyncapi.yaml:4:7: #/channels/a/$ref
  cyclic-reference: this $ref leads back to itself: #/channels/a -> #/channels/b -> #/channels/a
  remedy: let one of them be a value instead of a $ref

asyncapi.yaml:5:7: #/channels/b/$ref
  cyclic-reference: this $ref leads back to itself: #/channels/b -> #/channels/a -> #/channels/b
  remedy: let one of them be a value instead of a $ref
""",
    ),
    "a channel that is inside itself": (
        HEAD + "channels:\n  a: {$ref: '#/channels/a/messages/m'}\n",
        """\
asyncapi.yaml:4:7: #/channels/a/$ref
  cyclic-reference: this $ref leads back to itself: #/channels/a -> #/channels/a
  remedy: let one of them be a value instead of a $ref
""",
    ),
    "a file that is itself": (
        "$ref: asyncapi.yaml\n",
        """\
asyncapi.yaml:1:1: #/$ref
  cyclic-reference: this $ref leads back to itself: # -> #
  remedy: let one of them be a value instead of a $ref
""",
    ),
    "references that lead nowhere": (
        HEAD + "channels:\n  a: {$ref: '#/components/channels/a'}\n  b: {$ref: none.yaml}\n"
        "  c: {$ref: .}\n",
        """\
asyncapi.yaml:4:7: #/channels/a/$ref
  dangling-reference: $ref '#/components/channels/a' leads nowhere: there is no 'components' in #
  remedy: use one of those there: asyncapi, channels, info

asyncapi.yaml:5:7: #/channels/b/$ref
  dangling-reference: $ref 'none.yaml' leads nowhere: there is no file 'none.yaml'
  remedy: write the path relative to the file that the $ref stands in

asyncapi.yaml:6:7: #/channels/c/$ref
  dangling-reference: $ref '.' leads nowhere: there is no file '.'
  remedy: write the path relative to the file that the $ref stands in
""",
    ),
    "a reference to the network": (
        HEAD + "channels:\n  a: {$ref: 'https://schemas.example.com/channel.yaml'}\n",
        """\
asyncapi.yaml:4:7: #/channels/a/$ref
  remote-reference: $ref 'https://schemas.example.com/channel.yaml' is on the network; nothing is fetched from there
  remedy: save it beside this document and refer to the file
""",
    ),
    "a channel that is a text": (
        HEAD + "channels:\n  a: lamps/one\n",
        """\
asyncapi.yaml:4:3: #/channels/a
  wrong-type: 'a' is the text 'lamps/one', but has to be a channel object
  remedy: write a channel object here
""",
    ),
    "a message of another channel": (
        HEAD + "channels:\n"
        "  a: {address: a, messages: {m: {payload: {type: object, properties: {x: {}}}}}}\n"
        "  b: {address: b, messages: {n: {payload: {type: object, properties: {x: {}}}}}}\n"
        "operations:\n"
        "  send: {action: send, channel: {$ref: '#/channels/a'}, messages: [{$ref: '#/channels/b/messages/n'}]}\n",
        """\
asyncapi.yaml:7:68: #/operations/send/messages/0
  foreign-message: this message is not one of those of channel 'a'
  remedy: refer to '#/channels/a/messages/...', or add it there
""",
    ),
    "an older version": (
        "asyncapi: 2.6.0\ninfo: {title: t, version: '1'}\nchannels: {}\n",
        """\
asyncapi.yaml:1:1: #/asyncapi
  unsupported-version: AsyncAPI version '2.6.0' is not supported
  remedy: use 3.0.0 or 3.1.0; documents of version 2 are converted with `--convert`
""",
    ),
    "something else": (
        "openapi: 3.0.0\npaths: {}\n",
        """\
asyncapi.yaml:1:1: #
  unsupported-version: the document does not say its AsyncAPI version
  remedy: begin it with `asyncapi: 3.1.0`
""",
    ),
}


def generate(folder: Path, *options: str) -> Any:
    return CliRunner().invoke(
        app,
        ["generate", str(folder / "asyncapi.yaml"), "--output", str(folder / "out"),
         "--package", "bad", "--no-official", *options],
    )  # fmt: skip


def refused(folder: Path, text: str, *options: str) -> str:
    """Return what is said of a document, which has to be refused soon."""
    (folder / "asyncapi.yaml").write_text(text)
    started = time.monotonic()
    done = generate(folder, *options)
    assert time.monotonic() - started < SOON
    assert done.exit_code == 2, done.output
    assert not (folder / "out").exists()
    said, _, count = done.stderr.rstrip().rpartition("\n\n")
    assert count.endswith("nothing was written")
    return f"{said}\n"


@pytest.mark.parametrize("name", CASES)
def test_what_is_said(name, tmp_path):
    text, said = CASES[name]
    assert refused(tmp_path, text) == said


def test_problems_in_other_files_are_told_of_there(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "one.yaml").write_text("address: a\nmessages: {m: {$ref: two.yaml}}\n")
    (tmp_path / "parts" / "three.yaml").write_text("a: [\n")
    (tmp_path / "parts" / "four.yaml").write_bytes(b"\xff\xfe")
    text = HEAD + "channels:\n" + "".join(
        f"  {name}: {{$ref: parts/{name}.yaml}}\n" for name in ("one", "three", "four")
    )  # fmt: skip
    assert refused(tmp_path, text) == (
        "parts/four.yaml:1:1: #\n  unreadable: is not UTF-8 (byte 0)\n"
        "  remedy: save it in the UTF-8 encoding\n\n"
        "parts/one.yaml:2:16: #/messages/m/$ref\n"
        "  dangling-reference: $ref 'two.yaml' leads nowhere: there is no file 'two.yaml'\n"
        "  remedy: write the path relative to the file that the $ref stands in\n\n"
        "parts/three.yaml:2:1: #\n"
        "  unreadable: is not valid YAML: while parsing a flow node did not find expected node "
        "content\n  remedy: mend the syntax there\n"
    )


@pytest.mark.parametrize(
    ("step", "most"),
    # The real limit once is enough, it takes its time.
    [("[*a{0}, *a{0}, *a{0}]", 500_000), ("{{x: *a{0}, y: *a{0}, z: *a{0}}}", 5_000)],
)
def test_aliases_that_multiply(step, most, tmp_path, monkeypatch):
    monkeypatch.setattr("topicwire_codegen.document._MAX_VALUES", most)
    lines = ["x0: &a0 {p: 1}", *(f"x{i}: &a{i} {step.format(i - 1)}" for i in range(1, 40))]
    said = refused(tmp_path, HEAD + "\n".join(lines))
    assert "unreadable: has too many values\n  remedy: use fewer aliases\n" in said


def test_merge_keys_that_multiply_and_that_are_inside_themselves(tmp_path):
    lines = ["x-0: &a0 {p: 1}"]
    lines += [f"x-{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}, *a{i - 1}]}}" for i in range(1, 60)]
    (tmp_path / "asyncapi.yaml").write_text(HEAD + "\n".join(lines) + "\nchannels: {}\n")
    assert generate(tmp_path, "--check").exit_code == 1, "it is a valid document"
    said = refused(tmp_path, HEAD + "x: &x {<<: *x}\n")
    assert "merges what is no object" in said


def test_a_chain_of_references_without_end_in_sight(tmp_path):
    chain = {f"c{i}": {"$ref": f"#/components/channels/c{i + 1}"} for i in range(300)}
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "t", "version": "1"},
        "channels": {"a": {"$ref": "#/components/channels/c0"}},
        "components": {"channels": chain},
    }
    said = refused(tmp_path, json.dumps(document))
    assert "this is the end of more than 64 $refs, one leading to the next" in said


def test_a_pattern_that_tries_everything(tmp_path, monkeypatch):
    monkeypatch.setattr(examples, "PATIENCE", 0.2)
    text = HEAD + (
        "channels:\n  a:\n    address: a\n    messages:\n      m:\n        payload:\n"
        "          type: object\n          properties:\n"
        "            x: {type: string, pattern: '^(a+)+$'}\n"
        f"          examples: [{{x: '{'a' * 60}!'}}]\n"
    )
    assert refused(tmp_path, text) == (
        "asyncapi.yaml:12:22: #/channels/a/messages/m/payload/examples/0\n"
        "  slow-pattern: it takes more than 0.2 s to hold this value against its schema\n"
        "  remedy: write its patterns so that there are not many ways to match the same text\n"
    )


def test_converting_needs_node(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    text = "asyncapi: 2.6.0\ninfo: {title: t, version: '1'}\nchannels: {}\n"
    assert refused(tmp_path, text, "--convert") == (
        "asyncapi.yaml:1:1: #/asyncapi\n"
        "  conversion: converting needs Node and @asyncapi/converter, and they are not there\n"
        "  remedy: install Node, then `npm install @asyncapi/converter` beside the document\n"
    )
