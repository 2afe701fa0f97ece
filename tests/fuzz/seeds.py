"""What a fuzzer begins with: valid inputs of each target."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import yaml
from backports import zstd
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from topicwire._envelope import Headers, pack_envelope
from topicwire._key_file import format_ring
from topicwire._signing import add_signature

from tests.fuzz.targets import CHANNEL_OF, ROOT, examples
from tests.keys import ED25519, HMAC, SHARED, SIGNING

_IDENTITY = (("sid", "a"), ("ep", "1"), ("seq", "2"), ("ts", "1000000000000000"))


def seeds(name: str) -> Iterator[bytes]:
    """Yield inputs that the target of a name takes."""
    if name in CHANNEL_OF:
        found = list(examples(CHANNEL_OF[name].name))
        yield from found
        yield b"[" + b",".join(found) + b"]"
    elif name == "documents":
        # As JSON, which is YAML too, so that values can be changed one by one.
        for path in sorted((ROOT / "tests" / "codegen" / "golden").glob("*/asyncapi.yaml")):
            yield path.read_bytes()
            yield yaml_as_json(path)
    else:
        yield from _OTHERS[name]


def yaml_as_json(path: Path) -> bytes:
    """Return a YAML document as JSON."""
    import json

    return json.dumps(yaml.safe_load(path.read_text())).encode()


def _signed() -> Headers:
    headers = Headers(_IDENTITY, "application/json", "reply/to", b"\0id")
    return add_signature(HMAC, "t", headers, b"{}")


def _properties() -> bytes:
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.UserProperty = list(_signed().properties)
    properties.ContentType = "application/json"
    properties.ResponseTopic = "reply/to"
    properties.CorrelationData = b"\0id"
    properties.MessageExpiryInterval = 30
    properties.SubscriptionIdentifier = 300
    properties.PayloadFormatIndicator = 1
    packed: bytes = properties.pack()  # type: ignore[no-untyped-call]
    return packed


_OTHERS: dict[str, list[bytes]] = {
    "envelope": [
        pack_envelope(_signed(), b'{"number":1}'),
        pack_envelope(Headers(_IDENTITY), b"[]"),
        b'{"number":1}', b"TW2 {}\n",
    ],
    "publish-packet": [
        b"\0\1t" + _properties() + b"{}", b"\0\1t\0\1" + _properties() + b"{}", b"\0\3a/b\0{}",
    ],
    "decompression": [
        gzip.compress(b"x" * 100, mtime=0), gzip.compress(bytes(2**17), mtime=0),
        zstd.compress(b"x" * 100), zstd.compress(bytes(2**17)),
    ],
    "strict-json": [
        b'{"a":[1,2.5e3,-0],"b":{"c":null,"d":"\\ud83d\\ude00"}}', b'[{"a":1},{"a":2}]', b"[NaN]",
        b'{"a":1,"a":2}', b'["\\ud800",1e999]', b"[" * 70 + b"]" * 70,
    ],
    "topics": [b"a/+/c\na/b/c", b"#\n$SYS/a", b"a/#\na", b"force\nleft", "ä/+\nä/b".encode()],
    "signatures": [
        "\n".join(value for _, value in _signed().properties).encode(),
        b"1\nshared\na\n1\n2\n1000000000000000\nyMnKy8zNzs_Q0dLT1NXW1w\nAAAA",
    ],
    "key-rings": [
        format_ring(SHARED).encode(), format_ring(SIGNING).encode(),
        format_ring(type(SHARED)([HMAC, ED25519])).encode(),
    ],
}  # fmt: skip
