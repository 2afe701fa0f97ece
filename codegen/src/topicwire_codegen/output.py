"""The output folder: replaced as a whole or not at all."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_MARK = "# Generated from "
# The generated files that cannot begin with the mark.
_UNMARKED = ("README.md", "py.typed", "asyncapi.json")
# What installing and running a package leaves in its folder.
_INSTALLATION = ("build", "dist")
# A run takes seconds, so a folder this old (in seconds) was left by one that was killed.
_ABANDONED = 600
_CACHE = re.compile(r"\..+_cache")
_LINE_LENGTH = "100"


class OutputError(Exception):
    """The output folder cannot be written; the text says why and what to do."""


@contextmanager
def staging(output: Path, *, write: bool) -> Generator[Path]:
    """Give an empty folder, removed afterwards; for writing it is beside `output`.

    There it is on the same file system, from where it can be moved in one step.
    """
    try:
        _recover(output)
        if write:
            output.parent.mkdir(parents=True, exist_ok=True)
        temporary = tempfile.TemporaryDirectory(
            prefix=_prefix(output), dir=output.parent if write else None
        )
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror}") from error
    with temporary as folder:
        yield Path(folder)


def write_tree(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, given by their paths in the folder, and format those that are Python."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    # Whose modules are whose must not depend on what lies in the current folder.
    modules = 'lint.isort.known-third-party = ["pydantic", "topicwire"]'
    # Unused imports first: a list that is wrapped for them would stay so without them.
    for rules in ("F401,UP007,UP045", "I001"):
        _ruff(folder, "check", "--fix", "--select", rules, "--config", modules)
    _ruff(folder, "format")


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
    files = _files(output)
    if not files:
        return
    if "pyproject.toml" not in files or not _is_marked(files["pyproject.toml"]):
        raise OutputError(
            f"{output} is not empty and was not generated, so it is not replaced; "
            "give another folder for --output, or empty this one"
        )
    foreign = [
        name for name, path in files.items() if path.name not in _UNMARKED and not _is_marked(path)
    ]
    if foreign:
        raise OutputError(
            f"{output} has files in it that were not generated, so it is not replaced: "
            f"{', '.join(sorted(foreign)[:5])}; move them to another folder"
        )


def replace(new: Path, output: Path) -> None:
    """Put `new` in the place of `output`; an interruption leaves one of the two.

    Files that did not change keep their time, so that what is made from them is not made again.
    """
    before = _files(output)
    for name, path in _files(new).items():
        if name in before and before[name].read_bytes() == path.read_bytes():
            shutil.copystat(before[name], path)
    old = _old(output)
    try:
        if output.exists():
            output.rename(old)
        new.rename(output)
    except OSError as error:
        _recover(output)
        raise OutputError(f"{output} cannot be replaced: {error.strerror}") from error
    shutil.rmtree(old, ignore_errors=True)


def _prefix(output: Path) -> str:
    return f".{output.name}.topicwire-"


def _old(output: Path) -> Path:
    return output.with_name(f"{_prefix(output)}old")


def _recover(output: Path) -> None:
    """Clear up after an interruption: bring back what was there, and remove what is left over."""
    old = _old(output)
    if old.exists() and not output.exists():
        old.rename(output)
    shutil.rmtree(old, ignore_errors=True)
    for path in output.parent.iterdir() if output.parent.is_dir() else ():
        left_over = path.is_dir() and path.name.startswith(_prefix(output))
        if left_over and time.time() - path.stat().st_mtime > _ABANDONED:
            shutil.rmtree(path, ignore_errors=True)


def _files(folder: Path) -> dict[str, Path]:
    """Return the files of a folder that count: not those of an installation, and no caches."""
    found: dict[str, Path] = {}
    for path in folder.rglob("*") if folder.is_dir() else ():
        relative = path.relative_to(folder)
        installed = relative.parts[0] in _INSTALLATION or any(
            part == "__pycache__" or part.endswith(".egg-info") or _CACHE.fullmatch(part)
            for part in relative.parts
        )
        if path.is_file() and not installed:
            found[relative.as_posix()] = path
    return found


def _is_marked(path: Path) -> bool:
    with path.open("rb") as file:
        return file.readline(200).startswith(_MARK.encode())


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []


def _ruff(folder: Path, command: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", command, "--isolated", "--no-cache", "--quiet",
         "--line-length", _LINE_LENGTH, "--target-version", "py311", *arguments, "."],
        cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    if done.returncode != 0:
        raise OutputError(f"the generated code is not valid: {done.stdout}{done.stderr}")
