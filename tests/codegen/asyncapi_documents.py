"""Documents of our own, and the packages generated from them.

Those of `documents/asyncapi` are written as people write them, those of `documents/schemas` have
all that schemas can say.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from topicwire_codegen.conversion import find_converter
from topicwire_codegen.document import Json
from topicwire_codegen.generate import generate
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.traits import with_traits

from tests.codegen.large_document import write_large_document

FOLDER = Path(__file__).parent / "documents" / "asyncapi"
SCHEMAS = FOLDER.parent / "schemas"
OF_VERSION_2 = "version_2"
LARGE = "large"
NAMES = [
    *sorted(path.stem for path in FOLDER.iterdir()), LARGE,
    *sorted(f"schemas_{path.stem}" for path in SCHEMAS.iterdir()),
]  # fmt: skip
# Those that can be read here: without Node nothing can be converted.
USABLE = [name for name in NAMES if name != OF_VERSION_2 or find_converter(FOLDER) is not None]


def spec_of(name: str) -> Path:
    """Return the file of a document."""
    if name == LARGE:
        return _large_document()
    if name.startswith("schemas_"):
        return SCHEMAS / f"{name.removeprefix('schemas_')}.yaml"
    candidates = (f"{name}.yaml", f"{name}.json", f"{name}/asyncapi.yaml")
    return next(FOLDER / each for each in candidates if (FOLDER / each).is_file())


@cache
def _large_document() -> Path:
    return write_large_document(_work() / LARGE)


@cache
def _work() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="topicwire-documents-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def package_of(name: str) -> str:
    return f"document_{name}"


@cache
def package_folder(name: str) -> Path:
    """Generate the package of a document, once; return the folder that it can be imported from."""
    output = _work() / package_of(name)
    generate(
        spec_of(name), output, package_of(name),
        conventions=False, official=False, write=True, convert=name == OF_VERSION_2,
    )  # fmt: skip
    return output / "src"


class Example(NamedTuple):
    """An example of a message, which is the `place`-th of its channel."""

    place: int
    headers: Json
    payload: Json


def examples(name: str) -> dict[str, list[Example]]:
    """Return the examples of a document's messages, by the keys of their channels."""
    workspace = Workspace.open(spec_of(name), convert=name == OF_VERSION_2)
    channels = workspace.root.get("channels")
    assert channels is not None
    return {key: list(_examples_of(channel)) for key, channel in channels.items()}


def _examples_of(channel: Node) -> Iterator[Example]:
    messages = channel.get("messages")
    for place, (_, message) in enumerate(messages.items() if messages is not None else ()):
        listed = with_traits(message).get("examples")
        for example in listed.elements() if listed is not None else ():
            fields = example.mapping()
            yield Example(place, fields.get("headers"), fields["payload"])
