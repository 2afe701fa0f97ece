"""CAN frames for asyncio: a thread waits for the bus, the loop gets what has come."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence

import can

_POLL = 0.2  # s after which the thread looks whether it is still wanted
_CHUNK = 200  # frames that are handed over together, when they come so fast


class FrameReader:
    """Reads a bus, of whatever kind, until `close`; made on the loop that gets the frames.

    (python-can's Notifier would wake the loop for each frame, and print the error that ends it.)
    """

    def __init__(self, bus: can.BusABC) -> None:
        self._bus = bus
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[Sequence[can.Message] | can.CanError | None] = asyncio.Queue()
        self._wanted = True
        self._thread = threading.Thread(target=self._read, name="frames", daemon=True)
        self._thread.start()

    async def chunks(self) -> AsyncIterator[Sequence[can.Message]]:
        """Yield the frames that came together; raises `can.CanError` when the bus has ended."""
        while (item := await self._arrived.get()) is not None:
            if isinstance(item, can.CanError):
                raise item
            yield item

    async def close(self) -> None:
        """Read no more; the bus stays open."""
        self._wanted = False
        await asyncio.to_thread(self._thread.join)

    def _read(self) -> None:
        end: can.CanError | None = None
        try:
            while self._wanted:
                first = self._bus.recv(_POLL)
                if first is None:
                    continue
                chunk = [first]
                while len(chunk) < _CHUNK and (message := self._bus.recv(0)) is not None:
                    chunk.append(message)
                self._hand_over(chunk)
        except can.CanError as error:
            end = error
        except OSError as error:  # what python-can's interfaces let through
            end = can.CanOperationError(str(error))
        self._hand_over(end)

    def _hand_over(self, item: Sequence[can.Message] | can.CanError | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._arrived.put_nowait, item)
        except RuntimeError:
            self._wanted = False  # the loop has ended
