"""The catalogue of a protocol: what its pages say, for the suspension protocol and for others."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path, PurePosixPath

import pytest
import yaml
from topicwire import KeyRing
from topicwire.keys import new_key
from topicwire_codegen.catalogue.folder import write_catalogue
from topicwire_codegen.catalogue.pages import make_catalogue
from topicwire_codegen.catalogue.schema_words import describe_schema
from topicwire_codegen.catalogue.versions import read_versions, version_order
from topicwire_codegen.cli import app
from topicwire_codegen.output import OutputError
from topicwire_codegen.references import Node, Workspace
from typer.testing import CliRunner

from tests.codegen.asyncapi_documents import LARGE, NAMES, OF_VERSION_2, spec_of
from tests.keys import write_ring
from tests.mosquitto import Mosquitto
from tests.suspension_spec import DOCUMENT, ROOT, SPEC, resolve

GOLDEN = Path(__file__).parent / "golden"
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = re.compile(r"\]\((?P<file>[^)#]*)(?:#(?P<anchor>[^)]*))?\)")


@pytest.fixture(scope="module")
def suspension() -> dict[str, str]:
    return make_catalogue(SPEC, "suspension_protocol", ROOT / "docs/versions")


def apps(channel: str, action: str) -> set[str]:
    return {
        resolve(tag)["name"]
        for operation in DOCUMENT["operations"].values()
        if operation["action"] == action and operation["channel"]["$ref"] == f"#/channels/{channel}"
        for tag in operation["tags"]
    }


def edges(svg: str) -> list[tuple[str, str, str]]:
    """The lines of a drawing: the app, the channel, and the side that the app is on."""
    root = ET.fromstring(svg)
    found = []
    for path in root.iter(f"{_SVG}path"):
        start, end = (float(x) for x in re.findall(r"[MC ](\d+\.?\d*) \S+(?= C|$)", path.get("d")))
        assert start < end
        boxes = {
            float(rect.get("x")) + float(rect.get("width")): box[1].tag
            for box in root.iter(f"{_SVG}g")
            for rect in box.iter(f"{_SVG}rect")
            if box.get("class") == "app"
        }
        side = "send" if start in boxes else "receive"
        found.append((path.get("data-app"), path.get("data-channel"), side))
    return found


def test_the_drawing_has_a_line_for_each_app_and_channel_and_no_other(suspension):
    expected = {
        (name, channel, action)
        for channel in DOCUMENT["channels"]
        for action in ("send", "receive")
        for name in apps(channel, action)
    }
    found = edges(suspension["channels.svg"])
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_each_channel_has_a_page_with_who_sends_it_and_every_field(suspension):
    for key, channel in DOCUMENT["channels"].items():
        [page] = [text for name, text in suspension.items() if f"# {key}\n" in text]
        assert f"`{channel['address']}`" in page
        for label, action in (("sent by", "send"), ("received by", "receive")):
            row = re.search(rf"^\| {label} \| (.*) \|$", page, re.MULTILINE)
            assert set(re.findall(r"\[(\w+)\]", row[1])) == apps(key, action)
        for message in map(resolve, channel["messages"].values()):
            schema = resolve(message["payload"])
            for name in schema["properties"]:
                optional = name not in schema["required"]
                assert (f"| `{name}` *optional* |" if optional else f"| `{name}` |") in page


@pytest.mark.parametrize("case", ["suspension", "minimal", "choices", "names", "parameters"])
def test_every_link_leads_somewhere(case, suspension):
    files = (
        suspension
        if case == "suspension"
        else make_catalogue(GOLDEN / case / "asyncapi.yaml", case)
    )
    for name, text in files.items():
        targets = [(match["file"], match["anchor"]) for match in _LINK.finditer(text)]
        if name.endswith(".svg"):
            targets = [(link.get("href"), None) for link in ET.fromstring(text).iter(f"{_SVG}a")]
            assert targets
        for file, anchor in targets:
            path = PurePosixPath(name).parent / file if file else PurePosixPath(name)
            parts: list[str] = []
            for part in path.parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            target = files["/".join(parts)]
            if anchor:
                assert re.search(rf"^## {anchor}$", target, re.MULTILINE | re.IGNORECASE), anchor


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (OF_VERSION_2, LARGE)])
def test_documents_of_others_have_one_too(name, tmp_path):
    files = make_catalogue(spec_of(name), "package")
    assert "](channels/" in files["index.md"]
    assert files == make_catalogue(spec_of(name), "package")
    for page, text in files.items():
        for program in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
            (tmp_path / f"{PurePosixPath(page).stem}.py").write_text(program)
    # Whatever the names are: every name in them is imported, and every import used.
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F"]
    done = subprocess.run([*command, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_programs_of_all_pages_run(
    suspension, mosquitto: Mosquitto, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    write_ring(tmp_path / "keys.json", KeyRing([new_key("hmac-sha256", "bench")]))
    programs = {
        name: found[1]
        for name, text in suspension.items()
        if (found := re.search(r"```python\n(.*?)```", text, re.DOTALL))
    }
    assert len(programs) == len(DOCUMENT["channels"]) + 4
    for name, text in programs.items():
        assert "mqtt://127.0.0.1:1883" in text
        code = compile(text.replace("mqtt://127.0.0.1:1883", mosquitto.url), name, "exec")
        exec(code, {"__name__": name})
        if name.startswith("channels/"):
            # The client handles what has come before it closes.
            key = re.match(r".*?# (\w+)\n", suspension[name], re.DOTALL)[1]
            address = DOCUMENT["channels"][key]["address"].replace("{quantity}", "force")
            assert address in capsys.readouterr().out, name


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("{type: number, minimum: 0}", "number ≥ 0"),
        ("{type: integer, exclusiveMinimum: 0, maximum: 1000000}", "whole number > 0, ≤ 1,000,000"),
        ("{type: string, minLength: 1, maxLength: 64}", "text, 1 to 64 characters"),
        ("{type: string, format: date-time}", "text, `date-time`"),
        ("{type: string, pattern: 'a|b'}", 'text, like `a\\|b`'),
        ("{type: [number, 'null']}", "number or null"),
        ("{const: start}", '`"start"`'),
        ("{enum: [a, 2, null]}", '`"a"` or `2` or `null`'),
        ("{type: array, items: {type: number}, minItems: 2}", "list of number, at least 2 items"),
        ("{type: array, items: [{type: string}, {type: number}]}", "list of text then number"),
        (
            "{type: object, additionalProperties: {type: boolean}}",
            "object of any names, each boolean",
        ),
        ("{type: object, properties: {a: {}}}", "object of `a`"),
        ("{anyOf: [{type: string}, {type: number}]}", "text or number"),
        ("{type: number, not: {const: 3}}", "number; see the schema"),
        ("{}", "anything"),
        ("true", "anything"),
        ("false", "nothing"),
    ],
)  # fmt: skip
def test_schemas_in_words(schema, words, tmp_path):
    path = tmp_path / "schema.yaml"
    path.write_text(f"value: {schema}\n")
    root = Workspace.open(path).root
    node = root.get("value")
    assert isinstance(node, Node)
    assert describe_schema(node, lambda node: "") == words


def test_a_schema_within_itself_ends(tmp_path):
    path = tmp_path / "schema.yaml"
    path.write_text("value: {type: array, items: {$ref: '#/value'}}\n")
    node = Workspace.open(path).root.get("value")
    assert describe_schema(node, lambda node: "").endswith("list of see the schema")


def test_the_changelog_says_what_changed(suspension):
    text = suspension["changelog.md"]
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["1.0.0", "1.0.0-draft.2"]
    assert "Compared with 1.0.0-draft.1." in text
    assert 'values: added "stopping"' in text
    assert text.index("### Breaking") < text.rindex("### Compatible")


def test_a_version_that_was_released_is_not_changed_any_more():
    """What has the version of a document in docs/versions is that document."""
    same = ROOT / "docs/versions" / f"{DOCUMENT['info']['version']}.yaml"
    assert not same.exists() or yaml.safe_load(same.read_text()) == DOCUMENT


def test_versions_are_in_order():
    versions = [
        "1.0.0-draft.1",
        "1.0.0-draft.10",
        "0.9.2",
        "1.0.0",
        "1.0.0-rc.1",
        "1.10.0",
        "1.9.0",
    ]
    assert sorted(versions, key=version_order) == [
        "0.9.2", "1.0.0-draft.1", "1.0.0-draft.10", "1.0.0-rc.1", "1.0.0", "1.9.0", "1.10.0",
    ]  # fmt: skip


def test_a_folder_without_versions_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="has no versions in it; a version is a document called"):
        read_versions(tmp_path)


def test_a_second_run_replaces_what_was_generated_and_nothing_else(tmp_path):
    spec = str(GOLDEN / "minimal/asyncapi.yaml")
    arguments = ["docs", spec, "--output", str(tmp_path), "--package", "minimal"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    first = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    (tmp_path / "notes.md").write_text("mine")
    (tmp_path / "channels/gone.md").write_bytes(first[tmp_path / "index.md"])
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert (tmp_path / "notes.md").read_text() == "mine"
    (tmp_path / "notes.md").unlink()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == first


def test_a_page_of_somebody_else_is_not_replaced(tmp_path):
    (tmp_path / "index.md").write_text("mine")
    with pytest.raises(OutputError, match=r"index\.md was not generated, so it is not replaced"):
        write_catalogue(tmp_path, {"index.md": "x", "a.md": "x"})
    assert [path.name for path in tmp_path.iterdir()] == ["index.md"]


def test_a_wrong_document_is_refused(tmp_path):
    spec = tmp_path / "asyncapi.yaml"
    spec.write_text("asyncapi: 3.1.0\n")
    done = CliRunner().invoke(
        app, ["docs", str(spec), "--output", str(tmp_path / "x"), "--package", "x"]
    )
    assert done.exit_code == 2
    assert "nothing was written" in done.stderr
    assert not (tmp_path / "x").exists()
