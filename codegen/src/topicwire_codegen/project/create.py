"""Writing the files of a new project."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from topicwire_codegen._version import __version__
from topicwire_codegen.generate import generate
from topicwire_codegen.naming import snake_name, words
from topicwire_codegen.output import OutputError

# Names that the project's environment has already.
_TAKEN = ("pydantic", "topicwire", "topicwire_codegen", "tests", "protocol")
_ENVIRONMENT = Environment(
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701 - Python, YAML and Markdown, not HTML
)


@dataclass(frozen=True, slots=True)
class Project:
    """What a run came to: the folder, and the import names of service and protocol."""

    folder: Path
    package: str
    protocol: str


def create_project(folder: Path) -> Project:
    """Write a new project into a folder, named after it, and generate its protocol package.

    Raises `OutputError` when nothing can be named after the folder, or when a file is there
    already; nothing is written then.
    """
    folder = folder.resolve()
    package = snake_name(folder.name)
    if not package or not package.isascii():
        raise OutputError(
            f"{folder.name!r} gives no name for a package; "
            "name the folder with letters, digits and dashes"
        )
    if package in _TAKEN or package in sys.stdlib_module_names:
        raise OutputError(f"{package!r} is the name of another package; choose another one")
    project = Project(folder, package, f"{package}_protocol")
    context = {
        "project": package.replace("_", "-"),
        "package": package,
        "protocol": project.protocol,
        "title": " ".join(word[0].upper() + word[1:] for word in words(folder.name)),
        "version": __version__,
    }
    texts = {
        _ENVIRONMENT.from_string(name).render(context): _ENVIRONMENT.from_string(text).render(
            context
        )
        for name, text in _templates(files("topicwire_codegen.project") / "files", "")
    }
    existing = [name for name in (*texts, "protocol") if (folder / name).exists()]
    if existing:
        raise OutputError(
            f"{folder} has {', '.join(sorted(existing))} already; give a new folder, or move them"
        )
    for name, text in texts.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    generate(
        folder / "asyncapi.yaml", folder / "protocol", project.protocol,
        conventions=True, official=False, write=True,
    )  # fmt: skip
    return project


def _templates(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    """Yield the names of the files, still with placeholders, and their texts."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _templates(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(".j2"):
            # A name cannot begin with a dot here, or some tools would leave the file out.
            name = entry.name.removesuffix(".j2").replace("dot_", ".", 1)
            yield f"{path}{name}", entry.read_text("utf-8")
