"""Compare topicwire with other clients over one mosquitto: `python -m bench --help`.

A publisher process, the broker, a subscriber process; rounds of the peers are interleaved and
medians compared, because machines are noisy. The time is from the first publish, when connected,
to the last message handled. Each run checks that every message arrived.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from bench import core, floor, judgement, start
from bench.entries import GROWTH, LATENCY, THROUGHPUT
from bench.job import Job
from bench.pair import Row, RunFailed, run
from bench.plot import draw
from bench.results import Results
from tests.mosquitto import Mosquitto

_PEERS = ("pydantic", "paho-mqtt", "gmqtt", "aiomqtt", "awscrt", "faststream")
PARTS = ("throughput", "latency", "growth", "core", "start")
K = TypeVar("K", str, int)


class Benchmark:
    """Runs jobs over one broker, so many rounds each."""

    def __init__(self, port: int, rounds: int, results: Results) -> None:
        self._port = port
        self._rounds = rounds
        self._results = results

    def run(self, jobs: Mapping[K, Job], rounds: int = 0) -> dict[K, Row]:
        """Return the medians of each job; those that failed are left out and noted."""
        rows: dict[K, list[Row]] = {name: [] for name in jobs}
        for number in range(rounds or self._rounds):
            for name, job in jobs.items():
                print(f"round {number + 1}: {name}, QoS {job.qos}", file=sys.stderr, flush=True)
                try:
                    rows[name].append(run(replace(job, port=self._port)))
                except RunFailed as error:
                    self._results.failed.append(f"{name}: {error}")
        return {
            name: {key: statistics.median(row[key] for row in runs) for key in runs[0]}
            for name, runs in rows.items()
            if runs
        }


def measure(
    parts: list[str],
    names: list[str],
    qualities: list[int],
    benchmark: Benchmark,
    results: Results,
) -> None:
    """Measure and judge the parts, in the order of `PARTS`."""
    verdicts = results.verdicts
    if "throughput" in parts:
        results.floor = floor.measure()
        for qos in qualities:
            jobs = {n: replace(j, qos=qos) for n, j in THROUGHPUT.items() if n in names}
            rows = results.throughput[str(qos)] = benchmark.run(jobs)
            verdicts += judgement.judge_throughput(qos, rows, results.floor)
    if "latency" in parts:
        for qos in qualities:
            rows = benchmark.run({name: replace(job, qos=qos) for name, job in LATENCY.items()})
            results.latency[str(qos)] = rows
            verdicts += judgement.judge_latency(qos, rows)
    if "growth" in parts:
        for kind, lines in GROWTH.items():
            results.growth[kind] = {name: benchmark.run(jobs) for name, jobs in lines.items()}
        verdicts += judgement.judge_topics(results.growth["topics"])
    if "core" in parts:
        results.core = core.measure()
        verdicts += judgement.judge_core(results.core)
    if "start" in parts:
        results.start = start.measure()
        verdicts += judgement.judge_start(results.start)


def describe_machine() -> dict[str, str]:
    """Return what figures depend on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    broker = subprocess.run(["mosquitto", "-h"], capture_output=True, text=True, check=False)
    return {
        "CPU": f"{len(models)} x {models[0] if models else platform.machine()}",
        "Python": platform.python_version(),
        "broker": broker.stdout.partition("\n")[0],
        **{name: version(name) for name in _PEERS},
    }


def main() -> int:
    """Run, print tables and verdicts, write JSON and PNG; the status is 1 if a run failed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--only", nargs="+", choices=list(THROUGHPUT), default=list(THROUGHPUT))
    parser.add_argument("--qos", nargs="+", type=int, choices=(0, 1), default=[0, 1])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("bench/results"))
    options = parser.parse_args()
    results = Results(describe_machine())
    limits = ("max_queued_messages 0", "max_inflight_messages 0")  # as many as there are
    settings = (*limits, "log_type none", "log_type information")
    with (
        tempfile.TemporaryDirectory() as folder,
        Mosquitto(Path(folder), *settings) as broker,
    ):
        benchmark = Benchmark(broker.port, options.rounds, results)
        measure(options.parts, options.only, options.qos, benchmark, results)
    results.write(options.output / "latest.json")
    draw(results, options.output / "latest.png")
    print(results.tables())
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
