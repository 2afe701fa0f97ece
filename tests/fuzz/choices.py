"""Values made from the bytes of an input, each from the next bytes, so mutations stay local."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Reads an input from its front; where it has ended, everything is zero or empty."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, limit: int) -> int:
        """Return a number from 0 to less than `limit`."""
        size = max(1, ((limit - 1).bit_length() + 7) // 8)
        return int.from_bytes(self.raw(size), "little") % limit

    def pick(self, options: Sequence[T]) -> T:
        """Return one of `options`."""
        return options[self.number(len(options))]

    def raw(self, size: int) -> bytes:
        """Return the next `size` bytes, or what is left."""
        piece = self._data[self._at : self._at + size]
        self._at += size
        return piece

    def text(self, limit: int = 24) -> str:
        """Return a text of up to `limit` bytes; as on the wire, it never has half surrogates."""
        return self.raw(self.number(limit + 1)).decode(errors="replace")

    def word(self, words: Sequence[str]) -> str:
        """Return one of `words`, or now and then any text."""
        number = self.number(len(words) + 1)
        return words[number] if number < len(words) else self.text()

    def rest(self) -> bytes:
        """Return everything that is left."""
        piece, self._at = self._data[self._at :], len(self._data)
        return piece
