"""What the handlers have in common: failures that are logged and kept, and statistics."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Generic, TypedDict, TypeVar, Unpack

from topicwire._client_base import ClientBase
from topicwire._completion import Completion
from topicwire._context import Context
from topicwire._delivery import Delivery
from topicwire._log_fields import fields
from topicwire._options import ClientOptions
from topicwire._rate_limit import RateLimit
from topicwire._stats import Counters, Stats
from topicwire._subscription import Subscription
from topicwire.compat._binding import Binding
from topicwire.compat._dictionaries import Dictionaries
from topicwire.compat._settings import BrokerArguments, Extras, with_extras
from topicwire.errors import KeptInOutbox, NotConnected, TopicwireError

log = logging.getLogger("topicwire.compat")

H = TypeVar("H")


class HandlerStats(TypedDict):
    """What `get_stats` returns; counts since the handler was made, of messages.

    `messages_failed` were given to the broker in vain, `messages_invalid` came and did not fit
    their schemas or were not believed. `avg_latency_ms` is the median of the time from `publish` to
    the acknowledgement, in milliseconds. `last_error` is a text, or None.
    """

    connected: bool
    app_type: str | None
    messages_sent: int
    messages_received: int
    messages_failed: int
    messages_invalid: int
    messages_queued: int
    callback_errors: int
    connection_attempts: int
    successful_connections: int
    avg_latency_ms: float
    last_error: str | None


class Surface:
    """Base of the handlers. Whatever they answer with False is in the log and in `last_error`."""

    binding: ClassVar[Binding]
    app_type: str | None = None

    def __init__(self) -> None:
        self._dictionaries = Dictionaries(self.binding)
        self._last_error: Exception | None = None
        self._attempts: int = 0
        self._successes: int = 0
        self._followed: Delivery | None = None
        self._limit = RateLimit()
        self._warned: set[tuple[str, object, str]] = set()
        self._made = time.monotonic()

    @property
    def last_error(self) -> Exception | None:
        """The latest failure of any kind, None if there was none; `TopicwireError` as a rule.

        A success does not clear it. Besides what a call has answered with False, these are messages
        that failed later, received ones that were refused, and callbacks that raised.
        """
        return self._last_error

    def is_connected(self) -> bool:
        """Return whether the broker has accepted the connection and all subscriptions."""
        client = self._current()
        return client is not None and client.is_connected

    def get_stats(self) -> HandlerStats:
        """Return counts of what this handler has done."""
        stats = self._stats()
        return HandlerStats(
            connected=self.is_connected(),
            app_type=self.app_type,
            messages_sent=stats.sent,
            messages_received=stats.received,
            messages_failed=stats.failed,
            messages_invalid=stats.invalid + stats.refused,
            messages_queued=stats.queued_messages + stats.outbox_messages,
            callback_errors=stats.handler_errors,
            connection_attempts=self._attempts + stats.reconnects,
            successful_connections=self._successes + stats.reconnects,
            avg_latency_ms=stats.round_trip.p50 * 1_000,
            last_error=str(self._last_error) if self._last_error is not None else None,
        )

    def _current(self) -> ClientBase | None:
        """Return the client, if there is one yet."""
        raise NotImplementedError

    def _stats(self) -> Stats:
        client = self._current()
        return client.stats() if client is not None else Counters().snapshot()

    def _refused(self, what: str, error: Exception) -> bool:
        """Keep and log why something was not done; return False."""
        self._last_error = error
        log.error(
            "%s failed: %s: %s", what, type(error).__name__, error,
            extra=fields("call_failed", error),
        )  # fmt: skip
        return False

    def _ignored(self, what: str, given: object, channel: str, said: object) -> None:
        """Warn, once for each channel, of an argument that the spec overrules."""
        if (what, given, channel) not in self._warned:
            self._warned.add((what, given, channel))
            log.warning(
                "%s=%r is ignored for channel %r: the spec says %r", what, given, channel, said,
                extra=fields("argument_ignored", channel=channel),
            )  # fmt: skip

    def _note(self, error: TopicwireError, _: Context | None) -> None:
        """Keep an error that no call can answer with; the runtime has logged it."""
        self._last_error = error

    def _follow(self, delivery: Delivery) -> None:
        """Have a later failure of a message kept and logged."""
        # The messages of a batch have one delivery.
        if delivery is not self._followed:
            self._followed = delivery
            delivery.add_done_callback(self._delivered)

    def _delivered(self, delivery: Completion) -> None:
        error = delivery.error
        if error is None or isinstance(error, KeptInOutbox):
            return
        self._last_error = error
        # A queue can be full of messages that fail at the same moment.
        held = self._limit.admit(type(error).__name__)
        if held is not None:
            log.error(
                "not delivered: %s%s", error, f" ({held} more were not told)" if held else "",
                extra=fields("not_delivered", error, untold=held),
            )  # fmt: skip

    def _report_undelivered(self, undelivered: Sequence[Delivery]) -> None:
        if undelivered:
            log.error(
                "%d messages could not be sent before the end", len(undelivered),
                extra=fields("undelivered", messages=len(undelivered)),
            )  # fmt: skip


class AppSurface(Surface, Generic[H]):
    """Base of the handlers that are an app: their arguments, and what these mean for a client."""

    def __init__(  # noqa: PLR0917 - the order is the older surface's
        self,
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
        super().__init__()
        self.binding.app(app_type)
        self.app_type = app_type
        self._arguments = BrokerArguments(
            host=host, port=port, client_id=client_id, username=username, password=password,
            use_tls=use_tls, ca_cert_path=ca_cert_path, cert_file_path=cert_file_path,
            key_file_path=key_file_path, tls_insecure=tls_insecure,
        )  # fmt: skip
        self._extras = extras
        self._lock = threading.Lock()
        # The categories and their handlers, with the subscriptions once there is a client.
        self._wanted: dict[tuple[str, H], list[Subscription]] = {}

    def _options(self) -> ClientOptions:
        options = self._arguments.options(self.binding.protocol)
        options["on_error"] = self._note
        return with_extras(options, self._extras)


def not_connected() -> NotConnected:
    """Return why nothing can be done before `connect`."""
    return NotConnected("not connected; call connect first")
