"""Documents of AsyncAPI 2, made AsyncAPI 3 by `@asyncapi/converter`, where Node is there."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from topicwire_codegen.document import Document, parse_document, read_document
from topicwire_codegen.errors import Problem, SpecError

TARGET = "3.0.0"
_PACKAGE = "@asyncapi/converter"
_PATIENCE = 60  # seconds; it usually takes less than one
_SCRIPT = """
const { convert } = require(process.argv[1]);
let text = "";
process.stdin.on("data", (piece) => (text += piece));
process.stdin.on("end", () => {
  const converted = convert(JSON.parse(text), process.argv[2]);
  process.stdout.write(JSON.stringify(converted, null, 1));
});
"""


def is_old(document: Document) -> bool:
    """Return whether a document is of AsyncAPI 2."""
    fields = document.data if isinstance(document.data, dict) else {}
    version = fields.get("asyncapi")
    return isinstance(version, str) and version.startswith("2.")


def read_converted(path: Path) -> Document:
    """Read a document, and convert it if it is of AsyncAPI 2.

    Problems of a converted one have their places in the converted text. Raises `SpecError`.
    """
    document = read_document(path)
    if not is_old(document):
        return document
    converter = find_converter(path.parent) or find_converter(Path.cwd())
    if converter is None:
        raise SpecError([
            _problem(document, f"converting needs Node and {_PACKAGE}, and they are not there",
                     f"install Node, then `npm install {_PACKAGE}` beside the document")
        ])  # fmt: skip
    try:
        done = subprocess.run(
            ["node", "-e", _SCRIPT, str(converter), TARGET],
            input=json.dumps(document.data), capture_output=True, text=True, check=False,
            timeout=_PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise SpecError([
            _problem(document, f"{_PACKAGE} did not end within {_PATIENCE} s", "convert it by hand")
        ]) from None  # fmt: skip
    if done.returncode != 0:
        reason = next((line for line in done.stderr.splitlines() if "Error:" in line), "")
        raise SpecError([
            _problem(document, f"{_PACKAGE} failed: {reason.strip() or 'it did not say why'}",
                     "correct the document; `npx asyncapi validate` tells what is wrong with it")
        ])  # fmt: skip
    return parse_document(done.stdout, path, f"{path.name} as {TARGET}")


def find_converter(start: Path) -> Path | None:
    """Return the package in the nearest `node_modules` at or above `start`, or None."""
    if shutil.which("node") is None:
        return None
    for folder in (start.resolve(), *start.resolve().parents):
        package = folder / "node_modules" / _PACKAGE
        if package.is_dir():
            return package
    return None


def _problem(document: Document, message: str, remedy: str) -> Problem:
    return Problem(document.location("#/asyncapi"), "conversion", message, remedy)
