"""Two clients with one id, which throw each other out for ever. Pure."""

from __future__ import annotations

from topicwire._greeting import SESSION_TAKEN_OVER, Loss

_SUSPICIOUS = 3


class TakeoverDetector:
    """Recognises from how connections end that another client uses the same id.

    MQTT 5 brokers can say so (reason code 0x8E), some only close the socket. The latter means
    it when it happens three times in a row to connections that were accepted at once, lasted
    less than `stable_after` seconds, and found their session again: the broker was there all
    the time.
    """

    def __init__(self, stable_after: float) -> None:
        self._stable_after = stable_after
        self._in_a_row = 0

    def failed_to_connect(self) -> None:
        """Note that the broker was not there: it was no other client that ended the connection."""
        self._in_a_row = 0

    def connected(self, *, resumed: bool) -> None:
        """Note that a connection was accepted, with the session of the last one or without."""
        if not resumed:
            self._in_a_row = 0

    def ended(self, loss: Loss, duration: float) -> bool:
        """Note how a connection ended after `duration` seconds; return whether to raise alarm."""
        if loss.code == SESSION_TAKEN_OVER:
            return True
        if not loss.closed_by_peer or duration >= self._stable_after:
            self._in_a_row = 0
            return False
        self._in_a_row += 1
        # Once for each series of three; the fourth would only repeat it.
        return self._in_a_row == _SUSPICIOUS
