"""How other threads wake the one that waits for sockets."""

from __future__ import annotations

import socket


class Bell:
    """Something to register with a selector, which finds it readable once it was rung."""

    def __init__(self) -> None:
        self._ringing, self._listening = socket.socketpair()
        self._ringing.setblocking(False)
        self._listening.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self._listening.fileno()

    def ring(self) -> None:
        """Wake who waits; any thread may call it."""
        try:
            self._ringing.send(b"\0")
        except OSError:
            pass  # it is full of rings already, or closed

    def quiet(self) -> None:
        """Take note of the rings so far."""
        try:
            while self._listening.recv(4096):
                pass
        except BlockingIOError:
            pass

    def close(self) -> None:
        """Release the descriptors."""
        self._listening.close()
        self._ringing.close()
