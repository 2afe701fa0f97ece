"""Received messages that came before: acknowledged, and not handled again."""

from __future__ import annotations

import time
from collections.abc import Callable

from topicwire._claims import Signed
from topicwire._duplicates import DuplicateFilter
from topicwire._identity import identity_of, sent_at
from topicwire._inbound import Inbound
from topicwire._marks import Marks, add_to_run, add_to_topic
from topicwire._nonces import NonceCache
from topicwire._replay_store import ReplayStore
from topicwire._signing import Freshness
from topicwire._stats import Counters
from topicwire.errors import ReplayDetected

_TEXTS = {
    "nonce_reused": "two messages of this sender have one nonce; others may know its key",
    "too_old": "older than what is remembered of this sender",
    "superseded": "a later message of this sender was here before",
}
_SWEEP_EVERY = 3_600.0  # seconds


class Arrivals:
    """Tells new messages from those that came before. Only for the network thread.

    Signed messages are told apart by what is signed, others by the identity that they carry, if
    any. `store` keeps what is to outlive a restart.
    """

    def __init__(
        self, counters: Counters, store: ReplayStore | None = None, max_age: float = 0.0
    ) -> None:
        self._counters = counters
        self._store = store
        self._max_age = max_age
        self._filter = DuplicateFilter()
        self._nonces = NonceCache()
        self._runs = store.marks("durable") if store is not None else Marks()
        self._topics = store.marks("retained") if store is not None else Marks()
        self._next_sweep = time.monotonic() + _SWEEP_EVERY
        # What is still being handled: a repetition must not be acknowledged before it is done.
        self._unfinished: dict[object, Inbound] = {}

    def after_reopening(self) -> Arrivals:
        """Return what is known when a client that was closed is opened again.

        What had not been handled comes again, and is new then. What was handled is in the store;
        nonces are not, and so they are taken over.
        """
        renewed = Arrivals(self._counters, self._store, self._max_age)
        for inbound in list(self._unfinished.values()):
            if inbound.signed is not None:
                self._nonces.forget(inbound.signed)
        renewed._nonces = self._nonces
        return renewed

    def is_repetition(
        self,
        inbound: Inbound,
        freshness: Freshness,
        group: str,
        acknowledge: Callable[[Inbound], None],
    ) -> bool:
        """Return whether a message came before, and if so, see to its acknowledgement.

        Raises `ReplayDetected` for a signed one that nobody should have sent again.
        """
        signed = inbound.signed
        if signed is not None:
            key, repeated = self._look_at_signed(inbound, signed, freshness, group)
        else:
            # Retained messages are states, which come anew to each subscription. What cannot be
            # read says nothing of itself.
            unknown = (
                inbound.retained or inbound.problem is not None or not inbound.headers.properties
            )
            identity = None if unknown else identity_of(inbound.headers)
            if identity is None:
                return False
            key, repeated = (identity, group), not self._filter.is_new(identity, group)
        if repeated:
            self._counters.add("duplicates")
            inbound.follow(self._unfinished.get(key), acknowledge)
            return True
        sent = signed.ts if signed is not None else sent_at(inbound.headers)
        if sent is not None and not inbound.retained:
            self._counters.transit.add(time.time() - sent)
        self._follow_up(inbound, key, freshness, group)
        return False

    def _look_at_signed(
        self, inbound: Inbound, signed: Signed, freshness: Freshness, group: str
    ) -> tuple[object, bool]:
        key: object = (signed.sender, signed.nonce, group)
        if freshness == "live":
            found = self._nonces.check(signed, group, time.time())
        elif freshness == "durable":
            self._sweep()
            key = (signed.sender, signed.epoch, signed.sequence, group)
            found = add_to_run(self._runs, signed, group)
        else:
            found = add_to_topic(self._topics, signed, inbound.topic)
        if found in _TEXTS:
            raise ReplayDetected(inbound.topic, found, _TEXTS[found], sender=signed.sender)
        return key, found == "repeated"

    def _follow_up(self, inbound: Inbound, key: object, freshness: Freshness, group: str) -> None:
        self._unfinished[key] = inbound
        store, signed = self._store, inbound.signed
        if store is None or signed is None or freshness == "live":
            inbound.when_done(lambda release: self._finish(key, release))
            return
        name = group if freshness == "durable" else inbound.topic
        inbound.when_done(
            lambda release: store.note(freshness, signed, name, lambda: self._finish(key, release))
        )

    def _finish(self, key: object, release: Callable[[], None]) -> None:
        self._unfinished.pop(key, None)
        release()

    def _sweep(self) -> None:
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + _SWEEP_EVERY
            self._runs.forget_before(time.time() - self._max_age)
            self._runs.settle()
