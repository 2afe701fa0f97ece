"""Every code block of the README and of the guides runs, or says why it does not."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from topicwire import KeyRing
from topicwire.keys import new_key
from topicwire.raw import RawClient
from topicwire_codegen.generate import generate

from tests.docs.blocks import ROOT, Block, pages, read_blocks
from tests.docs.shell import check_command, commands
from tests.docs.surroundings import FRAGMENT, SURROUNDINGS
from tests.keys import write_ring
from tests.mosquitto import Mosquitto

BLOCKS = [block for page in pages() for block in read_blocks(page)]
# Its blocks are carried out in their order, see test_first_steps.
BLOCKS = [block for block in BLOCKS if block.page != "docs/first-steps.md"]
NOT_RUN = re.compile(r"not run: \S.{9,}")
RUN_BY = re.compile(r"run by (tests/\S+\.py)")
WITHIN = re.compile(r"within (.+)")
UNTIL_STOPPED = "runs until stopped"
ADDRESSES = re.compile(r"mqtts?://(?:127\.0\.0\.1|localhost|bench\.example)(?::1883)?(?=[\"'])")


def of(*languages: str) -> pytest.MarkDecorator:
    """Have a test run with each block in these languages that is not said to be run otherwise."""
    chosen = [
        block
        for block in BLOCKS
        if block.language in languages
        and not NOT_RUN.fullmatch(block.remark)
        and not RUN_BY.fullmatch(block.remark)
    ]
    return pytest.mark.parametrize("block", chosen, ids=str)


@pytest.fixture(scope="module")
def broker(tmp_path_factory) -> Iterator[Mosquitto]:
    """A broker that tells of subscriptions on a topic."""
    with Mosquitto(tmp_path_factory.mktemp("broker"), "log_dest topic") as broker:
        yield broker


@pytest.fixture(scope="module")
def fragments(tmp_path_factory) -> Path:
    """Where the package `fragments` can be imported from."""
    output = tmp_path_factory.mktemp("fragments") / "package"
    spec = Path(__file__).parent / "fragments.yaml"
    generate(spec, output, "fragments", conventions=False, official=False, write=True)
    return output / "src"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the key file that the guides speak of."""
    write_ring(tmp_path / "keys.json", KeyRing([new_key("hmac-sha256", "bench")]))
    return tmp_path


def program(block: Block, broker: Mosquitto) -> str:
    text = block.text
    if found := WITHIN.fullmatch(block.remark):
        around = SURROUNDINGS[found[1]]
        margin = re.search(rf"^( *){FRAGMENT}", around, re.MULTILINE)[1]
        text = around.replace(f"{margin}{FRAGMENT}", textwrap.indent(text, margin))
    return ADDRESSES.sub(broker.url, text)


@of("python")
def test_a_program_runs(block: Block, broker: Mosquitto, fragments: Path, folder: Path):
    text = program(block, broker)
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", text], cwd=folder, text=True,
        env={**os.environ, "PYTHONPATH": str(fragments)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    if block.remark == UNTIL_STOPPED:
        wait_for_subscription(process, broker)
        process.send_signal(signal.SIGINT)
    # Some wait for Enter.
    _, errors = process.communicate("\n", timeout=90)
    if block.remark == UNTIL_STOPPED and errors.rstrip().endswith("KeyboardInterrupt"):
        return
    assert process.returncode == 0, f"{block}:\n{text}\n{errors}"
    assert "Traceback" not in errors, errors


def wait_for_subscription(process: subprocess.Popen[str], broker: Mosquitto) -> None:
    subscribed = threading.Event()
    with RawClient(broker.url, client_id="watcher") as client:

        def look(message, acknowledge) -> None:
            acknowledge()
            if b"watcher" not in message.payload:
                subscribed.set()

        client.subscribe("$SYS/broker/log/M/subscribe", look)
        assert subscribed.wait(90), "it has subscribed to nothing"


@of("sh", "bash")
def test_a_script_is_one_and_its_commands_are_there(block: Block, broker: Mosquitto):
    done = subprocess.run(
        ["bash", "-n"], input=block.text, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    found = list(commands(block.text))
    assert found
    for words in found:
        check_command(words, broker.port)


@pytest.mark.parametrize(
    "command",
    [
        "topicwire nonsense", "topicwire diff --nonsense", "suspension run --nonsense",
        "make nonsense", "make demo NONSENSE=1", "pytest --nonsense", "python -m nonsense",
        "nonsense",
    ],
)  # fmt: skip
def test_a_command_that_is_not_there_is_noticed(command):
    [words] = commands(f"{command} # and a comment")
    with pytest.raises(AssertionError, match=r"(?i)nonsense"):
        check_command(words, 0)


@of("yaml")
def test_yaml_is_yaml(block: Block):
    assert yaml.safe_load(block.text)


@of("json")
def test_json_is_json(block: Block):
    assert json.loads(block.text)


@of("toml")
def test_toml_is_toml(block: Block):
    assert tomllib.loads(block.text)


def test_each_remark_is_one():
    wrong = [
        f"{block}: {block.remark}"
        for block in BLOCKS
        if block.remark
        and not (NOT_RUN.fullmatch(block.remark) or RUN_BY.fullmatch(block.remark))
        and block.remark != UNTIL_STOPPED
        and not ((found := WITHIN.fullmatch(block.remark)) and found[1] in SURROUNDINGS)
    ]
    assert wrong == []


def test_what_is_said_to_be_run_by_another_test_is():
    said = [(block, found[1]) for block in BLOCKS if (found := RUN_BY.fullmatch(block.remark))]
    assert said
    for block, test in said:
        assert Path(block.page).name in (ROOT / test).read_text(), f"{block}: not by {test}"


def test_all_blocks_have_a_language():
    """Blocks without one are output, drawings, and what goes over the wire; not programs."""
    programs = [
        block
        for block in BLOCKS
        if not block.language and re.match(r"(from|import|make|topicwire|pip|\$) ", block.text)
    ]
    assert programs == []


def test_every_error_is_in_the_guide():
    import topicwire

    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    table = text.split("## What to do about them")[1].split("\n## ")[0]
    errors = {
        name
        for name in topicwire.__all__
        if isinstance(kind := getattr(topicwire, name), type) and issubclass(kind, Exception)
    }
    # Nothing is raised that is only these.
    branches = {"TopicwireError", "LocalError", "RemoteError", "MessageRefused"}
    assert (
        set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.M))))
        == errors - branches
    )
