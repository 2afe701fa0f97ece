"""What pydantic alone takes, called as its documentation has it done."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from pydantic import TypeAdapter
from suspension_protocol.models import LiveMeasurement

from bench.messages import encode, measurements

ROUNDS = 9
BATCH = 100


def measure() -> dict[str, float]:
    """Return microseconds of CPU for one live measurement, the median of some rounds.

    `serialise_us` is `model_dump_json`, `validate_us` is `model_validate_json`, and
    `validate_list_us` is `TypeAdapter(list[...]).validate_json` over 100 at once.
    """
    messages = measurements()
    texts = [encode(message) for message in messages]
    lists = [
        b"[" + b",".join(texts[start : start + BATCH]) + b"]"
        for start in range(0, len(texts), BATCH)
    ]
    adapter = TypeAdapter(list[LiveMeasurement])
    found: dict[str, list[float]] = {}

    def take(name: str, work: Callable[[], object]) -> None:
        began = time.process_time()
        work()
        found.setdefault(name, []).append((time.process_time() - began) / len(messages) * 1e6)

    for _ in range(ROUNDS):
        take("serialise_us", lambda: [message.model_dump_json() for message in messages])
        take("validate_us", lambda: [LiveMeasurement.model_validate_json(text) for text in texts])
        take("validate_list_us", lambda: [adapter.validate_json(text) for text in lists])
    return {name: statistics.median(values) for name, values in found.items()}
