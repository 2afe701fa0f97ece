"""A receiver in a process of its own, for the experiments: it tells the numbers that come."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Self

from topicwire import Client, Context

from tests.channels import DurableSubscriber, Reading
from tests.faults.experiment import QUICK

_FLUSH = 0.05  # seconds


class Receiver:
    """Starts the process; `receive` is called with each number, `duplicates` is known at the end.

    It keeps up with a sender in this process, which one beside it would not.
    """

    def __init__(self, url: str, receive: Callable[[int], None]) -> None:
        self.duplicates = 0
        self._receive = receive
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.receiver", url],
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
            if word == "duplicates":
                self.duplicates = int(rest)
            else:
                self._receive(int(line))
        self._process.stdout.close()


def main(url: str) -> None:
    """Receive until standard input ends."""
    # mosquitto 2.0 saves no session that was begun with a clean start.
    client = Client(
        url, client_id="receiver", session_expiry=300, clean_start=False, reconnect=QUICK
    )
    lock, over = threading.Lock(), threading.Event()

    @DurableSubscriber(client, rig="r")
    def receive(message: Reading, context: Context) -> None:
        with lock:
            sys.stdout.write(f"{message.number}\n")

    def flush() -> None:
        while not over.wait(_FLUSH):
            with lock:
                sys.stdout.flush()

    client.connect()
    print("ready", flush=True)
    threading.Thread(target=flush, daemon=True).start()
    sys.stdin.read()
    client.close()
    over.set()
    print("duplicates", client.stats().duplicates, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
