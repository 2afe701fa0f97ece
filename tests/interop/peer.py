"""The other implementation of the wire format, as a process that tests drive."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Self

HERE = Path(__file__).parent


class Peer:
    """`peer.mjs`, connected to a broker with a version of MQTT ("5" or "3.1.1")."""

    def __init__(self, url: str, version: str, keys: Path) -> None:
        self._process = subprocess.Popen(
            ["node", str(HERE / "peer.mjs"), url, {"5": "5", "3.1.1": "4"}[version], str(keys)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._events: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def subscribe(self, name: str) -> None:
        """Subscribe a filter, and wait until the broker has granted it."""
        self._send({"do": "subscribe", "filter": name})
        self.wait_for("subscribed")

    def publish(self, topic: str, *messages: object, **how: object) -> None:
        """Publish with QoS 1, and wait for the acknowledgement; `how` as in `peer.mjs`."""
        self._send({"do": "publish", "topic": topic, "messages": messages, **how})
        self.wait_for("published")

    def wait_for(self, name: str, timeout: float = 20) -> dict[str, Any]:
        """Return the next event, which has to be of that name."""
        try:
            event = self._events.get(timeout=timeout)
        except Empty:
            raise AssertionError(f"no {name!r} within {timeout} s") from None
        assert event["event"] == name, event
        return event

    def _send(self, command: dict[str, object]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._events.put(json.loads(line))

    def __enter__(self) -> Self:
        self.wait_for("ready")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._reader.join(20)
