"""The simulator: a bench without hardware, on a CAN bus."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import ClassVar

import can
from suspension_protocol.aio.apps import Simulator as SimulatorApp
from suspension_protocol.aio.publishers import SimulatorStatusPublisher
from suspension_protocol.models import (
    ServiceState,
    SimulatorAction,
    SimulatorCommand,
    SimulatorData,
    TestCommand,
    WheelPosition,
)
from topicwire import Context

from suspension_services.access import Access
from suspension_services.can_access import BusAddress
from suspension_services.commands import CommandRefused, CommandTable, check_names, number
from suspension_services.frame_reader import FrameReader
from suspension_services.frames import (
    FRAME_INTERVAL,
    FrameInvalid,
    MotorCommand,
    Side,
    decode,
    encode,
)
from suspension_services.logs import get_logger
from suspension_services.quarter_car import QuarterCar, Sample
from suspension_services.service import BackendService, ServiceSettings
from suspension_services.simulated_bench import Fault, SimulatedBench

log = get_logger(__name__)

_DEAD_MAN = 1.0  # s without a command after which the motor stops
_BEHIND = 0.5  # s by which a busy machine may be late before the simulator gives up catching up

# A car with one worn damper, at the rear on the right.
WHEELS = {
    WheelPosition.FRONT_LEFT: QuarterCar(
        sprung_mass=320, unsprung_mass=38, spring=20, tyre=220, damping=1300
    ),
    WheelPosition.FRONT_RIGHT: QuarterCar(
        sprung_mass=320, unsprung_mass=38, spring=20, tyre=220, damping=1200
    ),
    WheelPosition.REAR_LEFT: QuarterCar(
        sprung_mass=180, unsprung_mass=32, spring=18, tyre=220, damping=900
    ),
    WheelPosition.REAR_RIGHT: QuarterCar(
        sprung_mass=180, unsprung_mass=32, spring=18, tyre=220, damping=420
    ),
}


@dataclass(frozen=True, slots=True)
class Simulation:
    """What is simulated.

    `damping` in N s/m (None: that of each wheel), `noise` of each load cell in N (standard
    deviation), a `fault`, and how many times as fast as a bench the sweeps go. Times on the bus
    are always those of the bench.
    """

    damping: float | None = None
    noise: float = 2.0
    fault: Fault = Fault.NONE
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class _Wheel:
    """The wheel that has been loaded, and for which test."""

    test_id: str
    position: WheelPosition
    car: QuarterCar


class Simulator(BackendService):
    """Is the bench on the bus: it moves as the bus commands, with the wheel that MQTT names."""

    name: ClassVar[str] = "simulator"
    status_publisher = SimulatorStatusPublisher

    def __init__(
        self,
        access: Access,
        bus: BusAddress,
        simulation: Simulation = Simulation(),
        settings: ServiceSettings = ServiceSettings(),  # noqa: B008
    ) -> None:
        super().__init__(access, settings)
        self._app = SimulatorApp(self.client)
        self._address = bus
        self._simulation = simulation
        self._bench = SimulatedBench(time.time(), simulation.noise, simulation.fault)
        self._wheel: _Wheel | None = None
        self._bus: can.BusABC | None = None
        self._commanded = 0.0  # when the motor was last commanded, by the loop's clock

    def set_up(self) -> None:
        """Listen for wheels to load and for what is to be simulated."""
        self._app.on.test_start(self._on_start)
        self._app.on.simulator_command(
            CommandTable[SimulatorCommand](
                {
                    SimulatorAction.PREPARE_TEST: self._prepare,
                    SimulatorAction.CONFIGURE: self._configure,
                    SimulatorAction.RESTART: self.restart,
                    SimulatorAction.SHUTDOWN: self.shut_down,
                },
                self.refuse,
            )
        )

    async def begin(self) -> None:
        """Go on the bus; raises `can.CanError` when it cannot be had."""
        self._bus = bus = self._address.open(as_bench=True)
        self._cleanup.callback(bus.shutdown)
        self.spawn(self._obey(bus), "bus")
        self.spawn(self._move(bus), "bench")

    # ---- commands over MQTT ------------------------------------------------------------------

    async def _prepare(self, command: SimulatorCommand) -> None:
        if not isinstance(command.position, WheelPosition) or not isinstance(command.test_id, str):
            raise CommandRefused("prepare_test needs test_id and position")
        if self._wheel is not None and self._wheel.test_id == command.test_id:
            return  # told again
        if self._bench.is_moving:
            raise CommandRefused("the platform is moving")
        self._load(command.test_id, command.position)

    async def _configure(self, command: SimulatorCommand) -> None:
        check_names(command.parameters, "damping", "noise", "fault")
        damping = number(command.parameters, "damping", 0, 20_000)
        noise = number(command.parameters, "noise", 0, 1_000)
        change = self._simulation
        if damping is not None:
            change = replace(change, damping=damping)
        if noise is not None:
            change = replace(change, noise=noise)
        if isinstance(command.parameters, dict) and "fault" in command.parameters:
            try:
                change = replace(change, fault=Fault(str(command.parameters["fault"])))
            except ValueError:
                raise CommandRefused(f"fault has to be one of {', '.join(Fault)}") from None
        self._simulation = change
        self._bench.noise, self._bench.fault = change.noise, change.fault
        await self.tell(damping=change.damping, noise=change.noise, fault=change.fault.value)

    async def _on_start(self, command: TestCommand, context: Context) -> None:
        # Whoever starts a test without preparing it gets its wheel all the same.
        if self._wheel is None or self._wheel.test_id != command.test_id:
            if self._bench.is_moving:
                log.warning("moving, no wheel is loaded", test_id=command.test_id)
                return
            self._load(command.test_id, command.position)

    def _load(self, test_id: str, position: WheelPosition) -> None:
        car = WHEELS[position]
        if self._simulation.damping is not None:
            car = replace(car, damping=self._simulation.damping)
        self._bench.load(Side.of(position), car)
        self._wheel = _Wheel(test_id, position, car)
        log.info("wheel loaded", test_id=test_id, position=position.value, damping=car.damping)

    # ---- the bus -----------------------------------------------------------------------------

    async def _obey(self, bus: can.BusABC) -> None:
        reader = FrameReader(bus)
        try:
            async for messages in reader.chunks():
                for message in messages:
                    try:
                        frame = decode(message)
                    except FrameInvalid as error:
                        log.warning("frame ignored", reason=str(error))
                        continue
                    if isinstance(frame, MotorCommand):
                        self._commanded = asyncio.get_running_loop().time()
                        self._bench.command(frame)
        finally:
            await reader.close()

    async def _move(self, bus: can.BusABC) -> None:
        """Go on with the bench's time at the pace that was asked for, as far as the machine can."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            pace = self._simulation.speed if self._bench.is_moving else 1.0
            ticks = max(1, round(pace))
            for _ in range(ticks):
                await self._tick(bus)
            await self._show_movement()
            if self._bench.is_moving and loop.time() - self._commanded > _DEAD_MAN:
                log.warning("no more commands, the motor stops")
                self._bench.commands_ceased()
            due += ticks * FRAME_INTERVAL / pace
            if loop.time() - due > _BEHIND:
                due = loop.time()
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _tick(self, bus: can.BusABC) -> None:
        for frame in self._bench.tick():
            bus.send(encode(frame))
        sample, wheel = self._bench.sample, self._wheel
        # Nobody wants to see later what moved while the broker was away.
        if sample is not None and wheel is not None and self.client.is_connected:
            await self._app.send.simulator_data(self._data(sample, wheel))

    async def _show_movement(self) -> None:
        state = ServiceState.RUNNING if self._bench.is_moving else ServiceState.ONLINE
        if state is self.state or self.state in (ServiceState.ERROR, ServiceState.STOPPING):
            return
        self.note_activity()
        wheel = self._wheel
        await self.set_state(state, details={"test_id": wheel.test_id} if wheel else None)

    def _data(self, sample: Sample, wheel: _Wheel) -> SimulatorData:
        return SimulatorData(
            event="live_data",
            test_id=wheel.test_id,
            position=wheel.position,
            timestamp=self._bench.clock,
            elapsed=sample.time,
            frequency=sample.frequency,
            phase_shift=None,  # the simulator moves; the processing judges
            tire_force=sample.force,
            platform_position=sample.platform,
            progress=min(1.0, sample.time / self._bench.length),
            static_weight=wheel.car.static_weight,
            damping=wheel.car.damping,
        )
