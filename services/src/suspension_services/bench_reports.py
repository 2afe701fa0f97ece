"""What the bridge says of a test: how far it is, and what was recorded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from pydantic import MISSING, JsonValue
from suspension_protocol.aio.apps import Tester
from suspension_protocol.models import RawData, TestCommand, TestState, TestStatus
from topicwire import TopicwireError

from suspension_services.bench_drive import BenchFailure
from suspension_services.bench_run import BenchRun
from suspension_services.logs import get_logger

log = get_logger(__name__)

_HAND_OVER_TIMEOUT = 30.0  # s for the broker to acknowledge a recording
_AGAIN = (5.0, 10.0, 20.0)  # s without an end of the test


class BenchReports:
    """Publishes for the bridge, as its app."""

    def __init__(self, app: Tester) -> None:
        self._app = app

    async def tell(
        self,
        command: TestCommand,
        state: TestState,
        progress: float = 0.0,
        *,
        details: dict[str, JsonValue] | None = None,
        frequency: float | None = None,
    ) -> None:
        """Publish the status of a test; `progress` from 0 to 1, `frequency` in Hz."""
        await self._app.send.test_status(
            TestStatus(
                test_id=command.test_id,
                position=command.position,
                state=state,
                progress=progress,
                frequency=MISSING if frequency is None else frequency,
                details=MISSING if details is None else details,
                timestamp=time.time(),
            )
        )

    async def tell_end(self, command: TestCommand, state: TestState, cause: str) -> None:
        """Publish that a test has ended without a recording, and why."""
        await self.tell(command, state, details={"cause": cause})

    async def tell_progress(self, command: TestCommand, run: BenchRun) -> None:
        """Publish how far a sweep is."""
        details: dict[str, JsonValue] = {
            "static_weight": run.recording.static_weight,
            "begun": run.begun,
            "length": run.excitation.length,
        }
        await self.tell(
            command, TestState.RUNNING, run.progress, details=details, frequency=run.frequency
        )

    async def hand_over(self, raw: RawData) -> None:
        """Publish a recording, and wait until the broker has it; raises `BenchFailure`."""
        delivery = await self._app.send.raw_data_complete(raw)
        try:
            async with asyncio.timeout(_HAND_OVER_TIMEOUT):
                await delivery
        except TimeoutError:
            # It is still in the queue, or the outbox, and goes when the broker is there.
            log.warning("recording not acknowledged yet", test_id=raw.test_id)
        except TopicwireError as error:
            raise BenchFailure(f"the recording could not be handed over: {error}") from error
        log.info("recording handed over", test_id=raw.test_id, samples=len(raw.time))

    async def insist(
        self, raw: RawData, over: asyncio.Event, waits: Sequence[float] = _AGAIN
    ) -> None:
        """Publish a recording again while its test is not over, each time after a wait in s.

        A broker that was restarted without its memory may have taken it for nobody, or have lost
        the result; whoever judges finds the same once more.
        """
        for wait in waits:
            try:
                async with asyncio.timeout(wait):
                    await over.wait()
                return
            except TimeoutError:
                log.warning("recording handed over again", test_id=raw.test_id)
                await self._app.send.raw_data_complete(raw)
