"""The batching core and the codec by themselves, compiled and pure in turn.

    python -m bench.core

prints microseconds a message for what the build at hand does.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import timeit
from collections.abc import Callable

from bench.messages import measurements

BATCH = 100
ROUNDS = 5


def measure() -> dict[str, dict[str, float]]:
    """Return microseconds a message by step, for each build."""
    found: dict[str, dict[str, list[float]]] = {"compiled": {}, "pure": {}}
    for _ in range(ROUNDS):
        for build, steps in found.items():
            environment = {"TOPICWIRE_PURE_PYTHON": "1"} if build == "pure" else {}
            answer = subprocess.run(
                [sys.executable, "-m", "bench.core"],
                env=os.environ | environment,
                stdout=subprocess.PIPE,
                check=True,
            )
            for step, value in json.loads(answer.stdout).items():
                steps.setdefault(step, []).append(value)
    return {
        build: {step: statistics.median(values) for step, values in steps.items()}
        for build, steps in found.items()
    }


def main() -> None:
    """Measure this build."""
    from suspension_protocol.channels import MEASUREMENTS_LIVE as CHANNEL
    from topicwire import Context, TopicwireError
    from topicwire._batch import Collector, OpenBatch, Room, hand_out
    from topicwire._delivery import Delivery

    messages = measurements(BATCH)
    codec = CHANNEL.codec
    finished: list[OpenBatch] = []

    def collector() -> Collector:
        return Collector(
            max_messages=BATCH,
            linger=60.0,
            room=Room(10**9, 10**12),
            lock=threading.Lock(),
            encode=codec.encode,
            topic_of=lambda _: "suspension/measurements/live/batch",
            begin=lambda topic: OpenBatch(topic, 10**9, Delivery(topic, 0)),
            finish=finished.append,
            make_room=lambda *_: None,
            refuse=lambda: None,
        )

    collect = collector().publish
    bodies = [codec.encode(message) for message in messages]
    array = b"[" + b",".join(bodies) + b"]"
    decoded = codec.decode_batch(array, topic="")
    context = Context(
        channel="", topic="", parameters={}, headers={}, timestamp=0.0, qos=0, retained=False,
        duplicate=False,
    )  # fmt: skip

    def nothing(_message: object, _context: object) -> None:
        pass

    steps: dict[str, Callable[[], object]] = {
        "collect": lambda: [collect(message) for message in messages],
        "encode": lambda: [codec.encode(message) for message in messages],
        "decode": lambda: codec.decode_batch(array, topic=""),
        "hand out": lambda: hand_out(
            decoded, context, True, nothing, TopicwireError, nothing, nothing
        ),
    }
    print(
        json.dumps(
            {
                step: min(timeit.repeat(work, number=50, repeat=7)) / 50 / BATCH * 1e6
                for step, work in steps.items()
            }
        )
    )


if __name__ == "__main__":
    main()
