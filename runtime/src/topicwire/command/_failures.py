"""How the command ends: its statuses, and errors as people read them."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import ParamSpec

import typer
from pydantic import ValidationError

from topicwire.errors import (
    CertificateInvalid,
    ConnectionFailed,
    KeyRingInvalid,
    LocalError,
    PayloadInvalid,
    SecurityRequired,
    SigningRequired,
    TopicwireError,
)

P = ParamSpec("P")


class Status(IntEnum):
    """The statuses that the command ends with."""

    DONE = 0
    FAILED = 1  # not delivered, less came than was asked for, the doctor found something
    USAGE = 2  # arguments or settings that cannot be meant, a message that does not fit
    UNREACHABLE = 3  # no connection to the broker
    INTERRUPTED = 130


class CommandError(Exception):
    """Ends the command with a text for people, and with a status."""

    def __init__(self, text: str, status: Status = Status.USAGE) -> None:
        self.status = status
        super().__init__(text)


def told(command: Callable[P, None]) -> Callable[P, None]:
    """Have a command end with a text and a status instead of a traceback."""

    @functools.wraps(command)
    def run(*arguments: P.args, **keywords: P.kwargs) -> None:
        try:
            command(*arguments, **keywords)
        except BrokenPipeError:
            # Whoever read has enough, such as `head`; what is still to be flushed has no reader.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(Status.DONE) from None
        except KeyboardInterrupt:
            raise typer.Exit(Status.INTERRUPTED) from None
        except CommandError as error:
            _end(str(error), error.status)
        except (TopicwireError, ValidationError, OSError, ValueError) as error:
            _end("\n".join(_explain(error)), _status(error))

    return run


def _end(text: str, status: Status) -> None:
    typer.secho(text, err=True, fg="red")
    raise typer.Exit(status)


def _status(error: Exception) -> Status:
    if isinstance(error, ConnectionFailed):
        return Status.UNREACHABLE
    if isinstance(error, TopicwireError) and not isinstance(
        error, (PayloadInvalid, LocalError, KeyRingInvalid)
    ):
        return Status.FAILED
    return Status.USAGE


def _explain(error: Exception) -> Iterator[str]:
    if isinstance(error, ValidationError):
        # Of the settings: the fields are variables of the environment and options.
        for one in error.errors():
            name = "_".join(map(str, one["loc"]))
            yield (
                f"setting {name!r} (TOPICWIRE_{name.upper()} or --{name.replace('_', '-')}): "
                f"{one['msg']}"
            )
        return
    if isinstance(error, PayloadInvalid):
        yield f"the message does not fit channel {error.channel!r}:"
        yield from (f"  {one}" for one in error.errors)
        return
    yield str(error) or type(error).__name__
    yield from _remedies(error)


def _remedies(error: Exception) -> Iterator[str]:
    if isinstance(error, CertificateInvalid):
        yield "remedy: --ca FILE, with the authority that has signed the broker's certificate"
    elif isinstance(error, ConnectionFailed):
        yield "remedy: --broker mqtt://HOST:PORT or TOPICWIRE_URL; the command doctor looks closer"
    elif isinstance(error, SecurityRequired):
        yield (
            "remedy: --username NAME with TOPICWIRE_PASSWORD (or mqtt://NAME:PASSWORD@HOST), "
            "--certificate FILE and --key FILE, or --allow-anonymous"
        )
    elif isinstance(error, SigningRequired):
        yield (
            "remedy: --keys FILE (TOPICWIRE_SIGNING_KEYS), made by `topicwire keys new`; where "
            "receivers do without signatures, --allow-unsigned"
        )
