"""Partitions of a channel: which one a message is in, and which worker has which. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from pydantic import BaseModel

from topicwire._message_headers import unpack

PARTITION = "partition"
"""The parameter that the address of a partitioned channel has besides its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitions:
    """How many partitions a channel has, and by which parameter or property messages are put in."""

    count: int
    by: str

    def of_key(self, key: str) -> int:
        """Return the partition of a key: the same everywhere and for ever.

        The first 8 bytes of the SHA-256 of its UTF-8, as a number, modulo the count.
        """
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8]) % self.count

    def key_in(self, message: object) -> str | None:
        """Return the property of a message that it is put in by, or None if it has none."""
        message, _ = unpack(message)
        if not isinstance(message, BaseModel):
            return None
        for name, field in type(message).model_fields.items():
            if (field.alias or name) == self.by:
                value: object = getattr(message, name)
                if isinstance(value, bool) or not isinstance(value, (str, int)):
                    return None
                # A member of an enumeration of texts is written as its value.
                return str(getattr(value, "value", value))
        return None


def assign(workers: Collection[str], count: int) -> dict[str, frozenset[int]]:
    """Divide partitions among workers: evenly, alike for all who know the same workers.

    Each partition goes to the worker that it ranks highest (rendezvous hashing: Thaler and
    Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998) of those that have less
    than their share, so that few change hands when a worker comes or goes.
    """
    if not workers:
        return {}
    by_rank = sorted(workers, key=lambda worker: _weight(worker, "rank"), reverse=True)
    least, more = divmod(count, len(by_rank))
    room = {worker: least + (place < more) for place, worker in enumerate(by_rank)}
    found: dict[str, set[int]] = {worker: set() for worker in by_rank}
    for partition in range(count):
        chosen = max(
            (worker for worker in by_rank if len(found[worker]) < room[worker]),
            key=lambda worker: _weight(worker, str(partition)),
        )
        found[chosen].add(partition)
    return {worker: frozenset(partitions) for worker, partitions in found.items()}


def _weight(worker: str, what: str) -> bytes:
    return hashlib.sha256(f"{what}\0{worker}".encode("utf-8", "surrogatepass")).digest()
