"""Bodies that are no JSON: bytes, or what a codec of the program makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NoReturn, Protocol, TypeVar, cast

from topicwire.errors import FieldError, PayloadInvalid

M = TypeVar("M")


class BodyCodec(Protocol[M]):
    """Between bodies and what a program has for them, such as protobuf messages or images.

    Whatever one of the methods raises becomes `PayloadInvalid`.
    """

    def encode(self, message: M, /) -> bytes:
        """Return the body of a message."""
        ...

    def decode(self, body: bytes, /) -> M:
        """Return the message in a body."""
        ...


class OpaqueCodec(Generic[M]):
    """Hands bodies of a channel on as they are, or to a program's codec."""

    def __init__(self, channel: str, codec: BodyCodec[M] | None = None) -> None:
        self.channel = channel
        self._codec = codec

    def encode(self, message: M) -> bytes:
        """Return the body of a message; raises `PayloadInvalid` when it is none."""
        body: object = message
        if self._codec is not None:
            try:
                body = self._codec.encode(message)
            except Exception as error:
                self._refuse("send", error)
        if not isinstance(body, bytes):
            self._refuse("send", TypeError(f"bytes are needed, not {type(body).__name__}"))
        return body

    def decode(self, body: bytes, *, topic: str) -> M:
        """Return what is in a body; raises `PayloadInvalid`."""
        if self._codec is None:
            return cast(M, body)
        try:
            return self._codec.decode(body)
        except Exception as error:
            self._refuse("receive", error, topic)

    def _refuse(self, direction: str, error: Exception, topic: str | None = None) -> NoReturn:
        reason = FieldError("", f"{type(error).__name__}: {error}", "codec")
        raise PayloadInvalid(self.channel, direction, [reason], topic=topic) from error


class MixedCodec(Generic[M]):
    """For channels with messages of JSON and one of which the spec says nothing.

    What fits none of the former is the latter.
    """

    def __init__(self, encode: Callable[[M], bytes], decode: Callable[[bytes, str], M]) -> None:
        self._encode = encode
        self._decode = decode

    def encode(self, message: M) -> bytes:
        """Return the body of a message; raises `PayloadInvalid` when it does not fit."""
        return message if isinstance(message, bytes) else self._encode(message)

    def decode(self, body: bytes, *, topic: str) -> M:
        """Return what is in a body."""
        try:
            return self._decode(body, topic)
        except PayloadInvalid:
            return cast(M, body)
