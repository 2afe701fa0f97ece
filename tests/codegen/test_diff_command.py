"""`topicwire diff` as CI calls it: files, git revisions, formats, exit statuses."""

import json
import subprocess
from pathlib import Path

import pytest
from topicwire_codegen.cli import app
from typer.testing import CliRunner

GOLDEN = Path(__file__).parent / "golden"

SPEC = """\
asyncapi: 3.1.0
info:
  title: Lamp
  version: 1.2.0
channels:
  lamp:
    address: lamp
    messages:
      lamp:
        payload:
          $ref: 'parts/lamp.yaml#/Lamp'
operations:
  sendLamp:
    action: send
    channel:
      $ref: '#/channels/lamp'
    tags:
      - name: switch
  receiveLamp:
    action: receive
    channel:
      $ref: '#/channels/lamp'
    tags:
      - name: light
"""
PART = """\
Lamp:
  type: object
  additionalProperties: false
  required: [on]
  properties:
    on:
      type: boolean
    level:
      type: integer
      minimum: 0
      maximum: 100
"""


def run(*arguments: object):
    return CliRunner().invoke(app, ["diff", *map(str, arguments)])


def write(folder: Path, spec: str = SPEC, part: str = PART) -> Path:
    (folder / "parts").mkdir(parents=True, exist_ok=True)
    (folder / "parts/lamp.yaml").write_text(part)
    (folder / "asyncapi.yaml").write_text(spec)
    return folder / "asyncapi.yaml"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "old")


NARROWED = PART.replace("minimum: 0", "minimum: 1")


def test_nothing_changed(old, tmp_path):
    new = write(tmp_path / "new", SPEC.replace("title: Lamp", "title: The lamp"))
    done = run(old, new)
    assert (done.exit_code, done.stdout) == (
        0, f"{old} -> {new}, 1.2.0 -> 1.2.0: nothing changes for anybody\n",
    )  # fmt: skip


def test_a_breaking_change_of_another_file_is_shown_there(old, tmp_path):
    new = write(tmp_path / "new", part=NARROWED)
    done = run(old, new)
    assert done.exit_code == 1
    assert (
        done.stdout
        == f"""\
breaking: wire, old senders -> new receivers
  minimum: 0 -> 1 (lamp)
  old parts/lamp.yaml:10:7: #/Lamp/properties/level/minimum
  new parts/lamp.yaml:10:7: #/Lamp/properties/level/minimum
  schema-minimum: new receivers refuse messages of old senders, such as 0 here
  remedy: update all senders before any receiver, or go on accepting what was allowed; what the broker still holds (retained, queued) was sent by old ones

{old} -> {new}, 1.2.0 -> 1.2.0: 1 breaking; raise the major version, or mend it
"""
    )


@pytest.mark.parametrize(
    ("version", "status"), [("1.3.0", 1), ("2.0.0", 0), ("v2", 0), ("'10'", 0), ("next", 1)]
)
def test_the_major_version_may_say_so(version, status, old, tmp_path):
    new = write(tmp_path / "new", SPEC.replace("1.2.0", version), NARROWED)
    done = run(old, new, "--format", "json")
    assert done.exit_code == status
    report = json.loads(done.stdout)
    assert report["passes"] is (status == 0)
    assert report["breaking"] is True
    assert len(report["findings"]) == 1


def test_only_one_direction_counts_when_asked(old, tmp_path):
    new = write(tmp_path / "new", part=NARROWED)
    assert run(old, new, "--direction", "new-to-old").exit_code == 0
    assert run(old, new, "--direction", "old-to-new").exit_code == 1
    assert run(new, old, "--direction", "new-to-old").exit_code == 1


def test_json_has_everything(old, tmp_path):
    done = run(old, write(tmp_path / "new", part=NARROWED), "--format", "json")
    [finding] = json.loads(done.stdout)["findings"]
    assert {key: finding[key] for key in ("level", "direction", "verdict", "rule", "channels")} == {
        "level": "wire", "direction": "old-to-new", "verdict": "breaking",
        "rule": "schema-minimum", "channels": ["lamp"],
    }  # fmt: skip
    assert finding["old"] == {
        "file": "parts/lamp.yaml", "line": 10, "column": 7,
        "pointer": "#/Lamp/properties/level/minimum",
    }  # fmt: skip


def test_markdown_is_a_table_whatever_the_names_are(old, tmp_path):
    part = PART.replace("integer", "[integer, 'null']")
    done = run(old, write(tmp_path / "new", part=part), "--format", "markdown")
    assert done.exit_code == 1
    rows = [line for line in done.stdout.splitlines() if line.startswith("|")]
    assert len(rows) == 4
    assert {row.replace("\\|", "").count("|") for row in rows} == {8}
    assert "type: integer → integer \\| null (lamp)" in done.stdout


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two versions of a document of two files; the second is not committed."""
    write(tmp_path / "spec")
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    write(tmp_path / "spec", part=NARROWED)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_revision_with_all_its_files(repository, monkeypatch):
    done = run("main:spec/asyncapi.yaml", "spec/asyncapi.yaml")
    assert done.exit_code == 1
    assert "  minimum: 0 -> 1 (lamp)\n" in done.stdout
    monkeypatch.chdir(repository / "spec")
    assert run("HEAD:./asyncapi.yaml", "asyncapi.yaml").exit_code == 1
    assert run("HEAD:spec/asyncapi.yaml", "HEAD:spec/asyncapi.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "gone:spec/asyncapi.yaml",
            "archive --format=tar gone: fatal: not a valid object name: gone",
        ),
        (
            "main:spec/other.yaml",
            "main:spec/other.yaml: revision 'main' has no file 'spec/other.yaml'",
        ),
        (
            "other.yaml",
            "other.yaml:1:1: #\n  unreadable: cannot be read: No such file or directory",
        ),
    ],
)
def test_what_is_not_there(source, said, repository):
    done = run(source, "spec/asyncapi.yaml")
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_document_that_is_not_valid(old, tmp_path):
    new = write(tmp_path / "new", SPEC.replace("address: lamp", "address: lamp/#"))
    done = run(old, new)
    assert done.exit_code == 2
    assert f"{new}:7:5: #/channels/lamp/address" in done.stderr


@pytest.mark.parametrize("case", [path.parent.name for path in GOLDEN.glob("*/asyncapi.yaml")])
def test_every_golden_document_is_itself(case):
    spec = GOLDEN / case / "asyncapi.yaml"
    assert "nothing changes" in run(spec, spec).stdout
