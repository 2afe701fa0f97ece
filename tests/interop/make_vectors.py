"""Makes tests/vectors/signature-v1.json anew: `python -m tests.interop.make_vectors`.

The vectors are the promise of signature version 1: if this changes the file, the version changes.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from topicwire import Key
from topicwire._base64url import encode
from topicwire._envelope import Headers, pack_envelope
from topicwire._key_file import format_ring
from topicwire._keys import KeyRing
from topicwire._signature import public_key, sign, signed_input

FILE = Path(__file__).parents[1] / "vectors" / "signature-v1.json"
NOW = 1_795_440_000
TOPIC = "suspension/test/start"
BODY = b'{"command":"start","test_id":"t-1"}'
SEED = bytes(range(100, 132))
HMAC = Key(kid="shared-1", algorithm="hmac-sha256", key=bytes(range(1, 33)))
ED25519 = Key(kid="rig.7_a", algorithm="ed25519", key=public_key(SEED), private_key=SEED)
LIMITED = replace(HMAC, kid="limited", senders=("gui-*",), topics=("suspension/test/+",))
KEYS = KeyRing([HMAC, ED25519, LIMITED])
# As gzip makes it today; the bytes are in the file, so no other zlib has to make the same.
PACKED = gzip.compress(BODY * 20, mtime=0)

Pairs = tuple[tuple[str, str], ...]


def headers(
    key: Key,
    *,
    sender: str = "gui-1",
    epoch: int = 1_795_000_000_000_000,
    sequence: int = 7,
    ts: int = NOW * 1_000_000,
    **more: str,
) -> Headers:
    """Return headers of a message that is not signed yet."""
    properties: list[tuple[str, str]] = [
        ("sv", "1"), ("kid", key.kid), ("sid", sender), ("ep", str(epoch)),
        ("seq", str(sequence)), ("ts", str(ts)),
    ]  # fmt: skip
    properties += [(name.replace("_", "-"), value) for name, value in more.items()]
    properties.append(("n", encode(bytes(range(200, 216)))))
    return Headers(tuple(properties), "application/json")


def signed(key: Key, topic: str, made: Headers, body: bytes) -> Headers:
    """Return the headers with the signature."""
    assert key.secret is not None
    value = encode(sign(key.algorithm, key.secret, signed_input(key.algorithm, topic, made, body)))
    return replace(made, properties=(*made.properties, ("sig", value)))


def valid() -> Iterator[tuple[str, Key, str, Headers, bytes]]:
    """Yield name, key, topic, unsigned headers and body of each valid message."""
    for key in (HMAC, ED25519):
        name = key.algorithm
        yield f"{name}: plain", key, TOPIC, headers(key), BODY
        yield f"{name}: empty body", key, TOPIC, headers(key), b""
        yield f"{name}: no content type", key, TOPIC, replace(headers(key), content_type=None), BODY
        yield (
            f"{name}: other alphabets",
            key,
            "prüfstand/左",
            headers(key, sender="Prüfer \U0001f527"),
            ('{"note":"größer"}'.encode()),
        )
        yield f"{name}: compressed", key, TOPIC, headers(key, content_encoding="gzip"), PACKED
        yield f"{name}: batch", key, "suspension/measurements/live/batch", headers(key), b"[1, 2]"
        request = replace(headers(key), response_topic="reply/gui-1", correlation=b"\0\xff\n\0")
        yield f"{name}: request", key, TOPIC, request, BODY
        error = replace(
            headers(key), content_type="application/vnd.topicwire.error+json", correlation=b"1"
        )
        yield f"{name}: answer that is an error", key, "reply/gui-1", error, b'{"code":"busy"}'
        yield f"{name}: schema id", key, TOPIC, headers(key, schema_id="urn:x:1.0"), BODY
        large = headers(key, epoch=2**63 - 1, sequence=2**63 - 1)
        yield f"{name}: largest numbers", key, TOPIC, large, bytes(range(256))
    yield "limits of the key", LIMITED, "suspension/test/stop", headers(LIMITED), BODY
    yield "299 s old", HMAC, TOPIC, headers(HMAC, ts=(NOW - 299) * 1_000_000), BODY
    yield "299 s ahead", HMAC, TOPIC, headers(HMAC, ts=(NOW + 299) * 1_000_000), BODY


def invalid() -> Iterator[tuple[str, str, str, Headers, bytes]]:
    """Yield name, reason, topic, headers and body of each message that is refused."""
    good = signed(HMAC, TOPIC, headers(HMAC, content_encoding="gzip", schema_id="s"), PACKED)
    full = replace(headers(HMAC), response_topic="reply/to", correlation=b"id")
    full = signed(HMAC, TOPIC, full, BODY)

    def changed(name: str, value: str | None) -> Headers:
        pairs = [(n, value if n == name else v) for n, v in good.properties]
        return replace(good, properties=tuple((n, v) for n, v in pairs if v is not None))

    found = dict(good.properties)
    for name, value in (
        ("sid", "gui-2"), ("ep", "1795000000000001"), ("seq", "8"),
        ("ts", str(NOW * 1_000_000 + 1)),
        ("n", encode(bytes(16))), ("content-encoding", "zstd"), ("schema-id", "t"),
        ("kid", "rig.7_a"), ("sig", encode(bytes(32))), ("sig", found["sig"][:-2] + "AA"),
    ):  # fmt: skip
        if value != found[name]:
            yield f"another {name}: {value}", "bad_signature", TOPIC, changed(name, value), PACKED
    yield "another topic", "bad_signature", "suspension/test/stop", good, PACKED
    yield "a bit of the body", "bad_signature", TOPIC, good, PACKED[:-1] + bytes([PACKED[-1] ^ 1])
    yield "the body cut", "bad_signature", TOPIC, good, PACKED[:-1]
    for change in (
        {"content_type": "text/plain"}, {"content_type": None}, {"response_topic": "reply/me"},
        {"correlation": b"ie"}, {"correlation": None}, {"response_topic": None},
    ):  # fmt: skip
        yield f"changed {change}", "bad_signature", TOPIC, replace(full, **change), BODY  # type: ignore[arg-type]
    for name in ("sv", "kid", "sid", "ep", "seq", "ts", "n", "sig"):
        yield f"no {name}", "malformed", TOPIC, changed(name, None), PACKED
    for name, value in (
        ("sv", "2"), ("sv", ""), ("kid", "shared 1"), ("kid", "x" * 65), ("ep", "-1"),
        ("seq", "1.0"),
        ("seq", ""), ("ts", "٣"), ("ts", str(2**63)), ("seq", " 7"), ("n", found["n"] + "=="),
        ("n", encode(bytes(15))), ("sig", found["sig"] + "="), ("sig", found["sig"][:-1] + "~"),
        ("sid", ""), ("sid", "x" * 257),
    ):  # fmt: skip
        shown = value if len(value) < 50 else f"{len(value)} characters"
        yield f"bad {name}: {shown}", "malformed", TOPIC, changed(name, value), PACKED
    # The last digit of a signature has bits that count for nothing.
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = last[last.index(found["sig"][-1]) + 1]
    yield (
        "another text for the same sig",
        "malformed",
        TOPIC,
        changed("sig", found["sig"][:-1] + other),
        PACKED,
    )
    plain = Headers((("sid", "gui-1"),), "application/json")
    yield "not signed", "unsigned", TOPIC, plain, BODY
    yield "unknown key", "unknown_key", TOPIC, changed("kid", "nobody"), PACKED
    stranger = signed(LIMITED, TOPIC, headers(LIMITED, sender="rig-7"), BODY)
    yield "sender not allowed", "sender_not_allowed", TOPIC, stranger, BODY
    elsewhere = signed(LIMITED, "suspension/system/command", headers(LIMITED), BODY)
    yield "topic not allowed", "topic_not_allowed", "suspension/system/command", elsewhere, BODY
    for seconds, reason in ((-301, "stale"), (301, "from_the_future")):
        late = signed(HMAC, TOPIC, headers(HMAC, ts=(NOW + seconds) * 1_000_000), BODY)
        yield f"{seconds:+} s", reason, TOPIC, late, BODY


def describe(topic: str, made: Headers, body: bytes) -> dict[str, object]:
    """Return a message as JSON has it, for both versions of MQTT; bytes in base64."""
    found: dict[str, object] = {"topic": topic, "user_properties": made.properties}
    if made.content_type is not None:
        found["content_type"] = made.content_type
    if made.response_topic is not None:
        found["response_topic"] = made.response_topic
    if made.correlation is not None:
        found["correlation_data"] = base64.b64encode(made.correlation).decode()
    found["body"] = base64.b64encode(body).decode()
    found["payload_3.1.1"] = base64.b64encode(pack_envelope(made, body)).decode()
    return found


def make() -> str:
    """Return the text of the file."""
    messages = []
    for name, key, topic, made, body in valid():
        complete = signed(key, topic, made, body)
        messages.append({
            "name": name,
            "algorithm": key.algorithm,
            "signed_input": signed_input(key.algorithm, topic, made, body).hex(),
            **describe(topic, complete, body),
        })  # fmt: skip
    refused = [
        {"name": name, "reason": reason, **describe(topic, made, body)}
        for name, reason, topic, made, body in invalid()
    ]
    document = {
        "now": NOW,
        "ring": json.loads(format_ring(KEYS)),
        "valid": messages,
        "invalid": refused,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(make())
