"""gmqtt and pydantic, on uvloop as in its README."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import uvloop
from gmqtt import Client
from suspension_protocol.models import LiveMeasurement

from bench.job import Job
from bench.messages import TOPIC, Sent, encode
from bench.peers import Begin, Handle, Wait


def publish(job: Job, messages: Iterable[Sent], begin: Begin, wait: Wait) -> None:
    async def run() -> None:
        client = Client("bench-publisher")
        await client.connect("127.0.0.1", job.port)
        begin()
        for number, message in enumerate(messages):
            client.publish(TOPIC, encode(message), qos=job.qos)
            if number % 100 == 99:
                await asyncio.sleep(0)  # its `publish` never waits, so the loop gets no turn
        await asyncio.to_thread(wait)
        await client.disconnect()

    uvloop.run(run())


def receive(job: Job, ready: Begin, handle: Handle, wait: Wait) -> None:
    async def run() -> None:
        client = Client("bench-subscriber")

        def take(_client: Client, _topic: str, body: bytes, _qos: int, _properties: object) -> int:
            handle(LiveMeasurement.model_validate_json(body))
            return 0

        client.on_message = take
        client.on_subscribe = lambda *_: ready()
        await client.connect("127.0.0.1", job.port)
        client.subscribe(TOPIC, qos=job.qos)
        await asyncio.to_thread(wait)
        await client.disconnect()

    uvloop.run(run())
