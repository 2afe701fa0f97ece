"""The code blocks of Markdown pages, with what is remarked about them.

A block runs as it is. What cannot is remarked in a comment above it, with the reason:

    <!-- not run: moves a real bench -->
    <!-- run by tests/compat/test_migration_guide.py -->
    <!-- runs until stopped -->
    <!-- within requests -->       (a fragment; the program around it is in surroundings.py)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(
    r"^(?:(?P<margin> *)<!-- (?P<remark>[^\n]*) -->\n+)?"
    r"^(?P<indent> *)```(?P<language>\w*)[^\n]*?(?: title=\"(?P<title>[^\"]*)\")?\n"
    r"(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    page: str
    line: int
    language: str
    title: str
    text: str
    remark: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def read_blocks(page: Path) -> list[Block]:
    """Return the blocks of a page in their order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page.relative_to(ROOT).as_posix() if page.is_relative_to(ROOT) else page.name,
            text[: match.start("text")].count("\n"),
            match["language"], match["title"] or "",
            re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE),
            match["remark"] or "",
        )
        for match in _BLOCK.finditer(text)
    ]  # fmt: skip


def pages() -> list[Path]:
    """Return the pages that people read: those at the top, and the guides."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
