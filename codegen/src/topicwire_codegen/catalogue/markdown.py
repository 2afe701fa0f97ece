"""Text of a document in Markdown, so that it is shown as it is."""

from __future__ import annotations

import re

# What Markdown would take for more than letters, outside of code.
_SPECIAL = re.compile(r"([\\*_\[\]<>|])")


def escape(text: str) -> str:
    """Return a text on one line; what is between backticks stays code."""
    pieces = " ".join(text.split()).split("`")
    # Every second piece is between backticks, if they come in pairs.
    if len(pieces) % 2 == 0:
        pieces = ["\\`".join(pieces)]
    return "`".join(
        piece if i % 2 else _SPECIAL.sub(r"\\\1", piece) for i, piece in enumerate(pieces)
    )


def cell(text: str) -> str:
    """Return Markdown as it can stand in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Return a text as code, also within a table."""
    if not text:
        return ""
    ticks = "``" if "`" in text else "`"
    return cell(f"{ticks}{text}{ticks}")
