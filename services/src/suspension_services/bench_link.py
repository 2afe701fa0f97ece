"""The bridge's connection to the bench: found again when it is lost, watched while it lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import can

from suspension_services.can_access import BusAddress
from suspension_services.frame_reader import FrameReader
from suspension_services.frames import Frame, FrameInvalid, MotorCommand, decode, encode
from suspension_services.logs import get_logger

log = get_logger(__name__)

SILENCE = 1.0  # s without frames after which the bench is taken for gone
_RETRY = 0.5  # s between attempts to reach the bus

FrameHandler = Callable[[Sequence[Frame]], Awaitable[None]]


class BenchLink:
    """Keeps a bus open, and hands over the bench's frames in the order they came.

    `record` is a file for all frames as they were; its suffix says how: .blf, .asc and others.
    """

    def __init__(
        self,
        address: BusAddress,
        on_frames: FrameHandler,
        *,
        speed: float = 1.0,
        record: Path | None = None,
    ) -> None:
        self.address = address
        self.invalid = 0  # frames that were not as the bench's are
        self._on_frames = on_frames
        self._speed = speed
        self._record = record
        self._bus: can.BusABC | None = None
        self._heard: float | None = None  # when, by the loop's clock
        self._arrived = asyncio.Condition()

    @property
    def is_alive(self) -> bool:
        """Whether the bench has been heard within the last second."""
        now = asyncio.get_running_loop().time()
        return self._heard is not None and now - self._heard < SILENCE

    async def until(self, condition: Callable[[], bool], timeout: float) -> None:
        """Wait for something that frames bring about; raises `TimeoutError`."""
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(condition)

    def send(self, frame: Frame) -> None:
        """Send a frame; one that cannot be sent is reported in the log."""
        if self._bus is None:
            return
        try:
            self._bus.send(encode(frame))
        except can.CanError as error:
            log.warning("frame not sent", frame=type(frame).__name__, reason=str(error))

    async def run(self) -> None:
        """Read the bus, and open it again whenever it ends; returns when cancelled."""
        logger = can.Logger(self._record) if self._record is not None else None
        reported: str | None = None
        try:
            while True:
                try:
                    bus = await asyncio.to_thread(self.address.open, speed=self._speed)
                except (can.CanError, OSError) as error:
                    if str(error) != reported:  # once, not each half second
                        reported = str(error)
                        log.warning("no bus", bus=str(self.address), reason=reported)
                    await asyncio.sleep(_RETRY)
                    continue
                reported = None
                log.info("on the bus", bus=str(self.address))
                await self._serve(bus, logger)
                await asyncio.sleep(_RETRY)
        finally:
            if logger is not None:
                logger.stop()

    async def _serve(self, bus: can.BusABC, logger: can.Listener | None) -> None:
        """Hand over frames until the bus ends."""
        self._bus = bus
        reader = FrameReader(bus)
        self.send(MotorCommand())  # whatever the bridge before this one has left running
        try:
            async for messages in reader.chunks():
                if logger is not None:
                    for message in messages:
                        logger.on_message_received(message)
                self._heard = asyncio.get_running_loop().time()
                await self._on_frames(self._decoded(messages))
                async with self._arrived:
                    self._arrived.notify_all()
                # While frames are behind, none of this waits; the motor's commands have to go out.
                await asyncio.sleep(0)
        except can.CanError as error:
            log.warning("bus lost", reason=str(error))
        finally:
            self._bus = None
            await reader.close()
            bus.shutdown()

    def _decoded(self, messages: Sequence[can.Message]) -> Sequence[Frame]:
        frames: list[Frame] = []
        for message in messages:
            try:
                frame = decode(message)
            except FrameInvalid as error:
                self.invalid += 1
                if self.invalid == 1:
                    log.warning("frame ignored", reason=str(error))
                continue
            if frame is not None:
                frames.append(frame)
        return frames
