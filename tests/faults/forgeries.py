"""Signed messages, and everything that somebody could make of them on the way."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from topicwire import Key
from topicwire._envelope import Headers, pack_envelope, read_headers
from topicwire._inbound import Inbound
from topicwire._signing import add_signature

# Other values that a receiver knows as well, to swap for those of a message.
CONTENT_TYPES = ("application/json", "application/vnd.topicwire.error+json", "text/plain")
_NONE = Headers()
ENCODINGS = ("gzip", "zstd")


@dataclass(frozen=True)
class Packet:
    """A message as it comes over MQTT 5 (`headers`), or over 3.1.1 (all in `payload`)."""

    topic: str
    payload: bytes
    headers: Headers = _NONE

    def inbound(self) -> Inbound:
        """Return it as a connection hands it on."""
        headers, body, problem = read_headers(self.headers, self.payload)
        return Inbound(
            self.topic, body, qos=1, retained=False, duplicate=False, mid=1,
            headers=headers, problem=problem,
        )  # fmt: skip

    def enveloped(self) -> Packet:
        """Return the same message as MQTT 3.1.1 carries it."""
        return Packet(self.topic, pack_envelope(self.headers, self.payload))


class Forger:
    """Makes signed messages, and others of them; the same ones for the same seed."""

    def __init__(self, seed: int, keys: tuple[Key, ...], topics: tuple[str, ...]) -> None:
        self._random = random.Random(seed)
        self._keys = keys
        self._topics = topics
        self._sequence = 0

    def genuine(
        self, *, ts: float | None = None, key: Key | None = None, body: bytes | None = None
    ) -> Packet:
        """Return a valid message with every header that there is, of any body."""
        chance = self._random
        self._sequence += 1
        topic = chance.choice(self._topics)
        ts = time.time() if ts is None else ts
        properties = [
            ("sid", chance.choice(("gui-1", "rig ä", "x"))),
            ("ep", "1700000000000000"),
            ("seq", str(self._sequence)),
            ("ts", str(round(ts * 1_000_000))),
            ("content-encoding", chance.choice(ENCODINGS)),
            ("schema-id", "urn:suspension:1"),
        ]
        headers = Headers(tuple(properties), "application/json", "reply/to/me", b"\0\xff\n id")
        if body is None:
            body = chance.randbytes(chance.choice((1, 20, 240)))
        key = key or chance.choice(self._keys)
        return Packet(topic, body, add_signature(key, topic, headers, body))

    def forgeries(self, packet: Packet, count: int) -> Iterator[Packet]:
        """Yield `count` messages that differ from a valid one, over either carrier."""
        enveloped = packet.enveloped()
        ways: tuple[Callable[[Packet], Packet | None], ...] = (
            self._flip_body, self._flip_topic, self._flip_header, self._flip_native,
            self._swap, self._cut, self._drop_header,
        )  # fmt: skip
        older = (self._flip_body, self._flip_body, self._flip_topic, self._cut)
        made = 0
        while made < count:
            if self._random.random() < 0.5:
                found = self._random.choice(ways)(packet)
                same = packet
            else:
                found = self._random.choice(older)(enveloped)
                same = enveloped
            if found is not None and found != same:
                made += 1
                yield found

    def _flip_body(self, packet: Packet) -> Packet:
        return replace(packet, payload=self._flip(packet.payload))

    def _flip_topic(self, packet: Packet) -> Packet | None:
        topic = self._flip_text(packet.topic)
        return replace(packet, topic=topic) if topic else None

    def _flip_header(self, packet: Packet) -> Packet | None:
        properties = list(packet.headers.properties)
        index = self._random.randrange(len(properties))
        name, value = properties[index]
        if self._random.random() < 0.2:
            name = self._flip_text(name) or ""
        else:
            value = self._flip_text(value) or ""
        properties[index] = name, value
        return replace(packet, headers=replace(packet.headers, properties=tuple(properties)))

    def _flip_native(self, packet: Packet) -> Packet | None:
        headers = packet.headers
        assert headers.correlation is not None
        changed = self._random.choice((
            replace(headers, correlation=self._flip(headers.correlation)),
            replace(headers, content_type=self._flip_text(headers.content_type or "")),
            replace(headers, response_topic=self._flip_text(headers.response_topic or "")),
        ))  # fmt: skip
        return replace(packet, headers=changed)

    def _swap(self, packet: Packet) -> Packet:
        chance, headers = self._random, packet.headers
        found = dict(headers.properties)
        which = chance.randrange(6)
        if which == 0:
            return replace(packet, topic=chance.choice(self._topics))
        if which == 1:
            changed = replace(headers, content_type=chance.choice((*CONTENT_TYPES, None)))
            return replace(packet, headers=changed)
        if which == 2:
            found["content-encoding"] = chance.choice(ENCODINGS)
        elif which == 3:
            found["sid"] = chance.choice(("gui-1", "rig ä", "x"))
        elif which == 4:
            found["kid"] = chance.choice(self._keys).kid
        else:
            found["ts"] = str(int(found["ts"]) + chance.choice((-1, 1)))
        return replace(packet, headers=replace(headers, properties=tuple(found.items())))

    def _cut(self, packet: Packet) -> Packet:
        return replace(
            packet, payload=packet.payload[: self._random.randrange(len(packet.payload))]
        )

    def _drop_header(self, packet: Packet) -> Packet:
        headers = packet.headers
        properties = list(headers.properties)
        del properties[self._random.randrange(len(properties))]
        changed = self._random.choice((
            replace(headers, properties=tuple(properties)),
            replace(headers, correlation=None),
            replace(headers, response_topic=None),
            replace(headers, properties=(*headers.properties, headers.properties[0])),
        ))  # fmt: skip
        return replace(packet, headers=changed)

    def _flip(self, data: bytes) -> bytes:
        changed = bytearray(data)
        changed[self._random.randrange(len(data))] ^= self._random.randrange(1, 256)
        return bytes(changed)

    def _flip_text(self, text: str) -> str | None:
        # What is no UTF-8 is no MQTT, and ends the connection.
        try:
            return self._flip(text.encode()).decode()
        except UnicodeDecodeError:
            return None
