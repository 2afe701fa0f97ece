"""Keys, and what each of them is good for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from topicwire._claims import is_kid
from topicwire._signature import Algorithm
from topicwire._topic_filter import TopicFilter

MIN_SECRET = 32  # bytes
ED25519_KEY = 32  # bytes, of the seed and of the public key
ANY = "*"


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of a ring, and the limits that its owner has set to it.

    `key` is what verifies: the secret of an HMAC, or an Ed25519 public key; `private_key` is the
    seed of the latter, where it may sign. `senders` are client ids (a `*` at the end stands for
    any further text), `topics` MQTT topic filters. It verifies from `not_before` to `not_after`
    and signs from `sign_from` on, in seconds since the epoch; None sets no limit.

    Raises `ValueError` for a key that cannot be meant.
    """

    kid: str
    algorithm: Algorithm
    key: bytes = field(repr=False)
    private_key: bytes | None = field(default=None, repr=False)
    senders: tuple[str, ...] = (ANY,)
    topics: tuple[str, ...] = ("#",)
    not_before: float | None = None
    not_after: float | None = None
    sign_from: float | None = None

    def __post_init__(self) -> None:
        if not is_kid(self.kid):
            raise ValueError(f"kid {self.kid!r} is not 1 to 64 of the characters A-Z a-z 0-9 . _ -")
        if self.algorithm == "hmac-sha256":
            if len(self.key) < MIN_SECRET:
                raise ValueError(f"its secret has {len(self.key)} bytes, {MIN_SECRET} is the least")
            if self.private_key is not None:
                raise ValueError("hmac-sha256 has no private_key, only key")
        elif {len(self.key), len(self.private_key or self.key)} != {ED25519_KEY}:
            raise ValueError(f"ed25519 keys have {ED25519_KEY} bytes")
        if not self.senders or not all(self.senders):
            raise ValueError(f'it names no sender; write ["{ANY}"] for any')
        for name in self.topics:
            TopicFilter(name)
        if not self.topics:
            raise ValueError('it names no topic; write ["#"] for all')
        if None not in (self.not_before, self.not_after) and self.not_before >= self.not_after:  # type: ignore[operator]
            raise ValueError("not_after is not later than not_before")

    @property
    def secret(self) -> bytes | None:
        """What it signs with, or None where it only verifies."""
        return self.key if self.algorithm == "hmac-sha256" else self.private_key

    @property
    def can_sign(self) -> bool:
        """Whether it signs too."""
        return self.secret is not None

    def verifies_at(self, now: float) -> bool:
        """Return whether signatures are believed at a time."""
        return (self.not_before or 0.0) <= now and (self.not_after is None or now < self.not_after)

    def signs_at(self, now: float) -> bool:
        """Return whether it is to be signed with at a time."""
        return self.can_sign and self.verifies_at(now) and (self.sign_from or 0.0) <= now

    def is_for_sender(self, sender: str) -> bool:
        """Return whether a sender may use it."""
        return sender in self.senders or sender.startswith(self._prefixes)

    def is_for_topic(self, topic: str) -> bool:
        """Return whether it may be used on a topic."""
        return self._topic_pattern.fullmatch(topic) is not None

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return tuple(name[:-1] for name in self.senders if name.endswith(ANY))

    @cached_property
    def _topic_pattern(self) -> re.Pattern[str]:
        # One for all, because it is asked for each signed message.
        return re.compile("|".join(TopicFilter(name).pattern for name in self.topics), re.DOTALL)


class KeyRing:
    """A set of keys that does not change, each with a `kid` of its own."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self._keys: dict[str, Key] = {}
        for key in keys:
            if key.kid in self._keys:
                raise ValueError(f"kid {key.kid!r} is given twice")
            self._keys[key.kid] = key

    def get(self, kid: str) -> Key | None:
        """Return a key, or None."""
        return self._keys.get(kid)

    def signing_key(self, sender: str, topic: str, now: float) -> Key | None:
        """Return the key that a sender signs with now: of several the one that signs last."""
        found: Key | None = None
        for key in self._keys.values():
            if not (key.signs_at(now) and key.is_for_sender(sender) and key.is_for_topic(topic)):
                continue
            if found is None or _began(key) > _began(found):
                found = key
        return found

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys.values())

    def __len__(self) -> int:
        return len(self._keys)


def _began(key: Key) -> float:
    return max(key.sign_from or 0.0, key.not_before or 0.0)
