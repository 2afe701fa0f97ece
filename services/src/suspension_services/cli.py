"""The command `suspension`."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import can
import typer
from topicwire import SecurityRequired, TopicwireError

from suspension_services.access import Access
from suspension_services.can_access import BusAddress
from suspension_services.console import TestFailed
from suspension_services.extras import ExtraMissing, explain_missing
from suspension_services.flight_recorder.commands import record, replay
from suspension_services.logs import LogFormat, configure_logs
from suspension_services.service import BackendService, Ending, ServiceSettings
from suspension_services.simulated_bench import Fault

app = typer.Typer(
    help="The services of the suspension tester.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command()(record)
app.command()(replay)

Broker = Annotated[
    str | None,
    typer.Option(
        help="Address of the broker; else TOPICWIRE_URL, and what else the variables TOPICWIRE_* "
        "say: USERNAME, PASSWORD, CA, SIGNING_KEYS and others."
    ),
]
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
Speed = Annotated[
    float,
    typer.Option(
        min=0.5, max=100,
        help="How many times as fast as a bench a simulated or recorded sweep goes; times on the "
        "bus stay those of the bench.",
    ),
]  # fmt: skip
Duration = Annotated[
    float, typer.Option(min=10, max=60, help="Sweep of one wheel, in s of bench time.")
]


class ServiceName(StrEnum):
    """What `suspension run` can run."""

    SIMULATOR = "simulator"
    BRIDGE = "bridge"
    PROCESSING = "processing"
    ORCHESTRATOR = "orchestrator"
    CONSOLE = "console"
    GUI = "gui"


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
    gui: Annotated[
        bool, typer.Option("--gui", help="Open the web GUI, in place of testing by itself.")
    ] = False,
) -> None:
    """Test four wheels on a simulated bench: broker, services and console (or GUI) at once."""
    from suspension_services.demo import run_demo

    # Ended from outside, it still ends what it has started.
    signal.signal(signal.SIGTERM, _exit)
    try:
        status = run_demo(
            broker, speed=speed, duration=duration, keys=keys,
            allow_anonymous=allow_anonymous, gui=gui,
        )  # fmt: skip
    except KeyboardInterrupt:
        status = 130
    raise typer.Exit(status)


@app.command()
def run(
    service: ServiceName,
    *,
    broker: Broker = None,
    keys: Keys = None,
    allow_unsigned: Unsigned = False,
    allow_anonymous: Anonymous = False,
    outbox: Annotated[
        Path | None,
        typer.Option(help="File in which results wait for the broker; not for the console."),
    ] = None,
    bus: Annotated[
        str | None,
        typer.Option(
            help="CAN bus of simulator and bridge: virtual:PATH (default: one of this user), "
            "socketcan:can0 or another of python-can's interfaces; log:FILE (.blf, .asc) plays a "
            "recorded drive to the bridge."
        ),
    ] = None,
    speed: Speed = 1.0,
    damping: Annotated[
        float | None,
        typer.Option(min=0, max=20_000, help="Simulator: of all dampers, in N s/m."),
    ] = None,
    noise: Annotated[
        float, typer.Option(min=0, max=1_000, help="Simulator: of each load cell, in N.")
    ] = 2.0,
    fault: Annotated[Fault, typer.Option(help="Simulator: what is wrong.")] = Fault.NONE,
    record_frames: Annotated[
        Path | None, typer.Option(help="Bridge: record all frames to FILE (.blf, .asc).")
    ] = None,
    journal: Annotated[
        Path | None, typer.Option(help="Orchestrator: file with the test that is not over yet.")
    ] = None,
    duration: Duration = 24.0,
    listen: Annotated[
        str,
        typer.Option(
            help="GUI: address of its pages, HOST:PORT. Beyond this machine it asks browsers for "
            "the password that SUSPENSION_GUI_PASSWORD says."
        ),
    ] = "127.0.0.1:8080",
    names: Annotated[
        list[str] | None,
        typer.Option("--name", help="GUI: another name of this machine that browsers may use."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="GUI: certificate for HTTPS (PEM), with its chain.")
    ] = None,
    certificate_key: Annotated[
        Path | None, typer.Option(help="GUI: key of the certificate (PEM).")
    ] = None,
    history: Annotated[Path | None, typer.Option(help="GUI: file with the tests so far.")] = None,
    open_browser: Annotated[
        bool, typer.Option("--open", help="GUI: open it in a browser.")
    ] = False,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Serve metrics for Prometheus on this local port."),
    ] = None,
    tracing: Annotated[
        bool,
        typer.Option(
            "--tracing",
            envvar="SUSPENSION_TRACING",
            help="Send OpenTelemetry traces to the collector that the variables OTEL_* name; "
            "not for the console.",
        ),
    ] = False,
    stats_interval: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            envvar="SUSPENSION_STATS_INTERVAL",
            metavar="SECONDS",
            help="Log the figures of the service's client so often; not for the console.",
        ),
    ] = None,
    log_format: Annotated[LogFormat, typer.Option(help="How log lines look.")] = LogFormat.TEXT,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log more.")] = False,
) -> None:
    """Run one service until it is told to stop; the console until four wheels are tested."""
    level = logging.ERROR if service is ServiceName.CONSOLE else logging.INFO
    configure_logs(log_format, logging.DEBUG if verbose else level, service=service.value)
    try:
        access = Access.from_environment(
            broker, keys=keys, allow_unsigned=allow_unsigned, allow_anonymous=allow_anonymous
        )
        address = BusAddress.default() if bus is None else BusAddress.parse(bus)
        settings = ServiceSettings(
            outbox=outbox, metrics_port=metrics_port, tracing=tracing,
            stats_interval=stats_interval,
        )  # fmt: skip
        if service is ServiceName.CONSOLE:
            from suspension_services.console import Console

            Console(access, duration).run()
            return
        running: BackendService
        if service is ServiceName.SIMULATOR:
            from suspension_services.simulator import Simulation, Simulator

            simulation = Simulation(damping=damping, noise=noise, fault=fault, speed=speed)
            running = Simulator(access, address, simulation, settings)
        elif service is ServiceName.BRIDGE:
            from suspension_services.bridge import Bridge

            running = Bridge(access, address, settings, speed=speed, record=record_frames)
        elif service is ServiceName.PROCESSING:
            from suspension_services.processing import Processing

            running = Processing(access, settings)
        elif service is ServiceName.ORCHESTRATOR:
            from suspension_services.orchestrator import Orchestrator

            running = Orchestrator(access, settings, journal=journal)
        else:
            running = _make_gui(
                access, settings, listen=listen, opens=open_browser, names=tuple(names or ()),
                certificate=certificate, certificate_key=certificate_key, history=history,
                duration=duration,
            )  # fmt: skip
        ending = asyncio.run(running.run())
    except SecurityRequired as error:
        _fail(f"{error} (here: user and password in --broker, or --allow-anonymous)")
    except (
        TopicwireError, TestFailed, ExtraMissing, can.CanError, OSError, ValueError,
    ) as error:  # fmt: skip
        _fail(str(error))
    if ending is Ending.RESTART:
        # The same process begins anew, so that it works with and without somebody who watches it.
        command = [sys.executable, "-m", "suspension_services", *sys.argv[1:]]
        os.execv(command[0], command)  # noqa: S606 - itself


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


def _make_gui(
    access: Access,
    settings: ServiceSettings,
    *,
    listen: str,
    opens: bool,
    names: tuple[str, ...],
    certificate: Path | None,
    certificate_key: Path | None,
    history: Path | None,
    duration: float,
) -> BackendService:
    with explain_missing("the GUI", "gui"):
        from suspension_services.gui.service import GuiService
        from suspension_services.gui.web import WebSettings
    web = WebSettings.parse(
        listen, opens=opens, certificate=certificate, key=certificate_key, names=names,
        password=os.environ.get("SUSPENSION_GUI_PASSWORD"),
    )  # fmt: skip
    web.check(allow_anonymous=access.allow_anonymous)
    return GuiService(access, settings, web=web, history=history, duration=duration)


def _exit(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
