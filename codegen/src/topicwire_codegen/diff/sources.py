"""Opening the two versions, which can be files or files of a git revision."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from topicwire_codegen.document import read_document
from topicwire_codegen.errors import SpecError
from topicwire_codegen.lint import lint
from topicwire_codegen.references import Workspace


class SourceError(Exception):
    """A version cannot be found; the text says which and why."""


@contextmanager
def open_version(source: str) -> Generator[Workspace]:
    """Open a document: a path, or `REVISION:path` for what git has under a revision.

    A path after a revision is relative to the root of the repository, or with `./` to the current
    folder, as git takes it. Raises `SpecError` for a document that is not valid, and `SourceError`
    for one that is not there.
    """
    path = Path(source)
    revision, colon, inside = source.partition(":")
    if path.exists() or not colon or not revision or not inside:
        yield _read(path, source)
        return
    top = Path(_git("rev-parse", "--show-toplevel").decode().strip())
    if inside.startswith(("./", "../")):
        inside = str((Path.cwd() / inside).resolve().relative_to(top.resolve()))
    # All files of the revision, because the document may refer to any of them.
    archive = _git("-C", str(top), "archive", "--format=tar", revision)
    with tempfile.TemporaryDirectory(prefix="topicwire-diff-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        file = Path(folder, inside)
        if not file.is_file():
            raise SourceError(f"{source}: revision {revision!r} has no file {inside!r}")
        yield _read(file, source)


def _read(path: Path, name: str) -> Workspace:
    workspace = Workspace(read_document(path, name))
    problems = lint(workspace, conventions=False)
    if problems:
        raise SpecError(problems)
    return workspace


def _git(*arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    except OSError as error:
        raise SourceError(f"git cannot be run: {error.strerror}") from error
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip()
        raise SourceError(f"git {' '.join(arguments)}: {reason}")
    return done.stdout
