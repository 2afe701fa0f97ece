"""The official validator, `@asyncapi/cli`, where Node is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import cast

from topicwire_codegen.document import Document, Json, escape
from topicwire_codegen.errors import Problem

_PATIENCE = 120  # seconds; it usually takes two


class OfficialValidator:
    """Runs `asyncapi validate` in the background; it takes about two seconds."""

    def __init__(self, command: Path, document: Document) -> None:
        self._document = document
        self._folder = tempfile.TemporaryDirectory(prefix="topicwire-")
        self._output = Path(self._folder.name, "diagnostics.json")
        self._process = subprocess.Popen(
            [command, "validate", str(document.path), "--diagnostics-format=json",
             f"--save-output={self._output}"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            # It reports every command to its makers unless it believes to be in CI.
            env={**os.environ, "CI": "true", "NO_COLOR": "1"},
        )  # fmt: skip

    def problems(self) -> list[Problem]:
        """Wait for it, and return the errors that it found."""
        try:
            output, _ = self._process.communicate(timeout=_PATIENCE)
            text = self._output.read_text(encoding="utf-8") if self._output.exists() else ""
        except subprocess.TimeoutExpired:
            output, text = f"it did not end within {_PATIENCE} s", ""
        finally:
            self.stop()
        if self._process.returncode == 0:
            return []
        found = [self._problem(entry) for entry in _errors(text)]
        return found or [
            Problem(
                self._document.location("#"),
                "asyncapi",
                f"the official validator failed: {_last_line(output)}",
                "run `npx asyncapi validate` on the document to see all it says",
            )
        ]

    def stop(self) -> None:
        """End it without waiting for what it would say."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
        self._folder.cleanup()

    def _problem(self, entry: dict[str, Json]) -> Problem:
        path = entry.get("path")
        parts = [escape(str(part)) for part in path] if isinstance(path, list) else []
        location = self._document.location("/".join(["#", *parts]))
        return Problem(
            location,
            "asyncapi",
            f"{entry.get('message')} ({entry.get('code')})",
            "see the AsyncAPI specification for this place",
        )


def find_official(start: Path) -> Path | None:
    """Return the command in the nearest `node_modules` at or above `start`, or None.

    It needs Node, so without that there is none either.
    """
    if shutil.which("node") is None:
        return None
    for folder in (start.resolve(), *start.resolve().parents):
        command = folder / "node_modules" / ".bin" / "asyncapi"
        if command.exists():
            return command
    return None


def _errors(text: str) -> list[dict[str, Json]]:
    try:
        entries = json.loads(text)
    except ValueError:
        return []
    if not isinstance(entries, list):
        return []
    # Severity 0 is an error; the others are advice.
    diagnostics = cast(list[dict[str, Json]], entries)
    return [entry for entry in diagnostics if entry.get("severity") == 0]


def _last_line(output: str) -> str:
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in output.splitlines()]
    lines = [line for line in lines if line]
    return lines[-1] if lines else "it said nothing"
