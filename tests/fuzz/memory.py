"""Resident memory of a process over a run, kept in a file that outlives a crash.

It is measured in the fuzzed process itself, so what libFuzzer keeps (inputs, counters) is in it:
the code under test has grown by no more than this.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_EARLY = 0.1  # of a run; until then, caches and tables are filled


@dataclass
class Usage:
    """Bytes resident after the first tenth of a run and at its end, and the cases until then."""

    cases: int = 0
    seconds: float = 0.0
    early: int = 0
    last: int = 0

    @property
    def growth(self) -> int:
        """Bytes that the last nine tenths have added."""
        return self.last - self.early


class MemoryLog:
    """Counts cases and writes the usage to a file at each hundredth of a run.

    A run has `runs` cases, or takes `seconds` if that is not 0.
    """

    def __init__(self, file: Path, *, runs: int, seconds: int) -> None:
        self._file = file
        self._runs = runs
        self._seconds = seconds
        self._usage = Usage()
        self._began = time.monotonic()
        self._next = _EARLY

    def count(self) -> None:
        """Note that one more case was tried."""
        self._usage.cases += 1
        # Time is asked for now and then only.
        if self._seconds and self._usage.cases % 64:
            return
        done = self._progress()
        if done >= self._next:
            self._next = max(self._next, int(done * 100) / 100) + 0.01
            self._write()

    def _progress(self) -> float:
        if self._seconds:
            return (time.monotonic() - self._began) / self._seconds
        return self._usage.cases / self._runs

    def _write(self) -> None:
        usage = self._usage
        usage.last = resident()
        usage.early = usage.early or usage.last
        usage.seconds = time.monotonic() - self._began
        self._file.write_text(json.dumps(asdict(usage)))


def read_usage(file: Path) -> Usage:
    """Return what a run has written, or nothing if it did not come that far."""
    return Usage(**json.loads(file.read_text())) if file.exists() else Usage()


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * _PAGE
