"""Fuzz and print a table: `python -m tests.fuzz [TARGET...] [--runs N | --seconds S]`.

What is found is kept in build/fuzz; `--minimise` makes the committed corpus of it.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.fuzz.session import Outcome, Session
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

SCRATCH = Path(__file__).parents[2] / "build" / "fuzz"


def main() -> int:
    """Return 0 if nothing was found, else 1."""
    chosen = _arguments()
    targets = [TARGETS[name] for name in chosen.targets or TARGETS]
    session = Session(SCRATCH, runs=chosen.runs, seconds=chosen.seconds, seed=chosen.seed)
    # Wide enough for one line a target where the output is no terminal.
    console = Console() if sys.stdout.isatty() else Console(width=120)
    if chosen.minimise:
        for target in targets:
            console.print(f"{target.name}: {session.minimise(target)} files")
        return 0
    outcomes = _fuzz(session, targets, chosen.jobs, console)
    console.print(_table(outcomes))
    found = [outcome for outcome in outcomes if outcome.finding]
    for outcome in found:
        console.print(f"[red]FOUND[/red] {outcome.name}: {escape(outcome.finding)}")
    if not found:
        console.print(f"[green]nothing found in {len(outcomes)} targets")
    return bool(found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--runs", type=int, default=100_000, help="cases for each target")
    length.add_argument("--seconds", type=int, default=0, help="time for each target instead")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--minimise", action="store_true", help="write the corpus, do not fuzz")
    chosen = parser.parse_args()
    unknown = set(chosen.targets) - set(TARGETS)
    if unknown:
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    return chosen


def _fuzz(session: Session, targets: list[Target], jobs: int, console: Console) -> list[Outcome]:
    outcomes: dict[str, Outcome] = {}
    with ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(session.fuzz, target) for target in targets]
        for number, future in enumerate(as_completed(running), 1):
            outcome = future.result()
            outcomes[outcome.name] = outcome
            mark = "[red]FOUND[/red]" if outcome.finding else "nothing found"
            console.print(
                f"{number}/{len(targets)} {outcome.name}: {outcome.cases:,} cases, {mark}"
            )
    return [outcomes[target.name] for target in targets]


def _table(outcomes: list[Outcome]) -> Table:
    table = Table("target", "")
    for column in ("cases", "seconds", "edges", "features", "resident", "growth"):
        table.add_column(column, justify="right")
    for outcome in outcomes:
        table.add_row(
            outcome.name,
            "[red]FOUND" if outcome.finding else "[green]passed",
            f"{outcome.cases:,}",
            f"{outcome.seconds:.0f}",
            f"{outcome.edges:,}",
            f"{outcome.features:,}",
            f"{outcome.usage.last / 2**20:.1f} MiB",
            f"{outcome.usage.growth / 2**20:+.1f} MiB",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
