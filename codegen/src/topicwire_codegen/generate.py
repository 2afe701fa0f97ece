"""The whole way from a document to a package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from topicwire_codegen.build import build
from topicwire_codegen.bundle import bundle
from topicwire_codegen.errors import Problem, SpecError, errors, warnings
from topicwire_codegen.fidelity import check_models
from topicwire_codegen.lint import lint
from topicwire_codegen.model_source import class_names
from topicwire_codegen.models import make_models
from topicwire_codegen.official import OfficialValidator, find_official
from topicwire_codegen.output import (
    changed_files,
    check_replaceable,
    diff,
    replace,
    staging,
    write_tree,
)
from topicwire_codegen.references import Workspace
from topicwire_codegen.render import header, render_package


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to: `changed` files, and how many `channels` and `models` there are.

    `notes` tell what was not generated.
    """

    changed: tuple[str, ...]
    channels: int
    models: int
    diff: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def validate(spec: Path, *, conventions: bool, official: bool, convert: bool = False) -> Workspace:
    """Read and check a document; raises `SpecError` with all that is wrong."""
    workspace = Workspace.open(spec, convert=convert)
    validator = _official(workspace) if official else None
    found = lint(workspace, conventions=conventions)
    problems = errors(found)
    if validator is not None:
        if problems:
            # It would say much of the same again, in other words.
            validator.stop()
        else:
            problems = validator.problems()
    if problems:
        raise SpecError([*problems, *warnings(found)])
    workspace.warnings = warnings(found)
    return workspace


def generate(
    spec: Path,
    output: Path,
    package: str,
    *,
    conventions: bool,
    official: bool,
    write: bool,
    convert: bool = False,
) -> Result:
    """Generate a package; with `write=False` only find out what would change.

    Raises `SpecError` and `OutputError`; nothing is written then.
    """
    output = output.resolve()
    if write:
        check_replaceable(output)
    workspace = Workspace.open(spec, convert=convert)
    validator = _official(workspace) if official else None
    try:
        found = lint(workspace, conventions=conventions)
        if errors(found):
            raise SpecError(found)
        with staging(output, write=write) as folder:
            built = build(workspace)
            files = render_package(built.protocol, package, spec.name)
            models = make_models(built.names, built.models)
            problems = check_models(built, models)
            if problems:
                raise SpecError(problems)
            files[f"src/{package}/models.py"] = (
                f'{header(spec.name)}\n"""The payloads of the protocol."""\n\n{models}'
            )
            files[f"src/{package}/asyncapi.json"] = bundle(workspace, built.names)
            new = folder / "package"
            new.mkdir()
            write_tree(new, files)
            if validator is not None:
                problems = validator.problems()
                validator = None
                if problems:
                    raise SpecError(problems)
            changed = changed_files(new, output)
            lines: Iterable[str] = diff(new, output, changed) if not write else ()
            result = Result(
                tuple(changed),
                len(built.protocol.channels),
                len(class_names(models)),
                tuple(lines),
                warnings(found),
                tuple(
                    f"channel {channel.key!r} is on servers that speak "
                    f"{', '.join(channel.protocols)}, not MQTT: there are its models and "
                    f"channels.{channel.constant}, but no publisher and no subscriber"
                    for channel in built.protocol.channels
                    if channel.protocols
                ),
            )
            if write and changed:
                replace(new, output)
            return result
    finally:
        if validator is not None:
            validator.stop()


def _official(workspace: Workspace) -> OfficialValidator | None:
    document = workspace.root.document
    command = find_official(document.path.parent) or find_official(Path.cwd())
    return OfficialValidator(command, document) if command is not None else None
