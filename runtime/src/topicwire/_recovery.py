"""What to make of attempts that fail and of connections that end: whether and when to try again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from topicwire._failover import BrokerRing
from topicwire._greeting import SESSION_TAKEN_OVER, Loss
from topicwire._reconnect import Backoff, ReconnectPolicy
from topicwire._takeover import TakeoverDetector
from topicwire.errors import ClientIdTaken, ConnectionFailed, TopicwireError

_REFUSALS = 3


class Recovery:
    """Follows one client's connections. Only for the network thread."""

    def __init__(
        self,
        policy: ReconnectPolicy,
        ring: BrokerRing,
        client_id: str,
        report: Callable[[TopicwireError], None],
    ) -> None:
        self._policy = policy
        self._ring = ring
        # Whether another broker is to be tried before there is a longer wait.
        self._has_other = False
        self._client_id = client_id
        self._report = report
        self._backoff = Backoff(policy)
        self._takeover = TakeoverDetector(policy.stable_after)
        # Answers to CONNECT in a row that say that other attempts are pointless.
        self._refusals = 0
        self._welcome = False
        self._since = 0.0

    def delay_after(self, problem: ConnectionFailed) -> float | None:
        """Return the seconds to wait before the next attempt, or None to give up.

        A broker that has let this client in before may only be starting, with its list of users
        not there yet; it has to say three times in a row that other attempts are pointless.
        Of several brokers each has to. The others are tried before there is a longer wait.
        """
        self._refusals = self._refusals + 1 if problem.fatal else 0
        if self._refusals >= (_REFUSALS if self._welcome else 1) * len(self._ring):
            return None
        if self._has_other:
            return random.uniform(0, self._policy.base)  # noqa: S311
        return self._backoff.next_delay(time.monotonic())

    def attempt_failed(self, problem: ConnectionFailed) -> None:
        """Note that no connection came about."""
        self._has_other = self._ring.failed()
        # A broker that is there and hangs up may do so because of the other client (NATS does).
        if isinstance(problem.__cause__, OSError):
            self._takeover.failed_to_connect()

    def connected(self, *, resumed: bool) -> None:
        """Note that the broker has accepted, with the session of the last connection or not."""
        self._welcome = True
        self._since = time.monotonic()
        self._takeover.connected(resumed=resumed)

    def ended(self, loss: Loss) -> None:
        """Note how a connection ended, and report if another client seems to be behind it."""
        duration = time.monotonic() - self._since
        self._backoff.connected_for(duration)
        stable = duration >= self._policy.stable_after
        self._has_other = self._ring.lost(loss.code, stable=stable)
        if self._takeover.ended(loss, duration):
            certain = loss.code == SESSION_TAKEN_OVER
            self._report(ClientIdTaken(self._client_id, certain=certain))
