"""The official JSON-Schema-Test-Suite for draft 7, which `make` downloads and git does not have."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".cache" / "json-schema-test-suite"


@dataclass(frozen=True)
class Group:
    """A schema of the suite with its instances; `key` can be the name of a file and a module."""

    key: str
    description: str
    schema: object
    tests: tuple[tuple[str, object, bool], ...]


def groups(pattern: str) -> list[Group]:
    """Return the groups of the files that match a pattern."""
    if not (FOLDER / "type.json").exists():
        tool = ROOT / "tools" / "fetch-json-schema-suite"
        done = subprocess.run(
            [sys.executable, tool, FOLDER], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            pytest.fail(done.stderr, pytrace=False)
    found: list[Group] = []
    for path in sorted(FOLDER.glob(pattern)):
        name = str(path.relative_to(FOLDER).with_suffix("")).replace("-", "_").replace("/", "_")
        for i, group in enumerate(json.loads(path.read_text(encoding="utf-8"))):
            tests = tuple((t["description"], t["data"], t["valid"]) for t in group["tests"])
            found.append(Group(f"{name}_{i}", group["description"], group["schema"], tests))
    return found
