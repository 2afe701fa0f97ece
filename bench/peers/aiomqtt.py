"""aiomqtt and pydantic: `await client.publish`, `async for message in client.messages`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiomqtt import Client
from suspension_protocol.models import LiveMeasurement

from bench.messages import TOPIC, encode


def publish(
    port: int,
    messages: list[LiveMeasurement],
    qos: int,
    begin: Callable[[], None],
    wait: Callable[[], object],
) -> None:
    async def run() -> None:
        async with Client("127.0.0.1", port) as client:
            begin()
            for message in messages:
                await client.publish(TOPIC, encode(message), qos)
            await asyncio.to_thread(wait)

    asyncio.run(run())


def receive(
    port: int,
    qos: int,
    ready: Callable[[], None],
    handle: Callable[[list[LiveMeasurement]], None],
    wait: Callable[[], object],
) -> None:
    async def take(client: Client) -> None:
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            handle([LiveMeasurement.model_validate_json(message.payload)])

    async def run() -> None:
        async with Client("127.0.0.1", port) as client:
            await client.subscribe(TOPIC, qos)
            ready()
            taking = asyncio.create_task(take(client))
            await asyncio.to_thread(wait)
            taking.cancel()

    asyncio.run(run())
