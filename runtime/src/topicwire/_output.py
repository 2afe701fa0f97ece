"""Bytes on their way to a socket, written in pieces as large as it takes. Pure."""

from __future__ import annotations

from collections.abc import Callable

# What is joined for one write; a socket takes little more at once.
_PIECE = 2**20


class Output:
    """What is to be written over one connection, in order; positions count from its beginning."""

    def __init__(self) -> None:
        self.added = 0
        self.written = 0
        self._waiting: list[bytes] = []
        self._piece = b""

    @property
    def pending(self) -> bool:
        """Whether anything waits for the socket."""
        return self.written < self.added

    @property
    def waiting(self) -> int:
        """Number of bytes that wait for the socket."""
        return self.added - self.written

    def add(self, data: bytes) -> int:
        """Append a packet; return the position behind it."""
        self._waiting.append(data)
        self.added += len(data)
        return self.added

    def write(self, send: Callable[[bytes], int]) -> None:
        """Write as much as `send` takes: it returns how many bytes, or raises `BlockingIOError`."""
        while self.pending:
            if not self._piece:
                self._piece = self._next_piece()
            try:
                taken = send(self._piece)
            except BlockingIOError:
                return
            if not taken:
                return
            self.written += taken
            # The same bytes come again where not all were taken, which TLS insists on.
            self._piece = self._piece[taken:]

    def _next_piece(self) -> bytes:
        size = count = 0
        for data in self._waiting:
            count += 1
            size += len(data)
            if size >= _PIECE:
                break
        piece = self._waiting[0] if count == 1 else b"".join(self._waiting[:count])
        del self._waiting[:count]
        return piece
