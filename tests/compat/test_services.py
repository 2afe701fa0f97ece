"""Services in the older style beside new ones, in one test of a wheel.

The older ones are written as their module taught: an orchestrator, a backend template with an event
loop of its own, a GUI, a bridge that sends sensors by the pool.
"""

from __future__ import annotations

import asyncio
import threading
import time

from pydantic import JsonValue
from suspension_protocol import models
from suspension_protocol.apps import Gui, Tester
from suspension_protocol.compat import (
    AsyncMqttHandler,
    HighThroughputMqttHandler,
    MonitoredMqttHandler,
    MqttConnectionPool,
    SecureMqttHandler,
)
from topicwire import Context

from tests.compat.conftest import Secure
from tests.compat.payloads import RAW, RESULT, START, force, live
from tests.inbox import Collection, Inbox

Message = dict[str, JsonValue]


class OldOrchestrator:
    """Callbacks by call; prepares hardware and processing, and announces the end."""

    def __init__(self, secure: Secure) -> None:
        self.mqtt = SecureMqttHandler(
            secure.keys, client_id="orchestrator", app_type="backend", **secure.old
        )
        self.mqtt.add_callback("commands", self.handle_test_commands)
        self.mqtt.add_callback("status", self.handle_service_status)
        self.mqtt.add_callback("test_results", self.handle_test_completion)
        self.service_health: dict[JsonValue, JsonValue] = {}
        self.active_tests: dict[JsonValue, Message] = {}
        self.answers: list[bool] = []

    def handle_test_commands(self, message: Message) -> None:
        if message["command"] == "start":
            self.active_tests[message["test_id"]] = message
            for service, command in (
                ("hardware", "prepare_test"), ("processing", "start_processing"),
            ):  # fmt: skip
                answer = self.mqtt.publish(f"suspension/{service}/command", {
                    "command": command, "test_id": message["test_id"],
                    "position": message["position"],
                })  # fmt: skip
                self.answers.append(answer)

    def handle_service_status(self, message: Message) -> None:
        service = message.get("source", "unknown")
        self.service_health[service] = message.get("state", "unknown")

    def handle_test_completion(self, message: Message) -> None:
        if message.get("event") == "test_result" and self.active_tests.pop(
            message["test_id"], None
        ):
            answer = self.mqtt.publish(
                "suspension/test/completed",
                {
                    "test_id": message["test_id"],
                    "state": "completed",
                    "result": message["overall_pass"],
                },
            )
            self.answers.append(answer)


class OldProcessing:
    """The backend template: async callbacks, a main loop, status and heartbeat."""

    def __init__(self, secure: Secure) -> None:
        self.mqtt = AsyncMqttHandler(
            client_id="pi_processing", app_type="backend", signing=secure.keys, **secure.old
        )
        self.mqtt.add_async_callback("commands", self.handle_commands)
        self.mqtt.add_async_callback("system", self.handle_system_messages)
        self.mqtt.add_async_callback("raw_data", self.handle_raw_data)
        self.commands: list[JsonValue] = []
        self.ready = threading.Event()
        self.started = time.monotonic()

    async def run(self) -> None:
        self.stopped = asyncio.Event()
        self.queue: asyncio.Queue[Message] = asyncio.Queue()
        assert await self.mqtt.connect_async(), self.mqtt.last_error
        assert await self.send_status("online")
        self.ready.set()
        work = asyncio.create_task(self.main_loop())
        await self.stopped.wait()
        work.cancel()
        assert await self.send_status("offline")
        await self.mqtt.disconnect_async()

    async def main_loop(self) -> None:
        while True:
            raw = await self.queue.get()
            result = {**RESULT, "test_id": raw["test_id"], "wheel_id": raw["position"]}
            assert await self.mqtt.publish_async("suspension/results/processed", result)

    async def send_status(self, state: str) -> bool:
        uptime = time.monotonic() - self.started
        return await self.mqtt.publish_async(
            "suspension/system/status",
            {"service_name": "pi_processing", "status": state, "uptime": uptime},
        ) and await self.mqtt.publish_async(
            "suspension/system/heartbeat",
            {
                "service": "pi_processing", "status": "alive", "uptime": uptime,
                "memory_usage": 40.0, "cpu_usage": 3.0,
            },
        )  # fmt: skip

    async def handle_commands(self, message: Message) -> None:
        self.commands.append(message["command"])

    async def handle_system_messages(self, message: Message) -> None:
        if message.get("command") == "shutdown":
            self.stopped.set()

    async def handle_raw_data(self, message: Message) -> None:
        await self.queue.put(message)


