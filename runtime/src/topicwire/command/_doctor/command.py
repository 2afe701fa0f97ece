"""The command `doctor`."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from topicwire.command._access import Access, connecting
from topicwire.command._catalogue import Catalogue
from topicwire.command._completion import apps
from topicwire.command._doctor.broker import check_broker
from topicwire.command._doctor.clocks import check_clocks
from topicwire.command._doctor.examination import Examination
from topicwire.command._doctor.finding import Finding, note
from topicwire.command._doctor.keys import check_keys
from topicwire.command._doctor.network import check_network
from topicwire.command._doctor.rules import check_rules
from topicwire.command._doctor.versions import check_versions
from topicwire.command._failures import CommandError, Status, told

_MARKS = {"ok": ("ok     ", "green"), "note": ("note   ", "yellow"), "problem": ("PROBLEM", "red")}

Check = Callable[[Examination], Iterator[Finding]]


def add_doctor(app: typer.Typer, catalogue: Catalogue) -> None:
    """Add the command."""

    def doctor(
        access: Access,
        *,
        app_name: Annotated[
            str | None,
            typer.Option(
                "--app", help="Whose channels to look at; by default all, and what is refused is "
                "only noted.", autocompletion=apps(catalogue),
            ),
        ] = None,
        publish: Annotated[
            bool,
            typer.Option(
                "--publish", help="Try out sending too, with an empty message to each channel, "
                "which receivers refuse and count as invalid.",
            ),
        ] = False,
        listen: Annotated[
            float, typer.Option(min=0.0, help="Seconds to listen to others' clocks.")
        ] = 3.0,
        timeout: Annotated[
            float, typer.Option(min=0.1, help="Seconds for each attempt to connect.")
        ] = 5.0,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    ) -> None:  # fmt: skip
        """Look whether all is there that messages need; status 1 with a remedy for each problem.

        Versions, address, port, certificate, MQTT versions and what the broker can do, login,
        access to each channel, keys, clocks.
        """
        if app_name is not None and app_name not in catalogue.apps:
            raise CommandError(catalogue.unknown("app", app_name, catalogue.apps))
        examination = Examination(catalogue, access, app_name, listen, publish, timeout)
        console = Console(highlight=False, soft_wrap=True)
        problems = 0
        for finding in examine(examination):
            problems += finding.state == "problem"
            if as_json:
                print(json.dumps(asdict(finding), ensure_ascii=False), flush=True)
            else:
                console.print(_text(finding))
        if problems:
            raise CommandError(f"{problems} problem{'s' * (problems != 1)}", Status.FAILED)

    app.command()(told(connecting(doctor)))


def examine(examination: Examination) -> Iterator[Finding]:
    """Yield all findings; what needs a connection is left out where there is none."""
    yield from check_versions(examination)
    yield from check_keys(examination)
    for check in (check_network, check_broker):
        found = list(check(examination))
        yield from found
        if not any(one.state == "ok" and one.check.startswith(("port", "broker")) for one in found):
            yield note("access", "not looked at without a connection")
            return
    yield from check_rules(examination)
    yield from check_clocks(examination)


def _text(finding: Finding) -> Text:
    mark, colour = _MARKS[finding.state]
    text = Text(mark, style=colour)
    text.append(f" {finding.check}: ", style="bold").append(finding.text)
    if finding.remedy:
        text.append(f"\n          -> {finding.remedy}", style="cyan")
    return text
