"""The command `topicwire`."""

from __future__ import annotations

import keyword
import os
import sys
import time
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from topicwire import keys, outbox

from topicwire_codegen import generate as generation
from topicwire_codegen.acl.access import Access, BrokerKind, write_access
from topicwire_codegen.acl.steps import next_steps
from topicwire_codegen.catalogue.folder import write_catalogue
from topicwire_codegen.catalogue.pages import make_catalogue
from topicwire_codegen.diff.compare import compare
from topicwire_codegen.diff.findings import Direction
from topicwire_codegen.diff.report import ReportFormat, render_report
from topicwire_codegen.diff.sources import SourceError
from topicwire_codegen.errors import Problem, SpecError, errors
from topicwire_codegen.official import find_official
from topicwire_codegen.output import OutputError
from topicwire_codegen.project.create import create_project

# Packages that a generated one imports.
_TAKEN = ("pydantic", "topicwire", "topicwire_codegen")


class DirectionChoice(StrEnum):
    """What `topicwire diff --direction` takes."""

    OLD_TO_NEW = Direction.OLD_TO_NEW.value
    NEW_TO_OLD = Direction.NEW_TO_OLD.value
    BOTH = "both"


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
        _fail(f"--package {package!r} is not a name that Python can import")
    if package in _TAKEN or package in sys.stdlib_module_names:
        _fail(f"--package {package!r} is the name of another package")
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
        _refuse(error)
    _warn(result.warnings)
    for note in result.notes:
        _say(f"note: {note}")
    if check:
        if result.changed:
            sys.stdout.writelines(result.diff)
            files = _count(len(result.changed), "file")
            _say(f"{output} is out of date ({files}); generate it again")
            raise typer.Exit(1)
        _say(f"{output} is up to date")
        return
    _say(
        f"{output}: {_count(result.channels, 'channel')}, {_count(result.models, 'model')}, "
        f"{_count(len(result.changed), 'file')} changed, {time.monotonic() - started:.1f} s"
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
        _refuse(error)
    _warn(workspace.warnings)
    _say(f"{spec} is valid")


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
        _refuse(error)
    _say_access(access)
    for step in next_steps(output, brokers):
        _say(f"* {step}")


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
        _refuse(error)
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
        _refuse(error)
    _say(f"{output}: {_count(len(files), 'file')}; {output / 'index.md'} is the first")


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
        _refuse(error)
    _say(
        f"{project.folder}: asyncapi.yaml, its package {project.protocol} in protocol/, "
        f"and a service in src/{project.package}"
    )
    _say("`make test` there runs it against a broker; README.md tells the rest")


def _say_access(access: Access) -> None:
    for path, state in access.files.items():
        _say(f"{path}: {state.value}")
    _say(f"{_count(len(access.users), 'user')}: {', '.join(access.users)}")
    if access.new:
        _say(f"new passwords: {', '.join(access.new)}")
    if access.strangers:
        _say(
            "users that the document does not have, left in the credentials only: "
            f"{', '.join(access.strangers)}"
        )
    _say("left to do:")


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


def _warn(warnings: Iterable[Problem]) -> None:
    for warning in warnings:
        _say(f"{warning}\n")


def _say_if_skipped(spec: Path, official: bool) -> None:
    if official and not (find_official(spec.parent) or find_official(Path.cwd())):
        _say("note: without Node and @asyncapi/cli in node_modules only topicwire's own checks run")


def _refuse(error: Exception) -> NoReturn:
    if isinstance(error, SpecError):
        for problem in error.problems:
            typer.echo(f"{problem}\n", err=True)
        count = _count(len(errors(error.problems)), "problem")
        if warned := len(error.problems) - len(errors(error.problems)):
            count += f", {_count(warned, 'warning')}"
        _fail(f"{count}; nothing was written")
    if isinstance(error, OutputError | SourceError):
        _fail(str(error))
    if os.environ.get("TOPICWIRE_DEBUG"):
        raise error
    _fail(
        f"internal error: {type(error).__name__}: {error}; nothing was written. Please report it "
        "with the document; TOPICWIRE_DEBUG=1 shows where it happened."
    )


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


def _say(message: str) -> None:
    typer.echo(message, err=True)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
