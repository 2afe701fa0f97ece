"""Compressed bodies: exactly one gzip member or zstd frame, and never more than a limit. Pure."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable

import zstandard

from topicwire._channel import Compression

_PIECE = 256 * 1024  # bytes
_GZIP = 31  # zlib's way to ask for a gzip header, with the largest window
# A window is memory that the sender decides on; this is 16 MiB, level 19 takes 8.
_ZSTD_WINDOW = 2**24


class TooLarge(ValueError):
    """The body would be larger than the limit."""


def compress(body: bytes, compression: Compression | None) -> tuple[bytes, str | None]:
    """Return the body as it is sent, and its content-encoding: None when it stays as it is.

    Bodies up to the threshold stay so, and those that would not become shorter.
    """
    if compression is None or len(body) <= compression.threshold:
        return body, None
    packed = _COMPRESS[compression.codec](body)
    return (packed, compression.codec) if len(packed) < len(body) else (body, None)


def decompress(body: bytes, encoding: str, limit: int) -> bytes:
    """Return what was compressed; raises `TooLarge`, and `ValueError` for anything else.

    Never more than `limit` bytes and a piece are made, whatever the body says of itself. Raises
    `LookupError` for an encoding that is not known.
    """
    return _DECOMPRESS[encoding](body, limit)


def _gzip(body: bytes) -> bytes:
    # It writes no time into it, so that equal bodies are equal when they are compressed. Level 1,
    # because more takes three times as long for a tenth less. Libraries that are faster by
    # themselves (ISA-L) are not here: the code that runs after their vector instructions is slower.
    return zlib.compress(body, 1, _GZIP)


def _gunzip(body: bytes, limit: int) -> bytes:
    reader = zlib.decompressobj(_GZIP)
    pieces: list[bytes] = []
    size = 0
    try:
        while not reader.eof:
            piece = reader.decompress(body, _PIECE)
            body = reader.unconsumed_tail
            if not piece and not reader.eof:
                raise ValueError("its end is missing")
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise TooLarge(f"more than {limit} bytes")
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if reader.unused_data:
        raise ValueError("something comes after its end")
    return b"".join(pieces)


class _Zstd(threading.local):
    """What compresses and what reads for each thread: to make one takes longer than a batch."""

    def __init__(self) -> None:
        # Level 1 makes batches as small as the default does, in two thirds of the time.
        self.compressor = zstandard.ZstdCompressor(level=1)
        self.decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)


_zstd = _Zstd()


def _pack_zstd(body: bytes) -> bytes:
    # A whole frame at once, which says how long its content is.
    return _zstd.compressor.compress(body)


def _unzstd(body: bytes, limit: int) -> bytes:
    try:
        announced = zstandard.frame_content_size(body)
        if announced > limit:
            raise TooLarge(f"more than {limit} bytes")
        if announced > 0:
            return _zstd.decompressor.decompress(body, allow_extra_data=False)
        return _unzstd_stream(body, limit)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None


def _unzstd_stream(body: bytes, limit: int) -> bytes:
    """Read a frame that does not say how long its content is: twice, as the first only counts."""
    size = 0
    for piece in _zstd.decompressor.read_to_iter(body):
        size += len(piece)
        if size > limit:
            raise TooLarge(f"more than {limit} bytes")
    reader = _zstd.decompressor.decompressobj()
    plain = reader.decompress(body)
    if not reader.eof:
        raise ValueError("its end is missing")
    if reader.unused_data:
        raise ValueError("something comes after its end")
    return plain


_COMPRESS: dict[str, Callable[[bytes], bytes]] = {"gzip": _gzip, "zstd": _pack_zstd}
_DECOMPRESS: dict[str, Callable[[bytes, int], bytes]] = {"gzip": _gunzip, "zstd": _unzstd}
