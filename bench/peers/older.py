"""The older module's batching: dicts, `json.dumps`, gzip and base64, on paho.

A batch goes at 100 messages; its second of linger never comes in a benchmark of throughput.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable

from paho.mqtt.client import Client, MQTTMessage
from suspension_protocol.models import LiveMeasurement

from bench.job import Job
from bench.messages import TOPIC, Sent
from bench.peers import Begin, Handle, Wait
from bench.peers.paho import connect, connected

FULL = 100
THRESHOLD = 1024  # bytes


def publish(job: Job, messages: Iterable[Sent], begin: Begin, wait: Wait) -> None:
    client = connected(job.port)
    begin()
    batch: list[dict[str, object]] = []
    for number, message in enumerate(messages, 1):
        batch.append(message.model_dump(mode="json"))
        if len(batch) == FULL or number == job.count:
            body = json.dumps(batch).encode()
            if len(body) > THRESHOLD:
                body = base64.b64encode(gzip.compress(body))
            client.publish(TOPIC, body, job.qos)
            batch = []
    wait()
    client.disconnect()
    client.loop_stop()


def receive(job: Job, ready: Begin, handle: Handle, wait: Wait) -> None:
    client = connect(job.port)

    def take(_client: Client, _data: object, message: MQTTMessage) -> None:
        body = message.payload
        if not body.startswith(b"["):
            body = gzip.decompress(base64.b64decode(body))
        for element in json.loads(body):
            handle(LiveMeasurement.model_validate(element, strict=False))

    client.on_message = take
    client.on_connect = lambda *_: client.subscribe(TOPIC, job.qos)
    client.on_subscribe = lambda *_: ready()
    client.loop_start()
    wait()
    client.disconnect()
    client.loop_stop()
