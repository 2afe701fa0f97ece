"""All golden packages, as the type checkers and the linter of a user see them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "codegen" / "golden"
SOURCES = sorted(GOLDEN.glob("*/expected/src"))
PACKAGES = [str(source / source.parents[1].name) for source in SOURCES]
PYRIGHT = ROOT / "node_modules" / ".bin" / "pyright"


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True, text=True, check=False, cwd="/", env={**os.environ, **environment},
    )  # fmt: skip


def test_mypy(tmp_path):
    done = run(
        sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", tmp_path,
        *PACKAGES, MYPYPATH=os.pathsep.join(map(str, SOURCES)),
    )  # fmt: skip
    assert done.stdout.startswith("Success"), done.stdout


@pytest.mark.skipif(not PYRIGHT.exists(), reason="no pyright (npm ci)")
def test_pyright(tmp_path):
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    for package in PACKAGES:
        shutil.copytree(package, tmp_path / Path(package).name)
    done = run(PYRIGHT, "--stats", "--pythonpath", sys.executable, "-p", tmp_path)
    files = sum(len(list(Path(package).rglob("*.py"))) for package in PACKAGES)
    assert files >= 10 * len(PACKAGES)
    assert f"Found {files} source files" in done.stdout, done.stdout
    assert "0 errors, 0 warnings" in done.stdout, done.stdout


def test_ruff():
    rules = "E4,E7,E9,F,W,I,UP,B,A001,C4,SIM,RET,RUF100,PIE,PYI,D1,D2,D3"
    # Schemas without a description have no docstring, and what they describe may be long.
    ignored = "D101,D107,D203,D205,D212,D213,D301"
    done = run(
        sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--line-length", "100",
        "--config", 'lint.isort.known-third-party = ["pydantic", "topicwire"]',
        "--target-version", "py311", "--select", rules, "--ignore", ignored, *PACKAGES,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_they_can_be_imported_without_a_warning():
    names = [Path(package).name for package in PACKAGES]
    modules = ("apps", "publishers", "subscribers", "channels", "models", "aio.apps")
    lines = [f"import {name}.{module}" for name in names for module in modules]
    # A codec is made when it is first needed, and reads the models.
    lines += [f"[c.codec.decode for c in {name}.channels.CHANNELS]" for name in names]
    done = run(
        sys.executable, "-B", "-W", "error", "-c", "\n".join(lines),
        PYTHONPATH=os.pathsep.join(map(str, SOURCES)),
    )  # fmt: skip
    assert done.stderr == ""
