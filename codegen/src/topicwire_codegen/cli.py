"""The command `topicwire`."""

from __future__ import annotations

import keyword
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from topicwire import TopicwireError, keys, outbox

from topicwire_codegen import generate as generation
from topicwire_codegen.acl.access import Access, BrokerKind, write_access
from topicwire_codegen.acl.steps import next_steps
from topicwire_codegen.catalogue.folder import write_catalogue
from topicwire_codegen.catalogue.pages import make_catalogue
from topicwire_codegen.console import count, fail, refuse, say, tell
from topicwire_codegen.diff.compare import compare
from topicwire_codegen.diff.findings import Direction
from topicwire_codegen.diff.report import ReportFormat, render_report
from topicwire_codegen.official import find_official
from topicwire_codegen.project.create import create_project

# Packages that a generated one imports.
_TAKEN = ("pydantic", "topicwire", "topicwire_codegen")


class DirectionChoice(StrEnum):
    """What `topicwire diff --direction` takes."""

    OLD_TO_NEW = Direction.OLD_TO_NEW.value
    NEW_TO_OLD = Direction.NEW_TO_OLD.value
    BOTH = "both"


class VerifyFormat(StrEnum):
    """What `topicwire verify --format` takes."""

    TEXT = "text"
    JSON = "json"


class MqttVersion(StrEnum):
    """What `topicwire verify --mqtt` takes."""

    MQTT_5 = "5"
    MQTT_3_1_1 = "3.1.1"


class BrokerChoice(StrEnum):
    """What `topicwire acl --broker` takes."""

    MOSQUITTO = BrokerKind.MOSQUITTO.value
    RABBITMQ = BrokerKind.RABBITMQ.value
    ALL = "all"


app = typer.Typer(
    help="From an AsyncAPI 3 document to a typed Python package for MQTT.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Spec = Annotated[Path, typer.Argument(help="The AsyncAPI document, YAML or JSON.")]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Also ask for titles, summaries, examples and additionalProperties everywhere.",
    ),
]
Convert = Annotated[
    bool,
    typer.Option(
        "--convert", help="Convert a document of AsyncAPI 2; needs Node and @asyncapi/converter."
    ),
]
Official = Annotated[
    bool,
    typer.Option(
        "--official/--no-official",
        help="Run the validator of @asyncapi/cli too, where node_modules has it.",
    ),
]


@app.command()
def generate(
    spec: Spec = Path("asyncapi.yaml"),
    *,
    output: Annotated[Path, typer.Option(help="The folder to write; it is replaced as a whole.")],
    package: Annotated[str, typer.Option(help="Import name of the package.")],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 with a diff when out of date.")
    ] = False,
    strict: Strict = False,
    convert: Convert = False,
    official: Official = True,
) -> None:
    """Generate the package, or check that it is up to date.

    Exit status 2 with all that is wrong when the document cannot be generated from.
    """
    if not package.isidentifier() or keyword.iskeyword(package):
        fail(f"--package {package!r} is not a name that Python can import")
    if package in _TAKEN or package in sys.stdlib_module_names:
        fail(f"--package {package!r} is the name of another package")
    started = time.monotonic()
    _say_if_skipped(spec, official)
    try:
        result = generation.generate(
            spec,
            output,
            package,
            conventions=strict,
            official=official,
            write=not check,
            convert=convert,
        )
    except Exception as error:
        refuse(error)
    tell(result.warnings)
    for note in result.notes:
        say(f"note: {note}")
    if check:
        if result.changed:
            sys.stdout.writelines(result.diff)
            files = count(len(result.changed), "file")
            say(f"{output} is out of date ({files}); generate it again")
            raise typer.Exit(1)
        say(f"{output} is up to date")
        return
    say(
        f"{output}: {count(result.channels, 'channel')}, {count(result.models, 'model')}, "
        f"{count(len(result.changed), 'file')} changed, {time.monotonic() - started:.1f} s"
    )


@app.command()
def validate(
    spec: Spec = Path("asyncapi.yaml"),
    *,
    strict: Strict = False,
    convert: Convert = False,
    official: Official = True,
) -> None:
    """Check a document without generating anything."""
    _say_if_skipped(spec, official)
    try:
        workspace = generation.validate(
            spec, conventions=strict, official=official, convert=convert
        )
    except Exception as error:
        refuse(error)
    tell(workspace.warnings)
    say(f"{spec} is valid")


@app.command()
def acl(
    spec: Spec = Path("asyncapi.yaml"),
    *,
    output: Annotated[
        Path, typer.Option(help="The folder to write; it gets secrets, so keep it out of git.")
    ],
    broker: Annotated[
        BrokerChoice, typer.Option(help="The broker to write access rules for.")
    ] = BrokerChoice.ALL,
    strict: Strict = False,
    official: Official = True,
) -> None:
    """Write access rules for brokers: each app may do what the document says, and nothing else.

    One user for each app, named like its tag. Passwords are made once and then kept, so that a
    second run changes only what the document has changed.
    """
    _say_if_skipped(spec, official)
    brokers = tuple(kind for kind in BrokerKind if broker in (BrokerChoice.ALL, kind.value))
    try:
        access = write_access(spec, output, brokers, conventions=strict, official=official)
    except Exception as error:
        refuse(error)
    _say_access(access)
    for step in next_steps(output, brokers):
        say(f"* {step}")


