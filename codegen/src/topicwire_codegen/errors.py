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
    """One thing that is wrong: the rule that found it, where, what, and how to mend it.

    A warning is shown, and the document generated from all the same.
    """

    location: Location
    rule: str
    message: str
    remedy: str
    is_warning: bool = False

    def __str__(self) -> str:
        kind = "warning, " if self.is_warning else ""
        return f"{self.location}\n  {kind}{self.rule}: {self.message}\n  remedy: {self.remedy}"


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return those that are no warnings."""
    return [problem for problem in problems if not problem.is_warning]


def warnings(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return those that are warnings."""
    return tuple(problem for problem in problems if problem.is_warning)


class SpecError(Exception):
    """A document cannot be generated from; `problems` are sorted by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))
