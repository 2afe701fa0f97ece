"""Text of a document as Python docstrings, whatever is in it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

WIDTH = 100
_QUOTES = '"""'
# Lines of Markdown that mean something as lines: tables, lists, headings, quotes, code.
_LINE = re.compile(r"\s|[|#>]|[-*+] |\d+[.)] |```|~~~")
_FENCE = re.compile(r"\s*(```|~~~)")
_SENTENCE = re.compile(r"(?P<first>.+?[.!?])\s+(?P<rest>\S.*)", re.DOTALL)


def docstring(text: str, indent: int, *, summary: bool = False) -> str:
    """Return `text` as a docstring literal whose lines begin `indent` columns from the left.

    Paragraphs are wrapped; tables, lists and code stay as they are. With `summary` the first
    sentence gets a line of its own where the text does not fit in one.
    """
    clean = _escape(text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).strip())
    width = WIDTH - indent
    single = f"{_QUOTES}{clean}{_QUOTES}"
    if "\n" not in clean and len(single) <= width:
        return single
    if summary:
        clean = _with_summary(clean, width)
    lines = list(_wrap(f"{_QUOTES}{clean}", width))[:-1]
    margin = " " * indent
    body = "\n".join([lines[0], *((margin + line).rstrip() for line in lines[1:])])
    if len(lines) == 1 and len(body) + len(_QUOTES) <= width:
        return f"{body}{_QUOTES}"
    return f"{body}\n{margin}{_QUOTES}"


def _escape(text: str) -> str:
    """Return `text` so that a literal in three quotation marks has just it as its value."""
    body = text.strip('"')
    if not body:
        return '\\"' * len(text)
    before, _, after = text.partition(body)
    escaped = body.replace("\\", "\\\\").replace(_QUOTES, '\\"\\"\\"')
    escaped = '\\"' * len(before) + escaped + '\\"' * len(after)
    # What cannot be seen must not be in source code: NUL ends it, others turn its direction.
    return "".join(c if c == "\n" or c.isprintable() else _code(c) for c in escaped)


def _code(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _with_summary(text: str, width: int) -> str:
    paragraph, blank, others = text.partition("\n\n")
    if _LINE.match(paragraph):
        return text
    found = _SENTENCE.fullmatch(" ".join(paragraph.split()))
    if found is None or len(_QUOTES) + len(found["first"]) > width:
        return text
    return f"{found['first']}\n\n{found['rest']}{blank}{others}"


def _wrap(text: str, width: int) -> Iterator[str]:
    paragraph: list[str] = []
    fenced = False
    for line in f"{text}\n".split("\n"):
        bare = line.removeprefix(_QUOTES)
        fence = _FENCE.match(bare) is not None
        if line and not fenced and not _LINE.match(bare):
            paragraph.append(line)
            continue
        if paragraph:
            yield from textwrap.wrap(
                " ".join(paragraph), width, break_long_words=False, break_on_hyphens=False
            )
            paragraph = []
        fenced ^= fence
        yield line.rstrip()
