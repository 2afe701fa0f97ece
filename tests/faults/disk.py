"""A disk that is soon full: a small file system, or a limit on the size of files."""

from __future__ import annotations

import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SIZE = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Disk:
    """A folder in which there is little room, and how to make more."""

    folder: Path
    make_room: Callable[[], object]


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Give a folder on a disk of about a megabyte.

    Where this user may mount, it is a file system of that size; else files of this process may
    not grow beyond it, which SQLite meets with the same errors.
    """
    mounted = folder / "small"
    mounted.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(mounted)]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        grow = ["mount", "-o", f"remount,size={20 * _SIZE}", str(mounted)]
        try:
            yield Disk(mounted, lambda: subprocess.run(grow, check=True))
        finally:
            subprocess.run(["umount", str(mounted)], check=True)
        return
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_SIZE, limits[1]))
    try:
        yield Disk(mounted, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
