"""A real mosquitto for tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

# Debian puts it where an ordinary user's PATH does not look.
EXECUTABLE = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Mosquitto:
    """One broker process with a configuration of its own; `settings` are lines of it.

    It keeps its port over `stop` and `start`, and its data where persistence is set.
    """

    def __init__(
        self, folder: Path, *settings: str, anonymous: bool = True, port: int | None = None
    ) -> None:
        if EXECUTABLE is None:
            raise RuntimeError("mosquitto is not installed; on Debian: apt-get install mosquitto")
        self.port = port if port is not None else free_port()
        self._folder = folder
        self._settings = (
            f"listener {self.port} 127.0.0.1",
            f"allow_anonymous {str(anonymous).lower()}",
            "log_type all",
            "log_dest stderr",
            f"persistence_location {folder}/",
            # Debian's build would change to a user that may not read the test's folder.
            "user root" if os.geteuid() == 0 else "",
            *settings,
        )
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The address of the plain listener."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it says that it is running."""
        config = self._folder / "mosquitto.conf"
        config.write_text("\n".join(self._settings) + "\n")
        assert EXECUTABLE is not None
        self._process = subprocess.Popen(
            [EXECUTABLE, "-c", str(config)], stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        seen = []
        for line in self._process.stderr:
            seen.append(line)
            if " running" in line:
                break
        else:
            raise RuntimeError(f"mosquitto did not start: {''.join(seen)}")
        # What it says from now on must be read, or it would block when the pipe is full.
        with (self._folder / "mosquitto.log").open("a") as log:
            self._reader = subprocess.Popen(["cat"], stdin=self._process.stderr, stdout=log)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, by default in good order."""
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(10)
        assert self._process.stderr is not None
        self._process.stderr.close()
        self._reader.wait(10)
        self._process = None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, such as SIGSTOP: then its connections stay open and say nothing."""
        assert self._process is not None
        self._process.send_signal(number)

    def restart(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and start it again on the same port."""
        self.stop(how)
        self.start()

    def log(self) -> str:
        """Return what it has said since it was first started."""
        return (self._folder / "mosquitto.log").read_text()

    def pub(self, *arguments: str) -> None:
        """Run mosquitto_pub against it."""
        self._tool("mosquitto_pub", arguments)

    def sub(self, *arguments: str) -> subprocess.Popen[str]:
        """Start mosquitto_sub against it, with its lines coming as they are."""
        return subprocess.Popen(
            ["stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", str(self.port), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def _tool(self, name: str, arguments: Sequence[str]) -> None:
        subprocess.run(
            [name, "-h", "127.0.0.1", "-p", str(self.port), *arguments], check=True, timeout=10
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
