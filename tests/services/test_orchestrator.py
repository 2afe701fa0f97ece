"""What the orchestrator does when others are away or refuse, with a bench that follows a script."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from suspension_protocol import models
from suspension_protocol.aio.apps import Backend, Gui, Tester
from suspension_protocol.models import ServiceState
from suspension_protocol.models import TestState as State
from suspension_services.access import Access
from suspension_services.bench_reports import BenchReports
from suspension_services.journal import Journal, Phase, TestEntry
from suspension_services.orchestrator import Orchestrator
from suspension_services.test_course import Patience

from tests.mosquitto import Mosquitto

WHEEL = models.WheelPosition.FRONT_LEFT
QUICK = Patience(
    repetition=0.1,
    preparation=2.0,
    processing=5.0,
    absence=0.5,
    silence=2.0,
    judgement=1.0,
    announcement=5.0,
)


class Script:
    """The other services, as far as a test wants them to be there."""

    def __init__(self, broker: Mosquitto, tmp_path: Path, stack: AsyncExitStack) -> None:
        self.url = broker.url
        self.journal = tmp_path / "journal.json"
        self._stack = stack
        self.statuses: asyncio.Queue[models.TestStatus] = asyncio.Queue()
        self.completed: asyncio.Queue[models.TestCompleted] = asyncio.Queue()
        self.updates: asyncio.Queue[models.GuiStatusUpdate] = asyncio.Queue()

    async def join(self) -> None:
        """Come as the user."""
        self.gui = await self._stack.enter_async_context(Gui(self.url, allow_unsigned=True))
        await self.gui.on.test_status.subscribe(put(self.statuses))
        await self.gui.on.test_completed.subscribe(put(self.completed))

        async def see(message: object, context: object) -> None:
            if isinstance(message, models.GuiStatusUpdate):
                self.updates.put_nowait(message)

        await self.gui.on.gui_update.subscribe(see)

    async def orchestrate(self) -> None:
        service = Orchestrator(Access(broker=self.url), journal=self.journal, patience=QUICK)
        await service.start()
        self._stack.push_async_callback(service.close)

    async def bench(self) -> Tester:
        return await self._stack.enter_async_context(
            Tester(self.url, client_id="bridge-1", allow_unsigned=True)
        )

    async def processing(self) -> Backend:
        """Come as a processing that answers at once."""
        backend = await self._stack.enter_async_context(
            Backend(self.url, client_id="processing-1", allow_unsigned=True)
        )

        async def answer(command: models.ProcessingCommand, context: object) -> None:
            await backend.send.processing_status(status("processing", test_id=str(command.test_id)))

        await backend.on.processing_command.subscribe(answer)
        return backend

    async def wish(self, test_id: str, *, age: float = 0.0) -> None:
        await self.gui.send.gui_command(
            models.GuiCommand(
                command=models.GuiAction.START_TEST, test_id=test_id, position=WHEEL,
                timestamp=time.time() - age,
            )
        )  # fmt: skip

    async def cause(self, state: State) -> str:
        while (told := await self.statuses.get()).state is not state:
            pass
        assert isinstance(told.details, dict)
        return str(told.details["cause"])


def put(queue: asyncio.Queue) -> Callable[[object, object], Awaitable[None]]:
    async def handler(message: object, context: object) -> None:
        queue.put_nowait(message)

    return handler


def status(
    service: str, state: ServiceState = ServiceState.ONLINE, **details: str | float
) -> models.ServiceStatus:
    return models.ServiceStatus(
        service=service, status=state, details=dict(details) or {"idle": True}, uptime=1.0,
        timestamp=time.time(),
    )  # fmt: skip


def result(test_id: str) -> models.ProcessingResult:
    return models.ProcessingResult(
        event="egea_result_processed", test_id=test_id, wheel_id=WHEEL, overall_pass=True,
        timestamp=time.time(),
    )  # fmt: skip


def heard(test_id: str, state: State, progress: float) -> models.TestStatus:
    return models.TestStatus(
        test_id=test_id, position=WHEEL, state=state, progress=progress, timestamp=time.time()
    )


def carry_out(
    program: Callable[[Script], Awaitable[None]], broker: Mosquitto, tmp_path: Path
) -> None:
    async def run() -> None:
        async with asyncio.timeout(20), AsyncExitStack() as stack:
            script = Script(broker, tmp_path, stack)
            await script.join()
            await program(script)

    asyncio.run(run())


@pytest.fixture
def broker(start_mosquitto: Callable[..., Mosquitto]) -> Mosquitto:
    return start_mosquitto()


def test_who_was_away_is_asked_again_until_it_obeys(broker: Mosquitto, tmp_path: Path):
    async def program(script: Script) -> None:
        await script.orchestrate()
        await script.wish("t-1")
        # Whoever was to hear the first commands was not there.
        assert (await script.statuses.get()).state is State.STARTING
        backend = await script.processing()
        bench = await script.bench()
        prepare: asyncio.Queue[models.HardwareCommand] = asyncio.Queue()
        start: asyncio.Queue[models.TestCommand] = asyncio.Queue()
        await bench.on.hardware_command.subscribe(put(prepare))
        await bench.on.test_start.subscribe(put(start))
        for _ in range(3):
            assert (await prepare.get()).test_id == "t-1"
        await bench.send.hardware_status(status("bridge", prepared="t-1", static_weight=3500.0))
        for _ in range(3):
            assert (await start.get()).test_id == "t-1"
        await bench.send.test_status(heard("t-1", State.RUNNING, 0.1))
        # Once it is heard that it runs, nothing is repeated; the journal is further then.
        await bench.send.test_status(heard("t-1", State.STOPPING, 1.0))
        await until(lambda: (Journal(script.journal).read() or entry()).phase is Phase.JUDGING)
        prepared, started = prepare.qsize(), start.qsize()
        await asyncio.sleep(3 * QUICK.repetition)
        assert (prepare.qsize(), start.qsize()) == (prepared, started)
        await backend.send.processing_result(result("t-1"))
        completed = await script.completed.get()
        assert (completed.state, completed.result) == (State.COMPLETED, True)

    carry_out(program, broker, tmp_path)


@pytest.mark.parametrize("refused_test", ["t-1", "another"])
def test_a_bench_that_refuses_ends_the_test_that_it_names_at_once(
    broker: Mosquitto, tmp_path: Path, refused_test: str
):
    async def program(script: Script) -> None:
        await script.orchestrate()
        await script.processing()
        bench = await script.bench()

        async def refuse(command: models.HardwareCommand, context: object) -> None:
            await bench.send.hardware_status(
                status(
                    "bridge", refused="prepare_test", reason="no wheel", refused_test=refused_test
                )
            )

        await bench.on.hardware_command.subscribe(refuse)
        begun = time.monotonic()
        await script.wish("t-1")
        completed = await script.completed.get()
        if refused_test == "t-1":
            assert completed.state is State.ERROR
            assert await script.cause(State.ERROR) == "the bench: no wheel"
            assert time.monotonic() - begun < QUICK.preparation
        else:
            assert completed.state is State.ABORTED
            cause = await script.cause(State.ABORTED)
            assert cause == f"the bench was not ready within {QUICK.preparation:g} s"

    carry_out(program, broker, tmp_path)


@pytest.mark.parametrize(
    ("then", "cause"),
    [
        (ServiceState.ONLINE, None),
        (ServiceState.STARTING, "the bridge to the bench was restarted"),
        (None, "the bridge to the bench is offline"),
    ],
)
def test_a_bridge_may_lose_its_connection_but_not_be_another(
    broker: Mosquitto, tmp_path: Path, then: ServiceState | None, cause: str | None
):
    async def program(script: Script) -> None:
        Journal(script.journal).write(entry())
        backend, bench = await script.processing(), await script.bench()
        await script.orchestrate()
        await bench.send.test_status(heard("t-1", State.RUNNING, 0.1))
        # The last will that a broker sends which is restarted in good order.
        for state in (ServiceState.OFFLINE, then):
            if state is not None:
                await bench.send.hardware_status(status("bridge", state))
        if cause is not None:
            assert (await script.completed.get()).state is State.ABORTED
            assert await script.cause(State.ABORTED) == cause
            return
        await asyncio.sleep(2 * QUICK.absence)
        await bench.send.test_status(heard("t-1", State.STOPPING, 1.0))
        await until(lambda: (Journal(script.journal).read() or entry()).phase is Phase.JUDGING)
        await backend.send.processing_result(result("t-1"))
        assert (await script.completed.get()).state is State.COMPLETED

    carry_out(program, broker, tmp_path)


def entry(phase: Phase = Phase.RUNNING) -> TestEntry:
    return TestEntry(
        test_id="t-1", position=WHEEL, phase=phase,
        parameters=models.TestParameters(duration=24.0, frequency_range=[5.0, 25.0]),
    )  # fmt: skip


def test_nothing_is_set_in_motion_after_a_restart_and_the_end_can_be_asked_for(
    broker: Mosquitto, tmp_path: Path
):
    async def program(script: Script) -> None:
        Journal(script.journal).write(entry())
        bench = await script.bench()
        start: asyncio.Queue[models.TestCommand] = asyncio.Queue()
        await bench.on.test_start.subscribe(put(start))
        await script.orchestrate()
        assert (await script.completed.get()).state is State.ABORTED
        assert (
            await script.cause(State.ABORTED)
            == f"nothing heard of the test within {QUICK.silence:g} s"
        )
        assert start.empty()
        await script.gui.send.gui_command(
            models.GuiCommand(
                command=models.GuiAction.REFRESH, test_id="t-1", timestamp=time.time()
            )
        )
        while not isinstance(told := (await script.updates.get()).test, models.TestStatus):
            pass
        assert (told.test_id, told.state) == ("t-1", State.ABORTED)

    carry_out(program, broker, tmp_path)


def test_a_wish_that_comes_too_late_starts_nothing(broker: Mosquitto, tmp_path: Path):
    async def program(script: Script) -> None:
        bench, _ = await script.bench(), await script.processing()
        prepare: asyncio.Queue[models.HardwareCommand] = asyncio.Queue()
        await bench.on.hardware_command.subscribe(put(prepare))
        await script.orchestrate()
        await script.wish("late", age=34.6)  # it reads 35 s for the next 0.9 s
        assert await script.cause(State.ERROR) == (
            "it was asked for 35 s ago, and nothing is started after 30 s"
        )
        assert (await script.completed.get()).test_id == "late"
        await script.wish("in-time", age=25.0)
        assert (await prepare.get()).test_id == "in-time"

    carry_out(program, broker, tmp_path)


def test_a_recording_is_handed_over_again_until_its_test_is_over(broker: Mosquitto, tmp_path: Path):
    async def program(script: Script) -> None:
        bench, backend = await script.bench(), await script.processing()
        recordings: asyncio.Queue[models.RawData] = asyncio.Queue()
        raw = models.RawData(
            test_id="t-1", position=WHEEL, time=[0.0, 0.01], platform_position=[0.0, 1.0],
            tire_force=[3000.0, 3100.0], static_weight=3000.0, sampling_rate=100.0, timestamp=1.0,
        )  # fmt: skip
        reports, over = BenchReports(bench), asyncio.Event()
        # It goes to a broker that has nobody to give it to.
        await reports.hand_over(raw)
        await backend.on.raw_data_complete.subscribe(put(recordings))
        insisting = asyncio.create_task(reports.insist(raw, over, waits=(0.1, 0.1, 60.0)))
        assert await recordings.get() == raw
        assert await recordings.get() == raw
        over.set()
        await insisting
        assert recordings.empty()

    carry_out(program, broker, tmp_path)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that only a file tells."""
    while not condition():
        await asyncio.sleep(0.02)
