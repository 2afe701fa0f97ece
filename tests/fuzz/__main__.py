"""Fuzz every target and print a table: `python -m tests.fuzz [TARGET ...] [--runs N]`.

What is found is left in `tests/fuzz/found`; what adds coverage goes into `tests/fuzz/corpus` with
`--keep`, in the smallest set that has it all.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

HERE = Path(__file__).parent
CORPUS, FOUND = HERE / "corpus", HERE / "found"
_MEMORY = 64.0  # MiB that 100,000 cases may leave behind
_MAX_INPUT = 4096  # bytes
# Each case of these is a whole document.
_SLOW = {"documents": 5}


@dataclass(frozen=True)
class Outcome:
    """What became of one target."""

    name: str
    cases: int
    seconds: float
    coverage: str
    grown: float
    failure: str | None

    @property
    def passed(self) -> bool:
        """Whether nothing was found, and little memory left behind."""
        return self.failure is None and self.grown <= _MEMORY


def fuzz(name: str, runs: int, *, keep: bool) -> Outcome:
    """Fuzz one target, then look at its memory."""
    started = time.monotonic()
    cases = runs // _SLOW.get(name, 1)
    corpus = CORPUS / name
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        for number, seed in enumerate(seeds(name)):
            (scratch / f"seed-{number}").write_bytes(seed)
        known = [str(corpus)] if corpus.is_dir() else []
        FOUND.mkdir(exist_ok=True)
        told = _run(
            name, f"-runs={cases}", f"-max_len={_MAX_INPUT}", "-timeout=5", "-rss_limit_mb=2048",
            f"-artifact_prefix={FOUND}/{name}-", "-print_final_stats=1", "-verbosity=1",
            str(scratch), *known,
        )  # fmt: skip
        if keep and told.returncode == 0:
            _minimise(name, corpus, scratch)
    coverage = re.findall(r"cov: (\d+)", told.stderr)
    failure = None if told.returncode == 0 else told.stderr[-3000:]
    grown = 0.0
    if failure is None:
        told = _run_memory(name, cases)
        if told.returncode == 0:
            grown = float(told.stdout)
        else:
            failure = told.stderr[-3000:]
    return Outcome(
        name, cases, time.monotonic() - started, coverage[-1] if coverage else "?", grown, failure
    )


def _run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz.child", name, *arguments],
        cwd=HERE.parents[1], capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip


def _minimise(name: str, corpus: Path, scratch: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _run(name, "-merge=1", f"-max_len={_MAX_INPUT}", folder, str(scratch), str(corpus))
        found = sorted(Path(folder).iterdir(), key=lambda path: path.stat().st_size)
        shutil.rmtree(corpus, ignore_errors=True)
        corpus.mkdir(parents=True)
        # The smallest say most for their size; a corpus is read in every test run.
        for path in found[:_KEPT]:
            shutil.copy(path, corpus / path.name[:16])


_KEPT = 40


def _run_memory(name: str, cases: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz.memory", name, str(cases)],
        cwd=HERE.parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip


def main() -> int:
    """Return 0 if nothing was found, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", nargs="*", choices=[*TARGETS, []], help="default: all")
    parser.add_argument("--runs", type=int, default=100_000, help="cases for each (100,000)")
    parser.add_argument("--keep", action="store_true", help="write the corpus anew")
    parser.add_argument("--jobs", type=int, default=2, help="targets at a time")
    chosen = parser.parse_args()
    console = Console() if sys.stdout.isatty() else Console(width=120)
    table = Table("target", "cases", "seconds", "coverage", "memory left behind", "")
    names: list[str] = chosen.target or list(TARGETS)
    with ThreadPoolExecutor(chosen.jobs) as pool:
        outcomes = list(pool.map(lambda name: fuzz(name, chosen.runs, keep=chosen.keep), names))
    for one in outcomes:
        mark = "[green]passed" if one.passed else "[red]FAILED"
        table.add_row(
            one.name, f"{one.cases:,}", f"{one.seconds:.0f}", one.coverage, f"{one.grown:.1f} MiB",
            mark,
        )  # fmt: skip
    console.print(table)
    for one in outcomes:
        if one.failure is not None:
            console.print(f"[red]{one.name}[/red]\n{one.failure}", highlight=False, markup=False)
    return int(not all(one.passed for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
