"""Payloads of every channel: models and JSON Schema agree on everything, and it goes round."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from typing import Any

import jsonschema
from suspension_protocol.channels import CHANNELS
from topicwire import Channel, PayloadInvalid, TopicwireError
from topicwire._envelope import Headers
from topicwire._inbound import Inbound
from topicwire._reception import receive

from tests.fuzz.judges import Refused, is_same, strict_value
from tests.fuzz.target import Target
from tests.fuzz.trees import tree_mutation

_LIMIT = 1_000_000  # bytes of a decompressed body
# The published document, which lies in the generated package.
_DOCUMENT = json.loads(files("suspension_protocol").joinpath("asyncapi.json").read_text("utf-8"))
_NO_HEADERS = Headers()
_FITS = Callable[[Any], bool]


def _check(channel: Channel[Any], fits: _FITS, data: bytes) -> None:
    topic = channel.template.topic(_parameters(channel))
    expected = _judged(fits, data)
    message = _decoded(channel, topic, data)
    if isinstance(message, PayloadInvalid):
        assert message.errors
        assert str(message)
        assert expected is None, f"refused, though it fits: {message}"
    else:
        assert expected is not None, f"accepted, though it does not fit: {message!r}"
        again = channel.codec.encode(message)
        assert channel.codec.decode(again, topic=topic) == message
        assert is_same(json.loads(again), expected[0])
    found = _unpacked(channel, topic, data)
    assert _is_equal(found, [] if channel.retain and not data else [message])
    if channel.compression is not None:
        _check_compressed(channel, topic, data, message)
    if channel.batch_template is not None:
        _check_batch(channel, fits, data, message)


def _check_batch(channel: Channel[Any], fits: _FITS, data: bytes, message: Any) -> None:
    assert channel.batch_template is not None
    topic = channel.batch_template.topic(_parameters(channel))
    try:
        listed = json.loads(data.decode())
    except (ValueError, RecursionError):
        listed = None
    whole = _unpacked(channel, topic, data)
    if isinstance(listed, list):
        assert len(whole) == len(listed)
        for element, found in zip(listed, whole, strict=True):
            if not isinstance(found, PayloadInvalid):
                assert fits(element)
    else:
        assert len(whole) == 1
        assert isinstance(whole[0], PayloadInvalid)
        if listed is not None:
            # A bad element does not harm its neighbours.
            wrapped = _unpacked(channel, topic, b"[%b,1,%b]" % (data, data))
            assert isinstance(wrapped[1], PayloadInvalid)
            assert _is_equal([wrapped[0], wrapped[2]], [message, message])


def _judged(fits: _FITS, data: bytes) -> tuple[Any] | None:
    """Return the value in a tuple if it is strict JSON and fits the schema of the spec."""
    try:
        value = strict_value(data)
    except Refused:
        return None
    return (value,) if fits(value) else None


def _decoded(channel: Channel[Any], topic: str, data: bytes) -> Any:
    try:
        return channel.codec.decode(data, topic=topic)
    except PayloadInvalid as error:
        return error


def _unpacked(
    channel: Channel[Any], topic: str, data: bytes, headers: Headers = _NO_HEADERS
) -> list[Any]:
    """Return what handlers would get of a body."""
    found: list[Any] = []
    for message, context in receive(channel, _inbound(topic, data, headers)).items():
        assert not isinstance(message, TopicwireError) or isinstance(message, PayloadInvalid)
        assert context.channel == channel.name
        assert context.topic == topic.removesuffix("/batch")
        assert dict(context.parameters) == _parameters(channel)
        found.append(message)
    return found


def _check_compressed(channel: Channel[Any], topic: str, data: bytes, message: Any) -> None:
    packed = gzip.compress(data, 1, mtime=0)
    found = _unpacked(channel, topic, packed, Headers((("content-encoding", "gzip"),)))
    assert _is_equal(found, [message])


def _inbound(topic: str, body: bytes, headers: Headers) -> Inbound:
    inbound = Inbound(topic, body, qos=1, retained=False, duplicate=False, mid=1, headers=headers)
    inbound.max_bytes = _LIMIT
    return inbound


def _is_equal(ones: list[Any], others: list[Any]) -> bool:
    """Return whether two lists have equal messages, and errors in the same places."""
    if len(ones) != len(others):
        return False
    return all(
        isinstance(one, PayloadInvalid)
        if isinstance(other, PayloadInvalid)
        else not isinstance(one, PayloadInvalid) and one == other
        for one, other in zip(ones, others, strict=True)
    )


def _parameters(channel: Channel[Any]) -> dict[str, str]:
    return {each.name: each.enum[0] if each.enum else "x" for each in channel.parameters}


def _messages(channel: Channel[Any]) -> list[dict[str, Any]]:
    listed = _DOCUMENT["channels"][channel.name]["messages"].values()
    return [_resolved(message) for message in listed]


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = _DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _schemas(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema and everything that it refers to or has in it."""
    schema = _resolved(node)
    yield schema
    for inner in schema.get("properties", {}).values():
        yield from _schemas(inner)
    for keyword in ("anyOf", "oneOf", "allOf"):
        for inner in schema.get(keyword, ()):
            yield from _schemas(inner)
    if "items" in schema:
        yield from _schemas(schema["items"])


def _words(channel: Channel[Any]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for message in _messages(channel):
        for schema in _schemas(message["payload"]):
            found |= dict.fromkeys(schema.get("properties", {}))
            texts = [*schema.get("enum", ()), schema.get("const")]
            found |= dict.fromkeys(text for text in texts if isinstance(text, str))
    return tuple(found)


def _seeds(channel: Channel[Any]) -> Iterator[bytes]:
    examples = [
        example["payload"] for message in _messages(channel) for example in message["examples"]
    ]
    for message in _messages(channel):
        examples += _resolved(message["payload"]).get("examples", ())
    texts = [json.dumps(example, separators=(",", ":")) for example in examples]
    # Examples of whole test runs are long; mutants of them would say nothing that others do not.
    texts = [text for text in dict.fromkeys(texts) if len(text) < 3000]
    assert texts, channel.name
    yield from (text.encode() for text in texts)
    if channel.batch is not None:
        yield f"[{','.join(texts)}]".encode()


def _target(channel: Channel[Any]) -> Target:
    choices = [message["payload"] for message in _messages(channel)]
    schema = {"anyOf": choices, "components": _DOCUMENT["components"]}
    return Target(
        name=f"payload-{channel.name}",
        check=partial(_check, channel, jsonschema.Draft7Validator(schema).is_valid),
        seeds=partial(_seeds, channel),
        mutate=tree_mutation(_words(channel)),
        # All channels run the same code, so there is no need for all of it in each.
        max_files=4,
    )


PAYLOADS = tuple(map(_target, CHANNELS))
