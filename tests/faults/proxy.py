"""A TCP proxy that makes connections bad: slow, sliced, reset, half-closed, silent, corrupted."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Self

_CHUNK = 65_536


class FaultProxy:
    """Forwards connections to `port` of this host, until told otherwise; any thread may tell.

    What is set holds for all connections, present and future: `delay` (seconds before each
    piece), `piece` (bytes written at a time, 0 for all), `corruption` (how likely a piece has a
    byte changed), `silent` (nothing is forwarded, nothing is closed), `refusing` (new connections
    are reset). `reset` and `half_close` are done once, to the connections there are.
    """

    def __init__(self, port: int, *, seed: int = 0) -> None:
        self.delay = 0.0
        self.piece = 0
        self.corruption = 0.0
        self.refusing = False
        self.accepted = 0
        self.port = 0
        self._target = port
        self._random = random.Random(seed)
        self._links: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._speaking = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def silent(self) -> bool:
        """Whether nothing is forwarded in either direction."""
        return not self._speaking.is_set()

    @silent.setter
    def silent(self, value: bool) -> None:
        self._call(self._speaking.clear if value else self._speaking.set)

    def reset(self) -> None:
        """Break all connections, as a router that has forgotten them does."""
        self._call(lambda: [link.reset() for link in tuple(self._links)])

    def half_close(self) -> None:
        """Say to all clients that the broker sends nothing more, and go on listening to them."""
        self._call(lambda: [link.half_close() for link in tuple(self._links)])

    def calm(self) -> None:
        """Forward faithfully again."""
        self.delay, self.piece, self.corruption, self.refusing = 0.0, 0, 0.0, False
        self.silent = False

    def __enter__(self) -> Self:
        self._thread.start()
        self._await(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._await(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, function: Callable[[], object]) -> None:
        async def run() -> None:
            function()

        self._await(run())

    def _await(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _start(self) -> None:
        self._speaking.set()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for link in tuple(self._links):
            link.reset()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        link = _Link(self, reader, writer)
        if self.refusing:
            link.reset()
            return
        self._links.add(link)
        try:
            await link.run(self._target)
        except (OSError, RuntimeError):
            # The broker is not there, or either side has broken the connection; asyncio has
            # the second for data that comes from the broker after a half-close.
            pass
        except asyncio.CancelledError:
            pass  # the proxy is being stopped; asyncio would log it as an error
        finally:
            self._links.discard(link)
            link.close()

    async def _forward(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(_CHUNK):
            size = self.piece or len(data)
            for start in range(0, len(data), size):
                piece = bytearray(data[start : start + size])
                if self._random.random() < self.corruption:
                    piece[self._random.randrange(len(piece))] ^= 1 << self._random.randrange(8)
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._speaking.wait()
                sink.write(bytes(piece))
                await sink.drain()
        if sink.can_write_eof() and not sink.is_closing():
            with suppress(OSError):
                sink.write_eof()


class _Link:
    """One client's connection and the one to the broker that belongs to it."""

    def __init__(
        self, proxy: FaultProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._proxy = proxy
        self._reader = reader
        self._client = writer
        self._writers = [writer]

    async def run(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        self._writers.append(writer)
        for stream in self._writers:
            sock: socket.socket = stream.get_extra_info("socket")
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(
            self._proxy._forward(self._reader, writer), self._proxy._forward(reader, self._client)
        )

    def reset(self) -> None:
        for writer in self._writers:
            sock = writer.get_extra_info("socket")
            if sock is not None and sock.fileno() >= 0:
                # Lingering for no time at all makes closing a reset.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    def half_close(self) -> None:
        if self._client.can_write_eof() and not self._client.is_closing():
            with suppress(OSError):  # the client may have ended it already
                self._client.write_eof()

    def close(self) -> None:
        for writer in self._writers:
            writer.close()


class Weather:
    """Faults at random: one every `low` to `high` seconds, of the kinds given, until left."""

    KINDS = ("delay", "slice", "reset", "half_close", "silence", "refuse")

    def __init__(
        self,
        proxy: FaultProxy,
        *,
        low: float,
        high: float,
        seed: int,
        kinds: tuple[str, ...] = KINDS,
    ) -> None:
        self.history: list[str] = []
        self._proxy = proxy
        self._interval = (low, high)
        self._kinds = kinds
        self._random = random.Random(seed)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="weather", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._proxy.calm()

    def _run(self) -> None:
        while not self._over.wait(self._random.uniform(*self._interval)):
            self._proxy.calm()
            kind = self._random.choice(self._kinds)
            self.history.append(kind)
            if kind == "delay":
                self._proxy.delay = self._random.uniform(0.0, 0.05)
            elif kind == "slice":
                self._proxy.piece = self._random.randint(1, 64)
            elif kind == "reset":
                self._proxy.reset()
            elif kind == "half_close":
                self._proxy.half_close()
            elif kind == "silence":
                self._proxy.silent = True
            elif kind == "refuse":
                self._proxy.refusing = True
                self._proxy.reset()
            elif kind == "corrupt":
                self._proxy.corruption = 0.05
            else:
                raise ValueError(f"no such fault: {kind}")
