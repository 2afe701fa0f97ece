"""Carry out the experiments and print a table: `python -m tests.faults [--only NAME] [--short]`."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from tests.faults.experiment import carry_out
from tests.faults.experiments import CLUSTERS, EXPERIMENTS


def main() -> int:
    """Return 0 if all experiments passed, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--only", action="append", choices=sorted(EXPERIMENTS), metavar="NAME")
    parser.add_argument("--clusters", action="store_true", help="those of `make clusters`")
    parser.add_argument("--short", action="store_true", help="the sizes that `make test` uses")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    # Wide enough for one line a figure where the output is no terminal.
    console = Console() if sys.stdout.isatty() else Console(width=120)
    table = Table("experiment", "figure", "measured", "limit", "", "seconds")
    failed: list[str] = []
    names = chosen.only or [name for name in EXPERIMENTS if (name in CLUSTERS) == chosen.clusters]
    for number, name in enumerate(names, 1):
        console.print(f"{number}/{len(names)} {name} ...")
        figures, seconds = carry_out(name, full=not chosen.short, seed=chosen.seed)
        for index, figure in enumerate(figures):
            if figure.passed is False:
                failed.append(f"{name}: {figure.name} is {figure.value}, not {figure.limit}")
            mark = {True: "[green]passed", False: "[red]FAILED", None: ""}[figure.passed]
            first = index == 0
            table.add_row(
                name if first else "", figure.name, figure.value, figure.limit, mark,
                f"{seconds:.1f}" if first else "", end_section=index == len(figures) - 1,
            )  # fmt: skip
    console.print(table)
    for line in failed:
        console.print(f"[red]FAILED[/red] {line}")
    if not failed:
        console.print(f"[green]all {len(names)} experiments passed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
