"""Headers of a message: as MQTT 5 properties, or in front of the body where MQTT has none.

Over MQTT 3.1.1 a message that needs headers is `TW1 {header JSON}\\n<body>`; one that needs none
is its body and nothing else, so that any MQTT client can read and write it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from topicwire.errors import EnvelopeInvalid

_MAGIC = b"TW1 "
_MAX_HEADER = 4096  # bytes
_RESPONSE_TOPIC = "response-topic"
_CORRELATION = "correlation-data"

# The keys that the wire format defines. They are not the program's to use.
RESERVED = frozenset(
    {
        "sv", "kid", "sid", "ep", "seq", "ts", "n", "sig",
        "content-encoding", "schema-id", "status",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Headers:
    """What goes with a message besides its body; `properties` are the user properties."""

    properties: tuple[tuple[str, str], ...] = ()
    response_topic: str | None = None
    correlation: bytes | None = None

    @property
    def size(self) -> int:
        """Roughly how many bytes they take in a packet."""
        size = sum(len(name) + len(value) + 5 for name, value in self.properties)
        return size + len(self.response_topic or "") + len(self.correlation or b"")

    def get(self, name: str) -> str | None:
        """Return the value of a user property, or None."""
        for other, value in self.properties:
            if other == name:
                return value
        return None

    @property
    def own(self) -> dict[str, str]:
        """The user properties that are the program's own, not those of the wire format."""
        return {name: value for name, value in self.properties if name not in RESERVED}


def pack_envelope(headers: Headers | None, body: bytes) -> bytes:
    """Return the MQTT 3.1.1 payload of a message."""
    if headers is None:
        return body
    fields = dict(headers.properties)
    if headers.response_topic is not None:
        fields[_RESPONSE_TOPIC] = headers.response_topic
    if headers.correlation is not None:
        fields[_CORRELATION] = base64.urlsafe_b64encode(headers.correlation).decode()
    if not fields:
        return body
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return b"%b%b\n%b" % (_MAGIC, text.encode(), body)


def read_headers(native: Headers, payload: bytes) -> tuple[Headers, bytes, EnvelopeInvalid | None]:
    """Return the headers and the body of a received message, and what is wrong with them.

    `native` are those that came as MQTT 5 properties. An envelope is read over MQTT 5 too,
    where a client with 3.1.1 may have sent it.
    """
    try:
        headers = native
        if payload.startswith(_MAGIC):
            if native != Headers():
                raise EnvelopeInvalid("an envelope and MQTT 5 properties in one message")
            headers, payload = _unpack(payload)
        _check_unique(name for name, _ in headers.properties)
    except EnvelopeInvalid as problem:
        return native, payload, problem
    return headers, payload, None


def _unpack(payload: bytes) -> tuple[Headers, bytes]:
    end = payload.find(b"\n", len(_MAGIC), len(_MAGIC) + _MAX_HEADER + 1)
    if end < 0:
        raise EnvelopeInvalid(f"no end of the header within {_MAX_HEADER} bytes")
    try:
        pairs: object = json.loads(payload[len(_MAGIC) : end].decode(), object_pairs_hook=tuple)
    except (ValueError, RecursionError) as error:
        raise EnvelopeInvalid(f"the header is not JSON: {error}") from None
    if not isinstance(pairs, tuple) or payload[len(_MAGIC) : len(_MAGIC) + 1] != b"{":
        raise EnvelopeInvalid("the header is not a JSON object")
    known = RESERVED | {_RESPONSE_TOPIC, _CORRELATION}
    for name, value in cast(tuple[tuple[str, object], ...], pairs):
        if name not in known:
            raise EnvelopeInvalid(f"unknown header {name!r}")
        if not isinstance(value, str):
            raise EnvelopeInvalid(f"header {name!r} is not a text")
    fields = cast(tuple[tuple[str, str], ...], pairs)
    _check_unique(name for name, _ in fields)
    values = dict(fields)
    response_topic = values.pop(_RESPONSE_TOPIC, None)
    correlation = values.pop(_CORRELATION, None)
    try:
        decoded = base64.urlsafe_b64decode(correlation) if correlation is not None else None
    except (binascii.Error, ValueError) as error:
        raise EnvelopeInvalid(f"header {_CORRELATION!r} is not base64url: {error}") from None
    return Headers(tuple(values.items()), response_topic, decoded), payload[end + 1 :]


def _check_unique(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen and (name in RESERVED or name in (_RESPONSE_TOPIC, _CORRELATION)):
            raise EnvelopeInvalid(f"header {name!r} is given more than once")
        seen.add(name)
