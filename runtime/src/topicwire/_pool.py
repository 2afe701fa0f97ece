"""Connections that several parts of a program share."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from topicwire._options import ClientOptions
from topicwire._url import BrokerAddress

C = TypeVar("C")
Key = tuple[int, tuple[str, ...], str | None]


class Pool(Generic[C]):
    """Clients by process, address and client id, each counted until its last user lets go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clients: dict[Key, tuple[C, ClientOptions]] = {}
        self._users: dict[Key, int] = {}

    def take(self, url: BrokerAddress, options: ClientOptions, make: Callable[[], C]) -> C:
        """Return the client for this address and id, made if there is none, and count a user.

        Raises `ValueError` when it is in use with other options.
        """
        key = _key(url, options)
        with self._lock:
            if key in self._clients:
                client, used = self._clients[key]
                different = sorted(
                    name
                    for name in used.keys() | options.keys()
                    if used.get(name) != options.get(name)
                )
                if different:
                    raise ValueError(
                        f"the shared client for {url!r} has other options already: "
                        f"{', '.join(different)}"
                    )
            else:
                client = make()
                self._clients[key] = client, options
            self._users[key] = self._users.get(key, 0) + 1
            return client

    def release(self, client: C) -> bool:
        """Count one user less; return whether it was the last, or the client is not shared."""
        with self._lock:
            for key, (other, _) in self._clients.items():
                if other is client:
                    self._users[key] -= 1
                    if self._users[key]:
                        return False
                    del self._clients[key], self._users[key]
                    return True
            return True


def _key(url: BrokerAddress, options: ClientOptions) -> Key:
    brokers = (url,) if isinstance(url, str) else tuple(url)
    return os.getpid(), brokers, options.get("client_id")
