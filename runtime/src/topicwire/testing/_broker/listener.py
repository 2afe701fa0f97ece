"""The sockets of a broker: one thread that moves bytes between them and its connections."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from contextlib import suppress

from topicwire._bell import Bell
from topicwire.testing._broker.connection import Connection
from topicwire.testing._broker.hub import Hub
from topicwire.testing._broker.reasons import Reason

_CHUNK = 2**18
# With this a closed socket tells the other side that the connection broke, not that it ended.
_RESET = struct.pack("ii", 1, 0)


class Listener:
    """Listens on loopback from `start` to `stop`, on the same port each time.

    `changed` guards the hub: whoever looks into it or alters it holds it, and calls `wake`
    afterwards if there may be something to send. It is notified when something has happened.
    """

    def __init__(self, hub: Hub, port: int = 0) -> None:
        self.port = port
        self.changed = threading.Condition()
        self._hub = hub
        self._server: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._connections: dict[socket.socket, Connection] = {}
        self._selector: selectors.BaseSelector
        self._bell: Bell
        self._stopping = False

    @property
    def is_running(self) -> bool:
        """Whether it takes connections."""
        return self._thread is not None

    def start(self) -> None:
        """Take connections."""
        self._server = socket.create_server(("127.0.0.1", self.port))
        self._server.setblocking(False)
        self.port = self._server.getsockname()[1]
        self._bell = Bell()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._server, selectors.EVENT_READ)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._stopping = False
        self._thread = threading.Thread(
            target=self._run, name="topicwire-in-memory-broker", daemon=True
        )
        self._thread.start()

    def stop(self, *, abruptly: bool) -> None:
        """Close all connections and the port; `abruptly` as a killed broker, without a word."""
        if self._thread is None:
            return
        with self.changed:
            for connection in self._connections.values():
                if abruptly:
                    connection.break_off()
                else:
                    connection.end(Reason.SHUTTING_DOWN, "the broker is stopped")
            self._stopping = True
        self._bell.ring()
        self._thread.join()
        self._thread = None

    def wake(self) -> None:
        """Have sent what is to be sent; any thread may call it."""
        if self._thread is not None:
            self._bell.ring()

    def _run(self) -> None:
        try:
            while True:
                with self.changed:
                    self._hub.timers.run()
                    self._flush_all()
                    self.changed.notify_all()
                    if self._stopping:
                        break
                    patience = self._hub.timers.patience()
                ready = self._selector.select(patience)
                with self.changed:
                    for key, _ in ready:
                        self._serve(key.fileobj)
        finally:
            self._close()

    def _serve(self, ready: object) -> None:
        if ready is self._bell:
            self._bell.quiet()
        elif ready is self._server:
            self._accept()
        elif isinstance(ready, socket.socket) and ready in self._connections:
            self._read(ready, self._connections[ready])

    def _accept(self) -> None:
        assert self._server is not None  # noqa: S101 - it is what was ready
        with suppress(BlockingIOError):
            sock, _ = self._server.accept()
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections[sock] = Connection(self._hub)
            self._selector.register(sock, selectors.EVENT_READ)

    def _read(self, sock: socket.socket, connection: Connection) -> None:
        try:
            data = sock.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data and not connection.is_ended:
            connection.receive(data)
        elif not data:
            connection.break_off()

    def _flush_all(self) -> None:
        for sock, connection in list(self._connections.items()):
            self._flush(sock, connection)

    def _flush(self, sock: socket.socket, connection: Connection) -> None:
        output = connection.output
        try:
            while output:
                del output[: sock.send(output)]
        except BlockingIOError:
            pass
        except OSError:
            connection.break_off()
        if connection.is_broken:
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._drop(sock)
            return
        if connection.is_ended and not output:
            # What the client has sent and nobody reads would make the system throw away what it
            # was told last. So it is the client that closes.
            with suppress(OSError):
                sock.shutdown(socket.SHUT_WR)
        mask = selectors.EVENT_READ | (selectors.EVENT_WRITE if output else 0)
        if self._selector.get_key(sock).events != mask:
            self._selector.modify(sock, mask)

    def _drop(self, sock: socket.socket) -> None:
        self._selector.unregister(sock)
        del self._connections[sock]
        sock.close()

    def _close(self) -> None:
        for sock in list(self._connections):
            self._drop(sock)
        self._selector.close()
        self._bell.close()
        if self._server is not None:
            self._server.close()