@app.command()
def diff(
    old: Annotated[
        str, typer.Argument(help="The old document, or REVISION:path for a file in git.")
    ],
    new: Annotated[str, typer.Argument(help="The new document.")] = "asyncapi.yaml",
    *,
    report_format: Annotated[
        ReportFormat, typer.Option("--format", help="How to write the report.")
    ] = ReportFormat.TEXT,
    direction: Annotated[
        DirectionChoice,
        typer.Option(help="Whose messages have to be understood: old senders', new ones', both."),
    ] = DirectionChoice.BOTH,
) -> None:
    """Tell what changes between two versions of a document, and whom it breaks.

    Exit status 1 when something breaks and the major version does not rise.
    """
    chosen = Direction.EITHER if direction is DirectionChoice.BOTH else Direction(direction.value)
    try:
        report = compare(old, new, chosen)
    except Exception as error:
        refuse(error)
    sys.stdout.write(render_report(report, report_format))
    if not report.passes:
        raise typer.Exit(1)


@app.command()
def docs(
    spec: Spec = Path("asyncapi.yaml"),
    *,
    output: Annotated[
        Path, typer.Option(help="The folder to write; what was generated there before is replaced.")
    ],
    package: Annotated[str, typer.Option(help="Import name of the generated package.")],
    versions: Annotated[
        Path | None,
        typer.Option(
            help="A folder of older documents, called by their versions: adds a changelog."
        ),
    ] = None,
) -> None:
    """Write the catalogue of the protocol: Markdown and drawings, for people to read.

    A page for each channel and app, with who sends what to whom, every field of every payload, and
    programs to begin with.
    """
    try:
        files = make_catalogue(spec, package, versions)
        write_catalogue(output, files)
    except Exception as error:
        refuse(error)
    say(f"{output}: {count(len(files), 'file')}; {output / 'index.md'} is the first")


@app.command()
def init(
    folder: Annotated[
        Path, typer.Argument(help="The folder to make; the project is named after it.")
    ] = Path(),
) -> None:
    """Start a new project: a document, its package, a service, a test, and a Makefile."""
    try:
        project = create_project(folder)
    except Exception as error:
        refuse(error)
    say(
        f"{project.folder}: asyncapi.yaml, its package {project.protocol} in protocol/, "
        f"and a service in src/{project.package}"
    )
    say("`make test` there runs it against a broker; README.md tells the rest")


@app.command()
def verify(
    name: Annotated[str, typer.Option("--app", help="The app to watch, a tag of operations.")],
    broker: Annotated[
        str, typer.Option(help="Where it is connected, mqtt[s]://[user:password@]host:port.")
    ],
    *,
    spec: Annotated[Path, typer.Option(help="The AsyncAPI document, YAML or JSON.")] = Path(
        "asyncapi.yaml"
    ),
    package: Annotated[
        str | None, typer.Option(help="An installed generated package, instead of a document.")
    ] = None,
    seconds: Annotated[float, typer.Option(help="How long to watch.", min=0)] = 30.0,
    until_complete: Annotated[
        bool, typer.Option("--until-complete", help="End when every channel has been seen.")
    ] = False,
    require_all: Annotated[
        bool, typer.Option("--require-all", help="Channels that were not seen are violations.")
    ] = False,
    sender: Annotated[
        str | None, typer.Option(help="Client id of the app; messages of others are left out.")
    ] = None,
    filters: Annotated[
        list[str] | None, typer.Option("--filter", help="Topics to look at; may be repeated.")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option("--keys", help="Key file to verify signatures with.")
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Authorities to trust, PEM."),
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Certificate to show to the broker, PEM."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Its key, PEM.")
    ] = None,
    mqtt: Annotated[
        MqttVersion | None, typer.Option(help="Version of MQTT; by default the best there is.")
    ] = None,
    report_format: Annotated[
        VerifyFormat, typer.Option("--format", help="How to write the report.")
    ] = VerifyFormat.TEXT,
    convert: Convert = False,
) -> None:
    """Watch what a running service sends, and report where it is not as the document says.

    Exit status 1 when something is not. Ctrl-C ends it early, with the report.
    """
    # Only who verifies has all that loaded.
    from topicwire_codegen.verification import Wanted, run

    wanted = Wanted(
        app=name, broker=broker, spec=spec, package=package, seconds=seconds,
        until_complete=until_complete, sender=sender, filters=tuple(filters or ()),
        keys=key_file, ca=ca, certificate=certificate, key=key,
        mqtt=mqtt.value if mqtt is not None else None, convert=convert,
    )  # fmt: skip
    try:
        report = run(wanted)
    except (TopicwireError, LookupError, OSError, ValueError) as error:
        fail(str(error))
    except Exception as error:
        refuse(error)
    as_json = report_format is VerifyFormat.JSON
    sys.stdout.write(report.as_json() if as_json else report.as_text())
    if not report.passes(require_all=require_all):
        raise typer.Exit(1)


def _say_access(access: Access) -> None:
    for path, state in access.files.items():
        say(f"{path}: {state.value}")
    say(f"{count(len(access.users), 'user')}: {', '.join(access.users)}")
    if access.new:
        say(f"new passwords: {', '.join(access.new)}")
    if access.strangers:
        say(
            "users that the document does not have, left in the credentials only: "
            f"{', '.join(access.strangers)}"
        )
    say("left to do:")


_PASSED_ON: dict[str, bool | list[str]] = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "help_option_names": [],
}


@app.command("keys", context_settings=_PASSED_ON)
def keys_command(context: typer.Context) -> None:
    """Make and look after the keys that messages are signed with; see `topicwire keys --help`."""
    raise typer.Exit(keys.main(context.args, program="topicwire keys"))


@app.command("outbox", context_settings=_PASSED_ON)
def outbox_command(context: typer.Context) -> None:
    """Look into outboxes; see `topicwire outbox --help`."""
    raise typer.Exit(outbox.main(context.args, program="topicwire outbox"))


def _say_if_skipped(spec: Path, official: bool) -> None:
    if official and not (find_official(spec.parent) or find_official(Path.cwd())):
        say("note: without Node and @asyncapi/cli in node_modules only topicwire's own checks run")
