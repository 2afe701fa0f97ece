"""Commands to a service, each with a typed handler of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from pydantic import MISSING, JsonValue
from topicwire import Context

from suspension_services.logs import get_logger

log = get_logger(__name__)


class CommandRefused(Exception):
    """The service does not do what it was told; the text says why and what would be right."""


class Command(Protocol):
    """What commands of all services have."""

    @property
    def command(self) -> StrEnum:
        """What is to be done."""
        ...

    @property
    def test_id(self) -> str | MISSING:
        """For which test, if it is for one."""
        ...


C = TypeVar("C", bound=Command)

CommandHandler = Callable[[C], Awaitable[None]]
RefusalHandler = Callable[[StrEnum, str, str | None], Awaitable[None]]


class CommandTable(Generic[C]):
    """Use it as the handler of a command channel: it calls the handler of each command.

    A handler that raises `CommandRefused`, and a command without a handler, are passed to
    `on_refusal` with the reason and the test that it is for.
    """

    def __init__(
        self, handlers: Mapping[StrEnum, CommandHandler[C]], on_refusal: RefusalHandler
    ) -> None:
        self._handlers = dict(handlers)
        self._on_refusal = on_refusal

    async def __call__(self, message: C, context: Context) -> None:
        """Carry out one command."""
        action = message.command
        handler = self._handlers.get(action)
        try:
            if handler is None:
                known = ", ".join(sorted(self._handlers))
                raise CommandRefused(f"not a command of this service, which has {known}")
            log.info("command", command=action.value, sender=context.sender)
            await handler(message)
        except CommandRefused as error:
            log.warning("command refused", command=action.value, reason=str(error))
            test_id = message.test_id
            await self._on_refusal(
                action, str(error), test_id if isinstance(test_id, str) else None
            )


def number(
    parameters: dict[str, JsonValue] | MISSING, name: str, low: float, high: float
) -> float | None:
    """Return a number among a command's parameters, or None; raises `CommandRefused`."""
    if not isinstance(parameters, dict) or name not in parameters:
        return None
    value = parameters[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise CommandRefused(f"{name} has to be a number from {low:g} to {high:g}, not {value!r}")
    return float(value)


def check_names(parameters: dict[str, JsonValue] | MISSING, *known: str) -> None:
    """Raise `CommandRefused` for parameters that nobody knows."""
    if isinstance(parameters, dict) and (unknown := sorted(set(parameters) - set(known))):
        raise CommandRefused(
            f"unknown parameters: {', '.join(unknown)}; there are {', '.join(known)}"
        )
