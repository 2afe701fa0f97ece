"""What the real brokers for tests have in common: a child process on free ports of loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Self

import psutil

Version = Literal["5", "3.1.1"]

# Debian puts servers where an ordinary user's PATH does not look.
SERVERS = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
# Seconds until a broker that has not said that it takes connections is ended.
STARTUP = 60


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_executable(name: str, install: str, path: str = SERVERS) -> str:
    """Return where the program is; `install` is the command to tell when it is nowhere."""
    found = shutil.which(name, path=path)
    if found is None:
        raise RuntimeError(f"{name} is not installed; {install}")
    return found


@dataclass(frozen=True, kw_only=True)
class Abilities:
    """Where brokers differ, as far as tests have to know; the default is what MQTT asks for."""

    versions: tuple[Version, ...] = ("3.1.1",)
    """Of MQTT."""
    highest_qos: int = 2
    """Messages and subscriptions of a higher quality of service are taken with this one."""
    retained_to_wildcards: bool = True
    """Whether a new subscription with a wildcard gets the retained messages."""
    shared_subscriptions: bool = False
    """Whether `$share` works; MQTT 3.1.1 does not ask for it."""
    one_copy_of_overlapping: bool = True
    """Whether a message comes once when several of a client's filters match it (3.1.1)."""
    leaves_filters_of_resumed_sessions: bool = True
    """Whether UNSUBSCRIBE ends a subscription that was made over an earlier connection."""


class Broker(ABC):
    """One broker process with a configuration and data of its own, in `folder`.

    It keeps its port and its data over `stop` and `start`.
    """

    abilities: ClassVar[Abilities] = Abilities()
    ready: ClassVar[str]
    """A part of the line that it prints when it takes connections."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.port = port if port is not None else free_port()
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    @abstractmethod
    def _prepare(self) -> list[str]:
        """Write the configuration and return the command that runs in the foreground."""

    def _environment(self) -> dict[str, str]:
        return dict(os.environ)

    @property
    def url(self) -> str:
        """The address of the plain listener."""
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped since."""
        return self._process is not None

    def start(self) -> None:
        """Start it and wait until it says that it takes connections."""
        command = self._prepare()
        self._process = subprocess.Popen(
            command,
            env=self._environment(), cwd=self._folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        seen = []
        patience = threading.Timer(STARTUP, self._process.kill)
        patience.start()
        try:
            for line in self._process.stdout:
                seen.append(line)
                if self.ready in line:
                    break
            else:
                raise RuntimeError(f"{command[0]} did not start: {''.join(seen)}")
        except BaseException:
            self._process.kill()
            self._process.wait(10)
            self._process.stdout.close()
            self._process = None
            raise
        finally:
            patience.cancel()
        # What it says from now on must be read, or it would block when the pipe is full.
        with (self._folder / "broker.log").open("a") as log:
            log.writelines(seen)
            log.flush()
            self._reader = subprocess.Popen(["cat"], stdin=self._process.stdout, stdout=log)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, by default in good order."""
        if self._process is None:
            return
        for _ in range(5):
            self._process.send_signal(how)
            try:
                self._process.wait(6)
                break
            except subprocess.TimeoutExpired:
                pass  # mosquitto misses a signal in the moment after it says that it is running
        else:
            self._process.kill()
            self._process.wait(10)
            raise RuntimeError(f"{self._process.args} did not end when it was told to")
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._reader.wait(10)
        self._process = None

    def kill(self) -> None:
        """End it without a chance to write or say anything."""
        self.stop(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, such as SIGSTOP: then its connections stay open and say nothing."""
        assert self._process is not None
        self._process.send_signal(number)

    def halt(self, timeout: float = 30.0) -> None:
        """Stop it with SIGSTOP, and wait until all that it has written is with its clients.

        A kill at this moment takes nothing from them that it had sent, which the system would
        otherwise throw away together with the connections. Linux only.
        """
        self.send(signal.SIGSTOP)
        assert self._process is not None
        process, until = psutil.Process(self._process.pid), time.monotonic() + timeout
        while process.status() != psutil.STATUS_STOPPED or self._on_the_way():
            if time.monotonic() > until:
                raise TimeoutError(f"{self._on_the_way()} bytes of {self.url} are not read")
            time.sleep(0.005)

    def _on_the_way(self) -> int:
        """Return how many bytes it has sent that its clients have not read from their sockets."""
        port, total = f":{self.port:04X}", 0
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            _, local, remote, state, queues, *_ = line.split()
            sent, received = (int(queue, 16) for queue in queues.split(":"))
            if state == "01":
                total += sent * local.endswith(port) + received * remote.endswith(port)
        return total

    @property
    def memory(self) -> int:
        """Resident memory of the process, in bytes."""
        assert self._process is not None
        found: int = psutil.Process(self._process.pid).memory_info().rss
        return found

    @property
    def cpu(self) -> float:
        """Seconds of CPU that the process has taken."""
        assert self._process is not None
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def restart(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and start it again on the same port."""
        self.stop(how)
        self.start()

    def log(self) -> str:
        """Return what it has said since it was first started."""
        return (self._folder / "broker.log").read_text()

    def pub(self, *arguments: str) -> None:
        """Run mosquitto_pub against it."""
        subprocess.run(["mosquitto_pub", *self._address, *arguments], check=True, timeout=10)

    def sub(self, *arguments: str) -> subprocess.Popen[str]:
        """Start mosquitto_sub against it, with its lines coming as they are."""
        return subprocess.Popen(
            ["stdbuf", "-oL", "mosquitto_sub", *self._address, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    @property
    def _address(self) -> tuple[str, ...]:
        return "-h", "127.0.0.1", "-p", str(self.port)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
