"""Dictionaries as the older services write them: without a time, which the module adds."""

from __future__ import annotations

WHEEL = "front_left"

START: dict[str, object] = {
    "command": "start", "test_id": "t-1", "position": WHEEL, "method": "phase_shift",
    "parameters": {"duration": 30.0, "frequency_range": [6.0, 25.0]},
}  # fmt: skip

RAW: dict[str, object] = {
    "test_id": "t-1", "position": WHEEL, "time": [0.0, 0.01, 0.02],
    "platform_position": [0.0, 1.0, 2.0], "tire_force": [3000.0, 3100.0, 3200.0],
    "static_weight": 3000.0, "sampling_rate": 100.0,
}  # fmt: skip

RESULT: dict[str, object] = {
    "event": "test_result", "test_id": "t-1", "wheel_id": WHEEL, "min_phase_shift": 48.5,
    "overall_pass": True,
}  # fmt: skip


def status(service: str, state: str) -> dict[str, object]:
    """One of the two spellings that there were."""
    return {"service_name": service, "status": state, "uptime": 1.0}


def live(number: int) -> dict[str, object]:
    return {
        "event": "live_data", "test_id": "t-1", "position": WHEEL, "elapsed": number / 100,
        "frequency": 25.0, "phase_shift": None, "tire_force": 3000.0 + number,
        "platform_position": 1.0, "progress": 0.5,
    }  # fmt: skip


def force(value: float) -> dict[str, object]:
    return {"sensor": "force_1", "quantity": "force", "value": value, "unit": "N"}
