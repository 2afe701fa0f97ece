"""A virtual CAN bus between processes: python-can's interface over a Unix socket.

python-can's own virtual buses do not do here. `virtual` ends with the process; `udp_multicast`
loses frames when the machine is busy, stamps them with the time of arrival, needs a route for
multicast and can be reached from the network; its client of socketcand does not notice that the
server has gone. Here nothing is lost, the sender's time is kept, and the file's mode says who
may drive the motor.
"""

from __future__ import annotations

import queue
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import can
from can.typechecking import CanFilters

# time of the sender, id, flags, number of bytes, bytes
_RECORD = struct.Struct(">dIBB8s")
_EXTENDED, _REMOTE, _ERROR = 1, 2, 4
_WAITING = 10_000  # frames that may wait to be read; then the senders wait
_SEND_TIMEOUT = 5.0  # s; who does not read for so long is put off the bus


class StreamBus(can.BusABC):
    """A CAN bus at the path `channel`: one member listens there, the others connect to it.

    Every frame reaches all other members, once and in the order of its sender. The bus ends for
    all when the listening member ends: `recv` and `send` raise `can.CanOperationError` then.
    """

    def __init__(
        self,
        channel: str,
        *,
        listen: bool = False,
        can_filters: CanFilters | None = None,
        **kwargs: object,
    ) -> None:
        self.channel_info = f"virtual bus at {channel}"
        self._path = Path(channel)
        self._listener: socket.socket | None = None
        self._peers: list[_Peer] = []
        self._lock = threading.Lock()
        # None: the bus has ended.
        self._received: queue.Queue[can.Message | None] = queue.Queue(_WAITING)
        self._ended = False
        try:
            if listen:
                self._listener = listener = _listen(self._path)
                threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
            else:
                connection = socket.socket(socket.AF_UNIX)
                try:
                    connection.connect(channel)
                except OSError:
                    connection.close()
                    raise
                self._add(connection)
        except OSError as error:
            self._is_shutdown = True  # there is nothing that has to be shut down
            raise can.CanInitializationError(f"{self.channel_info}: {error}") from error
        super().__init__(channel=channel, can_filters=can_filters, **kwargs)

    def send(self, msg: can.Message, timeout: float | None = None) -> None:
        """Send a frame, with its own time, to all other members."""
        if self._ended:
            raise can.CanOperationError(f"{self.channel_info} has ended")
        self._forward(_pack(msg), None)

    def _recv_internal(self, timeout: float | None) -> tuple[can.Message | None, bool]:
        try:
            message = self._received.get(timeout=timeout) if timeout != 0 else (
                self._received.get_nowait()
            )  # fmt: skip
        except queue.Empty:
            return None, False
        if message is None:
            self._received.put(None)  # for the next call as well
            raise can.CanOperationError(f"{self.channel_info} has ended")
        return message, False

    def shutdown(self) -> None:
        """Leave the bus; if this member listens, end it."""
        super().shutdown()
        with self._lock:
            self._ended = True
            peers = tuple(self._peers)
        if self._listener is not None:
            # Closing alone would leave the thread in accept.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._path.unlink(missing_ok=True)
        for peer in peers:
            peer.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._add(connection)

    def _add(self, connection: socket.socket) -> None:
        peer = _Peer(connection)
        with self._lock:
            if self._ended:  # while it was being accepted
                peer.close()
                return
            self._peers.append(peer)
        threading.Thread(target=self._read, args=(peer,), daemon=True).start()

    def _read(self, peer: _Peer) -> None:
        for record in peer.records():
            self._forward(record, peer)
            self._deliver(_unpack(record))
        peer.close()
        with self._lock:
            self._peers.remove(peer)
        if self._listener is None:
            self._ended = True
            self._deliver(None)

    def _deliver(self, message: can.Message | None) -> None:
        while not self._is_shutdown:
            try:
                self._received.put(message, timeout=1.0)
            except queue.Full:
                continue
            return

    def _forward(self, record: bytes, origin: _Peer | None) -> None:
        with self._lock:
            peers = tuple(self._peers)
        for peer in peers:
            # Only the listening member has others to pass frames on to.
            if peer is not origin:
                peer.send(record)


class _Peer:
    """The connection to another member."""

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(_SEND_TIMEOUT)
        self._connection = connection
        self._sending = threading.Lock()

    def send(self, record: bytes) -> None:
        try:
            with self._sending:
                self._connection.sendall(record)
        except OSError:
            self.close()  # its reader ends then, and takes it off the bus

    def records(self) -> Iterator[bytes]:
        """Yield what comes, until the connection ends."""
        buffer = b""
        while True:
            try:
                data = self._connection.recv(65536)
            except TimeoutError:
                continue  # nothing was sent for a while
            except OSError:
                return
            if not data:
                return
            buffer += data
            whole = len(buffer) - len(buffer) % _RECORD.size
            for at in range(0, whole, _RECORD.size):
                yield buffer[at : at + _RECORD.size]
            buffer = buffer[whole:]

    def close(self) -> None:
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it had ended
        self._connection.close()


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    try:
        if path.is_socket():
            _remove_stale(path)
        listener.bind(str(path))
        path.chmod(0o660)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _remove_stale(path: Path) -> None:
    """Remove the socket of a process that was killed; raise for one that lives."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise OSError("another simulator has this bus")


def _pack(message: can.Message) -> bytes:
    if message.is_fd:
        raise can.CanOperationError("the bench has no CAN FD")
    flags = (
        message.is_extended_id * _EXTENDED
        | message.is_remote_frame * _REMOTE
        | message.is_error_frame * _ERROR
    )
    return _RECORD.pack(
        message.timestamp, message.arbitration_id, flags, message.dlc, bytes(message.data)
    )


def _unpack(record: bytes) -> can.Message:
    timestamp, identifier, flags, dlc, data = _RECORD.unpack(record)
    return can.Message(
        timestamp=timestamp,
        arbitration_id=identifier,
        is_extended_id=bool(flags & _EXTENDED),
        is_remote_frame=bool(flags & _REMOTE),
        is_error_frame=bool(flags & _ERROR),
        dlc=dlc,
        data=None if flags & _REMOTE else data[:dlc],
    )
