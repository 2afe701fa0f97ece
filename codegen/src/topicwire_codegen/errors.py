"""What can be wrong with a document, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Location:
    """A place in a document: line and column count from 1, `pointer` is a JSON pointer."""

    file: str
    line: int
    column: int
    pointer: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.pointer}"


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing that is wrong: the rule that found it, where, what, and how to mend it."""

    location: Location
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.location}\n  {self.rule}: {self.message}\n  remedy: {self.remedy}"


class SpecError(Exception):
    """A document cannot be generated from; `problems` are sorted by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))
