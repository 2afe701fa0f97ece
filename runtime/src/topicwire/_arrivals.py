"""Received messages that came before, which are acknowledged and not handled again."""

from __future__ import annotations

import time
from collections.abc import Callable

from topicwire._duplicates import DuplicateFilter
from topicwire._identity import Identity, identity_of, sent_at
from topicwire._inbound import Inbound
from topicwire._stats import Counters


class Arrivals:
    """Drops repetitions of messages that carry an identity. Only for the network thread."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._filter = DuplicateFilter()
        # What is still being handled: a repetition must not be acknowledged before it is done.
        self._unfinished: dict[tuple[Identity, str], Inbound] = {}

    def is_repetition(
        self, inbound: Inbound, group: str, acknowledge: Callable[[Inbound], None]
    ) -> bool:
        """Return whether a message came before, and if so, see to its acknowledgement.

        Retained messages are states, which come anew to each subscription.
        """
        identity = None if inbound.retained else identity_of(inbound.headers)
        if identity is None:
            return False
        key = (identity, group)
        if not self._filter.is_new(identity, group):
            self._counters.add("duplicates")
            inbound.follow(self._unfinished.get(key), acknowledge)
            return True
        sent = sent_at(inbound.headers)
        if sent is not None:
            self._counters.transit.add(time.time() - sent)
        self._unfinished[key] = inbound
        inbound.when_done(lambda: self._unfinished.pop(key, None))
        return False
