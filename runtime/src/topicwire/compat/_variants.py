"""The older handlers with an addition each: signatures, batches, figures."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict, Unpack

from topicwire._keys import MIN_SECRET, Key, KeyRing
from topicwire._options import ClientOptions
from topicwire._signing import Signing
from topicwire.compat._callback import BatchCallback, BatchHandler, check_plain
from topicwire.compat._handler import MqttHandler
from topicwire.compat._settings import Extras
from topicwire.errors import SigningRequired, TopicwireError

_QUEUE = 100_000  # messages


def shared_key(secret: str) -> Key:
    """Return the key that a secret text stands for, for the key rings of the others.

    Its name is made from the secret, so two secrets can be in one ring while one follows the other.
    Raises `ValueError` for a secret of less than 32 bytes.
    """
    data = secret.encode()
    if len(data) < MIN_SECRET:
        raise ValueError(
            f"a secret text needs {MIN_SECRET} bytes, this one has {len(data)}; if it is the name "
            "of a key file, pass Path(...)"
        )
    return Key(
        kid=f"secret-{hashlib.sha256(b'topicwire/compat' + data).hexdigest()[:12]}",
        algorithm="hmac-sha256",
        key=data,
    )


class SecureMqttHandler(MqttHandler):
    """Signs what it sends and believes only what is signed, where the spec has signatures.

    `secret_key` is a text of 32 bytes or more that all share, or better what `signing` of
    `ClientOptions` takes: a key file, a `KeyRing` or `Signing`. The other arguments are those of
    `MqttHandler`.
    """

    def __init__(  # noqa: PLR0917 - the order is the older surface's
        self,
        secret_key: str | KeyRing | Signing | Path,
        client_id: str | None = None,
        host: str = "localhost",
        port: int = 1883,
        app_type: str | None = None,
        username: str | None = None,
        password: str | None = None,
        use_tls: bool = False,
        ca_cert_path: Path | str | None = None,
        cert_file_path: Path | str | None = None,
        key_file_path: Path | str | None = None,
        tls_insecure: bool = False,
        **extras: Unpack[Extras],
    ) -> None:
        if isinstance(secret_key, str):
            secret_key = KeyRing([shared_key(secret_key)])
        extras["signing"] = secret_key
        super().__init__(
            client_id, host, port, app_type, username, password, use_tls,
            ca_cert_path, cert_file_path, key_file_path, tls_insecure, **extras,
        )  # fmt: skip

    def publish_signed(self, topic: str, message: Mapping[str, object]) -> bool:
        """Publish a message that has to carry a signature; False where the spec has none.

        `publish` signs wherever the spec wants it, too.
        """
        try:
            channel, _ = self.binding.sending(self.app_type, topic)
        except TopicwireError as error:
            return self._refused(f"publish to {topic!r}", error)
        if channel.signing == "off":
            reason = "publish_signed was called, but the spec says `signing: off`; use publish"
            return self._refused(f"publish to {topic!r}", SigningRequired(channel.name, reason))
        return self.publish(topic, message)


class HighThroughputMqttHandler(MqttHandler):
    """For many messages: a larger queue, and batches from end to end.

    Limits of batches and compression are those of the spec, so all who send keep to the same.
    """

    def publish_with_batching(self, topic: str, message: Mapping[str, object]) -> bool:
        """Add a message to the batch of its topic, which goes when it is full, due, or flushed.

        Messages of channels without batches go one by one.
        """
        return self.publish(topic, message)

    def flush(self) -> None:
        """Send what is being collected now."""
        if self._client is not None:
            self._client.flush()

    def add_batch_callback(self, category: str, callback: BatchCallback) -> None:
        """Have `callback` called with lists of the messages of a category that came together.

        Raises as `add_callback` does.
        """
        check_plain(callback)
        self._add((category, BatchHandler(callback, self._dictionaries)))

    def _options(self) -> ClientOptions:
        return {**super()._options(), "max_queued_messages": _QUEUE}


class PerformanceStats(TypedDict):
    """What `get_performance_stats` returns; latencies are those of acknowledged messages."""

    messages_sent: int
    messages_received: int
    connection_errors: int
    publish_errors: int
    avg_latency_ms: float
    max_latency_ms: float
    messages_per_second: float
    uptime_seconds: float


class MonitoredMqttHandler(MqttHandler):
    """Tells figures of its own doing."""

    _publish_errors = 0

    def publish_with_metrics(self, topic: str, message: Mapping[str, object]) -> bool:
        """Do as `publish`, which counts too."""
        return self.publish(topic, message)

    def publish(
        self, topic: str, message: Mapping[str, object], retain: bool | None = None
    ) -> bool:
        """Do as `MqttHandler.publish`."""
        taken = super().publish(topic, message, retain)
        if not taken:
            with self._lock:
                self._publish_errors += 1
        return taken

    def get_performance_stats(self) -> PerformanceStats:
        """Return figures since the handler was made; rates are means over that time."""
        stats, uptime = self._stats(), time.monotonic() - self._made
        return PerformanceStats(
            messages_sent=stats.sent,
            messages_received=stats.received,
            connection_errors=stats.reconnects + self._attempts - self._successes,
            publish_errors=self._publish_errors + stats.failed,
            avg_latency_ms=stats.round_trip.p50 * 1_000,
            max_latency_ms=stats.round_trip.maximum * 1_000,
            messages_per_second=(stats.sent + stats.received) / uptime if uptime else 0.0,
            uptime_seconds=uptime,
        )

    def export_prometheus_metrics(self) -> str:
        """Return the figures in the text format of Prometheus."""
        stats = self.get_performance_stats()
        service = f'{{service="{self.app_type or ""}"}}'
        return "".join(
            f"# HELP {name} {text}\n# TYPE {name} {kind}\n{name}{service} {value}\n"
            for name, kind, value, text in (
                ("mqtt_messages_sent_total", "counter", stats["messages_sent"], "Messages sent."),
                ("mqtt_messages_received_total", "counter", stats["messages_received"],
                 "Messages received."),
                ("mqtt_connection_errors_total", "counter", stats["connection_errors"],
                 "Connections that were lost or refused."),
                ("mqtt_publish_errors_total", "counter", stats["publish_errors"],
                 "Messages that were not taken or not sent."),
                ("mqtt_latency_ms", "gauge", stats["avg_latency_ms"],
                 "Median time from publish to the acknowledgement."),
            )
        )  # fmt: skip
