"""aiomqtt and pydantic: `await client.publish`, `async for message in client.messages`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiomqtt import Client
from suspension_protocol.models import LiveMeasurement

from bench.job import Job
from bench.messages import TOPIC, Sent, encode
from bench.peers import Begin, Handle, Wait


def publish(job: Job, messages: Iterable[Sent], begin: Begin, wait: Wait) -> None:
    async def run() -> None:
        async with Client("127.0.0.1", job.port) as client:
            begin()
            for message in messages:
                await client.publish(TOPIC, encode(message), job.qos)
            await asyncio.to_thread(wait)

    asyncio.run(run())


def receive(job: Job, ready: Begin, handle: Handle, wait: Wait) -> None:
    async def take(client: Client) -> None:
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            handle(LiveMeasurement.model_validate_json(message.payload))

    async def run() -> None:
        async with Client("127.0.0.1", job.port) as client:
            await client.subscribe(TOPIC, job.qos)
            ready()
            taking = asyncio.create_task(take(client))
            await asyncio.to_thread(wait)
            taking.cancel()

    asyncio.run(run())
