"""Regular expressions of ECMA 262, which is what JSON Schema has, in the words of Python's `re`.

The two look alike and differ: Python's `$` lets a line feed follow, its `\\d` and `\\w` take the
digits and letters of all scripts, its `.` leaves out fewer line ends. Read as ECMA 262 in Unicode
mode; sources: ECMA-262 (2018), 21.2 "RegExp", and JSON Schema Validation draft 7, 4.3. Pure.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

_DIGIT = "0-9"
_WORD = "A-Za-z0-9_"
_SPACE = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
# The rest of all characters, for a negative class inside of another.
_NOT_DIGIT = r"\x00-/:-\U0010ffff"
_NOT_WORD = r"\x00-/:-@\[-\^`{-\U0010ffff"
_NOT_SPACE = (
    r"\x00-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e"
    r"\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\U0010ffff"
)
_CLASSES = {
    "d": _DIGIT, "w": _WORD, "s": _SPACE, "D": _NOT_DIGIT, "W": _NOT_WORD, "S": _NOT_SPACE,
}  # fmt: skip
_LINE_ENDS = r"\n\r\u2028\u2029"
_CONTROLS = {"t": r"\t", "n": r"\n", "v": r"\x0b", "f": r"\x0c", "r": r"\r"}
_BOUNDARIES = {"b": r"(?a:\b)", "B": r"(?a:\B)"}
_HEX = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}")
_GROUP = re.compile(r"\?(?::|=|!|<=|<!|<(?P<name>[A-Za-z_$][\w$]*)>)", re.ASCII)
_QUANTIFIER = re.compile(r"([*+?]|\{\d+(?:,\d*)?\})(\??)", re.ASCII)
_NAMED = re.compile(r"k<([A-Za-z_]\w*)>", re.ASCII)


def python_pattern(pattern: str) -> str:
    """Return a pattern of ECMA 262 so that Python's `re.search` finds the same with it.

    Raises `ValueError` for one that is none, or that Python has nothing for (`\\p{...}`, and
    lookbehind of no fixed length).
    """
    translated = "".join(_Translation(pattern).parts())
    try:
        with warnings.catch_warnings(action="error"):
            re.compile(translated)
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from None
    return translated


class _Translation:
    """Goes through a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0

    def parts(self) -> Iterator[str]:
        """Yield the translation bit by bit."""
        text = self._text
        while self._at < len(text):
            character = text[self._at]
            self._at += 1
            if character == "\\":
                yield self._escape()
            elif character == "[":
                yield self._character_class()
            elif character == "$":
                yield r"\Z"
            elif character == ".":
                yield f"[^{_LINE_ENDS}]"
            elif character == "(":
                yield self._group()
            elif character in "*+?{":
                yield self._quantifier()
            else:
                yield character

    def _group(self) -> str:
        if not self._text.startswith("?", self._at):
            return "("
        found = _GROUP.match(self._text, self._at)
        if found is None:
            raise ValueError(f"there is no group {self._text[self._at - 1 : self._at + 3]!r}")
        self._at = found.end()
        return f"(?P<{found['name']}>" if found["name"] else f"({found[0]}"

    def _quantifier(self) -> str:
        self._at -= 1
        found = _QUANTIFIER.match(self._text, self._at)
        if found is None:  # a brace that counts nothing
            self._at += 1
            return r"\{"
        self._at = found.end()
        if self._at < len(self._text) and self._text[self._at] in "*+?":
            raise ValueError(f"nothing to repeat at position {self._at}")
        return found[0]

    def _escape(self) -> str:
        """Return what a backslash outside of a class stands for."""
        character = self._text[self._at : self._at + 1]
        if character in _BOUNDARIES:
            self._at += 1
            return _BOUNDARIES[character]
        if character in ("d", "w", "s"):
            self._at += 1
            return f"[{_CLASSES[character]}]"
        if character in ("D", "W", "S"):
            self._at += 1
            return f"[^{_CLASSES[character.lower()]}]"
        if character in "123456789" and character:
            digits = re.compile(r"[1-9][0-9]*").match(self._text, self._at)
            assert digits is not None  # noqa: S101 - there is one
            self._at = digits.end()
            return f"(?:\\{digits[0]})"
        if named := _NAMED.match(self._text, self._at):
            self._at = named.end()
            return f"(?P={named[1]})"
        return self._character(character)

    def _character(self, character: str) -> str:
        """Return what stands for one character behind a backslash, in a class or not."""
        if not character:
            raise ValueError("a backslash at the end")
        if found := _HEX.match(self._text, self._at):
            self._at = found.end()
            return _literal(self._code(found))
        self._at += 1
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character == "0":
            return r"\x00"
        if character == "c":
            letter = self._text[self._at : self._at + 1]
            if letter.isascii() and letter.isalpha():
                self._at += 1
                return _literal(ord(letter) % 32)
        if character in "pP":
            raise ValueError(f"\\{character}{{...}} has no counterpart in Python")
        if character.isalnum():
            raise ValueError(f"ECMA 262 has no \\{character}")
        return re.escape(character)

    def _code(self, found: re.Match[str]) -> int:
        code = int(found[1] or found[2] or found[3], 16)
        if 0xD800 <= code < 0xDC00 and self._text.startswith("\\u", self._at):
            low = _HEX.match(self._text, self._at + 1)
            if low is not None and low[2] and 0xDC00 <= int(low[2], 16) < 0xE000:
                self._at = low.end()
                return 0x10000 + ((code - 0xD800) << 10) + int(low[2], 16) - 0xDC00
        if code > 0x10FFFF:
            raise ValueError(f"there is no character {code:#x}")
        return code

    def _character_class(self) -> str:
        negative = self._text.startswith("^", self._at)
        self._at += negative
        inside: list[str] = []
        while True:
            character = self._text[self._at : self._at + 1]
            if not character:
                raise ValueError("a class has no end")
            self._at += 1
            if character == "]":
                break
            inside.append(self._class_escape() if character == "\\" else _in_class(character))
        if not inside:
            return r"[\x00-\U0010ffff]" if negative else "(?!)"
        return f"[{'^' if negative else ''}{''.join(inside)}]"

    def _class_escape(self) -> str:
        character = self._text[self._at : self._at + 1]
        if character in _CLASSES:
            self._at += 1
            return _CLASSES[character]
        if character == "b":
            self._at += 1
            return r"\x08"
        if character == "-":
            self._at += 1
            return r"\-"
        return self._character(character)


def _in_class(character: str) -> str:
    # In a class Python keeps these for set operations to come; the hyphen makes a range in both.
    return f"\\{character}" if character in "[&|~^" else character


def _literal(code: int) -> str:
    return re.escape(chr(code)) if 0x20 <= code < 0x7F else f"\\U{code:08x}"
