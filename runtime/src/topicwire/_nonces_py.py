"""Which nonces came lately: replay protection of `live` channels. Pure.

This source is also compiled, as `_nonces_c`.
"""

from __future__ import annotations

import heapq

from topicwire._claims import Signed
from topicwire._signing import WINDOW

_PER_SENDER = 100_000
_TOTAL = 200_000
_SWEEP_EVERY = 10.0  # seconds


class _Sender:
    """The nonces of one sender, the oldest message's first in `order`."""

    def __init__(self) -> None:
        self.nonces: dict[bytes, tuple[str, tuple[str, ...]]] = {}
        self.order: list[tuple[float, bytes]] = []

    def drop_oldest(self) -> float:
        """Forget the oldest message and return its time."""
        ts, nonce = heapq.heappop(self.order)
        self.nonces.pop(nonce, None)
        return ts


class NonceCache:
    """Remembers the nonces of verified messages for as long as their time would be accepted.

    Each sender has a quota, and all have one together. What has to be forgotten for it raises the
    time from which on messages of that sender are taken, so that nothing comes in twice: a sender
    of more messages than fit has a shorter window. Only for the network thread.
    """

    def __init__(self, per_sender: int = _PER_SENDER, total: int = _TOTAL) -> None:
        self._per_sender = per_sender
        self._total = total
        self._count = 0
        self._senders: dict[str, _Sender] = {}
        # The times that were given up, of senders that may have no nonces here any more.
        self._floors: dict[str, float] = {}
        self._next_sweep = 0.0

    def __len__(self) -> int:
        return self._count

    def check(self, signed: Signed, scope: str, now: float) -> str | None:
        """Note a message; return None if it is new, "repeated", "nonce_reused" or "too_old".

        `scope` keeps apart the copies of a message for different shared subscriptions.
        """
        if now >= self._next_sweep:
            self._sweep(now)
        found = self._senders.get(signed.sender)
        known = found.nonces.get(signed.nonce) if found is not None else None
        if found is not None and known is not None:
            signature, scopes = known
            if signature != signed.signature:
                return "nonce_reused"
            if scope in scopes:
                return "repeated"
            found.nonces[signed.nonce] = signature, (*scopes, scope)
            return None
        if signed.ts <= self._floors.get(signed.sender, 0.0):
            return "too_old"
        self._add(signed, scope)
        return None

    def forget(self, signed: Signed) -> None:
        """Take a message as new when it comes again; one that was not noted does no harm."""
        found = self._senders.get(signed.sender)
        if found is not None:
            found.nonces.pop(signed.nonce, None)

    def _add(self, signed: Signed, scope: str) -> None:
        sender = self._senders.get(signed.sender)
        if sender is None:
            sender = self._senders[signed.sender] = _Sender()
        sender.nonces[signed.nonce] = signed.signature, (scope,)
        heapq.heappush(sender.order, (signed.ts, signed.nonce))
        self._count += 1
        if len(sender.order) > self._per_sender:
            self._forget(signed.sender)
        elif self._count > self._total:
            # Whoever has most, so that one sender cannot push out the others.
            self._forget(self._largest())

    def _largest(self) -> str:
        return max(self._senders, key=lambda name: len(self._senders[name].order))

    def _forget(self, name: str) -> None:
        ts = self._senders[name].drop_oldest()
        self._count -= 1
        self._floors[name] = max(ts, self._floors.get(name, 0.0))

    def _sweep(self, now: float) -> None:
        """Forget what would be refused for its time."""
        self._next_sweep = now + _SWEEP_EVERY
        limit = now - WINDOW
        for name, sender in list(self._senders.items()):
            while sender.order and sender.order[0][0] < limit:
                sender.drop_oldest()
                self._count -= 1
            if not sender.order:
                del self._senders[name]
        for name in [name for name, floor in self._floors.items() if floor < limit]:
            del self._floors[name]
