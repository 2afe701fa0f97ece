"""The live measurements that every peer sends, numbered in `elapsed`."""

from __future__ import annotations

from suspension_protocol.models import LiveMeasurement, WheelPosition
from topicwire import Payload

TOPIC = "suspension/measurements/live"


def make_messages(count: int) -> list[LiveMeasurement]:
    """Return `count` valid measurements of about 240 bytes of JSON each."""
    return [
        LiveMeasurement.model_validate(
            {
                "event": "live_data",
                "test_id": "test-2026-11-24-0001",
                "position": WheelPosition.FRONT_LEFT,
                "timestamp": 1795440000.123 + number / 1000,
                "elapsed": float(number),
                "frequency": 12.25,
                "phase_shift": 47.125,
                "tire_force": 3512.5,
                "platform_position": -1.75,
                "progress": 0.5,
            }
        )
        for number in range(count)
    ]


def encode(message: Payload) -> bytes:
    """Return the JSON of a message by pydantic alone."""
    return message.__pydantic_serializer__.to_json(message)
