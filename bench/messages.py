"""The messages that every peer sends."""

from __future__ import annotations

import random

from suspension_protocol.models import LiveMeasurement, WheelPosition
from topicwire import Payload

TOPIC = "suspension/measurements/live"
_FLOAT = 19  # bytes of JSON of one sample, with its comma


class Block(Payload):
    """Samples, as many as the size that is wanted takes."""

    samples: list[float]


Sent = LiveMeasurement | Block


def measurements(count: int = 10_000) -> list[LiveMeasurement]:
    """Return valid live measurements of about 240 bytes of JSON each, no two of them alike."""
    chance = random.Random(1)
    return [
        LiveMeasurement(
            event="live_data",
            test_id="test-20261124-0001",
            position=WheelPosition.FRONT_LEFT,
            timestamp=1795440000 + number / 100,
            elapsed=number / 100,
            frequency=round(chance.uniform(6, 25), 3),
            phase_shift=round(chance.uniform(0, 180), 4),
            tire_force=round(chance.uniform(100, 900), 3),
            platform_position=round(chance.uniform(-3, 3), 4),
            progress=number % 1000 / 1000,
        )
        for number in range(count)
    ]


def blocks(size: int, count: int = 10) -> list[Block]:
    """Return blocks of about `size` bytes of JSON each, no two of them alike."""
    chance = random.Random(1)
    samples = max(1, (size - 14) // _FLOAT)
    return [
        Block(samples=[round(chance.uniform(0.1, 0.9), 16) for _ in range(samples)])
        for _ in range(count)
    ]


def encode(message: Payload) -> bytes:
    """Return the JSON of a message, as pydantic's documentation has it done."""
    return message.model_dump_json().encode()
