"""The older pool of connections: one for each broker, for the whole process."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
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


@dataclass
class _Pooled:
    """A client that was asked for; the first who asks connects it, the others wait for that."""

    options: PoolOptions
    connected: Future[MqttClient] = field(default_factory=Future[MqttClient])


class MqttConnectionPool(Generic[C]):
    """Connections that the parts of a program share; every instance is of the same pool."""

    client_class: type[C]
    # Held for looking things up only: a broker that does not answer holds up nobody else's.
    _lock: ClassVar[threading.Lock] = threading.Lock()
    _pooled: ClassVar[dict[_Key, _Pooled]] = {}

    def get_connection(self, broker: str, port: int = 1883, **options: Unpack[PoolOptions]) -> C:
        """Return the client for this broker, connected; it is made when it is first asked for.

        Raises `ConnectionError` if it cannot be connected, with the reason as its cause, and
        `ValueError` when there is one with other options.
        """
        key = os.getpid(), self.client_class, broker, port
        with self._lock:
            pooled = self._pooled.get(key)
            is_first = pooled is None
            if pooled is None:
                pooled = self._pooled[key] = _Pooled(options)
            elif options and options != pooled.options:
                raise ValueError(
                    f"the connection to {broker}:{port} has other options already: "
                    f"{', '.join(_different(options, pooled.options))}"
                )
        if is_first:
            self._connect(key, pooled)
        try:
            return cast(C, pooled.connected.result())
        except _NotMade as error:
            # Each gets an exception of its own, because raising one adds to it.
            raise ConnectionError(f"no connection to {broker}:{port}: {error}") from error.cause

    def close_all(self) -> None:
        """Disconnect all connections of this process."""
        with self._lock:
            keys = [key for key in self._pooled if key[0] == os.getpid()]
            closed = [self._pooled.pop(key) for key in keys]
        for pooled in closed:
            # One that is still being connected is disconnected by who does that.
            if pooled.connected.done() and pooled.connected.exception() is None:
                pooled.connected.result().disconnect()

    def _connect(self, key: _Key, pooled: _Pooled) -> None:
        _, _, broker, port = key
        try:
            made = self.client_class(broker, port, **pooled.options)
            if not made.connect():
                raise _NotMade(str(made.last_error), made.last_error)
        except BaseException as error:
            with self._lock:
                if self._pooled.get(key) is pooled:
                    del self._pooled[key]
            pooled.connected.set_exception(error)
            return
        with self._lock:
            is_wanted = self._pooled.get(key) is pooled
            if is_wanted:
                pooled.connected.set_result(made)
        if not is_wanted:
            made.disconnect()
            pooled.connected.set_exception(_NotMade("the pool was closed meanwhile", None))


class _NotMade(Exception):
    """There is no connection; `cause` is what the client says of it."""

    def __init__(self, reason: str, cause: Exception | None) -> None:
        super().__init__(reason)
        self.cause = cause


def _different(options: PoolOptions, used: PoolOptions) -> list[str]:
    return sorted(name for name in {*options, *used} if options.get(name) != used.get(name))
