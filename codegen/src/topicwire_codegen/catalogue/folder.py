"""The folder of a catalogue: what was generated before is replaced, anything else is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from topicwire_codegen.catalogue.markdown import MARK
from topicwire_codegen.output import OutputError

# Without the version, so that what an older one has written is replaced.
_MARK = MARK.partition(" by ")[0].encode()


def write_catalogue(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, given by their paths in the folder, and remove other generated ones.

    Raises `OutputError` when a file in the way was not generated, or one cannot be written; then
    nothing is written.
    """
    try:
        strangers = [
            name for name in files if (folder / name).exists() and not _is_ours(folder / name)
        ]
        if strangers:
            raise OutputError(
                f"{folder / min(strangers)} was not generated, so it is not replaced; give another "
                "folder for --output, or move it away"
            )
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.relative_to(folder).as_posix() not in files and _is_ours(path):
                path.unlink()
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}") from error


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_MARK)) == _MARK
