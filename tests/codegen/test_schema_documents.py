"""Documents of all that schemas can say: generated, type-checked, and sent over a real broker."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from topicwire import Client
from topicwire_codegen.generate import generate
from topicwire_codegen.json_types import same_json

from tests.inbox import Inbox

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((Path(__file__).parent / "documents" / "schemas").glob("*.yaml"))
PYRIGHT = ROOT / "node_modules" / ".bin" / "pyright"


def package(document: Path) -> str:
    return f"about_{document.stem}"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the packages of all documents."""
    folder = tmp_path_factory.mktemp("packages")
    for document in DOCUMENTS:
        name = package(document)
        output = folder / "outputs" / name
        generate(document, output, name, conventions=False, official=False, write=True)
        shutil.copytree(output / "src" / name, folder / "src" / name)
    sys.path.insert(0, str(folder / "src"))
    yield folder / "src"
    sys.path.remove(str(folder / "src"))
    names = {package(document) for document in DOCUMENTS}
    for name in [name for name in sys.modules if name.partition(".")[0] in names]:
        del sys.modules[name]


def test_there_are_fifteen():
    assert len(DOCUMENTS) >= 15


def test_the_packages_pass_mypy_strict(packages, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", tmp_path,
         *(packages / package(document) for document in DOCUMENTS)],
        capture_output=True, text=True, check=False, cwd="/",
        env={**os.environ, "MYPYPATH": str(packages)},
    )  # fmt: skip
    assert done.stdout.startswith("Success"), done.stdout


@pytest.mark.skipif(not PYRIGHT.exists(), reason="no pyright (npm ci)")
def test_the_packages_pass_pyright_strict(packages):
    (packages / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    done = subprocess.run(
        [PYRIGHT, "--pythonpath", sys.executable, "-p", packages],
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    assert "0 errors, 0 warnings" in done.stdout, done.stdout


def examples(document: Path) -> Iterator[tuple[str, object]]:
    """Yield the channels of a document with the examples of their payloads."""
    content = yaml.safe_load(document.read_text(encoding="utf-8"))
    for key, channel in content["channels"].items():
        [message] = channel["messages"].values()
        for example in message["examples"]:
            yield key, example["payload"]


def test_every_channel_carries_its_examples(packages, mosquitto):
    count = 0
    with Client(mosquitto.url, client_id="schema-documents") as client:
        for document in DOCUMENTS:
            publishers = importlib.import_module(f"{package(document)}.publishers")
            subscribers = importlib.import_module(f"{package(document)}.subscribers")
            for key, example in examples(document):
                stem = key[0].upper() + key[1:]
                publisher = getattr(publishers, f"{stem}Publisher")(client)
                codec = publisher.channel.codec
                message = codec.decode(json.dumps(example).encode(), topic="t")
                inbox = Inbox()
                subscription = getattr(subscribers, f"{stem}Subscriber")(client).subscribe(inbox)
                subscription.wait(5)
                publisher.publish(message).wait(5)
                [(received, _)] = inbox.wait_for(1)
                assert received == message, key
                assert same_json(json.loads(codec.encode(received)), example), key
                subscription.unsubscribe()
                count += 1
    assert count > 80
