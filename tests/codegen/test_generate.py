"""The command `topicwire`: exit status, what it says, and that the output changes whole or not."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from topicwire_codegen import generate as generation
from topicwire_codegen.cli import app
from topicwire_codegen.output import changed_files, replace
from typer.testing import CliRunner

ROOT = Path(__file__).parents[2]
DOCUMENT = Path(__file__).parent / "golden" / "choices" / "asyncapi.yaml"


def topicwire(*arguments: str, cwd: Path | None = None, **environment: str):
    return subprocess.run(
        [sys.executable, "-m", "topicwire_codegen", *arguments],
        capture_output=True, text=True, check=False, cwd=cwd, env={**os.environ, **environment},
    )  # fmt: skip


def generate(output: Path, *more: str, spec: Path = DOCUMENT, **environment: str):
    return topicwire(
        "generate", str(spec), "--output", str(output), "--package", "choices", "--no-official",
        *more, **environment,
    )  # fmt: skip


def test_the_committed_package_is_what_the_document_gives(tmp_path):
    spec = ROOT / "asyncapi.yaml"
    result = generation.generate(
        spec, ROOT / "generated", "suspension_protocol",
        conventions=True, official=False, write=False,
    )  # fmt: skip
    assert result.changed == (), "run `make generate`"


def test_twice_gives_equal_bytes_whatever_the_surroundings(tmp_path):
    first, second = tmp_path / "a" / "out", tmp_path / "b" / "deeper" / "out"
    assert generate(first, PYTHONHASHSEED="1", LC_ALL="C").returncode == 0
    done = generate(second, PYTHONHASHSEED="2", LC_ALL="C.UTF-8", TZ="Asia/Tokyo")
    assert done.returncode == 0
    assert changed_files(first, second) == []


def test_it_says_what_it_did_and_does_nothing_twice(tmp_path):
    output = tmp_path / "out"
    done = generate(output)
    assert done.returncode == 0
    assert f"{output}: 2 channels, " in done.stderr
    inode = output.stat().st_ino
    again = generate(output)
    assert "0 files changed" in again.stderr
    assert output.stat().st_ino == inode
    assert [path.name for path in tmp_path.iterdir()] == ["out"], "nothing is left beside it"


def test_check_shows_a_diff_and_writes_nothing(tmp_path):
    output = tmp_path / "out"
    generate(output)
    assert generate(output, "--check").returncode == 0
    changed = tmp_path / "asyncapi.yaml"
    changed.write_text(DOCUMENT.read_text().replace("value: {type: number}", "amount: {type: number}")
                       .replace("required: [event, value]", "required: [event, amount]"))  # fmt: skip
    done = generate(output, "--check", spec=changed)
    assert done.returncode == 1
    assert "-    value: float" in done.stdout
    assert "+    amount: float" in done.stdout
    assert "is out of date" in done.stderr
    assert generate(output, "--check").returncode == 0, "nothing was written"


def test_a_problem_has_its_place_and_remedy_and_status_2(tmp_path):
    broken = tmp_path / "asyncapi.yaml"
    broken.write_text(DOCUMENT.read_text().replace("address: choice", "address: update"))
    done = generate(tmp_path / "out", spec=broken)
    assert done.returncode == 2
    assert done.stderr == (
        "asyncapi.yaml:16:5: #/channels/choice/address\n"
        "  duplicate-address: address 'update' has the same topics as that of the channel in "
        "line 4\n"
        "  remedy: give each channel an address of its own, or make them one channel with several "
        "messages\n\n"
        "1 problem; nothing was written\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_folder_that_was_not_generated_is_never_replaced(tmp_path):
    output = tmp_path / "work"
    output.mkdir()
    (output / "thesis.txt").write_text("three years")
    done = generate(output)
    assert done.returncode == 2
    assert "is not empty and was not generated, so it is not replaced" in done.stderr
    assert (output / "thesis.txt").read_text() == "three years"
    a_file = tmp_path / "file"
    a_file.write_text("x")
    assert "is a file; give a folder" in generate(a_file).stderr


def test_a_file_of_somebody_in_a_generated_folder_is_not_lost(tmp_path):
    output = tmp_path / "out"
    generate(output)
    own = output / "src" / "choices" / "own.py"
    own.write_text("x = 1\n")
    done = generate(output)
    assert done.returncode == 2
    assert "files in it that were not generated, so it is not replaced: src/choices/own.py" in (
        done.stderr
    )
    assert own.exists()


def test_a_generated_folder_is_replaced_as_a_whole(tmp_path):
    output = tmp_path / "out"
    generate(output)
    stale = output / "src" / "choices" / "old.py"
    stale.write_text("# Generated from asyncapi.yaml by topicwire-codegen 0.0. DO NOT EDIT.\n")
    assert generate(output, "--check").returncode == 1
    assert generate(output).returncode == 0
    assert not stale.exists()


def test_a_file_of_somebody_in_a_generated_folder_is_never_deleted(tmp_path):
    output = tmp_path / "out"
    generate(output)
    added = output / "src" / "choices" / "mine.py"
    added.write_text("x = 1\n")
    changed = tmp_path / "asyncapi.yaml"
    changed.write_text(DOCUMENT.read_text().replace("version: 1.0.0", "version: 1.1.0"))
    done = generate(output, spec=changed)
    assert done.returncode == 2
    assert done.stderr == (
        f"{output} has files in it that were not generated, so it is not replaced: "
        "src/choices/mine.py; move them to another folder\n"
    )
    assert added.read_text() == "x = 1\n"
    assert 'version = "1.0.0"' in (output / "pyproject.toml").read_text()


def test_what_a_killed_run_left_is_cleared_away_when_it_is_old(tmp_path):
    old, fresh = tmp_path / ".out.topicwire-a", tmp_path / ".out.topicwire-b"
    other = tmp_path / ".outside"
    for folder in (old, fresh, other):
        (folder / "package").mkdir(parents=True)
    for folder in (old, other):
        os.utime(folder, (0, 0))
    assert generate(tmp_path / "out").returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [fresh.name, other.name, "out"]


def test_unchanged_files_keep_their_time(tmp_path):
    output = tmp_path / "out"
    generate(output)
    models, project = output / "src/choices/models.py", output / "pyproject.toml"
    for path in (models, project):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    changed = tmp_path / "asyncapi.yaml"
    changed.write_text(DOCUMENT.read_text().replace("version: 1.0.0", "version: 1.1.0"))
    assert "5 files changed" in generate(output, spec=changed).stderr
    assert models.stat().st_mtime == 1_000_000_000
    assert project.stat().st_mtime > 1_000_000_000


def test_the_output_does_not_depend_on_the_current_folder(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    # A folder of that name would make it a module of one's own to the sorting of imports.
    (here / "src" / "topicwire").mkdir(parents=True)
    there.mkdir()
    for folder in (here, there):
        arguments = ("--output", "out", "--package", "choices", "--no-official")
        assert topicwire("generate", str(DOCUMENT), *arguments, cwd=folder).returncode == 0
    assert changed_files(here / "out", there / "out") == []


def test_an_interruption_between_the_two_steps_loses_nothing(tmp_path, monkeypatch):
    output, new = tmp_path / "out", tmp_path / "new"
    generate(output)
    new.mkdir()
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        if self == new:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace(new, output)
    monkeypatch.undo()
    assert not output.exists()
    assert generate(output, "--check").returncode == 0, "the old folder is back"


@pytest.mark.parametrize(
    ("version", "released"),
    [("1.2.3", "1.2.3"), ("v2-beta.1", "v2-beta.1"), ("latest", "0.0.0"), ("1.0 (draft)", "0.0.0")],
)
def test_any_version_of_a_document_makes_a_package(version, released, tmp_path):
    spec, output = tmp_path / "asyncapi.yaml", tmp_path / "out"
    spec.write_text(f"asyncapi: 3.0.0\ninfo: {{title: None, version: '{version}'}}\n")
    generation.generate(spec, output, "versions", conventions=False, official=False, write=True)
    project = tomllib.loads((output / "pyproject.toml").read_text())["project"]
    assert project["version"] == released
    assert f'__version__ = "{version}"' in (output / "src/versions/__init__.py").read_text()


@pytest.mark.parametrize("package", ["not-a-name", "class", "1st", ""])
def test_a_package_has_to_be_importable(package, tmp_path):
    done = topicwire(
        "generate", str(DOCUMENT), "--output", str(tmp_path / "out"), "--package", package
    )
    assert done.returncode == 2
    assert f"--package {package!r} is not a name that Python can import" in done.stderr


def test_validate(tmp_path):
    done = topicwire("validate", str(DOCUMENT), "--no-official")
    assert done.returncode == 0
    assert "is valid" in done.stderr
    missing = topicwire("validate", str(tmp_path / "none.yaml"), "--no-official")
    assert missing.returncode == 2
    assert "none.yaml:1:1: #\n  unreadable: cannot be read" in missing.stderr


def test_without_node_it_says_that_the_official_validator_is_left_out(tmp_path):
    done = topicwire("validate", str(DOCUMENT), PATH=str(tmp_path))
    assert done.returncode == 0
    assert done.stderr == (
        "note: without Node and @asyncapi/cli in node_modules only topicwire's own checks run\n"
        f"{DOCUMENT} is valid\n"
    )


@pytest.mark.parametrize("package", ["topicwire", "pydantic", "json"])
def test_a_package_must_not_hide_another(package, tmp_path):
    done = topicwire(
        "generate", str(DOCUMENT), "--output", str(tmp_path / "out"), "--package", package
    )
    assert done.returncode == 2
    assert done.stderr == f"--package {package!r} is the name of another package\n"


def test_an_error_of_its_own_shows_no_traceback(tmp_path, monkeypatch):
    def broken(*_arguments: object) -> None:
        raise RuntimeError("out of cheese")

    monkeypatch.setattr(generation, "build", broken)
    monkeypatch.delenv("TOPICWIRE_DEBUG", raising=False)
    arguments = ["generate", str(DOCUMENT), "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(app, [*arguments, "--package", "choices", "--no-official"])
    assert done.exit_code == 2
    assert done.stderr == (
        "internal error: RuntimeError: out of cheese; nothing was written. Please report it with "
        "the document; TOPICWIRE_DEBUG=1 shows where it happened.\n"
    )
    assert not (tmp_path / "out").exists()
