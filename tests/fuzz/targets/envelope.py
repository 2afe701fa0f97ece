"""Headers in front of a body: `read_headers` never raises, and what it takes goes round."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from random import Random

from topicwire._envelope import RESERVED, Headers, fits_envelope, pack_envelope, read_headers
from topicwire.errors import EnvelopeInvalid

from tests.fuzz.choices import Choices
from tests.fuzz.target import Target
from tests.fuzz.trees import mutate_text, tree_mutation

_NAMES = tuple(sorted(RESERVED))
_MAGIC = b"TW1 "
# Ahead of the payload are what came as MQTT 5 properties; these say that nothing did.
_NO_PROPERTIES = bytes(2)
_MAX_HEADER = 4096  # bytes, by docs/wire.md


def _native(choices: Choices) -> Headers:
    properties = tuple((choices.word(_NAMES), choices.text()) for _ in range(choices.number(5)))
    has = choices.number(8)
    return Headers(
        properties,
        choices.text() if has & 1 else None,
        choices.text() if has & 2 else None,
        choices.raw(choices.number(9)) if has & 4 else None,
    )


def _check(data: bytes) -> None:
    choices = Choices(data)
    native = _native(choices)
    payload = choices.rest()
    headers, body, problem = read_headers(native, payload)
    if problem is not None:
        assert isinstance(problem, EnvelopeInvalid)
        assert str(problem)
        assert (headers, body) == (native, payload)
    else:
        assert not re.match(rb"TW[02-9] ", payload)
        _check_round_trip(headers, body)
    known = dict(pair for pair in native.properties if pair[0] in RESERVED)
    _check_round_trip(Headers(tuple(known.items()), *_others(native)), payload)


def _others(headers: Headers) -> tuple[str | None, str | None, bytes | None]:
    return headers.content_type, headers.response_topic, headers.correlation


def _check_round_trip(headers: Headers, body: bytes) -> None:
    packed = pack_envelope(headers, body)
    read, read_body, problem = read_headers(Headers(), packed)
    if not fits_envelope(headers):
        assert isinstance(problem, EnvelopeInvalid)
        return
    assert problem is None, problem
    assert read_body == body
    assert len(packed) - len(body) <= len(_MAGIC) + _MAX_HEADER + 1
    wanted = headers
    if packed == body:
        wanted = Headers()  # nothing but a content type goes without saying
    # Of properties of one name, which MQTT 5 allows to be several, an envelope has the last.
    assert dict(read.properties) == dict(wanted.properties)
    assert len(read.properties) == len(dict(wanted.properties))
    assert _others(read) == _others(wanted)


_FIELDS = tree_mutation((*_NAMES, "content-type", "response-topic", "correlation-data", "x"))


def _mutate(data: bytes, random: Random) -> bytes:
    at = data.find(_MAGIC)
    end = data.find(b"\n", at)
    if at < 0 or end < 0 or random.random() < 0.3:
        return mutate_text(data, random)
    start = at + len(_MAGIC)
    return data[:start] + _FIELDS(data[start:end], random) + data[end:]


def _seeds() -> Iterator[bytes]:
    fields = dict.fromkeys(_NAMES, "1")
    more = {"content-type": "application/json", "response-topic": "a/b", "correlation-data": "AA"}
    yield _NO_PROPERTIES + b'{"plain": true}'
    for header in ({}, {"seq": "1", "ep": "2", "sid": "\u00e4", "ts": "3"}, {**fields, **more}):
        yield _NO_PROPERTIES + _MAGIC + json.dumps(header).encode() + b"\nbody"
    for size in (_MAX_HEADER, _MAX_HEADER + 1):
        yield _NO_PROPERTIES + _MAGIC + b'{"sid":"%b"}' % (b"x" * (size - 10)) + b"\nbody"
    yield _NO_PROPERTIES + _MAGIC + b'{"sid":"\\ud83d\\ude00\\ud800"}\nbody'
    yield _NO_PROPERTIES + b"TW1 {}\nTW1 {}\nbody"
    yield _NO_PROPERTIES + b"TW2 {}\nbody"
    yield bytes([1, 4, 2]) + b"ab" + bytes([7, 1]) + b"c" + bytes([1]) + b"d" + bytes([2]) + b"ef{}"


ENVELOPE = Target(name="envelope", check=_check, seeds=_seeds, mutate=_mutate, max_len=6000)
