"""Documents as people write them: each is generated, imported, type-checked, and put to use."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from topicwire import Channel, Client, Context, Location
from topicwire._message_headers import HeaderFields
from topicwire_codegen.document import read_document
from topicwire_codegen.generate import generate
from topicwire_codegen.json_types import same_json
from topicwire_codegen.official import OfficialValidator, find_official

from tests.codegen.asyncapi_documents import (
    FOLDER,
    LARGE,
    NAMES,
    USABLE,
    examples,
    package_of,
    spec_of,
)
from tests.inbox import Errors, Inbox

ROOT = Path(__file__).parents[2]
BYTES = b"\x00\xff{"


def test_there_are_enough():
    assert len(NAMES) >= 30


def test_the_large_one_is():
    folder = spec_of(LARGE).parent
    files = [path for path in folder.rglob("*.yaml") if path.parent != folder]
    document = read_document(spec_of(LARGE)).data
    assert sum(path.stat().st_size for path in folder.rglob("*.yaml")) >= 250_000
    assert len(files) == 35
    assert len(document["channels"]) >= 75
    assert sum("reply" in operation for operation in document["operations"].values()) == 25


def test_they_are_typed_strictly(packages, tmp_path):
    """All at once, because each start of a checker takes seconds; with a program that uses them."""
    folders = [path / package_of(name) for name, path in packages.items()]
    program = tmp_path / "program.py"
    program.write_text((FOLDER.parent / "program.py").read_text())
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file", "",
         "--cache-dir", str(tmp_path / "cache"), *map(str, [*folders, program])],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "MYPYPATH": ":".join(map(str, packages.values()))},
    )  # fmt: skip
    assert done.stdout + done.stderr == ""
    pyright = ROOT / "node_modules/.bin/pyright"
    if not pyright.exists():
        pytest.skip("no pyright (npm ci)")
    settings = {
        "include": list(map(str, [*folders, program])),
        "extraPaths": list(map(str, packages.values())),
        "typeCheckingMode": "strict",
        "reportUnnecessaryTypeIgnoreComment": True,
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [pyright, "--pythonpath", sys.executable, "-p", str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", USABLE)
def test_every_module_can_be_imported(name, packages):
    package = package_of(name)
    for path in sorted((packages[name] / package).rglob("*.py")):
        parts = path.relative_to(packages[name]).with_suffix("").parts
        importlib.import_module(".".join(part for part in parts if part != "__init__"))


# In the published document the channels of batches stand beside those that they are of.
@pytest.mark.parametrize("name", [name for name in USABLE if name != "delivery"])
def test_the_published_document_gives_the_same_package(name, packages, tmp_path):
    package = package_of(name)
    published = packages[name] / package / "asyncapi.json"
    generate(
        published, tmp_path / "out", package, conventions=False, official=False, write=True
    )  # fmt: skip
    again = tmp_path / "out" / "src"
    for path in sorted((packages[name] / package).rglob("*.py")):
        # The first line names the document.
        other = again / path.relative_to(packages[name])
        assert path.read_text().split("\n", 1)[1] == other.read_text().split("\n", 1)[1]
    assert json.loads((again / package / "asyncapi.json").read_text()) == json.loads(
        published.read_text()
    )


@pytest.mark.skipif(find_official(ROOT) is None, reason="the AsyncAPI tools are not installed")
def test_the_official_validator_accepts_the_published_document(packages):
    name = "several_files"
    command = find_official(ROOT)
    assert command is not None
    published = packages[name] / package_of(name) / "asyncapi.json"
    assert OfficialValidator(command, read_document(published)).problems() == []


@pytest.mark.parametrize("version", ["5", "3.1.1"])
@pytest.mark.parametrize("name", USABLE)
def test_a_message_of_each_kind_arrives_as_it_was_sent(name, version, packages, mosquitto):
    package = package_of(name)
    publishers = stubs(f"{package}.publishers")
    subscribers = stubs(f"{package}.subscribers")
    assert publishers.keys() == subscribers.keys()
    listed = examples(name)
    errors = Errors()
    with Client(mosquitto.url, mqtt_version=version, on_error=errors) as client:
        for key, make in publishers.items():
            inbox = Inbox()
            subscribers[key](client).subscribe(inbox)
            sent = list(messages(make.channel, listed[key]))
            assert sent, f"channel {key!r} of {name} has no example"
            for message, headers in sent:
                given = {"headers": headers} if headers is not None else {}
                make(client).publish(message, **arguments(make, message), **given).wait(10)
            fresh = wait_for_new(inbox, len(sent))
            assert [message for message, _ in fresh] == [message for message, _ in sent]
            assert_unchanged(make.channel, [message for message, _ in fresh], listed[key])
            assert [context.typed_headers for _, context in fresh] == [h for _, h in sent]
            for _, context in fresh:
                assert make.channel.template.match(context.topic) is not None
    assert errors.items == []


def assert_unchanged(channel: Channel[Any], received: list[object], listed: list[Any]) -> None:
    """Find the JSON of what was received just as it stands in the document."""
    for (place, _, payload), message in zip(listed, received, strict=False):
        codec = channel.only(channel.messages[place].name).codec
        if channel.messages[place].payload is not bytes:
            assert same_json(json.loads(codec.encode(message)), payload), payload


def wait_for_new(inbox: Inbox, count: int) -> list[tuple[object, Context]]:
    """Return what came without what the broker had kept from another run."""
    inbox.wait_until(lambda items: sum(not context.retained for _, context in items) >= count)
    return [item for item in inbox.items if not item[1].retained]


def stubs(module: str) -> dict[str, Any]:
    """Return the publishers or subscribers of a package, by the names of their channels."""
    return {
        each.channel.name: each
        for each in vars(importlib.import_module(module)).values()
        if inspect.isclass(each) and each.__module__ == module
    }


def messages(channel: Channel[Any], listed: list[Any]) -> Iterator[tuple[object, object]]:
    """Yield what is to be sent to a channel, with its headers."""
    for place, headers, payload in listed:
        described = channel.messages[place]
        model = TypeAdapter(described.payload).validate_json(json.dumps(payload), by_alias=True)
        yield model, read_headers(described.headers, headers)
    for described in channel.messages:
        if described.payload is bytes:
            yield BYTES, read_headers(described.headers, {"type": "x"})


def read_headers(fields: HeaderFields | None, given: object) -> object:
    if fields is None:
        return None
    return fields.type.model_validate_json(json.dumps(given or {}), by_alias=True)


def arguments(publisher: Any, message: object) -> dict[str, str]:
    """Return values for the parameters of an address that the message does not say."""
    by_name = {p.name: p for p in publisher.channel.parameters}
    keywords = [
        name
        for name, parameter in inspect.signature(publisher.publish).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and name != "headers"
    ]
    pairs = zip(keywords, by_name.values(), strict=True)
    return {
        keyword: parameter.enum[0] if parameter.enum else f"v_{keyword}"
        for keyword, parameter in pairs
        if parameter.location is None or in_no_payload(parameter.location, message)
    }


def in_no_payload(location: Location, message: object) -> bool:
    return location.source == "payload" and location.read(message, {}) is None
