"""FastStream's MQTT broker: handlers and publishers that are typed with the model."""

import asyncio
from collections.abc import Iterable

from faststream.mqtt import MQTTBroker
from pydantic import ConfigDict
from suspension_protocol.models import LiveMeasurement
from zmqtt import QoS

from bench.job import Job
from bench.messages import TOPIC, Sent
from bench.peers import Begin, Handle, Wait


class Measurement(LiveMeasurement):
    """The model for values that are not JSON any more: FastStream decodes before it validates."""

    model_config = ConfigDict(strict=False)


def publish(job: Job, messages: Iterable[Sent], begin: Begin, wait: Wait) -> None:
    async def run() -> None:
        broker = MQTTBroker(f"mqtt://127.0.0.1:{job.port}", logger=None)
        publisher = broker.publisher(TOPIC, qos=QoS(job.qos))
        async with broker:
            await broker.start()
            begin()
            for message in messages:
                await publisher.publish(message)
            await asyncio.to_thread(wait)

    asyncio.run(run())


def receive(job: Job, ready: Begin, handle: Handle, wait: Wait) -> None:
    async def run() -> None:
        broker = MQTTBroker(f"mqtt://127.0.0.1:{job.port}", logger=None)

        @broker.subscriber(TOPIC, qos=QoS(job.qos))
        async def take(message: Measurement) -> None:
            handle(message)

        async with broker:
            await broker.start()
            ready()
            await asyncio.to_thread(wait)

    asyncio.run(run())
