"""Headers of a message: as MQTT 5 properties, or in front of the body where MQTT has none.

Over MQTT 3.1.1 a message that needs headers is `TW1 {header JSON}\\n<body>`; one that needs none
is its body and nothing else, so that any MQTT client can read and write it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

from topicwire import _base64url
from topicwire.errors import EnvelopeInvalid

_MAGIC = b"TW1 "
_OTHER_VERSION = re.compile(rb"TW[0-9] ")
_MAX_HEADER = 4096  # bytes
_CONTENT_TYPE = "content-type"
_RESPONSE_TOPIC = "response-topic"
_CORRELATION = "correlation-data"
_OWN = "headers"
# What MQTT 5 has properties for.
_NATIVE = frozenset({_CONTENT_TYPE, _RESPONSE_TOPIC, _CORRELATION})

# The keys that the wire format defines. They are not the program's to use.
RESERVED = frozenset(
    {"sv", "kid", "sid", "ep", "seq", "ts", "n", "sig", "content-encoding", "schema-id"}
)


@dataclass(frozen=True, slots=True)
class Headers:
    """What goes with a message besides its body; `properties` are the user properties."""

    properties: tuple[tuple[str, str], ...] = ()
    content_type: str | None = None
    response_topic: str | None = None
    correlation: bytes | None = None

    @property
    def size(self) -> int:
        """Roughly how many bytes they take in a packet; the content type does not count."""
        if self.is_plain:
            return 0
        size = len(self.response_topic or "") + len(self.correlation or b"")
        for name, value in self.properties:
            size += len(name) + len(value) + 5
        return size

    def get(self, name: str) -> str | None:
        """Return the value of a user property, or None."""
        if not self.properties:
            return None
        for other, value in self.properties:
            if other == name:
                return value
        return None

    @property
    def encoding(self) -> str | None:
        """How the body is compressed, or None."""
        return self.get("content-encoding")

    @property
    def own(self) -> dict[str, str]:
        """The user properties that are the program's own, not those of the wire format."""
        if not self.properties:
            return {}
        return {name: value for name, value in self.properties if name not in RESERVED}

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but a content type, which goes without saying."""
        return not self.properties and not self.response_topic and self.correlation is None


@dataclass(frozen=True, slots=True)
class ExactHeaders(Headers):
    """Headers of a message that goes, or has come, as it is, with the properties of MQTT 5 alone.

    `is_text` is the payload format indicator, `expiry` in seconds.
    """

    is_text: bool = False
    expiry: int | None = None

    @property
    def is_plain(self) -> bool:
        """Never: what others do not say goes without saying here."""
        return False


@dataclass(frozen=True, slots=True)
class TracedHeaders(Headers):
    """Headers with a trace context, user properties that MQTT 5 alone carries.

    It is of use to those who trace only, and not worth an envelope, which other clients of 3.1.1
    could not read.
    """

    trace: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, headers: Headers, trace: tuple[tuple[str, str], ...]) -> TracedHeaders:
        """Return headers with this trace context instead of any other."""
        return cls(
            headers.properties,
            headers.content_type,
            headers.response_topic,
            headers.correlation,
            trace,
        )

    @property
    def untraced(self) -> Headers:
        """The same without the trace context."""
        return Headers(self.properties, self.content_type, self.response_topic, self.correlation)

    @property
    def is_plain(self) -> bool:
        """Never, because of the trace context."""
        return False


def pack_envelope(headers: Headers, body: bytes) -> bytes:
    """Return the MQTT 3.1.1 payload of a message."""
    if isinstance(headers, ExactHeaders):
        return body
    # A body that looks like an envelope would be taken for one, unless it is in one.
    if headers.is_plain and not _OTHER_VERSION.match(body):
        return body
    if isinstance(headers, TracedHeaders):
        return pack_envelope(headers.untraced, body)
    return b"%b%b\n%b" % (_MAGIC, _header_text(headers), body)


def fits_envelope(headers: Headers) -> bool:
    """Return whether MQTT 3.1.1 could carry the headers."""
    # JSON makes at most six bytes of a character, and of the names and the content type little.
    return 6 * headers.size < _MAX_HEADER // 2 or len(_header_text(headers)) <= _MAX_HEADER


def _header_text(headers: Headers) -> bytes:
    fields: dict[str, object] = {n: v for n, v in headers.properties if n in RESERVED}
    own = headers.own
    if own:
        fields[_OWN] = own
    if headers.content_type is not None:
        fields[_CONTENT_TYPE] = headers.content_type
    if headers.response_topic is not None:
        fields[_RESPONSE_TOPIC] = headers.response_topic
    if headers.correlation is not None:
        fields[_CORRELATION] = _base64url.encode(headers.correlation)
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def read_headers(native: Headers, payload: bytes) -> tuple[Headers, bytes, EnvelopeInvalid | None]:
    """Return the headers and the body of a received message, and what is wrong with them.

    `native` are those that came as MQTT 5 properties. An envelope is read over MQTT 5 too,
    where a client with 3.1.1 may have sent it.
    """
    if not native.properties and not payload.startswith(b"TW"):
        return native, payload, None
    try:
        headers = native
        if _OTHER_VERSION.match(payload):
            if not payload.startswith(_MAGIC):
                raise EnvelopeInvalid(
                    f"unknown version {payload[:3].decode()}, this client has TW1"
                )
            headers, payload = _unpack(native, payload)
        _check_unique(name for name, _ in headers.properties)
    except EnvelopeInvalid as problem:
        return native, payload, problem
    return headers, payload, None


def _unpack(native: Headers, payload: bytes) -> tuple[Headers, bytes]:
    end = payload.find(b"\n", len(_MAGIC), len(_MAGIC) + _MAX_HEADER + 1)
    if end < 0:
        raise EnvelopeInvalid(f"no end of the header within {_MAX_HEADER} bytes")
    try:
        pairs: object = json.loads(payload[len(_MAGIC) : end].decode(), object_pairs_hook=tuple)
    except (ValueError, RecursionError) as error:
        raise EnvelopeInvalid(f"the header is not JSON: {error}") from None
    if not isinstance(pairs, tuple) or payload[len(_MAGIC) : len(_MAGIC) + 1] != b"{":
        raise EnvelopeInvalid("the header is not a JSON object")
    values, own = _read_fields(cast(tuple[tuple[str, object], ...], pairs))
    content_type = values.pop(_CONTENT_TYPE, None)
    response_topic = values.pop(_RESPONSE_TOPIC, None)
    correlation = values.pop(_CORRELATION, None)
    try:
        decoded = None if correlation is None else _base64url.decode(correlation)
    except ValueError as error:
        raise EnvelopeInvalid(f"header {_CORRELATION!r} is {error}") from None
    properties = (*values.items(), *own.items())
    headers = Headers(properties, content_type, response_topic, decoded)
    if _is_native(native):
        raise EnvelopeInvalid(
            "an envelope and the same headers as MQTT 5 properties in one message"
        )
    return replace(headers, properties=headers.properties + native.properties), payload[end + 1 :]


def _read_fields(pairs: tuple[tuple[str, object], ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the fields of the wire format, and the headers that are the program's own."""
    fields: dict[str, str] = {}
    own: dict[str, str] | None = None
    for name, value in pairs:
        if name == _OWN and own is None and isinstance(value, tuple):
            own = _read_own(cast(tuple[tuple[str, object], ...], value))
            continue
        if name not in RESERVED and name not in _NATIVE and name != _OWN:
            raise EnvelopeInvalid(f"unknown header {name!r}")
        if name in fields or (name == _OWN and own is not None):
            raise EnvelopeInvalid(f"header {name!r} is given more than once")
        if not isinstance(value, str) or not _is_unicode(value) or name == _OWN:
            kind = "an object of texts" if name == _OWN else "a text"
            raise EnvelopeInvalid(f"header {name!r} is not {kind}")
        fields[name] = value
    return fields, own or {}


def _read_own(pairs: tuple[tuple[str, object], ...]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in pairs:
        if not isinstance(value, str):
            raise EnvelopeInvalid(f"header {_OWN!r} is not an object of texts")
        if name in RESERVED or not _is_unicode(name) or not _is_unicode(value):
            raise EnvelopeInvalid(f"header {name!r} cannot be in {_OWN!r}")
        if name in fields:
            raise EnvelopeInvalid(f"header {name!r} is given more than once")
        fields[name] = value
    return fields


def _is_unicode(text: str) -> bool:
    # JSON can say half a surrogate pair, which no other text can.
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _is_native(headers: Headers) -> bool:
    own = (headers.content_type, headers.response_topic, headers.correlation)
    return own != (None, None, None) or any(name in RESERVED for name, _ in headers.properties)


def _check_unique(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen and name in RESERVED:
            raise EnvelopeInvalid(f"header {name!r} is given more than once")
        seen.add(name)
