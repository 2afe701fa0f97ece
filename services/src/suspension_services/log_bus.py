"""A recorded drive in place of the bench: .blf, .asc and what else python-can reads."""

from __future__ import annotations

import copy
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import can

from suspension_services.frames import (
    FRAME_INTERVAL,
    FrameInvalid,
    MotorCommand,
    MotorState,
    MotorStatus,
    decode,
)

_REST = 100  # frames at rest that are repeated while nobody starts the motor: half a second
_MOVING = (MotorState.STARTING, MotorState.SWEEPING)


class LogBus(can.BusABC):
    """Plays a log as if it happened now: its times are kept, and shifted where it has to wait.

    At rest the frames come as they were recorded. Before the motor starts the log waits for the
    command to start it, and repeats the last frames at rest meanwhile; so it does at its end. A
    log of several sweeps plays the next one with each command.
    """

    def __init__(self, channel: str, *, speed: float = 1.0) -> None:
        self.channel_info = f"log {channel}"
        self._speed = speed
        self._runs = False  # what the motor was last told
        self._is_commanded = False  # it was told to run, and the log has not gone on yet
        try:
            self._reader = can.LogReader(Path(channel), **_options(channel))
        except (OSError, ValueError) as error:
            self._is_shutdown = True  # there is nothing that has to be shut down
            raise can.CanInitializationError(f"{self.channel_info}: {error}") from error
        self._messages = _play(self, self._reader)
        self._next: can.Message | None = None
        self._begun: tuple[float, float] | None = None  # by the clock, and by the log
        super().__init__(channel=channel)

    def send(self, msg: can.Message, timeout: float | None = None) -> None:
        """Take commands to the motor; nothing else has an effect on a log."""
        frame = decode(msg)
        if isinstance(frame, MotorCommand):
            if frame.run and not self._runs:
                self._is_commanded = True
            self._runs = frame.run

    def shutdown(self) -> None:
        """Close the log."""
        super().shutdown()
        self._reader.stop()

    def take_command(self) -> bool:
        """Return whether the motor was told to run, once for each time that it was."""
        was_commanded, self._is_commanded = self._is_commanded, False
        return was_commanded

    def _recv_internal(self, timeout: float | None) -> tuple[can.Message | None, bool]:
        message = self._next
        if message is None:
            try:
                message = self._next = next(self._messages)
            except StopIteration:
                raise can.CanOperationError(f"{self.channel_info} has ended") from None
        if self._begun is None:
            self._begun = time.monotonic(), message.timestamp
        started, first = self._begun
        wait = started + (message.timestamp - first) / self._speed - time.monotonic()
        if timeout is not None and wait > timeout:
            time.sleep(timeout)
            return None, False
        time.sleep(max(0.0, wait))
        self._next = None
        return message, False


def _options(path: str) -> dict[str, bool]:
    # By default python-can counts the times of .asc from the beginning of the log.
    return {"relative_timestamp": False} if path.lower().endswith((".asc", ".asc.gz")) else {}


def _play(bus: LogBus, recorded: Iterable[can.Message]) -> Iterator[can.Message]:
    """Yield the frames of a log, with those at rest as often as it has to wait."""
    rest: deque[can.Message] = deque(maxlen=_REST)
    moves = False
    shift, last = 0.0, 0.0
    for message in recorded:
        motor = _motor(message)
        if motor is not None:
            starts = motor.state in _MOVING
            if starts and not moves and rest:
                for repeated in _repeat(rest, last):
                    if bus.take_command():
                        break
                    last = repeated.timestamp
                    yield repeated
                shift = last + FRAME_INTERVAL - message.timestamp
            moves = starts
        last = message.timestamp + shift
        if not moves:
            rest.append(message)
        yield _at(message, last)
    if rest:
        yield from _repeat(rest, last)


def _repeat(rest: Sequence[can.Message], after: float) -> Iterator[can.Message]:
    """Yield the frames at rest again and again, in times that go on."""
    frames, first = tuple(rest), rest[0].timestamp
    while True:
        begin = after + FRAME_INTERVAL
        for message in frames:
            after = begin + message.timestamp - first
            yield _at(message, after)


def _motor(message: can.Message) -> MotorStatus | None:
    try:
        frame = decode(message)
    except FrameInvalid:
        return None  # the bridge reports it
    return frame if isinstance(frame, MotorStatus) else None


def _at(message: can.Message, moment: float) -> can.Message:
    moved = copy.copy(message)
    moved.timestamp = moment
    return moved
