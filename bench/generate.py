"""Time `topicwire generate` over documents of growing size.

    python bench/generate.py [--channels 10 100 300 1000] [--runs 3] [--limit SECONDS]

Each run is a process of its own, from the YAML file to the written package, without the official
validator (which needs Node). The time is the smallest of the runs. The growth exponent compares
a row with the one before: 1 is linear in the number of channels, 2 quadratic. With `--limit` the
exit status is 1 when the largest document took longer.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from make_document import dump, make_document


def main() -> int:
    """Measure, print a row for each size, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--channels", type=int, nargs="+", default=[10, 100, 300, 1000])
    parser.add_argument("--runs", type=int, default=1, help="runs for each size, the best counts")
    parser.add_argument("--limit", type=float, help="seconds for the largest document")
    arguments = parser.parse_args()

    print("channels   document   package   seconds   ms/channel   growth exponent")
    before: tuple[int, float] | None = None
    seconds = 0.0
    for channels in sorted(arguments.channels):
        seconds, read, written = measure(channels, arguments.runs)
        growth = ""
        if before is not None:
            growth = f"{math.log(seconds / before[1]) / math.log(channels / before[0]):.2f}"
        print(
            f"{channels:8d}   {read / 1024:5.0f} KiB   {written / 1024:3.0f} KiB   {seconds:7.2f}"
            f"   {1000 * seconds / channels:10.1f}   {growth:>15}",
            flush=True,
        )
        before = channels, seconds
    if arguments.limit is not None and seconds > arguments.limit:
        print(f"more than the limit of {arguments.limit:g} s", file=sys.stderr)
        return 1
    return 0


def measure(channels: int, runs: int) -> tuple[float, int, int]:
    """Return the seconds of the fastest run, and the bytes of the document and of the package."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder, "document.yaml")
        spec.write_text(dump(make_document(channels)), encoding="utf-8")
        times = [generate(spec, Path(folder, f"run{run}")) for run in range(runs)]
        files = [path for path in Path(folder, "run0").rglob("*") if path.is_file()]
        return min(times), spec.stat().st_size, sum(path.stat().st_size for path in files)


def generate(spec: Path, output: Path) -> float:
    """Run the command once and return its seconds; exits with its message when it fails."""
    command = [
        sys.executable, "-m", "topicwire_codegen", "generate", str(spec),
        "--output", str(output), "--package", "synthetic", "--no-official", "--strict",
    ]  # fmt: skip
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
