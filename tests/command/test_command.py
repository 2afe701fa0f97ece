"""The command as a process: start, completion, the missing extra, its bench."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from topicwire.command._access import OPTIONS, Access
from topicwire.command._failures import Status
from topicwire.settings import ClientSettings

from tests.command.conftest import Run, run_command
from tests.mosquitto import Mosquitto

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")
COMMAND = [sys.executable, "-m", "suspension_protocol"]


def test_help_lists_the_commands_and_statuses():
    ended = run_command("--help")
    assert ended.status == 0
    for name in ("tail", "send", "list", "describe", "stats", "doctor", "bench"):
        assert f"│ {name} " in ended.out
        assert run_command(name, "--help").status == 0
    assert "Exit status: 0 done;" in ended.out


def test_version():
    assert run_command("--version").out.startswith("suspension-protocol 1.0.0, protocol 1.0.0, ")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("suspension-protocol send testSt", {"testStart", "testStop", "testStatus"}),
        ("suspension-protocol send testStart --posi", {"--position"}),
        ("suspension-protocol send testStart --position rear", {"rear_left", "rear_right"}),
        ("suspension-protocol describe SensorQ", {"SensorQuantity"}),
    ],
)
def test_the_shell_completes(words: str, expected: set[str]):
    environment = {
        **os.environ,
        "_SUSPENSION_PROTOCOL_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = subprocess.run(
        COMMAND, capture_output=True, text=True, env=environment, check=True, timeout=120
    )
    assert set(done.stdout.split()) == expected


def test_without_the_extra_it_says_what_to_install():
    program = (
        "import sys; sys.modules['typer'] = None\n"
        "from suspension_protocol.__main__ import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 2
    assert done.stderr == (
        "typer is not installed; install it with: pip install 'topicwire[cli]'\n"
    )


def test_who_reads_may_stop():
    with subprocess.Popen(
        [*COMMAND, "list", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(120) == 0


def test_ctrl_c_ends_with_what_was_counted(broker: Mosquitto):
    with subprocess.Popen(
        [*COMMAND, "stats", "--json", "--interval", "0.1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "TOPICWIRE_URL": broker.url},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        first = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read().splitlines()
        assert process.wait(120) == Status.INTERRUPTED
        assert process.stderr.read() == ""
    assert json.loads(rest[-1])["elapsed"] >= first["elapsed"]


def test_on_a_terminal_the_table_follows(broker: Mosquitto):
    primary, secondary = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "stats", "--interval", "0.1", "--for", "0.5"],
        stdout=secondary, stderr=secondary, stdin=subprocess.DEVNULL,
        env={**os.environ, "TOPICWIRE_URL": broker.url, "TERM": "xterm", "COLUMNS": "120"},
    ) as process:  # fmt: skip
        os.close(secondary)
        shown = b""
        try:
            while chunk := os.read(primary, 4096):
                shown += chunk
        except OSError:
            pass  # the other end is closed
        assert process.wait(120) == 0
    os.close(primary)
    assert shown.count(b"B/message") >= 3, "it is drawn again and again"
    assert b"\x1b[" in shown


def test_bench_measures(run: Run):
    ended = run("bench", "--count", "300", "--trips", "20", "--json")
    assert ended.status == 0, ended.err
    result = json.loads(ended.out)
    assert [one["qos"] for one in result["results"]] == [0, 1]
    for one in result["results"]:
        assert one["lost"] == 0
        assert one["round_trip"]["count"] == 20
        assert 0 < one["round_trip"]["p50"] <= one["round_trip"]["p99"] < 5
        assert one["received_per_second"] > 0
    table = run("bench", "--count", "50", "--trips", "5", "--qos", "1")
    assert len(table.out.splitlines()) == 3


def test_the_script_is_declared():
    text = (ROOT / "generated" / "pyproject.toml").read_text()
    assert 'suspension-protocol = "suspension_protocol.__main__:main"' in text


def documented() -> list[list[str]]:
    """The arguments of every line of the page that runs the command."""
    lines = re.findall(r"^(?:.* \| )?suspension-protocol (\S.*)$", PAGE, re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


@pytest.mark.parametrize("arguments", documented(), ids=" ".join)
def test_every_line_of_the_page_can_be_run(arguments: list[str], tmp_path, monkeypatch):
    # Everything is looked at but nothing done: options are read before help is shown.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "command.json").write_text("{}")
    if arguments != ["--install-completion"]:
        assert run_command(*arguments, "--help").status == 0


def test_examples_of_the_page_fit_their_channels():
    sent = [one for one in documented() if one[0] == "send" and "--json" not in one]
    assert len(sent) >= 4
    for arguments in sent:
        ended = run_command(*arguments, "--dry-run")
        assert ended.status == 0, ended.err


def test_the_page_has_every_status_option_and_check():
    statuses = PAGE.split("## How it ends")[1].split("## ")[0]
    assert re.findall(r"^\| (\d+) \|", statuses, re.MULTILINE) == [
        str(status.value) for status in Status
    ]
    broker = PAGE.split("## Which broker")[1].split("## ")[0]
    for annotation in OPTIONS.values():
        for flag in annotation.__metadata__[0].param_decls:  # type: ignore[attr-defined]
            assert f"`{flag}`" in broker
    for variable in re.findall(r"`TOPICWIRE_(\w+)`", broker):
        assert variable.lower() in ClientSettings.model_fields or variable == "CONFIG"
    doctor = PAGE.split("## doctor")[1].split("## ")[0]
    folder = ROOT / "runtime" / "src" / "topicwire" / "command" / "_doctor"
    checks = {
        name
        for path in folder.glob("*.py")
        for name in re.findall(
            r'(?:ok|note|problem|_CHECK =)\(?\s*"([\w ]+)"', path.read_text(encoding="utf-8")
        )
    }
    assert checks - {"access"} <= set(re.findall(r"`([\w ]+)`", doctor))
    assert len(checks) > 8


@pytest.mark.parametrize(
    ("url", "unsigned"),
    [
        ("mqtt://127.0.0.1", True),
        ("mqtt://127.0.0.1,localhost:1884", True),
        ("mqtt://127.0.0.1,broker.example", False),
        ("mqtt://broker.example,127.0.0.1", False),
    ],
)
def test_messages_go_unsigned_only_where_every_broker_is_on_this_machine(url, unsigned):
    assert Access(url=url).options(None).get("allow_unsigned", False) is unsigned
