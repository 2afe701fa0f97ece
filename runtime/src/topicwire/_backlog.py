"""Received messages that wait for their handlers, and the limit of how many may."""

from __future__ import annotations

import logging
import time

from topicwire._inbound import Inbound
from topicwire._log_fields import fields
from topicwire._stats import Counters

log = logging.getLogger("topicwire")

_LOG_INTERVAL = 10.0  # seconds


class Backlog:
    """Counts what waits, and drops QoS 0 messages beyond `max_messages` or `max_bytes`.

    QoS 1 and 2 messages are never dropped here: the broker stops sending when it has as many
    unacknowledged ones as the client allows. Not safe to use from several threads at a time.
    """

    def __init__(self, max_messages: int, max_bytes: int, counters: Counters) -> None:
        self.messages = 0
        self.bytes = 0
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._counters = counters
        self._last_logged = float("-inf")

    def admit(self, inbound: Inbound, routes: int) -> bool:
        """Take in a message for so many routes; return False if it was dropped instead."""
        size = len(inbound.payload) * routes
        if inbound.qos == 0 and (
            self.messages + routes > self._max_messages or self.bytes + size > self._max_bytes
        ):
            self._drop(inbound)
            return False
        self.messages += routes
        self.bytes += size
        return True

    def finish(self, inbound: Inbound) -> None:
        """Note that one route has dealt with a message."""
        self.messages -= 1
        self.bytes -= len(inbound.payload)

    def _drop(self, inbound: Inbound) -> None:
        self._counters.add("dropped")
        now = time.monotonic()
        if now - self._last_logged > _LOG_INTERVAL:
            self._last_logged = now
            log.warning(
                "handlers are too slow: %d messages are waiting, dropping QoS 0 messages "
                "(now on %r); see stats().dropped", self.messages, inbound.topic,
                extra=fields("dropping", topic=inbound.topic, messages=self.messages),
            )  # fmt: skip
