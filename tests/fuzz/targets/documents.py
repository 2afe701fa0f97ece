"""Documents of any kind: read, checked and built, or refused with `SpecError`; nothing else."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from topicwire_codegen.build import build
from topicwire_codegen.document import read_document
from topicwire_codegen.errors import SpecError
from topicwire_codegen.generate import validate

from tests.fuzz.target import Target
from tests.fuzz.trees import mutate_text, tree_mutation

_ROOT = Path(__file__).parents[3]
_GOLDEN = _ROOT / "tests" / "codegen" / "golden"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = (
    "$ref", "type", "properties", "items", "enum", "const", "oneOf", "anyOf", "allOf", "not",
    "required", "default", "additionalProperties", "schemaFormat", "pattern", "format", "minimum",
    "exclusiveMaximum", "multipleOf", "minLength", "maxItems", "examples", "title", "description",
    "asyncapi", "info", "servers", "channels", "operations", "components", "schemas", "messages",
    "address", "payload", "headers", "contentType", "parameters", "bindings", "mqtt", "qos",
    "retain", "messageExpiryInterval", "keepAlive", "cleanSession", "lastWill", "tags", "name",
    "traits", "messageTraits", "operationTraits", "action", "channel", "reply", "x-topicwire",
    "delivery", "signing", "batch", "max_messages", "linger", "compression", "codec", "threshold",
    "json", "strict", "gzip", "live", "durable", "retained", "send", "receive", "string", "number",
    "integer", "object", "array", "boolean", "null", "#", "#/", "#/channels", "#/channels/update",
    "#/components/schemas", "#/components/schemas/A", "#/components/schemas/B",
    "#/components/schemas/Job", "#/info", "#/channels/~1", "#/%00", "#a",
    "parts/channels.yaml", "parts/schemas/job.yaml", "parts/schemas/job.yaml#/x", "asyncapi.yaml",
    "asyncapi.yaml#/channels", ".", "..", "parts", "a\0b", "%00", "https://example.org", "x" * 300,
    "{a}", "{a}{b}", "a/{b}", "a/+", "#/servers/0", "#/channels/\u00b2", "(", "[a-z]+", "(a+)+$",
    "model_config", "class", "__init__", "1", "-1", "$", "~", "a/b", "\u00e4", "None", "True",
)  # fmt: skip


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="topicwire-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(_GOLDEN / "several_files" / "parts", folder / "parts")
    return folder


def _check(data: bytes) -> None:
    spec = _folder() / "asyncapi.yaml"
    spec.write_bytes(data)
    # An error at the end is in the line after the last.
    lines = data.count(b"\n") + data.count(b"\r") + data.count(b"\xc2\x85") + 2
    lines += data.count(b"\xe2\x80\xa8") + data.count(b"\xe2\x80\xa9")
    try:
        build(validate(spec, conventions=len(data) % 2 == 1, official=False))
    except SpecError as error:
        assert error.problems
        assert str(error).encode()
        for problem in error.problems:
            assert problem.rule
            assert problem.message
            assert problem.remedy
            assert problem.location.pointer.startswith("#")
            assert problem.location.column >= 1
            if problem.location.file == spec.name:
                assert 1 <= problem.location.line <= lines, problem


def _read(data: bytes) -> Any:
    return yaml.load(data, Loader=_LOADER)


_TREE = tree_mutation(_WORDS, _read)
_ODD_YAML = (
    b"&a ", b"*a", b"<<: *a\n", b"!!python/object:x ", b"!!binary ", b"? ", b"- ", b"|\n", b">-\n",
    b"%YAML 1.1\n---\n", b"...\n---\n", b"\t", b"{", b"[", b"}", b"? [a]\n: b\n", b"'", b'"\\x00"',
    b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\xc2\x85", b"# ", b"[" * 500, b"- " * 700, b"{a: " * 500,
    b"1e400", b".inf", b"2026-01-01", b"0x1F", b"1_000", b"9" * 500, b"\xe2\x80\xa8",
)  # fmt: skip


def _mutate(data: bytes, random: Random) -> bytes:
    if random.random() < 0.75:
        return _TREE(data, random)
    if random.random() < 0.3:
        return mutate_text(data, random)
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(_ODD_YAML) + data[at:]


def _seeds() -> Iterator[bytes]:
    for path in sorted(_GOLDEN.glob("*/asyncapi.yaml")):
        yield path.read_bytes()
    whole: Any = read_document(_ROOT / "asyncapi.yaml").data
    for name in ("testStart", "sensor", "simulatorStatus", "measurementsLive", "guiUpdate"):
        yield json.dumps(_part(whole, name)).encode()
    yield from map(_with_schemas, ("allOf", "anyOf", "oneOf"))


def _with_schemas(keyword: str) -> bytes:
    """Return a document with a schema of several layers and one that has itself in a property."""
    reference = "#/components/schemas/"
    layered = {keyword: [{"$ref": f"{reference}B"}, {"type": "integer", "maximum": 3}]}
    itself = {"type": "object", "properties": {"b": {"$ref": f"{reference}B"}, "c": layered}}
    message = {"payload": {"type": "object", "properties": {"a": {"$ref": f"{reference}B"}}}}
    document = {
        "asyncapi": "3.1.0",
        "info": {"title": "Layers", "version": "1"},
        "servers": {"main": {"host": "h", "protocol": "mqtt"}},
        "channels": {"x": {"address": "x", "messages": {"x": message}}},
        "operations": {"send": {"action": "send", "channel": {"$ref": "#/channels/x"}}},
        "components": {"schemas": {"A": layered, "B": itself}},
    }
    return json.dumps(document).encode()


def _part(whole: dict[str, Any], channel: str) -> dict[str, Any]:
    """Return a small document: one channel of a large one, and what it needs."""
    operations = {
        key: operation
        for key, operation in whole["operations"].items()
        if operation["channel"]["$ref"] == f"#/channels/{channel}"
    }
    part = {
        **{key: whole[key] for key in ("asyncapi", "info", "servers")},
        "channels": {channel: whole["channels"][channel]},
        "operations": operations,
        "components": {},
    }
    found: set[str] = set()
    while missing := _references(part) - found:
        for reference in missing:
            kept, source = part, whole
            *parents, last = reference.removeprefix("#/").split("/")
            for key in parents:
                kept, source = kept.setdefault(key, {}), source[key]
            kept.setdefault(last, source[last])
        found |= missing
    return part


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(_references, value.values()))
    return set().union(*map(_references, value)) if isinstance(value, list) else set()


DOCUMENTS = Target(name="documents", check=_check, seeds=_seeds, mutate=_mutate, max_len=20_000)
