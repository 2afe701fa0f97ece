"""A package of another document: built, installed with the runtime alone, and at work."""

import json
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest
from topicwire import keys

from tests.packages.environments import CLEAN, ROOT, Environment, contents

PROGRAM = '''
"""One message of each channel, with everything that a channel can ask for."""

import queue
import sys

from choices.apps import Plant, Viewer
from choices.models import Cause, Failure, Value
from topicwire import Client, Context

seen: queue.Queue[tuple[str, object]] = queue.Queue()
broker, ring, outbox = sys.argv[1:]


def show(message: Value | Failure, context: Context) -> None:
    seen.put((context.topic, message))


with (
    Viewer(broker, client_id="viewer", signing=ring) as viewer,
    Plant(broker, client_id="plant", signing=ring, outbox=outbox) as plant,
):
    viewer.on.category("live").subscribe(show)
    viewer.connect()
    plant.connect()
    long = Failure(event="failure", cause=Cause(text="x" * 5000, cause=Cause(text="y")))
    for message in (Value(event="value", value=1.5), long):
        plant.send.update(message)
    plant.client.flush()
    for message in (Value(event="value", value=1.5), long):
        assert seen.get(timeout=10) == ("update", message)
print("received")
'''


@pytest.fixture(scope="module")
def built(factory) -> tuple[Path, Path]:
    """The wheel and the source distribution."""
    project = ROOT / "tests/codegen/golden/choices/expected"
    wheel, source = factory.build(project, "wheel", "sdist")
    return wheel, source


@pytest.fixture(scope="module")
def environment(factory, built, tmp_path_factory) -> Environment:
    factory.build(ROOT / "runtime")
    made = Environment(tmp_path_factory.mktemp("empty") / "environment")
    made.install("choices", wheels=factory.wheels)
    return made


def test_the_wheel_has_everything(built):
    with zipfile.ZipFile(built[0]) as wheel:
        names = set(wheel.namelist())
        metadata = HeaderParser().parsestr(wheel.read("choices-1.0.0.dist-info/METADATA").decode())
        document = json.loads(wheel.read("choices/asyncapi.json"))
    modules = ("__init__", "apps", "channels", "models", "publishers", "subscribers")
    twins = ("__init__", "apps", "publishers", "subscribers")
    assert names >= {
        *(f"choices/{name}.py" for name in modules), *(f"choices/aio/{name}.py" for name in twins),
        "choices/py.typed", "choices/asyncapi.json",
    }  # fmt: skip
    assert {name.partition("/")[0] for name in names} == {"choices", "choices-1.0.0.dist-info"}
    assert "py3-none-any" in built[0].name
    assert metadata["Name"] == "choices"
    assert metadata.get_all("Requires-Dist") == [
        "topicwire<0.2,>=0.1", 'topicwire[cli]<0.2,>=0.1; extra == "cli"',
    ]  # fmt: skip
    assert "UpdatePublisher" in metadata.get_payload()
    assert document["channels"]["updateBatch"]["address"] == "update/batch"


def test_the_source_distribution_makes_the_same_wheel(built, factory, tmp_path):
    before = contents(built[0])  # the new one takes its place
    assert contents(factory.build_again(built[1], tmp_path)) == before


def test_the_runtime_is_all_it_needs(environment):
    code = (
        "import choices.apps, choices.aio.apps, importlib.util as u;"
        "assert not any(map(u.find_spec, ('topicwire_codegen', 'jinja2', 'yaml', 'pytest')));"
        "print(choices.apps.__file__)"
    )
    written = environment.run("-W", "error", "-c", code)
    assert Path(written.strip()).is_relative_to(environment.folder)


def test_it_is_typed(environment, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir",
               tmp_path / "cache", "--python-executable", environment.python]  # fmt: skip

    def check() -> str:
        done = subprocess.run(
            [*command, program], capture_output=True, text=True, check=False, env=CLEAN,
            cwd=tmp_path,
        )  # fmt: skip
        return done.stdout

    assert check().startswith("Success"), check()
    program.write_text(PROGRAM.replace('event="value", value=1.5', 'event="value", value="1"'))
    assert 'incompatible type "str"; expected "float"' in check()


def test_it_works(environment, mosquitto, tmp_path) -> None:
    program, ring = tmp_path / "program.py", tmp_path / "keys.json"
    program.write_text(PROGRAM)
    assert keys.main(["new", str(ring)]) == 0
    written = environment.run(program, mosquitto.url, ring, tmp_path / "outbox.sqlite")
    assert written == "received\n"
