"""A receiver in a process of its own, for the experiments: it tells the numbers that come."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Self

import psutil
from topicwire import Client, Context

from tests.channels import DurableSubscriber, Reading
from tests.faults.experiment import QUICK

_FLUSH = 0.05  # seconds


class Receiver:
    """Starts the process; `receive` is called with each number.

    It keeps up with a sender in this process, which one beside it would not; unless it is told to
    pause for so many seconds with each message, until it is told to `hurry`. The broker may send
    it a tenth of `pending` messages ahead. When it has ended, `duplicates` and `reconnects` are
    known.
    """

    def __init__(
        self, url: str, receive: Callable[[int], None], *, pause: float = 0.0, pending: int = 10_000
    ) -> None:
        self.duplicates = self.reconnects = 0
        self._receive = receive
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.receiver", url, str(pause), str(pending)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        assert self._process.stdout is not None
        self._process.stdout.readline()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def memory(self) -> int:
        """Resident memory of the process, in bytes."""
        found: int = psutil.Process(self._process.pid).memory_info().rss
        return found

    def hurry(self) -> None:
        """Have it pause no longer."""
        assert self._process.stdin is not None
        self._process.stdin.write("hurry\n")
        self._process.stdin.flush()

    def end(self) -> None:
        """End the process in good order."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._thread.join(30)
        self._process.wait(30)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, _, rest = line.partition(" ")
            if word == "end":
                self.duplicates, self.reconnects = map(int, rest.split())
            else:
                self._receive(int(line))
        self._process.stdout.close()


def main(url: str, pause: float, pending: int) -> None:
    """Receive until standard input ends."""
    # mosquitto 2.0 saves no session that was begun with a clean start.
    client = Client(
        url, client_id="receiver", session_expiry=300, clean_start=False, reconnect=QUICK,
        keep_alive=2 if pause else 60, max_pending=pending,
    )  # fmt: skip
    lock, over, hurry = threading.Lock(), threading.Event(), threading.Event()

    @DurableSubscriber(client, rig="r")
    def receive(message: Reading, context: Context) -> None:
        if pause:
            hurry.wait(pause)
        with lock:
            sys.stdout.write(f"{message.number}\n")

    def flush() -> None:
        while not over.wait(_FLUSH):
            with lock:
                sys.stdout.flush()

    client.connect()
    print("ready", flush=True)
    threading.Thread(target=flush, daemon=True).start()
    for _ in sys.stdin:
        hurry.set()
    client.close()
    over.set()
    stats = client.stats()
    print("end", stats.duplicates, stats.reconnects, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
