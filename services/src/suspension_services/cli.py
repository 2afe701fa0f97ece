"""The command `suspension`."""

from __future__ import annotations

import logging
import signal
import sys
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from topicwire import SecurityRequired, TopicwireError

from suspension_services.access import Access
from suspension_services.flight_recorder.commands import record, replay

app = typer.Typer(
    help="The services of the suspension tester.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command()(record)
app.command()(replay)

Broker = Annotated[str, typer.Option(help="Address of the broker.")]
Keys = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False,
        help="Key file to sign with and to believe by; `topicwire keys new` makes one.",
    ),
]  # fmt: skip
Unsigned = Annotated[
    bool,
    typer.Option(
        "--allow-unsigned",
        help="Use channels that want signatures without them on a broker beyond this machine.",
    ),
]
Anonymous = Annotated[
    bool,
    typer.Option(
        "--allow-anonymous",
        help="Connect without a password to a broker beyond this machine; the protocol asks for "
        "one, which the address can carry: mqtt://user:password@host.",
    ),
]
Speed = Annotated[float, typer.Option(min=0.1, max=100, help="How many times as fast as a bench.")]
Duration = Annotated[
    float, typer.Option(min=10, max=60, help="Sweep of one wheel, in s of bench time.")
]

LOCAL = "mqtt://127.0.0.1:1883"


class ServiceName(StrEnum):
    """What `suspension run` can run."""

    SIMULATOR = "simulator"
    PROCESSING = "processing"
    CONSOLE = "console"


@app.command()
def demo(
    *,
    broker: Annotated[
        str | None, typer.Option(help="Address of a broker; without it, an embedded one.")
    ] = None,
    speed: Speed = 8.0,
    duration: Duration = 24.0,
    keys: Keys = None,
    allow_anonymous: Anonymous = False,
) -> None:
    """Test four wheels on a simulated bench: broker, services and console at once."""
    from suspension_services.demo import run_demo

    # Ended from outside, it still ends what it has started.
    signal.signal(signal.SIGTERM, _exit)
    try:
        status = run_demo(
            broker, speed=speed, duration=duration, keys=keys, allow_anonymous=allow_anonymous
        )
    except KeyboardInterrupt:
        status = 130
    raise typer.Exit(status)


@app.command()
def run(
    service: ServiceName,
    *,
    broker: Broker = LOCAL,
    speed: Speed = 1.0,
    duration: Duration = 24.0,
    keys: Keys = None,
    allow_unsigned: Unsigned = False,
    allow_anonymous: Anonymous = False,
    outbox: Annotated[
        Path | None,
        typer.Option(help="File in which results wait for the broker; not for the console."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log more.")] = False,
) -> None:
    """Run one service until it is told to stop; the console until four wheels are tested."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
    )
    access = Access(
        broker=broker,
        keys=keys,
        allow_unsigned=allow_unsigned,
        allow_anonymous=allow_anonymous,
    )
    try:
        if service is ServiceName.CONSOLE:
            from suspension_services.console import Console, TestFailed

            logging.getLogger().setLevel(logging.DEBUG if verbose else logging.ERROR)
            try:
                Console(access, duration).run()
            except TestFailed as error:
                _fail(str(error))
        elif service is ServiceName.SIMULATOR:
            from suspension_services.simulator import Simulator

            Simulator(access, speed=speed, outbox=outbox).run()
        else:
            from suspension_services.processing import Processing

            Processing(access, outbox=outbox).run()
    except SecurityRequired as error:
        _fail(f"{error} (here: user and password in --broker, or --allow-anonymous)")
    except (TopicwireError, ValueError) as error:
        _fail(str(error))


@app.command("broker")
def broker_command(
    *, port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 1883
) -> None:
    """Run the embedded broker alone, on loopback, until it is interrupted."""
    import threading

    from suspension_services.broker import EmbeddedBroker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stop.set())
    try:
        with EmbeddedBroker(port) as embedded:
            print(f"listening at {embedded.url}", flush=True)
            stop.wait()
    except OSError as error:
        _fail(f"port {port} cannot be used: {error}")


def _exit(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
