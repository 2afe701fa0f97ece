"""What is tried: the channels of generated packages, with the schemas of their payloads."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from topicwire import Channel, PayloadInvalid
from topicwire._strict_json import NotStrict, check_strict
from topicwire_codegen.build import build
from topicwire_codegen.generate import generate
from topicwire_codegen.json_types import same_json
from topicwire_codegen.references import Workspace
from topicwire_codegen.standalone import standalone

from tests.fidelity.judge import judge
from tests.fidelity.values import ANYTHING, changed, fitting, strict_json

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "tests" / "codegen" / "documents" / "schemas").glob("*.yaml"))


@dataclass(frozen=True)
class Subject:
    """A channel with one message, and the schema of its payload."""

    name: str
    channel: Channel[Any]
    schema: dict[str, Any]


@contextmanager
def subjects(spec: Path, folder: Path) -> Iterator[list[Subject]]:
    """Generate a document and yield what is in it to be tried."""
    package = f"tried_{spec.stem.replace('-', '_')}"
    generate(spec, folder, package, conventions=False, official=False, write=True)
    payloads = iter(build(Workspace.open(spec)).payloads)
    sys.path.insert(0, str(folder / "src"))
    try:
        channels = importlib.import_module(f"{package}.channels").CHANNELS
        found = []
        for channel in channels:
            schemas = [standalone(next(payloads).schema) for _ in channel.messages]
            if len(schemas) == 1:
                found.append(Subject(f"{spec.stem}: {channel.name}", channel, schemas[0]))
        yield found
    finally:
        sys.path.remove(str(folder / "src"))
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]


def try_out(subject: Subject, cases: int, start: int = 0) -> tuple[int, int]:
    """Try a subject on generated values; return how many of them fit, and how many did not.

    A disagreement with the judge, and a change on the way through the model, is an
    `AssertionError` that shows the smallest value it was found with.
    """
    verdict = judge(subject.schema)
    counted = [0, 0]
    valid = fitting(subject.schema)

    @seed(start)
    @settings(
        max_examples=cases, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(valid | changed(valid) | changed(valid) | ANYTHING)
    def run(value: Any) -> None:
        body = strict_json(value)
        if body is None or not _is_strict(body):
            return
        fits = verdict.is_valid(value)
        counted[not fits] += 1
        _compare(subject, value, body, fits=fits)

    run()
    return counted[0], counted[1]


def _compare(subject: Subject, value: Any, body: bytes, *, fits: bool) -> None:
    shown = json.dumps(value, ensure_ascii=False)
    message = _decoded(subject.channel, body)
    if isinstance(message, PayloadInvalid):
        assert not fits, f"{subject.name} rejects {shown}: {message}"
        return
    assert fits, f"{subject.name} accepts {shown}"
    written = subject.channel.codec.encode(message)
    # Numbers are doubles, and only as such the same on both sides.
    same = same_json(json.loads(written, parse_int=float), json.loads(body, parse_int=float))
    assert same, f"{subject.name} turns {shown} into {written.decode()}"


def _decoded(channel: Channel[Any], body: bytes) -> Any:
    try:
        return channel.codec.decode(body, topic="t")
    except PayloadInvalid as error:
        return error


def _is_strict(body: bytes) -> bool:
    try:
        check_strict(body)
    except NotStrict:
        return False
    return True
