"""What is said of code that was written against old stubs is what mypy says of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from topicwire_codegen.diff.compare import compare_documents
from topicwire_codegen.diff.findings import Direction, Finding, Level
from topicwire_codegen.generate import generate
from topicwire_codegen.naming import snake_name
from topicwire_codegen.references import Workspace

from tests.codegen.source_changes import CHANGES

HEAD = """\
from typing import Literal

from topicwire import Client, Context
from {package} import apps, models, publishers, requests, subscribers

"""
LINE = re.compile(r"program_new\.py:(\d+): error: (.*)")


def named(name: str, text: str) -> str:
    small = name[0].lower() + name[1:]
    return text.replace("Xx", name).replace("xx", small).replace("x_x", snake_name(name))


def document(side: str) -> dict[str, Any]:
    """Return all parts as one document."""
    whole: dict[str, dict[str, Any]] = {"channels": {}, "operations": {}, "schemas": {}}
    for name, change in CHANGES.items():
        for section, entries in json.loads(named(name, json.dumps(getattr(change, side)))).items():
            assert not whole[section].keys() & entries.keys()
            whole[section] |= entries
    return {
        "asyncapi": "3.1.0",
        "info": {"title": "Changes", "version": "1.0.0"},
        "channels": whole["channels"],
        "operations": whole["operations"],
        "components": {"schemas": whole["schemas"]},
    }


def program(package: str) -> tuple[str, list[str]]:
    """Return a program for a package, and for each of its lines what it is about."""
    lines = HEAD.format(package=package).splitlines()
    about = [""] * len(lines)
    for name, change in CHANGES.items():
        for action in ("sends", "receives"):
            code = named(name, getattr(change, action))
            if code:
                added = [f"def {name}_{action}(client: Client) -> None:"]
                added += [f"    {line}" for line in code.splitlines()]
                lines += added
                about += [f"{name} {action}"] * len(added)
    return "\n".join(lines) + "\n", about


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two packages, `before` and `after`, each with the same program for it."""
    made = tmp_path_factory.mktemp("changes")
    for side, package in (("old", "before"), ("new", "after")):
        spec = made / f"{side}.json"
        spec.write_text(json.dumps(document(side)))
        output = made / side
        generate(spec, output, package, conventions=False, official=False, write=True)
        (output / "src" / package).rename(made / package)
        (made / f"program_{side}.py").write_text(program(package)[0])
    return made


@pytest.fixture(scope="module")
def found(folder: Path) -> tuple[Finding, ...]:
    workspaces = (Workspace.open(folder / f"{side}.json") for side in ("old", "new"))
    return compare_documents(*workspaces)


def is_about(finding: Finding, name: str) -> bool:
    places = (finding.old.pointer, finding.new.pointer, finding.change, *finding.channels)
    return any(name.lower() in place.lower() for place in places)


def test_every_kind_of_finding_is_there(found):
    """Those of `compat` are about dictionaries, of which type checkers know nothing."""
    source = {finding.rule for finding in found if finding.level is Level.SOURCE}
    folder = Path(compare_documents.__code__.co_filename).parent
    rules = set[str]()
    for path in folder.glob("*.py"):
        rules |= set(re.findall(r'Level\.SOURCE,\s+"([a-z-]+)"', path.read_text()))
        for one, other in re.findall(
            r'Level\.SOURCE,\s+"([a-z-]+)" if .*? else "([a-z-]+)"', path.read_text()
        ):
            rules |= {one, other}
    assert {rule for rule in rules if not rule.startswith("compat-")} - source == set()


def test_findings_are_what_mypy_says(folder, found):
    assert not [(a, b) for a in CHANGES for b in CHANGES if a != b and a in b]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file", "",
         "--cache-dir", str(folder / "cache"), "program_old.py", "program_new.py"],
        capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip
    assert "program_old.py" not in done.stdout, done.stdout
    assert done.stderr == ""
    _, about = program("after")
    said: dict[str, list[str]] = {}
    for line, error in LINE.findall(done.stdout):
        said.setdefault(about[int(line) - 1], []).append(error)
    wrong: list[str] = []
    for name, change in CHANGES.items():
        for action, direction in (("sends", Direction.SENDING), ("receives", Direction.RECEIVING)):
            breaking = [
                finding.change
                for finding in found
                if finding.level is Level.SOURCE
                and finding.breaks
                and is_about(finding, name)
                and finding.direction in (direction, Direction.EITHER)
            ]
            errors = said.get(f"{name} {action}", [])
            if getattr(change, action) and bool(breaking) != bool(errors):
                wrong.append(f"{name} {action}: found {breaking}, mypy says {errors}")
    assert not wrong, "\n".join(wrong)
