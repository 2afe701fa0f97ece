"""How the command gets to the broker: options, else the environment, else a TOML file."""

from __future__ import annotations

import functools
import inspect
import secrets
import time
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast

import typer

from topicwire._channel import Protocol
from topicwire._client import Client
from topicwire._options import ClientOptions
from topicwire._signing import Signing
from topicwire._url import BrokerUrl
from topicwire.brokers import is_local
from topicwire.errors import ConnectionFailed, DeliveryTimeout

C = TypeVar("C", bound=Client)
_LOOK_EVERY = 0.05  # seconds

_PANEL = "Connection (what is not given comes from TOPICWIRE_* or the file TOPICWIRE_CONFIG)"


class Access:
    """Where the broker is and how to get in.

    Raises pydantic's `ValidationError` for settings that cannot be meant. What belongs to a program
    that has the same environment is left to it: its client id and session, its outbox, and what
    it remembers of messages; `of_program` are the options that such a program would have.
    """

    def __init__(self, **given: object) -> None:
        # Takes time to load, and only those who connect need it.
        from topicwire.settings import ClientSettings

        named = {name: value for name, value in given.items() if value is not None}
        settings = ClientSettings(**cast("dict[str, Any]", named))
        self.url = BrokerUrl.parse_all(settings.url)[0]  # all are reached in the same way
        self._is_local = is_local(settings.url)
        self._address = settings.url
        self.of_program = settings.options()
        self._options: ClientOptions = {**self.of_program}
        self._options["client_id"] = cast(
            str, named.get("client_id", f"command-{secrets.token_hex(4)}")
        )
        self._options["session_expiry"] = 0
        self._options["clean_start"] = True
        self._options.pop("outbox", None)
        self._options.pop("dead_letter", None)
        signing = self._options.get("signing")
        if isinstance(signing, Signing):
            self._options["signing"] = replace(signing, replay_state=None)

    @property
    def address(self) -> str:
        """The address as it was given, with a password if that has one."""
        return self._address

    def options(self, protocol: Protocol | None, **more: object) -> ClientOptions:
        """Return the options of a client.

        Without keys, channels that require signatures are used unsigned where all brokers are on
        loopback, and elsewhere only if `--allow-unsigned` says so.
        """
        options: ClientOptions = {**self._options}
        if protocol is not None:
            options["protocol"] = protocol
        if "signing" not in options and self._is_local:
            options["allow_unsigned"] = True
        options.update(cast(ClientOptions, more))
        if options.get("tls_insecure"):
            warnings.simplefilter("ignore")  # whoever asks for it on the command line knows
        return options


@contextmanager
def connected(client: C, timeout: float = 10.0) -> Generator[C]:
    """Connect, and disconnect at the end; raises what the first attempt fails with.

    Later on the client reconnects by itself, but whoever types a command does not wait for a broker
    that is not there.
    """
    session = client._core.session
    try:
        client.start()
        deadline = time.monotonic() + timeout
        while not session.is_connected:
            failure = session.last_failure
            if failure is not None:
                raise failure
            if time.monotonic() > deadline:
                raise ConnectionFailed(client.url, f"not ready within {timeout:g} s")
            with suppress(DeliveryTimeout):
                session.ready.wait(_LOOK_EVERY)
        yield client
    finally:
        client.close()


def connecting(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of the connection; it gets them as `access`."""
    signature = inspect.signature(command, eval_str=True)
    own = [one for name, one in signature.parameters.items() if name != "access"]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=None)
        for name, kind in OPTIONS.items()
    ]

    @functools.wraps(command)
    def run(**given: object) -> None:
        connection = {name: given.pop(name, None) for name in OPTIONS}
        command(access=Access(**connection), **given)

    run.__signature__ = signature.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in [*own, *added]}
    return run


def _file(flag: str, text: str) -> object:
    return Annotated[
        Path | None,
        typer.Option(flag, exists=True, dir_okay=False, help=text, rich_help_panel=_PANEL),
    ]


def _text(*flags: str, text: str, metavar: str = "TEXT") -> object:
    return Annotated[
        str | None, typer.Option(*flags, help=text, metavar=metavar, rich_help_panel=_PANEL)
    ]


def _switch(flag: str, text: str) -> object:
    return Annotated[bool | None, typer.Option(flag, help=text, rich_help_panel=_PANEL)]


OPTIONS: dict[str, object] = {
    "url": _text(
        "--broker", "-b", metavar="URL",
        text="mqtt://, mqtts://, ws:// or wss:// HOST:PORT; the password can be in it, and better "
        "is in TOPICWIRE_PASSWORD.",
    ),
    "username": _text("--username", text="User name."),
    "client_id": _text("--client-id", text="Name at the broker; by default a new one each time."),
    "mqtt_version": Annotated[
        Literal["5", "3.1.1"] | None,
        typer.Option(
            "--mqtt-version", help="By default 5, and 3.1.1 where the broker has no 5.",
            rich_help_panel=_PANEL,
        ),
    ],
    "ca": _file("--ca", "Authority that has signed the broker's certificate."),
    "certificate": _file("--certificate", "Certificate to show to the broker."),
    "key": _file("--key", "Its key."),
    "crl": _file("--crl", "Lists of revoked certificates."),
    "signing_keys": _file("--keys", "Key file to sign with and to believe by."),
    "tls_insecure": _switch("--tls-insecure", "Take any certificate."),
    "allow_unsigned": _switch(
        "--allow-unsigned", "Use channels that want signatures without them."
    ),
    "allow_anonymous": _switch(
        "--allow-anonymous", "Connect without what the document's servers ask for."
    ),
}  # fmt: skip
