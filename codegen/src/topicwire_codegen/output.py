"""The output folder: replaced as a whole or not at all."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_MARK = "# Generated from "
_LINE_LENGTH = "100"


class OutputError(Exception):
    """The output folder cannot be written; the text says why and what to do."""


@contextmanager
def staging(output: Path) -> Generator[Path]:
    """Give an empty folder beside `output`, on the same file system; removed afterwards."""
    _recover(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as folder:
        yield Path(folder)


def write_tree(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, given by their paths in the folder, and format those that are Python."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    _ruff("check", "--fix", "--select", "F401,I001,UP007,UP045", str(folder))
    _ruff("format", str(folder))


def changed_files(new: Path, old: Path) -> list[str]:
    """Return the paths of the files that differ, were added or are gone."""
    before, after = _files(old), _files(new)
    return sorted(
        name
        for name in before.keys() | after.keys()
        if name not in before
        or name not in after
        or before[name].read_bytes() != after[name].read_bytes()
    )


def diff(new: Path, old: Path, names: list[str]) -> Iterator[str]:
    """Yield the lines of a unified diff of these files."""
    for name in names:
        yield from difflib.unified_diff(
            _lines(old / name), _lines(new / name), f"{name} (is)", f"{name} (should be)"
        )


def check_replaceable(output: Path) -> None:
    """Raise `OutputError` when `output` holds anything that was not generated."""
    if not output.exists():
        return
    if not output.is_dir():
        raise OutputError(f"{output} is a file; give a folder for --output")
    if not _files(output):
        return
    project = output / "pyproject.toml"
    if not project.is_file() or not project.read_text(encoding="utf-8").startswith(_MARK):
        raise OutputError(
            f"{output} is not empty and was not generated, so it is not replaced; "
            "give another folder for --output, or empty this one"
        )


def replace(new: Path, output: Path) -> None:
    """Put `new` in the place of `output`; an interruption leaves one of the two."""
    old = _old(output)
    if output.exists():
        output.rename(old)
    new.rename(output)
    shutil.rmtree(old, ignore_errors=True)


def _old(output: Path) -> Path:
    return output.with_name(f".{output.name}-old")


def _recover(output: Path) -> None:
    """Clear up after an interruption: bring back what was there, or remove what is left over."""
    old = _old(output)
    if old.exists() and not output.exists():
        old.rename(output)
    shutil.rmtree(old, ignore_errors=True)


def _files(folder: Path) -> dict[str, Path]:
    """Return the files of a folder that count: not those of Python and of an installation."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in (folder.rglob("*") if folder.is_dir() else ())
        if path.is_file()
        and not any(
            part == "__pycache__" or part.endswith(".egg-info") or part == "build"
            for part in path.relative_to(folder).parts
        )
    }


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []


def _ruff(command: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", command, "--isolated", "--no-cache", "--quiet",
         "--line-length", _LINE_LENGTH, "--target-version", "py311", *arguments],
        capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    if done.returncode != 0:
        raise OutputError(f"the generated code is not valid: {done.stdout}{done.stderr}")
