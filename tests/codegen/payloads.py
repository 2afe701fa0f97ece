"""Many schemas generated at once, each as the payload of a channel."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from topicwire import Channel
from topicwire_codegen.errors import Problem, SpecError
from topicwire_codegen.generate import generate


@contextmanager
def generated(
    folder: Path, schemas: Mapping[str, object]
) -> Iterator[tuple[dict[str, Channel], dict[str, list[Problem]]]]:
    """Generate a package and import it; yield its channels, and the problems of the others.

    Each schema is a file of its own, so that it can refer to itself by `#`. Those that are
    refused are left out, and the rest is generated again.
    """
    refused: dict[str, list[Problem]] = {}
    package = f"payloads_of_{folder.name}"
    folder.mkdir(parents=True, exist_ok=True)
    for key, schema in schemas.items():
        (folder / f"{key}.json").write_text(
            json.dumps(schema, ensure_ascii=False), encoding="utf-8"
        )
    while True:
        spec = _document(folder, {k: v for k, v in schemas.items() if k not in refused})
        try:
            generate(spec, folder / "out", package, conventions=False, official=False, write=True)
            break
        except SpecError as error:
            for problem in error.problems:
                refused.setdefault(_key(problem), []).append(problem)
        unknown = refused.keys() - schemas.keys()
        assert not unknown, refused
    sys.path.insert(0, str(folder / "out" / "src"))
    try:
        module = importlib.import_module(f"{package}.channels")
        yield {channel.name: channel for channel in module.CHANNELS}, refused
    finally:
        sys.path.remove(str(folder / "out" / "src"))
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
        shutil.rmtree(folder, ignore_errors=True)


def _document(folder: Path, schemas: Mapping[str, object]) -> Path:
    # A file that is only true or false is no document.
    payloads = {
        key: schema if isinstance(schema, bool) else {"$ref": f"./{key}.json"}
        for key, schema in schemas.items()
    }
    spec = folder / "spec.json"
    spec.write_text(json.dumps({
        "asyncapi": "3.1.0",
        "info": {"title": "Payloads", "version": "1"},
        "channels": {
            key: {"address": key, "messages": {key: {"payload": payload}}}
            for key, payload in payloads.items()
        },
        "operations": {},
    }))  # fmt: skip
    return spec


def _key(problem: Problem) -> str:
    location = problem.location
    if location.pointer.startswith("#/channels/"):
        return location.pointer.split("/")[2]
    return Path(location.file).stem
