"""The older pool of connections: one for each broker, for the whole process."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import ClassVar, Generic, TypedDict, TypeVar, Unpack, cast

from topicwire.compat._client import MqttClient


class PoolOptions(TypedDict, total=False):
    """The arguments of `MqttClient` that a pooled connection can have."""

    client_id: str
    username: str
    password: str
    use_tls: bool
    ca_cert_path: Path | str
    cert_file_path: Path | str
    key_file_path: Path | str
    tls_insecure: bool
    allow_anonymous: bool
    allow_unsigned: bool


C = TypeVar("C", bound=MqttClient)
_Key = tuple[int, type[MqttClient], str, int]


class MqttConnectionPool(Generic[C]):
    """Connections that the parts of a program share; every instance is of the same pool."""

    client_class: type[C]
    _lock: ClassVar[threading.Lock] = threading.Lock()
    _connections: ClassVar[dict[_Key, tuple[MqttClient, PoolOptions]]] = {}

    def get_connection(self, broker: str, port: int = 1883, **options: Unpack[PoolOptions]) -> C:
        """Return the client for this broker, connected; it is made when it is first asked for.

        Raises `ConnectionError` if it cannot be connected, with the reason as its cause, and
        `ValueError` when there is one with other options.
        """
        key = os.getpid(), self.client_class, broker, port
        with self._lock:
            found = self._connections.get(key)
            if found is not None:
                client, used = found
                if options and options != used:
                    raise ValueError(
                        f"the connection to {broker}:{port} has other options already: "
                        f"{', '.join(_different(options, used))}"
                    )
                return cast(C, client)
            made = self.client_class(broker, port, **options)
            if not made.connect():
                raise ConnectionError(
                    f"no connection to {broker}:{port}: {made.last_error}"
                ) from made.last_error
            self._connections[key] = made, options
            return made

    def close_all(self) -> None:
        """Disconnect all connections of this process."""
        with self._lock:
            keys = [key for key in self._connections if key[0] == os.getpid()]
            clients = [self._connections.pop(key)[0] for key in keys]
        for client in clients:
            client.disconnect()


def _different(options: PoolOptions, used: PoolOptions) -> list[str]:
    return sorted(name for name in {*options, *used} if options.get(name) != used.get(name))
