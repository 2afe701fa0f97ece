"""A new project works as it is: its own checks and tests pass, against a real broker."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from topicwire_codegen.build import build
from topicwire_codegen.cli import app
from topicwire_codegen.generate import validate
from typer.testing import CliRunner


def init(folder: Path):
    return CliRunner().invoke(app, ["init", str(folder)])


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("projects") / "warm-house"
    done = init(folder)
    assert done.exit_code == 0, done.output
    assert f"{folder}: asyncapi.yaml, its package warm_house_protocol" in done.stderr
    return folder


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # What `make test` there does with an environment of its own; tests/packages does that.
    sources = f"{project / 'src'}{os.pathsep}{project / 'protocol/src'}"
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=project, capture_output=True, text=True,
        check=False, env={**os.environ, "PYTHONPATH": sources, "MYPYPATH": sources},
    )  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        ("pytest", "-q", "-p", "no:cacheprovider"),
        ("mypy", "src", "tests"),
        ("ruff", "check", "--no-cache", "src", "tests"),
        ("ruff", "format", "--check", "--no-cache", "src", "tests"),
    ],
    ids=" ".join,
)
def test_its_own_checks_pass(command, project):
    done = run(project, *command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_document_keeps_to_the_conventions_and_the_package_is_up_to_date(project):
    validate(project / "asyncapi.yaml", conventions=True, official=False)
    arguments = [
        "generate", str(project / "asyncapi.yaml"), "--output", str(project / "protocol"),
        "--package", "warm_house_protocol", "--strict", "--no-official", "--check",
    ]  # fmt: skip
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output


def test_it_compares_with_itself(project):
    spec = str(project / "asyncapi.yaml")
    assert CliRunner().invoke(app, ["diff", spec, spec]).exit_code == 0


def test_two_apps_and_three_channels(project):
    workspace = validate(project / "asyncapi.yaml", conventions=True, official=False)
    protocol = build(workspace).protocol
    assert [app.name for app in protocol.apps] == ["Device", "Controller"]
    assert len(protocol.channels) == 3
    assert {channel.extension.delivery for channel in protocol.channels} == {"live", "retained"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("typing", "'typing' is the name of another package"),
        ("topicwire", "'topicwire' is the name of another package"),
        ("--", "gives no name for a package"),
        ("größe", "gives no name for a package"),
    ],
)
def test_a_name_that_python_cannot_have(name, said, tmp_path):
    done = CliRunner().invoke(app, ["init", "--", str(tmp_path / name)])
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / name).exists()


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "house").mkdir()
    (tmp_path / "house/README.md").write_text("mine")
    done = init(tmp_path / "house")
    assert done.exit_code == 2
    assert f"{tmp_path / 'house'} has README.md already" in done.stderr
    assert [path.name for path in (tmp_path / "house").iterdir()] == ["README.md"]
    assert (tmp_path / "house/README.md").read_text() == "mine"


def test_a_folder_with_other_files_is_fine(tmp_path, monkeypatch):
    (tmp_path / "house/.git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "house")
    done = CliRunner().invoke(app, ["init"])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "house/src/house/controller.py").exists()
