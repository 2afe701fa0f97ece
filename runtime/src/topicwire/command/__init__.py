"""The command of every generated package, such as `suspension-protocol`.

It is made of what the package says of itself, its channels and its document, so nothing of it is
generated but the call of `run`. It needs `pip install topicwire[cli]`; docs/command.md describes
it.
"""

from __future__ import annotations

import os
import sys

from topicwire._missing import explain_missing

__all__ = ["run"]


def run(package: str, *, generator: str) -> None:
    """Run the command of a generated package with the arguments of the process.

    `package` is its import name and `generator` the version of the generator that made it. Ends
    the process with one of the statuses of `topicwire.command._failures`.
    """
    try:
        with explain_missing("cli", "typer", "rich"):
            import rich
            import typer

            _ = rich, typer
    except ModuleNotFoundError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    from topicwire.command._app import make_app
    from topicwire.command._catalogue import Catalogue

    name = package.replace("_", "-")
    # Which channel is meant decides for which one the options of `send` are made.
    words = [*sys.argv[1:], *os.environ.get("COMP_WORDS", "").split()]
    words += os.environ.get("_TYPER_COMPLETE_ARGS", "").split()
    app = make_app(Catalogue(package, generator), words)
    app(prog_name=name)
