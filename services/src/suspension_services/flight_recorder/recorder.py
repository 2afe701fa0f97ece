"""From the broker into a recording."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from topicwire import ClientOptions, ConnectionFailed, Context, SessionLost, TopicwireError
from topicwire.raw import Acknowledge, RawClient, RawMessage

from suspension_services.flight_recorder.origin import addresses
from suspension_services.flight_recorder.recording import Recording, RecordingInvalid, Run

log = logging.getLogger(__name__)

_GROUP = 1_000  # messages that are written at once ...
_GROUP_SIZE = 2**20  # ... or bytes, unless one message has more
_BUFFER = 32 * 2**20  # bytes
_LOOK = 0.2  # s


class Recorder:
    """Records the messages of some filters until it is stopped.

    A message with QoS 1 or 2 is acknowledged when it is on the disk; `client_id` is the name of the
    session from which the broker sends what a recorder that was killed has not acknowledged.
    `max_size` is how many bytes of messages are kept, the oldest make room (None: no limit).
    """

    def __init__(
        self,
        path: Path,
        url: str,
        filters: Sequence[str],
        *,
        client_id: str,
        options: ClientOptions,
        max_size: int | None = None,
    ) -> None:
        self._recording = Recording(path, write=True)
        self._max_size = max_size
        self._filters = tuple(filters)
        self._buffer: deque[tuple[RawMessage, Acknowledge]] = deque()
        self._buffered = 0
        self._change = threading.Condition()
        self._stop = threading.Event()
        self._problem: Exception | None = None
        self.recorded = 0
        self.size = 0
        self.lost = 0
        self._connected = True
        self._reconnects = 0
        self.removed = 0
        # For one thread at a time, that of the writer: SQLite's connections are no more than that.
        self._notes: deque[tuple[int, str]] = deque()
        settings: ClientOptions = {
            "client_id": client_id, "clean_start": False, "session_expiry": 3_600,
            "on_error": self._report, **options,
        }  # fmt: skip
        self.client = RawClient(url, **settings)
        # Before connecting: what the broker has kept comes at once.
        self._subscription = self.client.subscribe(self._filters, self._take)

    def run(
        self,
        connected: Callable[[], None] = lambda: None,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        """Record until `stop`; calls `connected` once, and `progress` now and then.

        Raises `RecordingInvalid` when the file can be written no more, and `ConnectionFailed` when
        the broker refuses this client for good.
        """
        writer = threading.Thread(target=self._write, name="recorder", daemon=True)
        try:
            self._begin()
            writer.start()
            self.client.connect()
            connected()
            while not self._stop.wait(_LOOK):
                self._look()
                progress()
        finally:
            self._finish(writer)
        if self._problem is not None:
            raise self._problem

    def stop(self) -> None:
        """Make `run` return; what has come by then is written."""
        self._stop.set()

    @property
    def waiting(self) -> int:
        """Number of messages that are not on the disk yet."""
        return len(self._buffer)

    def _begin(self) -> None:
        before = self._recording.runs()
        if before and before[-1].ended is None:
            last = self._recording.last_arrival() or before[-1].began
            self._note(
                "the recorder before had no time to end; what it did not acknowledge comes again, "
                f"other messages since {last / 1e6:.6f} are lost"
            )
        self._recording.begin(
            Run(
                began=_now(), ended=None, broker=self.client.url,
                addresses=addresses(self.client.url), filters=self._filters,
                client_id=self.client.client_id,
            )
        )  # fmt: skip

    def _look(self) -> None:
        """Write down what has been lost since the last look."""
        connected, stats = self.client.is_connected, self.client.stats()
        returned = stats.reconnects > self._reconnects
        if self._connected and (returned or not connected):
            self._note("connection lost; messages of QoS 0 are not recorded until there is another")
        if returned and connected:
            self._note("connected again")
            self._reconnects = stats.reconnects
        if stats.dropped != self.lost:
            self._note(f"{stats.dropped - self.lost} messages came too fast and are lost")
        self._connected, self.lost = connected, stats.dropped

    def _take(self, message: RawMessage, acknowledge: Acknowledge) -> None:
        size = len(message.payload)
        with self._change:
            # The client's queue fills up meanwhile, and then the broker's.
            self._change.wait_for(lambda: self._buffered <= _BUFFER or self._problem is not None)
            if self._problem is not None:
                return  # not acknowledged, so it comes again when there is a disk
            self._buffer.append((message, acknowledge))
            self._buffered += size
            self._change.notify_all()

    def _write(self) -> None:
        try:
            while True:
                with self._change:
                    self._change.wait_for(
                        lambda: self._buffer or self._notes or self._stop.is_set(), _LOOK
                    )
                    group = self._next_group()
                    if not group and not self._notes and self._stop.is_set():
                        return
                self._write_group(group)
        except Exception as error:
            self._give_up(error)

    def _give_up(self, problem: Exception) -> None:
        with self._change:
            self._problem = problem
            self._change.notify_all()
        self._stop.set()

    def _write_group(self, group: list[tuple[RawMessage, Acknowledge]]) -> None:
        while self._notes:
            self._recording.note(*self._notes[0])
            self._notes.popleft()
        if not group:
            return
        size = sum(len(message.payload) for message, _ in group)
        if self._max_size is not None:
            self.removed += self._recording.shrink(self._max_size - size)
        self._recording.add([message for message, _ in group])
        for _, acknowledge in group:
            acknowledge()
        with self._change:
            for _ in group:
                self._buffer.popleft()
            self._buffered -= size
            self._change.notify_all()
        self.recorded += len(group)
        self.size += size

    def _next_group(self) -> list[tuple[RawMessage, Acknowledge]]:
        """Return what is to be written next, which stays in the buffer until it is."""
        group: list[tuple[RawMessage, Acknowledge]] = []
        size = 0
        for entry in islice(self._buffer, _GROUP):
            size += len(entry[0].payload)
            if group and size > _GROUP_SIZE:
                break
            group.append(entry)
        return group

    def _finish(self, writer: threading.Thread) -> None:
        """Take nothing more, write what has come, and leave."""
        self._subscription.unsubscribe()
        self._stop.set()
        if writer.ident is not None:
            writer.join()
        self.client.close()
        try:
            if writer.ident is not None and not isinstance(self._problem, RecordingInvalid):
                self._recording.end(_now())
        finally:
            self._recording.close()

    def _report(self, error: TopicwireError, _: Context | None) -> None:
        if isinstance(error, SessionLost):
            self._note("the broker has lost the session; messages meanwhile may be lost")
            return
        self._note(str(error))
        if isinstance(error, ConnectionFailed):
            self._give_up(error)  # the client has, too

    def _note(self, text: str) -> None:
        log.warning("%s", text)
        with self._change:
            self._notes.append((_now(), text))
            self._change.notify_all()


def _now() -> int:
    return time.time_ns() // 1_000
