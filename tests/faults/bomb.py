"""One small body that wants to be a large one: `python -m tests.faults.bomb KIND`."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

import zstandard
from topicwire import TopicwireError
from topicwire._envelope import Headers
from topicwire._inbound import Inbound
from topicwire._options import MAX_MESSAGE
from topicwire._reception import receive

from tests.channels import PACKED

MEBIBYTE = 2**20


def make(kind: str) -> tuple[bytes, str]:
    """Return a body of 100 MiB, packed, and its encoding."""
    zeros = bytes(100 * MEBIBYTE)
    if kind == "gzip":
        return gzip.compress(zeros), "gzip"
    if kind == "gzip-that-lies":
        return gzip.compress(zeros)[:-4] + (1000).to_bytes(4, "little"), "gzip"
    if kind == "nested":
        return gzip.compress(gzip.compress(zeros)), "gzip"
    if kind == "zstd":
        return zstandard.compress(zeros), "zstd"
    packer = zstandard.ZstdCompressor().compressobj()
    return packer.compress(zeros) + packer.flush(), "zstd"


def _memory(name: str) -> int:
    """Return a figure of /proc/self/status in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])


def main(kind: str) -> None:
    """Make a bomb in a process of its own, and print how it is refused in this one."""
    body = subprocess.run(
        [sys.executable, "-c", f"import sys; from tests.faults.bomb import make; "
         f"sys.stdout.buffer.write(make({kind!r})[0])"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    encoding = "zstd" if kind.startswith("zstd") else "gzip"
    PACKED.codec.decode(b'{"number":1}', topic="packed/r")
    inbound = Inbound(
        "packed/r", body, qos=1, retained=False, duplicate=False, mid=1,
        headers=Headers((("content-encoding", encoding),)),
    )  # fmt: skip
    inbound.max_bytes = MAX_MESSAGE
    # Begins the count of the highest memory anew (proc(5)).
    Path("/proc/self/clear_refs").write_text("5")
    before = _memory("VmRSS")
    started = time.perf_counter()
    [(message, _)] = receive(PACKED, inbound).items()
    took = time.perf_counter() - started
    grown = _memory("VmHWM") - before
    print(json.dumps({
        "refused": isinstance(message, TopicwireError),
        "milliseconds": took * 1000,
        "mebibytes": grown / 1024,
    }))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
