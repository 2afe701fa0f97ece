"""A bare MQTT client for tests of brokers: no reconnecting, no retrying, every answer is shown."""

from __future__ import annotations

import queue
import uuid
from typing import Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from tests.broker import Broker, Version
from tests.inbox import Collection

TIMEOUT = 10
CLOSED = None
"""Instead of an answer: the broker has closed the connection."""

_VERSIONS = {"5": paho.MQTTv5, "3.1.1": paho.MQTTv311}
_Answer = tuple[str, int, list[ReasonCode]]


class Peer:
    """One connection with QoS 1, as `username` or as nobody; `connected` says if it was let in."""

    def __init__(
        self,
        broker: Broker,
        username: str | None = None,
        password: str | None = None,
        version: Version = "5",
    ) -> None:
        self.received: Collection[tuple[str, bytes]] = Collection()
        self._answers: queue.SimpleQueue[_Answer | None] = queue.SimpleQueue()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            f"p-{uuid.uuid4()}",
            protocol=_VERSIONS[version],
            reconnect_on_failure=False,
        )
        if username is not None:
            self._client.username_pw_set(username, password)
        self._client.on_connect = lambda c, u, flags, code, p: self._say("connect", 0, [code])
        self._client.on_disconnect = lambda *_: self._answers.put(CLOSED)
        self._client.on_subscribe = lambda c, u, mid, codes, p: self._say("subscribe", mid, codes)
        self._client.on_publish = lambda c, u, mid, code, p: self._say("publish", mid, [code])
        self._client.on_message = lambda c, u, m: self.received.add((m.topic, m.payload))
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        self.connected = self._answer("connect", 0) == [0]

    def subscribe(self, *filters: str) -> list[int] | None:
        """Subscribe and return the broker's codes, or `CLOSED`."""
        error, mid = self._client.subscribe([(each, 1) for each in filters])
        if error is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            return CLOSED
        return self._answer("subscribe", mid or 0)

    def publish(self, topic: str, payload: bytes = b"") -> int | None:
        """Publish and return the code of the acknowledgement, or `CLOSED`."""
        sent = self._client.publish(topic, payload, qos=1)
        if sent.rc is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            return CLOSED
        codes = self._answer("publish", sent.mid)
        return codes[0] if codes is not CLOSED else CLOSED

    def topics_until(self, payload: bytes) -> set[str]:
        """Wait for a message with this payload and return the topics of those before it."""
        self.received.wait_until(lambda items: any(body == payload for _, body in items), TIMEOUT)
        return {topic for topic, body in self.received.items if body != payload}

    def _say(self, kind: str, mid: int, codes: list[ReasonCode]) -> None:
        self._answers.put((kind, mid, codes))

    def _answer(self, kind: str, mid: int) -> list[int] | None:
        while True:
            answer = self._answers.get(timeout=TIMEOUT)
            if answer is CLOSED:
                return CLOSED
            if answer[:2] == (kind, mid):
                return [code.value for code in answer[2]]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
