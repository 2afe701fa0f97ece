"""The folder of the access rules: files that are replaced whole, with secrets for few eyes only."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from enum import Enum
from pathlib import Path

from topicwire_codegen.output import OutputError

PRIVATE = 0o600
SHARED = 0o640
"""For the broker, which reads them through its group."""
_MARK = "Generated from "


class State(Enum):
    """What has become of a file."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    KEPT = "kept as it is"


def read_text(path: Path) -> str:
    """Return what is in a file, "" without one; raises `OutputError` when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"{path} cannot be read: {error}") from error


def read_generated(path: Path) -> str:
    """Return what an earlier run wrote, "" without one; raises `OutputError` for anything else."""
    text = read_text(path)
    # In JSON the mark is in the second line.
    if text and not any(_MARK in line for line in text.splitlines()[:2]):
        raise OutputError(
            f"{path} was not generated, so it is not replaced; give another folder for --output, "
            "or move it away"
        )
    return text


def write_file(path: Path, text: str, mode: int) -> State:
    """Write a file of these permissions in one step; one that has the text already is left alone.

    The group of a file that was there stays, so that a broker can still read it.
    """
    # What a symbolic link leads to is replaced, not the link.
    path = path.resolve()
    try:
        before = path.stat() if path.exists() else None
        if before is not None:
            # Nobody gets more than they should have, nor more than somebody has left them.
            mode &= before.st_mode
            path.chmod(mode)
            if path.read_text(encoding="utf-8") == text:
                return State.UNCHANGED
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.topicwire-")
        try:
            with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                if before is not None:
                    with suppress(PermissionError):
                        os.fchown(descriptor, before.st_uid, before.st_gid)
                os.fchmod(descriptor, mode)
                file.flush()
                os.fsync(descriptor)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink()
            raise
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    return State.WRITTEN
