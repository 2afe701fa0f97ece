"""Decompression: only its documented errors, never more than the limit, and there and back."""

from __future__ import annotations

import random
from collections.abc import Iterator

from topicwire._channel import Compression
from topicwire._compression import TooLarge, compress, decompress

from tests.fuzz.choices import Choices
from tests.fuzz.target import Target

_LIMITS = (0, 1, 100, 4096, 65536, 1_000_000)


def _check(data: bytes) -> None:
    choices = Choices(data)
    codec = choices.pick(("gzip", "zstd"))
    limit = choices.pick(_LIMITS)
    body = choices.rest()
    _check_reading(body, codec, limit)
    _check_round_trip(body, codec, limit)
    # Something behind the end, and an end that is missing.
    packed, encoding = compress(body, Compression(codec=codec, threshold=0))
    if encoding is not None:
        _check_refused(packed + b"\0", codec)
        _check_refused(packed * 2, codec)
        _check_refused(packed[:-1], codec)


def _check_reading(body: bytes, codec: str, limit: int) -> None:
    try:
        plain = decompress(body, codec, limit)
    except ValueError as error:
        assert str(error)
        return
    assert len(plain) <= limit
    _check_round_trip(plain, codec, limit)


def _check_round_trip(body: bytes, codec: str, limit: int) -> None:
    packed, encoding = compress(body, Compression(codec=codec, threshold=0))
    if encoding is None:
        assert packed == body
        return
    assert len(packed) < len(body)
    try:
        assert decompress(packed, encoding, limit) == body
        assert len(body) <= limit
    except TooLarge:
        assert len(body) > limit


def _check_refused(packed: bytes, codec: str) -> None:
    try:
        plain = decompress(packed, codec, 10_000_000)
    except ValueError:
        return
    raise AssertionError(f"{codec}: read {len(plain)} bytes of what is not one whole {codec} body")


def _seeds() -> Iterator[bytes]:
    noise = random.Random(1).randbytes(200)
    for codec in range(2):
        name = ("gzip", "zstd")[codec]
        for body in (b"a" * 50, b"[1,2,3]" * 300, noise * 2, bytes(900_000)):
            packed, _ = compress(body, Compression(codec=name, threshold=0))
            for limit in (2, 5):
                yield bytes([codec, limit]) + packed
        yield bytes([codec, 5]) + b'{"value": 1.5} ' * 40
    # zstd: a frame that may be skipped, and one without its size.
    yield bytes([1, 5]) + bytes.fromhex("502a4d1802000000abcd")
    yield bytes([1, 5]) + bytes.fromhex("28b52ffd0058") + b"\x09\0\0a"


COMPRESSION = Target(name="compression", check=_check, seeds=_seeds)
