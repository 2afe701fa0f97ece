"""When to try the broker again. Pure: no clock and no thread of its own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconnectPolicy:
    """How long to wait before each new attempt to connect; all times in seconds.

    By default a wait is drawn between 0 and `base * 2**n`, at most `cap` ("full jitter", AWS
    Architecture Blog, "Exponential Backoff And Jitter"), so that many clients do not come back
    at the same moment. It is never longer than the trouble has lasted: a client whose first
    draws were short would otherwise wait for half a minute after an outage of seconds. `delays`,
    where given, is used as it stands instead, its last value for
    all further attempts. `attempts` limits the attempts in a row (None: no limit). The count
    starts anew only after a connection has lasted `stable_after`.
    """

    base: float = 0.5
    cap: float = 60.0
    delays: Sequence[float] = ()
    attempts: int | None = None
    stable_after: float = 60.0

    def __post_init__(self) -> None:
        if self.base <= 0 or self.cap < self.base:
            raise ValueError(f"base must be positive and at most cap, got {self.base}, {self.cap}")
        if any(delay < 0 for delay in self.delays):
            raise ValueError(f"delays must not be negative, got {list(self.delays)}")


@dataclass(slots=True)
class Backoff:
    """The state of one client's reconnecting under a `ReconnectPolicy`."""

    policy: ReconnectPolicy
    failures: int = 0
    since: float = 0.0
    random: random.Random = field(default_factory=random.Random)

    def next_delay(self, now: float) -> float | None:
        """Return the seconds to wait before the next attempt, or None when none is left.

        `now` is the time on the monotonic clock, in seconds.
        """
        policy = self.policy
        if policy.attempts is not None and self.failures >= policy.attempts:
            return None
        if self.failures == 0:
            self.since = now
        attempt = self.failures
        self.failures += 1
        if policy.delays:
            return policy.delays[min(attempt, len(policy.delays) - 1)]
        # The exponent is bounded so that a client offline for days does not overflow a float.
        longest = min(policy.cap, policy.base * 2.0 ** min(attempt, 62))
        return self.random.uniform(0, min(longest, max(policy.base, now - self.since)))

    def connected_for(self, duration: float) -> None:
        """Note that a connection lasted `duration` seconds; a stable one resets the count."""
        if duration >= self.policy.stable_after:
            self.failures = 0
