"""A worker of a group in a process of its own, for the experiments: it tells what it handles."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Literal, Self

from topicwire import Client, Context

from tests.channels import JobsSubscriber, Reading
from tests.faults.experiment import QUICK

_WORK = 0.003  # seconds for each message, so that some are on their way when a worker dies
Way = Literal["shared", "partitioned"]


class Worker:
    """Starts the process; `handled` is called with each number when its handler has returned."""

    def __init__(self, url: str, way: Way, name: str, handled: Callable[[int], None]) -> None:
        self.name = name
        self.shares: list[int] = []
        self._handled = handled
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker", url, way, name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """End it without a chance to say or give back anything."""
        self._process.kill()
        self._process.wait(10)
        self._thread.join(10)

    @property
    def share(self) -> int:
        """How many partitions it has told that it has; 1 for a member of a shared subscription."""
        return self.shares[-1] if self.shares else 0

    def _read(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, _, number = line.partition(" ")
            if word == "share":
                self.shares.append(int(number))
            else:
                self._handled(int(number))
        self._process.stdout.close()
        self._process.stdin.close()


def main(url: str, way: str, name: str) -> None:
    """Work until standard input ends."""
    lock, over = threading.Lock(), threading.Event()

    def tell(word: str, number: int) -> None:
        with lock:
            print(word, number, flush=True)

    def handle(message: Reading, context: Context) -> None:
        time.sleep(_WORK)
        tell("handled", message.number)

    if way == "shared":
        # Only a session that is kept has what its member was given when that died.
        client = Client(url, client_id=name, reconnect=QUICK, session_expiry=300, clean_start=False)
        JobsSubscriber(client).shared("group").subscribe(handle)
        client.connect()
        tell("share", 1)
    else:
        client = Client(url, client_id=name, reconnect=QUICK)
        client.connect()
        membership = JobsSubscriber(client).partitioned("group").subscribe(handle)

        def watch() -> None:
            before = 0
            while not over.wait(0.05):
                share = len(membership.leases)
                if share != before:
                    before = share
                    tell("share", share)

        threading.Thread(target=watch).start()
    sys.stdin.read()
    over.set()
    client.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
