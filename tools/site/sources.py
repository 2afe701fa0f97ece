"""Which files of the repository are in the site, where, and what links between them become."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
_DOCS = "docs"
# Pages that are read at the top of the repository too.
_TOP = {
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}
# The rest that pages refer to is there to be downloaded.
_FILES = "files"
_LINK = re.compile(r"(?P<before>\]\()(?P<target>(?![a-z]+:|#)[^)\s#]+)(?P<after>#[^)\s]*)?\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


class Sources:
    """The hand-written pages, and the files that they refer to."""

    def __init__(self) -> None:
        self._places = {
            path.relative_to(ROOT).as_posix(): path.relative_to(ROOT / _DOCS).as_posix()
            for path in sorted((ROOT / _DOCS).rglob("*"))
            if path.is_file()
        } | _TOP
        self._origins = {place: origin for origin, place in self._places.items()}
        for place in [place for place in self._origins if place.endswith(".md")]:
            for target in self._targets(place):
                if target not in self._places and (ROOT / target).is_file():
                    self._places[target] = f"{_FILES}/{target}"
        # To the site, the README is its first page.
        self._places["README.md"] = "index.md"

    def files(self) -> dict[str, Path]:
        """Return the files by their places in the site."""
        return {
            place: ROOT / origin for origin, place in self._places.items() if origin != "README.md"
        }

    def with_links(self, text: str, place: str) -> str:
        """Return a page with its links to files of the repository made links within the site."""

        def follow(match: re.Match[str]) -> str:
            found = self._places.get(self._target(place, match["target"]))
            if found is None:
                return match[0]
            link = os.path.relpath(found, PurePosixPath(place).parent)
            return f"{match['before']}{link}{match['after'] or ''})"

        return _LINK.sub(follow, text)

    def _targets(self, place: str) -> Iterator[str]:
        """Yield what a page refers to, as paths in the repository."""
        text = (ROOT / self._origins[place]).read_text(encoding="utf-8")
        for match in _LINK.finditer(_CODE.sub("", text)):
            yield self._target(place, match["target"])

    def _target(self, place: str, link: str) -> str:
        return os.path.normpath(PurePosixPath(self._origins[place]).parent / link)