class OldGui:
    """Callbacks by decorator; starts the test."""

    def __init__(self, secure: Secure) -> None:
        self.mqtt = SecureMqttHandler(secure.keys, app_type="gui", **secure.old)
        self.measurements: Collection[Message] = Collection()
        self.results: Collection[Message] = Collection()
        self.indicators: Collection[tuple[JsonValue, JsonValue]] = Collection()

        @self.mqtt.add_callback("measurements")
        def update_live_display(message: Message) -> None:
            self.measurements.add(message)

        @self.mqtt.add_callback("test_results")
        def display_test_results(message: Message) -> None:
            self.results.add(message)

        @self.mqtt.add_callback("status")
        def update_service_status(message: Message) -> None:
            self.indicators.add((message.get("source"), message.get("state")))

    def start_test(self) -> bool:
        return self.mqtt.publish_signed("suspension/test/start", START)


def new_bench(tester: Tester) -> None:
    """A new service: typed handlers; answers a command with a recording."""

    @tester.on.hardware_command
    def prepare(command: models.HardwareCommand, context: Context) -> None:
        assert context.sender == "orchestrator", "signed"
        tester.send.raw_data_complete(
            models.RawData.model_validate_json(
                models.RawData(
                    **{**RAW, "position": models.WheelPosition.FRONT_LEFT},  # type: ignore[arg-type]
                    timestamp=time.time(),
                ).model_dump_json()
            )
        )


def test_a_wheel_is_tested_by_old_and_new_services_together(secure: Secure):
    host, port = "localhost", secure.port
    orchestrator, processing, gui = (
        OldOrchestrator(secure), OldProcessing(secure), OldGui(secure),
    )  # fmt: skip
    bridge = HighThroughputMqttHandler(app_type="tester", **secure.old)
    monitor = MonitoredMqttHandler(**secure.old)
    monitored: Collection[Message] = Collection()
    monitor.add_callback("test_results", monitored.add)
    seen, completed, statuses = Inbox(), Inbox(), Inbox()
    program = threading.Thread(target=lambda: asyncio.run(processing.run()))
    with (
        Gui(secure.url, client_id="new-gui", **secure.new) as new_gui,
        Tester(secure.url, client_id="new-bench", **secure.new) as tester,
    ):
        new_gui.on.results_processed(seen)
        new_gui.on.test_completed(completed)
        new_gui.on.system_status(statuses)
        new_bench(tester)
        for old in (orchestrator.mqtt, gui.mqtt, bridge, monitor):
            assert old.connect(), old.last_error
        program.start()
        assert processing.ready.wait(20)

        for number in range(200):
            assert bridge.publish_with_batching("suspension/measurements/live", live(number))
        pool = MqttConnectionPool()
        arguments = {key: value for key, value in secure.old.items() if key not in ("host", "port")}
        pooled = pool.get_connection(host, port, **arguments)  # type: ignore[arg-type]
        assert pooled.publish_batch([("suspension/sensor/force", force(650.5))] * 3) == 3
        assert gui.start_test(), gui.mqtt.last_error

        seen.wait_for(1)
        completed.wait_for(1)
        gui.results.wait_for(2)
        monitored.wait_for(2)
        gui.measurements.wait_for(203)
        new_gui.send.system_command(
            models.SystemCommand(command=models.SystemAction.SHUTDOWN, timestamp=time.time())
        )
        program.join(20)
        assert not program.is_alive()
        gui.indicators.wait_until(lambda items: ("pi_processing", "offline") in items)
        statuses.wait_for(2)
        pool.close_all()
        for handler in (orchestrator.mqtt, gui.mqtt, bridge, monitor):
            handler.disconnect()

    [result] = seen.messages
    assert isinstance(result, models.TestResult)
    assert (result.test_id, result.overall_pass) == ("t-1", True)
    [completion] = completed.messages
    assert isinstance(completion, models.TestCompleted)
    assert completion.result is True
    assert [type(message).__name__ for message in statuses.messages] == ["ServiceStatus"] * 2
    assert orchestrator.answers == [True, True, True]
    assert orchestrator.service_health["pi_processing"] in ("online", "offline")
    assert set(processing.commands) == {"start", "start_processing"}
    assert {message.get("event") for message in gui.results.items} == {"test_result", None}
    for old in (orchestrator.mqtt, processing.mqtt, gui.mqtt, bridge, monitor):
        assert old.last_error is None
    assert monitor.get_performance_stats()["messages_received"] == 2
