"""What is fuzzed: each target takes bytes, and raises only if something is wrong.

A target knows which errors the package may raise, and what has to hold where it raises none.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator, validators
from paho.mqtt.client import topic_matches_sub
from suspension_protocol.channels import CHANNELS
from topicwire import Channel, KeyRingInvalid, PayloadInvalid, SignatureInvalid, TopicwireError
from topicwire._address import AddressTemplate
from topicwire._compression import TooLarge, decompress
from topicwire._envelope import Headers, pack_envelope, read_headers
from topicwire._inbound import Inbound
from topicwire._key_file import KeySource, format_ring, parse_ring
from topicwire._keys import Key
from topicwire._publish_packet import read_publish
from topicwire._reception import unpack
from topicwire._routing import TopicTree
from topicwire._signing import Verifier
from topicwire._strict_json import MAX_DEPTH, NotStrict, check_strict, split_array
from topicwire.errors import TopicInvalid
from topicwire_codegen.build import build
from topicwire_codegen.errors import SpecError
from topicwire_codegen.generate import validate

from tests.keys import SHARED

ROOT = Path(__file__).parents[2]
LIMIT = 2**16

Target = Callable[[bytes], None]
TARGETS: dict[str, Target] = {}


def target(function: Target) -> Target:
    """Add a function to the targets, under its name with dashes."""
    TARGETS[function.__name__.replace("_", "-")] = function
    return function


@target
def envelope(data: bytes) -> None:
    """Headers in front of a body: what is read can be written, and read again."""
    headers, body, problem = read_headers(Headers(), data)
    if problem is None and not headers.is_plain:
        assert read_headers(Headers(), pack_envelope(headers, body)) == (headers, body, None)
    read_headers(Headers((("sid", "a"),), "b", "c", b"d"), data)


@target
def publish_packet(data: bytes) -> None:
    """MQTT 5 PUBLISH packets: an error or a message."""
    for qos in (0, 1):
        try:
            packet = read_publish(data, qos)
        except ValueError:
            continue
        native = packet.properties
        headers = Headers(
            native.user, native.content_type, native.response_topic, native.correlation
        )
        read_headers(headers, packet.payload)


@target
def decompression(data: bytes) -> None:
    """Compressed bodies: never more than the limit."""
    for encoding in ("gzip", "zstd"):
        try:
            assert len(decompress(data, encoding, LIMIT)) <= LIMIT
        except (TooLarge, ValueError):
            pass


@target
def strict_json(data: bytes) -> None:
    """JSON that all read alike: what passes is what the standard library makes of it."""
    parts = split_array(data)
    try:
        check_strict(data)
    except NotStrict:
        return
    value = json.loads(data, object_pairs_hook=_distinct)
    _check_value(value)
    if isinstance(value, list):
        assert parts is not None
        assert [json.loads(part) for part in parts] == _plain(value)


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    assert len(found) == len(pairs), "a name twice"
    return found


def _plain(value: object) -> object:
    return json.loads(json.dumps(value))


def _check_value(value: object, depth: int = 0) -> None:
    if isinstance(value, (dict, list)):
        assert depth < MAX_DEPTH
        inner = value.values() if isinstance(value, dict) else value
        for one in cast("list[object]", inner):
            _check_value(one, depth + 1)
    elif isinstance(value, float):
        assert math.isfinite(value)
    elif isinstance(value, str):
        value.encode()


@target
def topics(data: bytes) -> None:
    """Addresses, filters and topics: as in MQTT, whoever asks."""
    text = data.decode("utf-8", "surrogateescape")
    first, _, second = text.partition("\n")
    template = AddressTemplate("c", "a/{x}/b/{y}", {}, {})
    try:
        topic = template.topic({"x": first, "y": second})
    except TopicInvalid:
        pass
    else:
        assert template.match(topic) == {"x": first, "y": second}
        assert topic_matches_sub(template.filter(), topic)
    template.match(text)
    _compare_matchers(first, second)


def _compare_matchers(name: str, topic: str) -> None:
    try:
        key = Key(kid="k", algorithm="hmac-sha256", key=bytes(32), topics=(name,))
    except ValueError:
        return
    if not topic or any(character in topic for character in "+#\0"):
        return
    expected = topic_matches_sub(name, topic)
    assert key.is_for_topic(topic) == expected
    tree: TopicTree[_Filter] = TopicTree()
    tree.add(_Filter(name))
    assert bool(tree.match(topic)) == expected


class _Filter:
    def __init__(self, name: str) -> None:
        self.filter = self.name = name


@target
def signatures(data: bytes) -> None:
    """Headers that nobody signed are believed by nobody."""
    pieces = data.decode("utf-8", "replace").split("\n")
    names = ("sv", "kid", "sid", "ep", "seq", "ts", "n", "sig", "content-encoding", "schema-id")
    properties = tuple(zip(names, pieces, strict=False))
    try:
        _verifier().verify("t", Headers(properties, "application/json"), data, "live", 1e9)
    except SignatureInvalid:
        return
    raise AssertionError("believed")


@cache
def _verifier() -> Verifier:
    return Verifier(KeySource(SHARED))


@target
def key_rings(data: bytes) -> None:
    """Key files: an error, or keys that survive being written."""
    try:
        ring = parse_ring(data, "fuzz")
    except KeyRingInvalid:
        return
    assert list(parse_ring(format_ring(ring), "again")) == list(ring)


@target
def documents(data: bytes) -> None:
    """Documents that are to be generated from: an error that says where, or a protocol."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "asyncapi.yaml"
        spec.write_bytes(data)
        try:
            build(validate(spec, conventions=True, official=False))
        except SpecError as error:
            problems = error.problems
        else:
            return
        assert problems
        assert all(problem.message for problem in problems)


