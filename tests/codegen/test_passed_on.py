"""Commands of the runtime that `topicwire` offers too."""

import json

import pytest
from topicwire_codegen.cli import app
from typer.testing import CliRunner


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


def test_keys(tmp_path):
    path = str(tmp_path / "keys.json")
    assert run("keys", "new", path, "--sender", "a", "--kid", "k")[0] == 0
    status, output = run("keys", "list", path, "--json")
    assert (status, json.loads(output)["kid"]) == (0, "k")
    status, output = run("keys", "rotate", path, "none")
    assert (status, output) == (2, "there is no key 'none'; there are 'k'\n")


@pytest.mark.parametrize("command", ["keys", "outbox"])
def test_help_is_that_of_the_command_itself(command):
    status, output = run(command, "--help")
    assert status == 0
    assert output.startswith(f"usage: topicwire {command}")


def test_outbox(tmp_path):
    status, output = run("outbox", "status", str(tmp_path / "none"))
    assert status == 1
    assert "is no file" in output
