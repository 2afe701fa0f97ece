"""What the command `topicwire` tells people, and how it ends when something is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NoReturn

import typer

from topicwire_codegen.diff.sources import SourceError
from topicwire_codegen.errors import Problem, SpecError, errors
from topicwire_codegen.output import OutputError


def tell(problems: Iterable[Problem]) -> None:
    """Tell of problems, or of what is only odd, with a line between them."""
    for problem in problems:
        say(f"{problem}\n")


def refuse(error: Exception) -> NoReturn:
    """End with status 2 and all that is wrong; what nobody foresaw asks for a report."""
    if isinstance(error, SpecError):
        tell(error.problems)
        found = count(len(errors(error.problems)), "problem")
        if warned := len(error.problems) - len(errors(error.problems)):
            found += f", {count(warned, 'warning')}"
        fail(f"{found}; nothing was written")
    if isinstance(error, OutputError | SourceError):
        fail(str(error))
    if os.environ.get("TOPICWIRE_DEBUG"):
        raise error
    fail(
        f"internal error: {type(error).__name__}: {error}; nothing was written. Please report it "
        "with the document; TOPICWIRE_DEBUG=1 shows where it happened."
    )


def fail(message: str) -> NoReturn:
    """End with status 2 and a message."""
    say(message)
    raise typer.Exit(2)


def say(message: str) -> None:
    """Write a line to standard error, for people."""
    typer.echo(message, err=True)


def count(number: int, what: str) -> str:
    """Return a number with its noun, in the plural where it has to be."""
    return f"{number} {what}{'' if number == 1 else 's'}"
