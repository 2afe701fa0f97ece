"""The frames of the bench's CAN bus, as typed values. Pure: no I/O, no clock.

`bench.dbc` says where each signal is and how it is scaled. The ids are those of the bench, the
scaling is this project's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import cast

import can
import cantools.database
from cantools.database.can import Database
from suspension_protocol.models import WheelPosition

CELLS = 3  # load cells under each platform
FRAME_INTERVAL = 0.01  # s between two frames of a platform
STATUS_INTERVAL = 0.1  # s between two frames of the motor


class Side(IntEnum):
    """One of the two platforms, in the direction of travel."""

    NONE = 0
    LEFT = 1
    RIGHT = 2

    @classmethod
    def of(cls, position: WheelPosition) -> Side:
        """Return the platform that a wheel stands on."""
        return cls.LEFT if position.value.endswith("left") else cls.RIGHT


class MotorState(IntEnum):
    """What the motor of the platforms is doing."""

    AT_REST = 0
    STARTING = 1
    SWEEPING = 2
    STOPPING = 3
    FAULT = 7


class MotorFault(IntEnum):
    """What has stopped the motor."""

    NONE = 0
    DOES_NOT_START = 1
    NO_WHEEL = 2
    COMMANDS_CEASED = 3


@dataclass(frozen=True, slots=True)
class PlatformFrame:
    """What a platform measures at one moment: forces of its cells in N, position in mm."""

    time: float
    side: Side
    forces: tuple[float, ...]
    position: float


@dataclass(frozen=True, slots=True)
class MotorStatus:
    """State of the motor; `frequency` of the platform in Hz."""

    time: float
    side: Side
    state: MotorState
    frequency: float = 0.0
    fault: MotorFault = MotorFault.NONE


@dataclass(frozen=True, slots=True)
class PlateAtTop:
    """The platform passes its highest point; `count` goes from 0 to 255 and round."""

    time: float
    side: Side
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MotorCommand:
    """Shake a platform from `high` to `low` Hz within `duration` s, or stop (`run` False)."""

    side: Side = Side.NONE
    run: bool = False
    duration: float = 0.0
    high: float = 0.0
    low: float = 0.0


@dataclass(frozen=True, slots=True)
class Display:
    """Static weights shown to the driver, in N."""

    left: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamps:
    """Which lamps are lit."""

    red: bool = False
    yellow: bool = False
    green: bool = False


Frame = PlatformFrame | MotorStatus | PlateAtTop | MotorCommand | Display | Lamps


class FrameInvalid(ValueError):
    """A frame of the bench has too few bytes, or a value that means nothing."""


@cache
def database() -> Database:
    """Return the bench's messages, as `bench.dbc` describes them."""
    text = files("suspension_services").joinpath("bench.dbc").read_text(encoding="utf-8")
    return cast(Database, cantools.database.load_string(text, "dbc"))


def encode(frame: Frame) -> can.Message:
    """Make the CAN frame; what a value cannot say in its bits is rounded or cut to its limits."""
    name, values = _values(frame)
    message = database().get_message_by_name(name)
    limited = {
        signal.name: min(max(values[signal.name], signal.minimum or 0.0), signal.maximum or 0.0)
        for signal in message.signals
    }
    return can.Message(
        arbitration_id=message.frame_id,
        is_extended_id=True,
        data=message.encode(limited, strict=True),
        timestamp=getattr(frame, "time", 0.0),
    )


def decode(message: can.Message) -> Frame | None:
    """Read a CAN frame; None for one that is not the bench's. Raises `FrameInvalid`."""
    if not message.is_extended_id or message.is_error_frame or message.is_remote_frame:
        return None
    name = _names().get(message.arbitration_id)
    if name is None:
        return None
    try:
        decoded = database().decode_message(
            message.arbitration_id, bytes(message.data), decode_choices=False
        )
        return _frame(name, cast(dict[str, float], decoded), message.timestamp)
    except (ValueError, cantools.database.DecodeError) as error:
        raise FrameInvalid(f"{name} with {len(message.data)} bytes: {error}") from error


@cache
def _names() -> dict[int, str]:
    return {message.frame_id: message.name for message in database().messages}


def _values(frame: Frame) -> tuple[str, dict[str, float]]:
    match frame:
        case PlatformFrame():
            cells = {f"Force{i}": force for i, force in enumerate(frame.forces, 1)}
            name = "LeftPlatform" if frame.side is Side.LEFT else "RightPlatform"
            return name, {**cells, "Position": frame.position}
        case MotorStatus():
            return "MotorStatus", {
                "Side": frame.side, "State": frame.state,
                "Frequency": frame.frequency, "Fault": frame.fault,
            }  # fmt: skip
        case PlateAtTop():
            return "PlateAtTop", {"Side": frame.side, "Count": frame.count}
        case MotorCommand():
            return "MotorCommand", {
                "Side": frame.side, "Run": frame.run, "Duration": frame.duration,
                "HighFrequency": frame.high, "LowFrequency": frame.low,
            }  # fmt: skip
        case Display():
            return "Display", {"Left": frame.left, "Right": frame.right}
        case Lamps():
            return "Lamps", {"Red": frame.red, "Yellow": frame.yellow, "Green": frame.green}


def _frame(name: str, values: dict[str, float], time: float) -> Frame:
    match name:
        case "LeftPlatform" | "RightPlatform":
            return PlatformFrame(
                time,
                Side.LEFT if name == "LeftPlatform" else Side.RIGHT,
                tuple(float(values[f"Force{i}"]) for i in range(1, CELLS + 1)),
                float(values["Position"]),
            )
        case "MotorStatus":
            return MotorStatus(
                time, Side(int(values["Side"])), MotorState(int(values["State"])),
                float(values["Frequency"]), MotorFault(int(values["Fault"])),
            )  # fmt: skip
        case "PlateAtTop":
            return PlateAtTop(time, Side(int(values["Side"])), int(values["Count"]))
        case "MotorCommand":
            return MotorCommand(
                side=Side(int(values["Side"])), run=bool(values["Run"]),
                duration=float(values["Duration"]),
                high=float(values["HighFrequency"]), low=float(values["LowFrequency"]),
            )  # fmt: skip
        case "Display":
            return Display(float(values["Left"]), float(values["Right"]))
        case _:
            return Lamps(
                red=bool(values["Red"]), yellow=bool(values["Yellow"]), green=bool(values["Green"])
            )
