"""What tools/install-* do for users who are not root, with and without sudo."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"
# What stands in for the programs that would change this machine; it writes down how it was called.
NOTING = 'echo "${0##*/} $*" >>"$CALLS"\n'
SUDO = NOTING + '[ "$1" = -n ] && shift && exec "$@"\n'


class Machine:
    """The programs that a tool finds, and which of those that are stand-ins it has called."""

    def __init__(self, folder: Path) -> None:
        self._programs = folder / "bin"
        self._programs.mkdir()
        self._calls = folder / "calls"
        for name in ("dirname", "sh", "env", "printf", "true"):
            found = shutil.which(name)
            assert found is not None
            (self._programs / name).symlink_to(found)

    def has(self, name: str, script: str) -> None:
        path = self._programs / name
        path.write_text(f"#!/bin/sh\n{script}")
        path.chmod(0o755)

    def run(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [TOOLS / tool, *arguments], capture_output=True, text=True, timeout=20, check=False,
            env={"PATH": str(self._programs), "CALLS": str(self._calls)},
        )  # fmt: skip

    @property
    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines() if self._calls.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian, and a user who is not root."""
    made = Machine(tmp_path)
    made.has("id", "echo 1000\n")
    made.has("apt-get", NOTING)
    return made


def test_a_command_is_run_as_it_is_by_root(machine: Machine):
    machine.has("id", "echo 0\n")
    machine.has("sudo", SUDO)
    assert machine.run("as-root", "printf", "%s|", "a b", "c").stdout == "a b|c|"
    assert machine.run("as-root").returncode == 0
    assert machine.calls == []


def test_a_command_is_run_by_sudo(machine: Machine):
    machine.has("sudo", SUDO)
    assert machine.run("as-root", "printf", "%s|", "a b", "c").stdout == "a b|c|"
    assert machine.calls == ["sudo -n true", "sudo -n printf %s| a b c"]


@pytest.mark.parametrize("sudo", [None, "exit 1\n"])
def test_a_command_is_not_run_without_the_right(machine: Machine, sudo: str | None):
    if sudo is not None:
        machine.has("sudo", sudo)
    for arguments in ((), ("printf", "x")):
        done = machine.run("as-root", *arguments)
        assert (done.returncode, done.stdout) == (1, "")


def test_who_may_not_install_is_told_what_to_do(machine: Machine):
    browser = machine.run("install-browser")
    assert (browser.returncode, browser.stdout) == (0, ""), "the tests go on without"
    assert "sudo apt-get install chromium" in browser.stderr
    brokers = machine.run("install-brokers")
    assert brokers.returncode == 1
    assert "sudo apt-get install" in brokers.stderr
    assert "mosquitto-clients" in brokers.stderr
    assert machine.calls == []


def test_a_browser_is_installed(machine: Machine):
    machine.has("sudo", SUDO)
    assert machine.run("install-browser").returncode == 0
    assert [call for call in machine.calls if call.startswith("apt-get")] == [
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends chromium",
    ]
