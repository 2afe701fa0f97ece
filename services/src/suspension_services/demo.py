"""The demo: everything at once, each service a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from topicwire.keys import KeyRing, new_key, write_ring

from suspension_services.broker import EmbeddedBroker

_TAIL = 15  # lines of a service's log that are shown when it has failed
_STOP_TIMEOUT = 10.0  # s


class Child:
    """A service as a child process; its output goes to a log file."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "suspension_services", "run", name, *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                # Ctrl-C is for the demo, which then ends its children in order.
                start_new_session=True,
            )  # fmt: skip

    def stop(self) -> None:
        """End it in good order, and by force if it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def report(self) -> str:
        """Return how it ended, with the end of its log."""
        tail = self.log.read_text(errors="replace").splitlines()[-_TAIL:]
        lines = "".join(f"\n    {line}" for line in tail)
        return f"the {self.name} has ended with status {self.process.returncode}:{lines}"


def run_demo(
    broker: str | None,
    *,
    speed: float,
    duration: float,
    keys: Path | None,
    allow_anonymous: bool,
    gui: bool = False,
) -> int:
    """Run the services and the console over `broker` (None: an embedded one).

    They sign with `keys`, or with a key made for this run, which nobody else has. Returns the exit
    status: 0 when four wheels have been tested. With `gui` there is the web GUI in place of the
    console, until it is interrupted.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="suspension-demo-")))
        if broker is None:
            embedded = stack.enter_context(EmbeddedBroker())
            broker = embedded.url
            print(f"embedded broker at {broker}", flush=True)
        if keys is None:
            keys = folder / "keys.json"
            write_ring(keys, KeyRing([new_key("hmac-sha256", "demo")]))
        common = ["--broker", broker, "--keys", str(keys)]
        common += ["--allow-anonymous"] if allow_anonymous else []
        children: list[Child] = []
        bus = ["--bus", f"virtual:{folder / 'bench.sock'}"]
        for name, options in (
            ("simulator", [*bus, "--speed", str(speed)]),
            ("bridge", bus),
            ("processing", []),
            ("orchestrator", ["--journal", str(folder / "orchestrator.json")]),
        ):
            child = Child(name, [*common, *options], folder / f"{name}.log")
            stack.callback(child.stop)
            children.append(child)
        common += ["--duration", str(duration)]
        if gui:
            port = _web_port()
            pages = ["--listen", f"127.0.0.1:{port}", "--open"]
            history = ["--history", str(folder / "history.sqlite")]
            child = Child("gui", [*common, *pages, *history], folder / "gui.log")
            stack.callback(child.stop)
            print(f"the GUI is at http://127.0.0.1:{port}; Ctrl-C ends it", flush=True)
            status = _watch(child.process, children)
            if status:
                print(child.report(), file=sys.stderr)
            return status
        console = subprocess.Popen(
            [sys.executable, "-m", "suspension_services", "run", "console", *common],
        )
        stack.callback(_end, console)
        return _watch(console, children)


def _web_port() -> int:
    """Return the usual port of the GUI, or a free one if that is in use."""
    for port in (8080, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise OSError("no port is free")


def _watch(console: subprocess.Popen[bytes], children: Sequence[Child]) -> int:
    """Wait for the console; a service that ends before it ends everything."""
    ended: list[Child] = []
    over = threading.Event()

    def wait_for(child: Child) -> None:
        child.process.wait()
        if not over.is_set():
            ended.append(child)
            console.terminate()

    for child in children:
        threading.Thread(target=wait_for, args=(child,), daemon=True).start()
    status = console.wait()
    over.set()
    for child in ended:
        print(child.report(), file=sys.stderr)
    if status and not ended:
        for child in children:
            print(
                f"log of the {child.name}:\n{child.log.read_text(errors='replace')}",
                file=sys.stderr,
            )
    return 1 if ended else status


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        process.wait(_STOP_TIMEOUT)
