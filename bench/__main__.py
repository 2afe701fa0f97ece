"""Compare topicwire with other clients over one mosquitto: `python -m bench --help`.

A publisher process, the broker, a subscriber process; rounds of the peers are interleaved and
medians compared, because machines are noisy. The time is from the first publish,
when connected, to the last message handled. Each run checks that every message arrived.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench.judgement import judge
from bench.messages import encode, make_messages
from tests.mosquitto import Mosquitto

PEERS = ("paho", "gmqtt", "aiomqtt", "older", "unbatched", "topicwire")
PATIENCE = 60  # seconds for one run
Row = dict[str, float]


def start(side: str, peer: str, port: int, qos: int, count: int) -> subprocess.Popen[str]:
    """Start one side."""
    command = [sys.executable, "-m", "bench.worker", side, peer, str(port), str(qos), str(count)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def tell(process: subprocess.Popen[str]) -> None:
    """Have the other side go on."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str], event: str) -> Row:
    """Return the next line that is of this event; raises `RuntimeError` when there is none."""
    assert process.stdout is not None
    for line in process.stdout:
        found: Row = json.loads(line)
        if found.get("event") == event:
            return found
    raise RuntimeError(f"{process.args}: no {event!r}; messages were lost, or it failed")


def run(peer: str, port: int, qos: int, count: int) -> Row:
    """Measure once: messages/s, microseconds of CPU a message and peak MiB of each side."""
    receiver = start("receive", peer, port, qos, count)
    sender = start("publish", peer, port, qos, count)
    patience = threading.Timer(PATIENCE, lambda: (receiver.kill(), sender.kill()))
    patience.start()
    try:
        hear(receiver, "ready")
        hear(sender, "ready")
        tell(sender)
        began = hear(sender, "begin")["at"]
        seconds = hear(receiver, "done")["at"] - began
        tell(sender)
        tell(receiver)
        sent, received = hear(sender, "end"), hear(receiver, "end")
        sender.wait()
        receiver.wait()
    finally:
        patience.cancel()
        for process in (sender, receiver):
            process.kill()
            process.wait()
    return {
        "rate": count / seconds,
        "send_us": sent["cpu"] / count * 1e6,
        "receive_us": received["cpu"] / count * 1e6,
        "send_mib": sent["peak_mib"],
        "receive_mib": received["peak_mib"],
    }


def measure_floor() -> Row:
    """Return microseconds of CPU of pydantic alone, to serialise and to validate one message."""
    messages = make_messages(20_000)
    began = time.process_time()
    texts = [encode(message) for message in messages]
    between = time.process_time()
    for text in texts:
        type(messages[0]).model_validate_json(text)
    end = time.process_time()
    return {"serialise_us": (between - began) * 50, "validate_us": (end - between) * 50}


def main() -> int:
    """Run, print the table and the verdicts, write JSON; the exit status is 1 if a run failed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=PEERS)
    parser.add_argument("--qos", nargs="+", type=int, choices=(0, 1), default=(0, 1))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=20_000, help="messages in a run")
    parser.add_argument("--output", type=Path, default=Path("bench/results/latest.json"))
    options = parser.parse_args()
    floor = measure_floor()
    rows: dict[str, list[Row]] = {}
    failed: list[str] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Mosquitto(
            Path(folder), "max_queued_messages 0", "max_inflight_messages 0",
            "log_type none", "log_type information",
        ) as broker,
    ):  # fmt: skip
        for _ in range(options.rounds):
            for qos in options.qos:
                for peer in options.peers:
                    name = f"{peer}/{qos}"
                    try:
                        rows.setdefault(name, []).append(run(peer, broker.port, qos, options.count))
                    except RuntimeError as error:
                        failed.append(f"{name}: {error}")
    medians = {
        name: {key: statistics.median(row[key] for row in runs) for key in runs[0]}
        for name, runs in rows.items()
        if runs
    }
    print(
        f"floor: serialise {floor['serialise_us']:.2f} us, validate {floor['validate_us']:.2f} us"
    )
    print("peer/QoS        messages/s   us to send   us to receive   MiB   MiB")
    for name, row in medians.items():
        print(
            f"{name:14} {row['rate']:11,.0f} {row['send_us']:12.1f} {row['receive_us']:15.1f}"
            f" {row['send_mib']:5.0f} {row['receive_mib']:5.0f}"
        )
    verdicts = judge(medians, floor)
    for target, value, holds in verdicts:
        print(f"{'holds' if holds else 'DOES NOT HOLD':13} {value:6.2f}  {target}")
    for failure in failed:
        print(f"FAILED {failure}")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(
        json.dumps({"floor": floor, "runs": rows, "verdicts": verdicts, "failed": failed}, indent=1)
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
