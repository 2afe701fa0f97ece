"""Asking the broker for filters, and leaving them; only for the network thread, but for `leave`."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from topicwire._connection import Connection, FilterRequest
from topicwire._greeting import Greeting
from topicwire._log_fields import fields
from topicwire._subscriptions import FilterEntry, SubscriptionTable
from topicwire.errors import (
    QosLowered,
    SharedSubscriptionsUnavailable,
    SubscribeRejected,
    TopicwireError,
)

log = logging.getLogger("topicwire")


class FilterRequests:
    """What one client has asked the broker for, and what it has answered.

    `report` takes refusals; `ack_timeout` is how long an answer may take, in seconds.
    """

    def __init__(
        self,
        table: SubscriptionTable,
        report: Callable[[TopicwireError], None],
        *,
        ack_timeout: float,
    ) -> None:
        self._table = table
        self._report = report
        self._ack_timeout = ack_timeout
        # Filters that the broker's session may still know, though nobody wants them any more.
        self._leaving: set[str] = set()
        # By packet identifier, with the time of asking.
        self._open: dict[int, tuple[FilterEntry, float]] = {}
        self._identifiers = False
        self._shares = False
        # Whether the session outlives the connection, though the program does not keep it.
        self.lingers = False
        self._broker = ""

    @property
    def settled(self) -> bool:
        """Whether the broker has answered everything."""
        return not self._open

    def is_overdue(self) -> bool:
        """Return whether the broker owes an answer for longer than it may."""
        now = time.monotonic()
        return any(now - asked > self._ack_timeout for _, asked in self._open.values())

    def begin(self, connection: Connection, greeting: Greeting) -> int:
        """Ask a new connection for what the broker's session does not know; return how many."""
        self._identifiers = greeting.subscription_identifiers
        self._shares = greeting.shared_subscriptions
        self._broker = greeting.broker
        if greeting.session_present:
            self.unsubscribe(connection)
        self._leaving.clear()
        missing = self._table.missing(session_present=greeting.session_present)
        for entry in missing:
            self.subscribe(entry, connection)
        return len(missing)

    def end(self) -> None:
        """Forget what was asked on a connection that ended."""
        self._open.clear()

    def want(self, name: str) -> None:
        """Take back `leave`."""
        self._leaving.discard(name)

    def leave(self, name: str) -> None:
        """Note that nobody wants a filter any more; any thread may."""
        self._leaving.add(name)

    def unsubscribe(self, connection: Connection) -> None:
        """Tell the broker which filters to forget."""
        while self._leaving:
            connection.unsubscribe(self._leaving.pop())

    def subscribe(self, entry: FilterEntry, connection: Connection) -> None:
        """Ask for a filter, unless the answer is awaited already."""
        if any(other is entry for other, _ in self._open.values()):
            return  # connecting has asked for it at the same moment
        if entry.shared and not self._shares:
            self._refuse(entry, SharedSubscriptionsUnavailable(entry.name, self._broker))
            return
        if entry.shared and self.lingers and self._identifiers:
            log.warning(
                "%r is a shared subscription on a connection whose session outlives it: should "
                "this process die, its share of the messages is lost; subscribe before "
                "connecting, or give the client session_expiry=0", entry.name,
                extra=fields("shared_session_lingers", filter=entry.name),
            )  # fmt: skip
        # One packet a filter: an identifier belongs to a packet, and each filter has its own.
        identifier = entry.identifier if self._identifiers else 0
        mid = connection.subscribe(FilterRequest(entry.name, entry.qos, identifier))
        self._open[mid] = (entry, time.monotonic())

    def answered(self, mid: int, code: int) -> None:
        """Take note of a SUBACK; a refused filter is reported and its waiters are told."""
        entry, _ = self._open.pop(mid, (None, 0.0))
        if entry is None:
            return
        if code < 0x80:
            entry.granted_qos = code
            entry.granted._finish()
            if code < entry.qos:
                self._report(QosLowered(entry.name, entry.qos, code))
        else:
            self._refuse(entry, SubscribeRejected({entry.name: code}))

    def _refuse(self, entry: FilterEntry, error: TopicwireError) -> None:
        entry.granted._finish(error)
        self._report(error)
