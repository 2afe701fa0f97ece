"""Compressed bodies: exactly one gzip member or zstd frame, and never more than a limit. Pure."""

from __future__ import annotations

import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from typing import cast

from topicwire._channel import Compression

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_PIECE = 256 * 1024  # bytes
_GZIP = 31  # zlib's way to ask for a gzip header, with the largest window
# A window is memory that the sender decides on; this is 16 MiB, level 19 takes 8.
_ZSTD_WINDOW: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 24}


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
    read = _DECOMPRESS[encoding]
    pieces: list[bytes] = []
    size = 0
    for piece in read(body, limit):
        size += len(piece)
        if size > limit:
            raise TooLarge(f"more than {limit} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def _gzip(body: bytes) -> bytes:
    # It writes no time into it, so that equal bodies are equal when they are compressed. Level 1,
    # because more takes three times as long for a tenth less. Libraries that are faster by
    # themselves (ISA-L) are not here: the code that runs after their vector instructions is slower.
    return zlib.compress(body, 1, _GZIP)


def _gunzip(body: bytes, _: int) -> Iterator[bytes]:
    reader = zlib.decompressobj(_GZIP)
    try:
        while True:
            piece = reader.decompress(body, _PIECE)
            body = reader.unconsumed_tail
            yield piece
            if reader.eof:
                break
            if not piece:
                raise ValueError("its end is missing")
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if reader.unused_data:
        raise ValueError("something comes after its end")


def _unzstd(body: bytes, limit: int) -> Iterator[bytes]:
    try:
        # Its type says int, but a frame need not tell.
        announced = cast(int | None, zstd.get_frame_info(body).decompressed_size)
        if announced is not None and announced > limit:
            raise TooLarge(f"more than {limit} bytes")
        reader = zstd.ZstdDecompressor(options=_ZSTD_WINDOW)
        while True:
            piece = reader.decompress(body, _PIECE)
            body = b""
            yield piece
            if reader.eof:
                break
            if not piece and reader.needs_input:
                raise ValueError("its end is missing")
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from None
    if reader.unused_data:
        raise ValueError("something comes after its end")


class _Compressors(threading.local):
    """A compressor for each thread: to make one takes longer than to compress a batch."""

    def __init__(self) -> None:
        # Level 1 makes batches as small as the default does, in two thirds of the time.
        self.zstd = zstd.ZstdCompressor(level=1)


_compressors = _Compressors()


def _zstd(body: bytes) -> bytes:
    # A whole frame at once, which says how long its content is.
    return _compressors.zstd.compress(body, zstd.ZstdCompressor.FLUSH_FRAME)


_COMPRESS: dict[str, Callable[[bytes], bytes]] = {"gzip": _gzip, "zstd": _zstd}
_DECOMPRESS: dict[str, Callable[[bytes, int], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "zstd": _unzstd,
}
