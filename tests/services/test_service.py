"""The template of the services, on a real mosquitto; and the rules of orchestrator and journal."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from suspension_protocol import models
from suspension_protocol.aio.apps import Backend
from suspension_protocol.apps import Gui
from suspension_protocol.models import (
    Heartbeat,
    ProcessingAction,
    ProcessingCommand,
    ServiceState,
    ServiceStatus,
    SystemAction,
    SystemCommand,
)
from suspension_services import journal as journals
from suspension_services.access import Access
from suspension_services.health import Health
from suspension_services.journal import Journal, Phase
from suspension_services.processing import Processing
from suspension_services.service import BackendService, Ending, ServiceSettings
from topicwire import DeliveryState

from tests.inbox import Inbox
from tests.mosquitto import Mosquitto, free_port

COMMAND = [sys.executable, "-m", "suspension_services", "run"]


@pytest.fixture
def broker(start_mosquitto: Callable[..., Mosquitto]) -> Mosquitto:
    return start_mosquitto()


@pytest.fixture
def processing(broker: Mosquitto):
    process = subprocess.Popen(
        [*COMMAND, "processing", "--broker", broker.url, "--log-format", "json"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def states(inbox: Inbox) -> list[ServiceState]:
    return [m.status for m in inbox.messages if isinstance(m, ServiceStatus)]


def wait_for(inbox: Inbox, state: ServiceState) -> ServiceStatus:
    inbox.wait_until(lambda _: state in states(inbox)[-1:], 30)
    last = inbox.messages[-1]
    assert isinstance(last, ServiceStatus)
    return last


def test_the_life_of_a_service(broker: Mosquitto, processing):
    inbox, beats = Inbox(), Inbox()
    with Gui(broker.url, allow_unsigned=True) as gui:
        gui.on.processing_status(inbox)
        gui.on.system_heartbeat(beats)
        online = wait_for(inbox, ServiceState.ONLINE)
        assert online.memory_usage > 10
        [beat] = beats.wait_for(1)
        assert isinstance(beat[0], Heartbeat)
        assert beat[0].memory_usage > 10
        processing.terminate()
        wait_for(inbox, ServiceState.OFFLINE)
        assert states(inbox)[-3:] == [
            ServiceState.ONLINE, ServiceState.STOPPING, ServiceState.OFFLINE,
        ]  # fmt: skip
        _, log = processing.communicate(timeout=20)
        assert processing.returncode == 0
        events = [json.loads(line)["event"] for line in log.splitlines()]
        assert [e for e in events if e in ("online", "stopping", "offline")] == [
            "online", "stopping", "offline",
        ]  # fmt: skip
    late = Inbox()
    with Gui(broker.url, allow_unsigned=True) as gui:
        gui.on.processing_status(late)
        [(kept, context)] = late.wait_for(1)
        assert context.retained
        assert kept.status is ServiceState.OFFLINE


def test_a_killed_service_is_seen_offline_through_its_will(broker: Mosquitto, processing):
    inbox = Inbox()
    with Gui(broker.url, allow_unsigned=True) as gui:
        gui.on.processing_status(inbox)
        wait_for(inbox, ServiceState.ONLINE)
        processing.kill()
        wait_for(inbox, ServiceState.OFFLINE)


def test_a_broker_without_memory_is_told_again_how_a_service_is(broker: Mosquitto):
    async def run() -> None:
        service = Processing(Access(broker=broker.url))
        await service.start()
        await asyncio.to_thread(broker.restart)
        inbox = Inbox()
        async with asyncio.timeout(20):
            with Gui(broker.url, allow_unsigned=True) as gui:
                gui.on.processing_status(inbox)
                await asyncio.to_thread(wait_for, inbox, ServiceState.ONLINE)
        await service.close()

    asyncio.run(run())


def test_commands_of_the_system(broker: Mosquitto, processing):
    inbox = Inbox()
    with Gui(broker.url, allow_unsigned=True) as gui:
        gui.on.processing_status(inbox)
        wait_for(inbox, ServiceState.ONLINE)
        for action, service in (
            (SystemAction.SHUTDOWN, "simulator"),  # not for this one
            (SystemAction.RESTART, "processing"),
        ):
            gui.send.system_command(
                SystemCommand(command=action, service=service, timestamp=time.time())
            ).wait(10)
        wait_for(inbox, ServiceState.OFFLINE)
        wait_for(inbox, ServiceState.ONLINE)
        assert processing.poll() is None, "it has begun anew in the same process"
        gui.send.system_command(
            SystemCommand(command=SystemAction.SHUTDOWN, timestamp=time.time())
        ).wait(10)
        assert processing.wait(20) == 0


@pytest.mark.parametrize(
    ("action", "parameters", "reason"),
    [
        ("configure", {"min_phase_shift": 200}, "min_phase_shift has to be a number from 0 to 180"),
        ("configure", {"limit": 1}, "unknown parameters: limit; there are min_phase_shift, "),
        ("start_processing", None, "start_processing needs a test_id"),
    ],
)
def test_a_command_that_cannot_be_obeyed_says_why(broker: Mosquitto, action, parameters, reason):
    async def run() -> list[ServiceStatus]:
        service = Processing(Access(broker=broker.url))
        await service.start()
        command = ProcessingCommand.model_validate(
            {
                "command": ProcessingAction(action), "timestamp": time.time(),
                **({} if parameters is None else {"parameters": parameters}),
            }
        )  # fmt: skip
        refused: asyncio.Queue[ServiceStatus] = asyncio.Queue()
        async with Backend(broker.url, allow_unsigned=True) as backend:

            async def see(message: ServiceStatus, context: object) -> None:
                if isinstance(message.details, dict) and "refused" in message.details:
                    refused.put_nowait(message)

            await backend.on.processing_status.subscribe(see)
            await backend.send.processing_command(command)
            found = await asyncio.wait_for(refused.get(), 10)
        await service.close()
        return [found]

    [status] = asyncio.run(run())
    assert status.details["refused"] == action
    assert reason in status.details["reason"]


def test_a_service_whose_work_fails_is_in_error_and_says_why(broker: Mosquitto):
    class Failing(BackendService):
        name = "failing"

        def set_up(self) -> None:
            pass

        async def begin(self) -> None:
            async def work() -> None:
                raise ValueError("a broken sensor")

            self.spawn(work(), "measuring")

    async def run() -> tuple[ServiceStatus, Ending]:
        service = Failing(Access(broker=broker.url))
        errors: asyncio.Queue[ServiceStatus] = asyncio.Queue()
        async with Backend(broker.url, allow_unsigned=True) as backend:

            async def see(message: ServiceStatus, context: object) -> None:
                if message.status is ServiceState.ERROR:
                    errors.put_nowait(message)

            await backend.on.system_status.subscribe(see)
            await service.start()
            found = await asyncio.wait_for(errors.get(), 10)
            service.stop(Ending.RESTART)
            ending = await service.ended()
            await service.close()
        return found, ending

    status, ending = asyncio.run(run())
    assert status.error == "measuring: ValueError('a broken sensor')"
    assert ending is Ending.RESTART


def test_metrics_of_a_service(broker: Mosquitto):
    async def run() -> str:
        port = free_port()
        service = Processing(Access(broker=broker.url), ServiceSettings(metrics_port=port))
        await service.start()
        url = f"http://127.0.0.1:{port}/metrics"

        def read() -> str:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.read().decode()

        text = await asyncio.to_thread(read)
        await service.close()
        return text

    text = asyncio.run(run())
    assert "topicwire_connected 1.0" in text
    assert "topicwire_sent_total" in text
    assert (
        'suspension_service_state{service="processing",suspension_service_state="online"} 1.0'
        in (text)
    )
    assert "process_resident_memory_bytes" in text


def test_results_of_a_service_with_an_outbox_outlive_its_end(broker: Mosquitto, tmp_path: Path):
    result = models.TestResult(
        event="test_result", test_id="t-1", wheel_id=models.WheelPosition.FRONT_LEFT,
        overall_pass=True, timestamp=time.time(),
    )  # fmt: skip
    settings = ServiceSettings(outbox=tmp_path / "processing.sqlite")

    async def send() -> DeliveryState:
        first = Processing(Access(broker=f"mqtt://127.0.0.1:{free_port()}"), settings)
        first.client.start()
        delivery = await Backend(first.client).send.results_processed(result)
        assert await first.client.close(drain=0) == ()
        return delivery.state

    async def deliver() -> None:
        async with Processing(Access(broker=broker.url), settings).client as client:
            while client.stats().outbox_messages:
                await asyncio.sleep(0.05)

    assert asyncio.run(send()) is DeliveryState.KEPT
    inbox = Inbox()
    with Gui(broker.url, allow_unsigned=True) as gui:
        gui.on.results_processed(inbox)
        asyncio.run(deliver())
        inbox.wait_for(1)
    assert inbox.messages == [result]


# ---- rules --------------------------------------------------------------------------------------


def status(state: ServiceState, service: str = "bridge") -> ServiceStatus:
    return ServiceStatus(service=service, status=state, uptime=1.0, timestamp=1.0)


def test_a_service_in_error_is_restarted_three_times_and_then_left():
    health = Health(30.0)
    health.take_status(status(ServiceState.ERROR), 0.0)
    assert health.to_restart(4.9) == [], "it may mend itself"
    restarts = [moment for moment in range(5, 100) if health.to_restart(float(moment))]
    assert restarts == [5, 10, 15]
    health.take_status(status(ServiceState.ONLINE), 100.0)
    assert health.to_restart(150.0) == []
    health.to_restart(161.0)  # it has been well for a minute
    health.take_status(status(ServiceState.ERROR), 170.0)
    assert health.to_restart(176.0) == ["bridge"]
    assert health.attempts("bridge") == 1


def test_a_silent_service_is_taken_for_gone():
    health = Health(30.0)
    assert health.state("bridge", 0.0) is ServiceState.STARTING, "its status may be on the way"
    health.take_status(status(ServiceState.ONLINE), 0.0)
    assert health.state("bridge", 104.0) is ServiceState.ONLINE
    assert health.state("bridge", 106.0) is ServiceState.OFFLINE
    beat = Heartbeat(
        service="bridge", status="alive", uptime=1.0, memory_usage=1.0, cpu_usage=1.0, timestamp=1.0
    )
    health.take_heartbeat(beat, 107.0)
    assert health.state("bridge", 108.0) is ServiceState.ONLINE


def test_a_service_is_gone_from_its_last_will_on_until_it_says_otherwise():
    health = Health(30.0)
    assert health.gone_for("bridge", 5.0) == 0, "nothing was heard of it yet"
    health.take_status(status(ServiceState.ONLINE), 0.0)
    assert health.gone_for("bridge", 5.0) == 0
    health.take_status(status(ServiceState.OFFLINE), 10.0)
    assert health.gone_for("bridge", 13.0) == 3
    health.take_status(status(ServiceState.RUNNING), 14.0)
    assert health.gone_for("bridge", 15.0) == 0
    assert health.gone_for("bridge", 14.0 + 106.0) == 106, "it has fallen silent"


def entry() -> journals.TestEntry:
    return journals.TestEntry(
        test_id="t-1",
        position=models.WheelPosition.REAR_LEFT,
        parameters=models.TestParameters(duration=24.0, frequency_range=[5.0, 25.0]),
        phase=Phase.RUNNING,
    )


def test_the_journal_keeps_the_test_that_is_not_over(tmp_path: Path):
    journal = Journal(tmp_path / "folder" / "journal.json")
    assert journal.read() is None
    journal.write(entry())
    assert Journal(tmp_path / "folder" / "journal.json").read() == entry()
    journal.clear()
    journal.clear()
    assert journal.read() is None


def test_a_journal_that_is_damaged_is_no_test(tmp_path: Path):
    (tmp_path / "journal.json").write_text('{"test_id": 5')
    assert Journal(tmp_path / "journal.json").read() is None
