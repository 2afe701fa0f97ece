"""Sends badly signed messages as fast as wanted: `python -m tests.faults.flood PORT TOPIC SECONDS`.

Prints a line when it begins, and at the end how many it has sent in how many seconds.
"""

from __future__ import annotations

import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from topicwire._envelope import Headers
from topicwire._signing import add_signature

from tests.keys import HMAC

RATE = 10_000  # messages a second
_BURST = 100


def main(port: int, topic: str, seconds: float) -> None:
    """Flood a topic."""
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.connect("127.0.0.1", port)
    client.loop_start()
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    made = (
        ("sid", "flooder"), ("ep", "1"), ("seq", "1"), ("ts", str(round(time.time() * 1_000_000))),
    )  # fmt: skip
    # A signature of something else: what it costs to refuse is as much as to believe.
    properties.UserProperty = list(add_signature(HMAC, topic, Headers(made), b"other").properties)
    print("begins", flush=True)
    started, sent = time.monotonic(), 0
    while (elapsed := time.monotonic() - started) < seconds:
        while sent < elapsed * RATE:
            for _ in range(_BURST):
                client.publish(topic, b'{"number":1}', properties=properties)
            sent += _BURST
        time.sleep(0.002)
    print(sent, time.monotonic() - started, flush=True)
    client.disconnect()
    client.loop_stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
