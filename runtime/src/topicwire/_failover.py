"""Which broker of a list to try next. Pure: no clock and no thread of its own."""

from __future__ import annotations

import random
from collections.abc import Sequence

from topicwire._url import BrokerUrl

# MQTT 5.0, section 2.4: the broker itself sends its clients away.
_ELSEWHERE = frozenset({0x88, 0x8B, 0x9C, 0x9D})  # unavailable, shutting down, use another, moved


class BrokerRing:
    """The brokers that a client may use, and the one that it uses or tries now.

    It goes through them in their order, beginning with a random one where `shuffled`, and stays
    with the one that works. A round is over when each was tried without lasting success.
    """

    def __init__(self, brokers: Sequence[BrokerUrl], *, shuffled: bool = False) -> None:
        self._brokers = tuple(brokers)
        self._position = random.randrange(len(brokers)) if shuffled else 0  # noqa: S311
        self._tried = 0

    def __len__(self) -> int:
        return len(self._brokers)

    @property
    def current(self) -> BrokerUrl:
        """The broker to use now."""
        return self._brokers[self._position]

    def failed(self) -> bool:
        """Move on to the next broker; return whether it is one of this round."""
        self._position = (self._position + 1) % len(self._brokers)
        self._tried += 1
        if self._tried < len(self._brokers):
            return True
        self._tried = 0
        return False

    def lost(self, code: int | None, *, stable: bool) -> bool:
        """Note that a connection ended; return whether a broker may be tried at once.

        After a stable connection the same broker is first, because it has the session, unless
        its reason `code` sends the client elsewhere. One that ended soon counts as an attempt.
        """
        if not stable or len(self._brokers) == 1:
            return self.failed()
        self._tried = 0
        if code in _ELSEWHERE:
            return self.failed()
        return True
