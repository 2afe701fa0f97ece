"""Received PUBLISH packets, until they can be handed on. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from topicwire._packets import PublishPacket, pack_answer, read_publish

PUBACK = 0x40
PUBREC = 0x50
PUBCOMP = 0x70


class Incoming:
    """Reads messages, and goes through the exchange of QoS 2 with the broker.

    `answer` sends a packet, `deliver` takes each message once it is this side's, and `unreadable`
    the topic of each that MQTT does not allow, and what is wrong with it. It outlives connections,
    because the exchange of QoS 2 does.
    """

    def __init__(
        self,
        answer: Callable[[bytes], object],
        deliver: Callable[[PublishPacket], None],
        unreadable: Callable[[str, str], None],
        *,
        with_properties: bool,
    ) -> None:
        self._answer = answer
        self._deliver = deliver
        self._unreadable = unreadable
        self._with_properties = with_properties
        self._unreleased: dict[int, PublishPacket] = {}
        # Of messages that could not be read, to recognise them when they come again.
        self._damaged: deque[int] = deque(maxlen=100)

    def published(self, command: int, packet: bytes) -> None:
        """Take a PUBLISH packet, from the first byte of its header and what follows it.

        Raises `ValueError` for one that cannot be read, unless it came before.
        """
        try:
            found = read_publish(command, packet, self._with_properties)
        except ValueError as error:
            # MQTT wants the connection to be closed over it. But the broker has passed it on,
            # and would do so again on every other connection, before anything else.
            if not self._drop(command, packet, error):
                raise
            return
        if found.qos < 2:
            self._deliver(found)
            return
        self._unreleased[found.mid] = found
        self._answer(pack_answer(PUBREC, found.mid))

    def released(self, mid: int) -> None:
        """Take a PUBREL: the message is not sent again, so it can be handed on.

        One that is not known was handed on before the connection broke. Without an answer, the
        broker would keep its place in the window for ever.
        """
        found = self._unreleased.pop(mid, None)
        if found is not None:
            self._deliver(found)
        else:
            self._answer(pack_answer(PUBCOMP, mid))

    def forget(self) -> None:
        """Forget the exchanges of a session that the broker has lost."""
        self._unreleased.clear()

    def _drop(self, command: int, packet: bytes, error: ValueError) -> bool:
        """Acknowledge and report what cannot be read; return False if it may be the way.

        That is so the first time: a message that was damaged on the way comes again undamaged.
        """
        qos = command >> 1 & 3
        end = 2 + int.from_bytes(packet[:2])
        topic, mid, rest = packet[2:end], packet[end : end + 2], packet[end + 2 :]
        if qos:
            fingerprint = hash((topic, rest))
            if fingerprint not in self._damaged:
                self._damaged.append(fingerprint)
                return False
            kind = PUBACK if qos == 1 else PUBREC
            self._answer(pack_answer(kind, int.from_bytes(mid)))
        self._unreadable(topic.decode("utf-8", "replace"), str(error))
        return True
