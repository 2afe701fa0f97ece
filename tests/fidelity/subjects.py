"""What is tried: the payloads and headers of generated packages, each with its schema."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from topicwire import Channel, PayloadInvalid
from topicwire._codec import Codec
from topicwire._strict_json import NotStrict, check_strict
from topicwire_codegen.contents import payload_schema, schema_of
from topicwire_codegen.document import Json
from topicwire_codegen.fingerprints import schema_fingerprint
from topicwire_codegen.json_types import same_json
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.standalone import standalone
from topicwire_codegen.traits import with_traits

from tests.codegen import asyncapi_documents
from tests.fidelity.judge import judge
from tests.fidelity.values import GROUP, groups, strict_json

ROOT = Path(__file__).parents[2]
# The protocol, and the documents of our own.
PROTOCOL = "suspension_protocol"
DOCUMENTS = [PROTOCOL, *asyncapi_documents.USABLE]


@dataclass(frozen=True)
class Subject:
    """Something with a schema, and what reads and writes it.

    Those whose schemas say the same have the same `fingerprint`.
    """

    name: str
    codec: Codec[Any]
    schema: dict[str, Any]
    fingerprint: str


@contextmanager
def subjects(document: str) -> Iterator[list[Subject]]:
    """Yield what is in the package of a document to be tried, each schema once."""
    if document == PROTOCOL:
        yield _of_document(Workspace.open(ROOT / "asyncapi.yaml"), PROTOCOL, document)
        return
    folder = str(asyncapi_documents.package_folder(document))
    convert = document == asyncapi_documents.OF_VERSION_2
    workspace = Workspace.open(asyncapi_documents.spec_of(document), convert=convert)
    sys.path.insert(0, folder)
    try:
        yield _of_document(workspace, asyncapi_documents.package_of(document), document)
    finally:
        sys.path.remove(folder)


def _of_document(workspace: Workspace, package: str, document: str) -> list[Subject]:
    module = importlib.import_module(f"{package}.channels")
    found: dict[object, Subject] = {}
    listed = workspace.root.get("channels")
    assert listed is not None
    for (_, node), channel in zip(listed.items(), module.CHANNELS, strict=True):
        for what, subject in _of_channel(workspace.root, node, channel, document):
            found.setdefault(what, subject)
    return list(found.values())


def _of_channel(
    root: Node, node: Node, channel: Channel[Any], document: str
) -> Iterator[tuple[object, Subject]]:
    """Yield what is in the messages of a channel with what tells it apart from others."""
    listed = node.get("messages")
    nodes = [with_traits(each) for _, each in listed.items()] if listed is not None else []
    payloads: list[Json] = []
    fingerprints: list[str] = []
    for message, each in zip(channel.messages, nodes, strict=bool(nodes)):
        name = f"{document}: {channel.name} {message.name}"
        if (payload := payload_schema(each, root)) is not None:
            schema = standalone(payload)
            assert isinstance(schema, dict)
            payloads.append(schema)
            fingerprints.append(schema_fingerprint(payload))
            codec = Codec[Any](channel.name, (message.payload,))
            yield message.payload, Subject(name, codec, schema, fingerprints[-1])
        if message.headers is not None:
            # The class is for objects; nothing else can come as user properties.
            given = schema_of(each, "headers")
            assert given is not None
            schema = {**standalone(given), "type": "object"}
            codec = Codec[Any](channel.name, (message.headers.type,))
            says = f"{schema_fingerprint(given)} headers"
            yield message.headers.type, Subject(f"{name} headers", codec, schema, says)
    if 1 < len(payloads) == len(channel.messages):
        assert isinstance(channel.codec, Codec)
        says = " ".join(sorted(fingerprints))
        name = f"{document}: {channel.name}"
        yield channel.name, Subject(name, channel.codec, any_of(payloads), says)


def any_of(schemas: list[Json]) -> dict[str, Any]:
    """Return a schema for what fits one of several, each with `definitions` of its own."""
    definitions: dict[str, Json] = {}
    options: list[Json] = []
    for number, schema in enumerate(schemas):
        text = json.dumps(schema).replace('"#/definitions/', f'"#/definitions/{number}-')
        moved = json.loads(text)
        definitions |= {f"{number}-{k}": v for k, v in moved.pop("definitions").items()}
        options.append(moved)
    return {"anyOf": options, "definitions": definitions}


def try_out(subject: Subject, cases: int, start: int = 0) -> tuple[int, int]:
    """Try a subject on so many values; return how many of them fit, and how many did not.

    A disagreement with the judge, and a change on the way through the model, is an
    `AssertionError` that shows the smallest value it was found with.
    """
    verdict = judge(subject.schema)
    counted = [0, 0]

    @seed(start)
    @settings(
        max_examples=-(-cases // GROUP), deadline=None, database=None,
        phases=[Phase.generate, Phase.shrink], report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(groups(subject.schema))
    def run(values: list[Any]) -> None:
        for value in values:
            body = strict_json(value)
            if body is None or not _is_strict(body):
                continue
            fits = verdict.is_valid(value)
            counted[not fits] += 1
            _compare(subject, value, body, fits=fits)

    run()
    return counted[0], counted[1]


def _compare(subject: Subject, value: Any, body: bytes, *, fits: bool) -> None:
    shown = json.dumps(value, ensure_ascii=False)
    message = _decoded(subject.codec, body)
    if isinstance(message, PayloadInvalid):
        assert not fits, f"{subject.name} rejects {shown}: {message}"
        return
    assert fits, f"{subject.name} accepts {shown}"
    written = subject.codec.encode(message)
    # Numbers are doubles, and only as such the same on both sides.
    same = same_json(json.loads(written, parse_int=float), json.loads(body, parse_int=float))
    assert same, f"{subject.name} turns {shown} into {written.decode()}"


def _decoded(codec: Codec[Any], body: bytes) -> Any:
    try:
        return codec.decode(body, topic="t")
    except PayloadInvalid as error:
        return error


def _is_strict(body: bytes) -> bool:
    try:
        check_strict(body)
    except NotStrict:
        return False
    return True
