"""A stranger gets from nothing to a tested service by doing what docs/first-steps.md says."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.broker import SERVERS
from tests.docs.blocks import ROOT, read_blocks
from tests.docs.walkthrough import lend_environment, walkthrough
from tests.mosquitto import Mosquitto
from tests.packages.environments import CLEAN

BLOCKS = read_blocks(ROOT / "docs/first-steps.md")


def test_the_page_has_all_that_it_takes():
    titles = [block.title for block in BLOCKS]
    assert titles.count("install") == 1
    assert sum("below" in title for title in titles) == 4
    assert {"src/greenhouse/frost_guard.py", "tests/test_frost_guard.py"} <= set(titles)
    assert sum(block.language == "text" for block in BLOCKS) >= 5


def test_with_what_is_installed_here(tmp_path: Path, mosquitto: Mosquitto):
    project = tmp_path / "greenhouse"
    sources = f"{project / 'src'}{os.pathsep}{project / 'protocol/src'}"
    environment = {
        **CLEAN, "PATH": f"{Path(sys.executable).parent}:{SERVERS}", "PYTHONPATH": sources,
        "MYPYPATH": sources,
    }  # fmt: skip
    with walkthrough(tmp_path, mosquitto.port, environment) as walk:
        for block in BLOCKS:
            if block.title == "install":
                continue
            walk.follow(block)
            if walk.folder == project and not (project / ".venv").exists():
                lend_environment(project)


@pytest.mark.skipif(
    "TOPICWIRE_PACKAGES" not in os.environ, reason="installs everything anew; `make packages`"
)
def test_from_the_sources_alone(tmp_path: Path, mosquitto: Mosquitto):
    ignored = shutil.ignore_patterns("build", "*.egg-info", "*.so", "__pycache__")
    for name in ("runtime", "codegen"):
        shutil.copytree(ROOT / name, tmp_path / "topicwire" / name, ignore=ignored)
    environment = {
        **CLEAN, "PATH": SERVERS, "PIP_CONSTRAINT": str(ROOT / "constraints.txt"),
        "TOPICWIRE_PURE_PYTHON": "1",
    }  # fmt: skip
    with walkthrough(tmp_path, mosquitto.port, environment) as walk:
        for block in BLOCKS:
            walk.follow(block)
