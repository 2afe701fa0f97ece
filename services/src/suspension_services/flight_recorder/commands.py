"""The commands `suspension record` and `suspension replay`."""

from __future__ import annotations

import math
import signal
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from topicwire import ClientOptions, SecurityRequired, Signing, TopicFilter, TopicwireError
from topicwire.raw import RawClient, Reissuer

from suspension_services.flight_recorder.origin import addresses
from suspension_services.flight_recorder.player import Outcome, Plan, Player, Selection, plan
from suspension_services.flight_recorder.recorder import Recorder
from suspension_services.flight_recorder.recording import Recording, RecordingInvalid

_LINE_EVERY = 10.0  # s, where a line cannot be written over
_QUEUE_TIMEOUT = 600.0  # s, that a slow broker may take
_SENDER = "replay"

File = Annotated[Path, typer.Argument(help="The file of the recording.", dir_okay=False)]
Broker = Annotated[str, typer.Option(help="Address of the broker.")]
Filters = Annotated[
    list[str] | None,
    typer.Option("--filter", help="Only topics of this filter; may be given several times."),
]
Anonymous = Annotated[
    bool,
    typer.Option("--allow-anonymous", help="Use a broker beyond this machine without a password."),
]


class Signatures(StrEnum):
    """What `suspension replay --signatures` takes."""

    KEEP = "keep"
    REMOVE = "remove"
    RENEW = "renew"


def record(
    file: File,
    *,
    broker: Broker = "mqtt://127.0.0.1:1883",
    filters: Filters = None,
    max_size: Annotated[
        int | None,
        typer.Option(min=1, help="MB that the file may have; then the oldest messages make room."),
    ] = None,
    allow_anonymous: Anonymous = False,
) -> None:
    """Record all traffic of a broker as it is, until interrupted; goes on with an existing file."""
    try:
        recorder = Recorder(
            file, broker, filters or ["#"], client_id=_client_id(file),
            options={"allow_anonymous": allow_anonymous},
            max_size=max_size * 1_000_000 if max_size is not None else None,
        )  # fmt: skip
        _on_signals(recorder.stop)
        line = _Line()
        recorder.run(
            lambda: _say(
                f"recording {', '.join(filters or ['#'])} of {recorder.client.url} into {file}"
            ),
            lambda: line.show(
                _recorded(recorder) + ("" if recorder.client.is_connected else ", NOT CONNECTED")
            ),
        )
        line.end(_recorded(recorder))
    except (TopicwireError, RecordingInvalid, ValueError) as error:
        _fail(error)