def payload_target(channel: Channel[Any]) -> Target:
    """Return the target that reads the payloads of a channel, with the schema as the judge."""
    schema = _schema(channel.name)
    judge = validators.validator_for(schema, default=Draft202012Validator)(schema)

    def read(data: bytes) -> None:
        inbound = Inbound(
            channel.template.filter().replace("+", "force"), data,
            qos=1, retained=False, duplicate=False, mid=1,
        )  # fmt: skip
        for message, _ in unpack(channel, inbound):
            if isinstance(message, TopicwireError):
                assert isinstance(message, PayloadInvalid) or not data
                continue
            assert judge.is_valid(json.loads(data))
            again = channel.codec.encode(message)
            assert channel.codec.decode(again, topic=inbound.topic) == message
        if channel.batch is not None:
            try:
                channel.codec.decode_batch(data, topic=inbound.topic)
            except PayloadInvalid:
                pass

    return read


@cache
def _bundled() -> dict[str, Any]:
    import suspension_protocol

    path = Path(suspension_protocol.__file__).with_name("asyncapi.json")
    return cast("dict[str, Any]", json.loads(path.read_text()))


def _schema(channel: str) -> dict[str, Any]:
    """Return a schema for the messages of a channel, complete in itself."""
    document = _bundled()
    found = [_resolve(message) for message in document["channels"][channel]["messages"].values()]
    # In the order of the document: which draft it is does not matter for what the spec uses.
    return {
        "anyOf": [message["payload"] for message in found],
        "components": document["components"],
    }


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = _bundled()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def examples(channel: str) -> Iterator[bytes]:
    """Yield the examples of a channel's messages, as JSON."""
    for message in _bundled()["channels"][channel]["messages"].values():
        complete = _resolve(message)
        payload = _resolve(complete["payload"])
        for one in complete.get("examples", []):
            yield json.dumps(one["payload"]).encode()
        for value in payload.get("examples", []):
            yield json.dumps(value).encode()


# Channels with the same payload are one target.
_SCHEMAS = {tuple(message.payload for message in channel.messages): channel for channel in CHANNELS}
CHANNEL_OF = {f"payload-{channel.name}": channel for channel in _SCHEMAS.values()}
for _name, _channel in CHANNEL_OF.items():
    TARGETS[_name] = payload_target(_channel)
