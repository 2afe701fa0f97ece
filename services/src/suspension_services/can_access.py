"""How a service gets to the bench's CAN bus."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import can

from suspension_services.log_bus import LogBus
from suspension_services.stream_bus import StreamBus

BITRATE = 1_000_000  # bit/s


@dataclass(frozen=True, slots=True)
class BusAddress:
    """A bus as INTERFACE:CHANNEL, such as `virtual:/run/bench.sock` or `socketcan:can0`.

    `virtual` is the bus between processes of `StreamBus`, `log` a recorded log in place of a bus
    (`LogBus`); the other interfaces are python-can's.
    """

    interface: str
    channel: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address; raises `ValueError` for what is none."""
        interface, colon, channel = text.partition(":")
        if not interface or not colon or not channel:
            raise ValueError(
                f"{text!r} is no CAN bus; give INTERFACE:CHANNEL, such as virtual:/tmp/bench.sock "
                "or socketcan:can0"
            )
        return cls(interface, channel)

    @classmethod
    def default(cls) -> Self:
        """Return the virtual bus of this user."""
        folder = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return cls("virtual", str(Path(folder, f"suspension-bench-{os.getuid()}.sock")))

    def open(self, *, as_bench: bool = False, speed: float = 1.0) -> can.BusABC:
        """Open the bus; `as_bench` is for the one member that the virtual bus belongs to.

        `speed` is that of a log, compared with how it was recorded.
        Raises `can.CanError`, and `ValueError` for an interface that python-can does not have.
        """
        if self.interface == "virtual":
            return StreamBus(self.channel, listen=as_bench)
        if self.interface == "log":
            return LogBus(self.channel, speed=speed)
        try:
            return can.Bus(interface=self.interface, channel=self.channel, bitrate=BITRATE)
        except OSError as error:  # socketcan's, for an interface that is not there
            raise can.CanInitializationError(f"{self}: {error}") from error

    def __str__(self) -> str:
        return f"{self.interface}:{self.channel}"
