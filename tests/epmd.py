"""Erlang's list of nodes, for brokers that are written in Erlang."""

from __future__ import annotations

import socket
import subprocess

from tests.broker import find_executable, free_port


class Epmd:
    """One of our own; were none there, a node would start one that stays behind."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        epmd = find_executable("epmd", "on Debian: apt-get install erlang-base")
        self._process = subprocess.Popen(
            [epmd, "-port", str(self.port), "-address", "127.0.0.1"],
            stderr=subprocess.DEVNULL,  # it complains of connections that say nothing
        )
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                try:
                    self._process.wait(0.01)
                except subprocess.TimeoutExpired:
                    continue
                raise RuntimeError("epmd did not start") from None
            return

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None
