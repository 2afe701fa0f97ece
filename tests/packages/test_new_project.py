"""`topicwire init` in an empty environment, then what its README says."""

import os
import shutil
from pathlib import Path

import pytest

from tests.packages.environments import ROOT, Environment, Factory, run


@pytest.mark.skipif(
    "TOPICWIRE_PACKAGES" not in os.environ, reason="installs everything twice; `make packages`"
)
def test_from_nothing_to_a_tested_service(tmp_path: Path) -> None:
    factory = Factory(tmp_path / "factory")
    for name in ("runtime", "codegen"):
        factory.build(ROOT / name)
    tools = Environment(tmp_path / "tools")
    tools.install("topicwire-codegen", wheels=factory.wheels)
    run(tools.folder / "bin/topicwire", "init", "warm-house", cwd=tmp_path)
    project = tmp_path / "warm-house"
    wheels = str(factory.wheels)
    settings = {"PIP_FIND_LINKS": wheels, "PIP_CONSTRAINT": str(ROOT / "constraints.txt")}
    make = shutil.which("make")
    assert "2 passed" in run(make, "test", cwd=project, **settings)
    run(make, "check", cwd=project, **settings)
    assert not (project / "node_modules").exists()
    run(make, "generate", cwd=project, **settings)
