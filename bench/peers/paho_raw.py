"""Paho alone: bytes that are ready before they are sent, and that nobody reads."""

from __future__ import annotations

from collections.abc import Iterable

from paho.mqtt.client import Client, MQTTMessage

from bench.job import Job
from bench.messages import TOPIC, Sent, encode, measurements
from bench.peers import Begin, Handle, Wait
from bench.peers.paho import connect, connected


def publish(job: Job, messages: Iterable[Sent], begin: Begin, wait: Wait) -> None:
    client = connected(job.port)
    body = encode(measurements()[0])
    begin()
    for _ in messages:
        client.publish(TOPIC, body, job.qos)
    wait()
    client.disconnect()
    client.loop_stop()


def receive(job: Job, ready: Begin, handle: Handle, wait: Wait) -> None:
    client = connect(job.port)

    def take(_client: Client, _data: object, message: MQTTMessage) -> None:
        handle(message)

    client.on_message = take
    client.on_connect = lambda *_: client.subscribe(TOPIC, job.qos)
    client.on_subscribe = lambda *_: ready()
    client.loop_start()
    wait()
    client.disconnect()
    client.loop_stop()
