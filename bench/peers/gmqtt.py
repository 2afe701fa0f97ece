"""gmqtt and pydantic, on the event loop of the standard library."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gmqtt import Client
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
        client = Client("bench-publisher")
        await client.connect("127.0.0.1", port)
        begin()
        for number, message in enumerate(messages):
            client.publish(TOPIC, encode(message), qos=qos)
            if number % 100 == 99:
                await asyncio.sleep(0)  # its `publish` never waits, so the loop gets no turn
        await asyncio.to_thread(wait)
        await client.disconnect()

    asyncio.run(run())


def receive(
    port: int,
    qos: int,
    ready: Callable[[], None],
    handle: Callable[[list[LiveMeasurement]], None],
    wait: Callable[[], object],
) -> None:
    async def run() -> None:
        client = Client("bench-subscriber")

        def take(_client: Client, _topic: str, body: bytes, _qos: int, _properties: object) -> int:
            handle([LiveMeasurement.model_validate_json(body)])
            return 0

        client.on_message = take
        client.on_subscribe = lambda *_: ready()
        await client.connect("127.0.0.1", port)
        client.subscribe(TOPIC, qos=qos)
        await asyncio.to_thread(wait)
        await client.disconnect()

    asyncio.run(run())
