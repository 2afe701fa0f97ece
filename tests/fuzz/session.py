"""One target fuzzed in a process of its own, and what came of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from tests.fuzz.memory import Usage, read_usage
from tests.fuzz.target import Target

MAX_GROWTH = 64 * 2**20  # bytes
_ROOT = Path(__file__).parents[2]
_RSS_LIMIT = 1024  # MiB
_SLOWEST = 5  # seconds for one case
_STATUS = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+)", re.MULTILINE)
_KEPT_OUTPUT = 4000  # characters


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run of one target came to; `finding` says what was found ("": nothing)."""

    name: str
    cases: int
    seconds: float
    edges: int
    features: int
    usage: Usage
    finding: str


class Session:
    """Runs targets for a number of cases each, or for a time.

    `scratch` is a folder for what libFuzzer finds; it grows from one run to the next.
    """

    def __init__(self, scratch: Path, *, runs: int, seconds: int, seed: int) -> None:
        self._scratch = scratch
        self._runs = runs
        self._seconds = seconds
        self._seed = seed

    def folder(self, target: Target) -> Path:
        """Return the folder of the inputs that were found for a target."""
        return self._scratch / target.name / "found"

    def fuzz(self, target: Target) -> Outcome:
        """Fuzz one target until its end or the first finding."""
        found, crashes = self.folder(target), self._scratch / target.name / "crashes"
        for folder in (found, crashes):
            folder.mkdir(parents=True, exist_ok=True)
        seeds = self._seeds(target)
        figures = self._scratch / target.name / "usage.json"
        figures.unlink(missing_ok=True)
        limit = f"-max_total_time={self._seconds}" if self._seconds else f"-runs={self._runs}"
        began = time.monotonic()
        done = self._child(
            target, figures,
            limit, f"-seed={self._seed}", f"-max_len={target.max_len}", "-reload=0",
            "-use_value_profile=0", f"-rss_limit_mb={_RSS_LIMIT}", f"-timeout={_SLOWEST}",
            f"-artifact_prefix={crashes}/", str(found), str(seeds),
            *([str(target.corpus)] if target.corpus.is_dir() else []),
        )  # fmt: skip
        output = done.stdout
        (self._scratch / target.name / "output.txt").write_text(output)
        statuses = _STATUS.findall(output) or [("0", "0", "0")]
        cases, edges, features = map(int, statuses[-1])
        usage = read_usage(figures)
        return Outcome(
            name=target.name,
            cases=cases,
            seconds=time.monotonic() - began,
            edges=edges,
            features=features,
            usage=usage,
            finding=_finding(output, done.returncode, usage),
        )

    def minimise(self, target: Target) -> int:
        """Make the corpus of a target the least that reaches everything; return its files."""
        merged = self._scratch / target.name / "merged"
        shutil.rmtree(merged, ignore_errors=True)
        merged.mkdir(parents=True)
        self.folder(target).mkdir(parents=True, exist_ok=True)
        sources = [self.folder(target), self._seeds(target)]
        if target.corpus.is_dir():
            sources.insert(0, target.corpus)
        # Edges only: how often each was taken would keep hundreds of files more.
        done = self._child(
            target, self._scratch / target.name / "merge.json", "-set_cover_merge=1",
            "-use_counters=0", f"-max_len={target.max_len}", f"-timeout={_SLOWEST}",
            str(merged), *map(str, sources),
        )  # fmt: skip
        files = [path for path in merged.iterdir() if path.is_file()]
        if done.returncode or not files:
            raise RuntimeError(f"{target.name}: merging failed\n{done.stdout[-_KEPT_OUTPUT:]}")
        shutil.rmtree(target.corpus, ignore_errors=True)
        target.corpus.mkdir(parents=True)
        # The longest, where not all are kept: what is short is soon found again.
        files.sort(key=lambda path: (-path.stat().st_size, path.name))
        for path in files[: target.max_files]:
            shutil.copy(path, target.corpus / path.name)
        return len(files[: target.max_files])

    def _seeds(self, target: Target) -> Path:
        folder = self._scratch / target.name / "seeds"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for seed in target.seeds():
            # A name for the content, as libFuzzer gives it.
            (folder / sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)
        return folder

    def _child(
        self, target: Target, figures: Path, *options: str
    ) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable, "-m", "tests.fuzz.child", target.name, str(figures),
            str(self._runs), str(self._seconds), *options,
        ]  # fmt: skip
        return subprocess.run(
            command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", check=False,
        )  # fmt: skip


def _finding(output: str, returncode: int, usage: Usage) -> str:
    if returncode:
        start = output.find("=== Uncaught Python exception")
        start = start if start >= 0 else output.find("ERROR: libFuzzer")
        return output[start:][:_KEPT_OUTPUT] if start >= 0 else output[-_KEPT_OUTPUT:]
    if usage.growth > MAX_GROWTH:
        return f"resident memory has grown by {usage.growth / 2**20:.0f} MiB"
    return ""
