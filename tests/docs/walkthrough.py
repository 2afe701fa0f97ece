"""Carries out a page block by block, as its reader would."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.docs.blocks import Block

_BELOW = re.compile(r"(?P<file>\S+), below (?P<line>.+)")
# In seconds; installing takes its time on a machine that has other things to do.
_PATIENCE = 900


class Walkthrough:
    """A folder that begins empty, and a shell whose folder and variables stay.

    `titles` of blocks say what they are: `FILE` is written, `FILE, below LINE` is inserted, "stays
    running" goes on beside the rest, "output" is what the block before has to print.
    """

    def __init__(self, folder: Path, port: int, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._port = port
        self._environment = dict(environment)
        self._output = ""
        self._running: Running | None = None

    @property
    def folder(self) -> Path:
        return self._folder

    def follow(self, block: Block) -> None:
        if block.language == "text":
            self._expect(block)
        elif block.language == "sh":
            self._run(block)
        elif found := _BELOW.fullmatch(block.title):
            self._insert(found["file"], found["line"], block)
        else:
            path = self._folder / block.title
            assert path.parent.is_dir(), f"{block}: there is no folder for {block.title}"
            path.write_text(block.text, encoding="utf-8")

    def close(self) -> None:
        if self._running is not None:
            self._running.stop()

    def _run(self, block: Block) -> None:
        text = block.text.replace("127.0.0.1:1883", f"127.0.0.1:{self._port}")
        text = re.sub(r"^(mosquitto_(?:pub|sub))", rf"\1 -p {self._port}", text, flags=re.MULTILINE)
        if block.title == "stays running":
            assert self._running is None
            self._running = Running(text, self._folder, self._environment)
            return
        state = self._folder / ".state"
        done = subprocess.run(
            ["bash", "-e", "-c", f"{text}\npwd > {state}\nenv -0 >> {state}"],
            cwd=self._folder, env=self._environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=_PATIENCE,
            check=False,
        )  # fmt: skip
        self._output = done.stdout
        assert done.returncode == 0, f"{block}:\n{text}\n{done.stdout}"
        folder, variables = state.read_text().split("\n", 1)
        state.unlink()
        self._folder = Path(folder)
        self._environment = dict(
            each.split("=", 1) for each in variables.split("\0") if "=" in each
        )

    def _expect(self, block: Block) -> None:
        wanted = block.text.strip()
        if block.title.endswith("of what stays running") or (
            self._running is not None and not self._running.seen
        ):
            assert self._running is not None, f"{block}: nothing is running"
            self._running.wait_for(wanted)
            return
        assert wanted in self._output, f"{block}: not in the output:\n{self._output}"

    def _insert(self, file: str, line: str, block: Block) -> None:
        path = self._folder / file
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [i for i, each in enumerate(lines) if each == f"{line}\n"]
        assert len(places) == 1, f"{block}: {len(places)} lines are {line!r}"
        lines.insert(places[0] + 1, block.text)
        path.write_text("".join(lines), encoding="utf-8")


class Running:
    """A program that goes on while other blocks are carried out."""

    def __init__(self, text: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.seen = ""
        self._process = subprocess.Popen(
            ["bash", "-c", f"exec {text}"], cwd=folder, env=dict(environment),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def wait_for(self, text: str) -> None:
        """Wait until it has written a text."""
        assert self._process.stdout is not None
        deadline = time.monotonic() + 30
        while text not in self.seen:
            ready, _, _ = select.select([self._process.stdout], [], [], deadline - time.monotonic())
            more = os.read(self._process.stdout.fileno(), 65536) if ready else b""
            assert more, f"{text!r} was not written, but:\n{self.seen}"
            self.seen += more.decode()

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)


@contextmanager
def walkthrough(folder: Path, port: int, environment: Mapping[str, str]) -> Iterator[Walkthrough]:
    walk = Walkthrough(folder, port, environment)
    try:
        yield walk
    finally:
        walk.close()


def lend_environment(project: Path) -> None:
    """Give a project this environment in place of one of its own, which takes a minute to make.

    The programs of the project are found by PYTHONPATH.
    """
    own = Path(sys.prefix)
    venv = project / ".venv"
    venv.mkdir()
    shutil.copy(own / "pyvenv.cfg", venv)
    for name in ("bin", "lib"):
        (venv / name).symlink_to(own / name)
    for stamp in ("generator.stamp", "develop.stamp"):
        (venv / stamp).touch()
