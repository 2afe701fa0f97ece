"""The fields that packets are made of (MQTT 5.0, section 1.5). Pure.

They are apart from those of `topicwire._packets`, so that a mistake there does not cancel itself
out when a client is tested against this broker.
"""

from __future__ import annotations

from topicwire._mqtt_text import is_text
from topicwire.testing._broker.reasons import Reason, Violation


class Reader:
    """Takes one field after another from bytes; what is not there is a `Violation`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def at_end(self) -> bool:
        """Whether all has been taken."""
        return self._at >= len(self._data)

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        end = self._at + size
        if end > len(self._data):
            raise Violation(Reason.MALFORMED, "a packet ends within a field")
        found = self._data[self._at : end]
        self._at = end
        return found

    def byte(self) -> int:
        """Return a byte."""
        return self.take(1)[0]

    def short(self) -> int:
        """Return a two byte integer."""
        return int.from_bytes(self.take(2))

    def long(self) -> int:
        """Return a four byte integer."""
        return int.from_bytes(self.take(4))

    def variable(self) -> int:
        """Return a variable byte integer."""
        value = 0
        for shift in (0, 7, 14, 21):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise Violation(Reason.MALFORMED, "a variable byte integer of more than four bytes")

    def binary(self) -> bytes:
        """Return binary data."""
        return self.take(self.short())

    def text(self) -> str:
        """Return a UTF-8 encoded text."""
        try:
            found = self.binary().decode()
        except UnicodeDecodeError as error:
            raise Violation(Reason.MALFORMED, f"a text is not UTF-8: {error}") from None
        if not is_text(found):
            raise Violation(Reason.MALFORMED, "a text has a character that MQTT forbids")
        return found

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(len(self._data) - self._at)


def pack_short(number: int) -> bytes:
    """Return a two byte integer."""
    return number.to_bytes(2)


def pack_long(number: int) -> bytes:
    """Return a four byte integer."""
    return number.to_bytes(4)


def pack_variable(number: int) -> bytes:
    """Return a variable byte integer."""
    packed = bytearray()
    while number >= 0x80:
        packed.append(number & 0x7F | 0x80)
        number >>= 7
    packed.append(number)
    return bytes(packed)


def pack_binary(data: bytes) -> bytes:
    """Return binary data with its length."""
    return pack_short(len(data)) + data


def pack_text(text: str) -> bytes:
    """Return a text with its length."""
    return pack_binary(text.encode())