def replay(
    file: File,
    *,
    broker: Broker = "mqtt://127.0.0.1:1883",
    speed: Annotated[float, typer.Option(help="How many times as fast; inf for no waits.")] = 1.0,
    filters: Filters = None,
    begin: Annotated[
        str | None,
        typer.Option("--from", help="From this time on: ISO 8601, or +SECONDS from the beginning."),
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Up to this time, as --from.")] = None,
    max_gap: Annotated[
        float | None, typer.Option(min=0, help="Longer silences are shortened to so many s.")
    ] = None,
    signatures: Annotated[
        Signatures,
        typer.Option(
            help="keep: as they were, which nobody believes for long; remove: send without; renew: "
            "sign again, with --keys."
        ),
    ] = Signatures.KEEP,
    keys: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Keys for `renew`.")
    ] = None,
    retain: Annotated[
        bool, typer.Option("--retain/--no-retain", help="Whether retained messages are again.")
    ] = True,
    onto_origin: Annotated[
        bool,
        typer.Option("--onto-origin", help="Play onto the broker that it was recorded from."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only read the file, and say what would be played.")
    ] = False,
    allow_anonymous: Anonymous = False,
) -> None:
    """Play a recording with its timing."""
    if not speed > 0:
        _fail(f"--speed {speed} is not more than 0")
    if (signatures is Signatures.RENEW) != (keys is not None):
        _fail("--signatures renew and --keys go together")
    try:
        recording = Recording(file)
        first = next(recording.messages(), None)
        began = first.arrived if first is not None else 0
        selection = Selection(
            filters=[TopicFilter(text) for text in filters or ()],
            begin=_time(begin, began), end=_time(end, began),
        )  # fmt: skip
        found = plan(recording, selection)
        _show(recording, found, speed, signatures, retain)
        if dry_run or not found.messages:
            return
        options: ClientOptions = {
            "client_id": f"{_SENDER}-{uuid.uuid4().hex[:8]}", "allow_anonymous": allow_anonymous,
            "clean_start": True, "queue_timeout": _QUEUE_TIMEOUT,
        }  # fmt: skip
        client = RawClient(broker, **options)
        _check_origin(recording, client.url, onto_origin)
        player = Player(
            client, speed=speed, max_gap=max_gap, signatures=signatures.value, retain=retain,
            reissuer=Reissuer(_SENDER, Signing(keys=keys)) if keys is not None else None,
        )  # fmt: skip
        _on_signals(player.stop)
        line = _Line()
        with client:
            outcome = player.play(
                selection.of(recording),
                lambda outcome: line.show(f"{outcome.sent} of {found.messages} messages sent"),
            )
        line.end(_played(outcome, found))
    except (TopicwireError, RecordingInvalid, ValueError) as error:
        _fail(error)
    if outcome.stopped or outcome.delivered < found.messages:
        raise typer.Exit(1)


def _client_id(file: Path) -> str:
    """Return the name of the session that the file's recorder has had, or a new one."""
    if file.exists():
        recording = Recording(file)
        runs = recording.runs()
        recording.close()
        if runs:
            return runs[-1].client_id
    return f"recorder-{uuid.uuid4().hex[:8]}"


def _check_origin(recording: Recording, url: str, onto_origin: bool) -> None:
    ours = set(addresses(url))
    for run in recording.runs():
        if not ours & set(run.addresses):
            continue
        if not onto_origin:
            _fail(
                f"{url} is where this was recorded from ({run.broker}): what stands there would "
                "move again. Play it onto another broker, or say --onto-origin"
            )
        _say(f"playing onto the broker that it was recorded from, {run.broker}")
        return


def _show(
    recording: Recording, found: Plan, speed: float, signatures: Signatures, retain: bool
) -> None:
    console = Console(stderr=True)
    table = Table("topic", "messages")
    for topic, count in sorted(found.topics.items()):
        table.add_row(topic, str(count))
    console.print(table)
    _say(
        f"{found.messages} messages, {found.size} bytes, {found.duration:.3f} s"
        + (f", longest silence {found.longest_silence / 1e6:.3f} s" if found.messages > 1 else "")
        + (f"; {found.duration / speed:.3f} s at this speed" if speed != 1 else "")
    )
    for at, text in recording.events():
        _say(f"  {_iso(at)}: {text}")
    if found.duplicates:
        _say(f"{found.duplicates} may have been recorded before (sent again by the broker)")
    if found.retained and retain:
        _say(f"{found.retained} are retained, and stay at the broker; --no-retain prevents it")
    if found.signed or found.numbered:
        _say(f"{found.signed} are signed, {found.numbered} have a number. {_ABOUT[signatures]}")


_ABOUT = {
    Signatures.KEEP: "They are played as they were: who wants signatures refuses them when they "
    "are 5 minutes old, and who has seen them drops them as repetitions.",
    Signatures.REMOVE: "They are played without: only who takes unsigned messages takes them.",
    Signatures.RENEW: f"They are signed and numbered anew, as {_SENDER!r}: who believes the keys "
    "acts on them.",
}


def _recorded(recorder: Recorder) -> str:
    return (
        f"{recorder.recorded} messages, {recorder.size} bytes recorded"
        + (f", {recorder.waiting} waiting" if recorder.waiting else "")
        + (f", {recorder.lost} lost" if recorder.lost else "")
        + (f", {recorder.removed} of the oldest removed" if recorder.removed else "")
    )


def _played(outcome: Outcome, found: Plan) -> str:
    lines = [
        f"{outcome.delivered} of {found.messages} messages delivered, none later than "
        f"{1000 * outcome.latest:.1f} ms" + (", stopped" if outcome.stopped else "")
    ]
    lines += [f"{count} not delivered: {reason}" for reason, count in outcome.refused.items()]
    return "\n".join(lines)


def _time(text: str | None, began: int) -> int | None:
    """Return a time in microseconds since the epoch; raises `ValueError`."""
    if text is None:
        return None
    try:
        if text.startswith("+"):
            seconds = float(text)
            if not math.isfinite(seconds):
                raise ValueError(text)
            return began + round(seconds * 1e6)
        found = datetime.fromisoformat(text)
        return round(found.astimezone(UTC).timestamp() * 1e6)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is no time; write 2026-11-25T14:00:00+01:00, or +12.5 for seconds from "
            "the first message"
        ) from None


def _iso(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat(timespec="milliseconds")


class _Line:
    """A line that is written over on a terminal, and now and then a new one elsewhere."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + (0 if self._terminal else _LINE_EVERY)

    def show(self, text: str) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (0.2 if self._terminal else _LINE_EVERY)
        typer.echo(f"\r\x1b[K{text}" if self._terminal else text, err=True, nl=not self._terminal)

    def end(self, text: str) -> None:
        typer.echo(f"\r\x1b[K{text}" if self._terminal else text, err=True)


def _on_signals(stop: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stop())


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _fail(error: Exception | str) -> NoReturn:
    text = str(error)
    if isinstance(error, SecurityRequired):
        text += " (here: user and password in --broker, or --allow-anonymous)"
    typer.echo(text, err=True)
    raise typer.Exit(1)
