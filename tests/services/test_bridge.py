"""Bridge and simulator in this process, with a broker that goes away under them."""

import asyncio
import time
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from suspension_protocol import models
from suspension_protocol.aio.apps import Backend
from suspension_protocol.models import ServiceState, WheelPosition
from suspension_services.access import Access
from suspension_services.bridge import Bridge
from suspension_services.can_access import BusAddress
from suspension_services.simulator import Simulation, Simulator
from topicwire import ReconnectPolicy

from tests.mosquitto import Mosquitto

AT_ONCE = ReconnectPolicy(delays=[0.05])


def test_a_broker_that_is_away_for_a_whole_sweep_costs_no_recording(
    start_mosquitto: Callable[..., Mosquitto],
):
    broker = start_mosquitto()
    path = Path("/tmp", f"bench-{uuid.uuid4().hex[:12]}.sock")
    bus = BusAddress.parse(f"virtual:{path}")
    # Far less than the readings of a sweep; who waits for room would not hear the bench.
    access = Access(broker=broker.url, more={"max_queued_messages": 100, "queue_timeout": 0.2})

    async def program() -> None:
        async with asyncio.timeout(60), AsyncExitStack() as stack:
            simulator = Simulator(access, bus, Simulation(speed=15.0))
            bridge = Bridge(access, bus)
            for service in (simulator, bridge):
                await service.start()
                stack.push_async_callback(service.close)
            backend = await stack.enter_async_context(
                Backend(broker.url, client_id="judge", allow_unsigned=True, reconnect=AT_ONCE)
            )
            running, recordings = asyncio.Event(), asyncio.Queue[models.RawData]()

            async def see(status: models.TestStatus, context: object) -> None:
                if status.state is models.TestState.RUNNING:
                    running.set()

            async def keep(raw: models.RawData, context: object) -> None:
                recordings.put_nowait(raw)

            await backend.on.test_status.subscribe(see)
            await backend.on.raw_data_complete.subscribe(keep)
            await backend.send.test_start(
                models.TestCommand(
                    command="start", test_id="t-1", position=WheelPosition.FRONT_LEFT,
                    method=models.TestMethod.PHASE_SHIFT, timestamp=time.time(),
                    parameters=models.TestParameters(duration=24.0, frequency_range=[5.0, 25.0]),
                )
            )  # fmt: skip
            await running.wait()
            await asyncio.to_thread(broker.kill)
            while simulator.state is ServiceState.RUNNING:
                await asyncio.sleep(0.02)
            assert not bridge.client.is_connected
            await asyncio.to_thread(broker.start)
            # It may be handed over to a broker that has nobody to give it to; then it comes again.
            raw = await recordings.get()
            assert raw.test_id == "t-1"
            assert len(raw.time) == pytest.approx(2500, abs=15)
            assert bridge.state is not ServiceState.ERROR

    try:
        asyncio.run(program())
    finally:
        path.unlink(missing_ok=True)
