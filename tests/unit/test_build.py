"""The runtime as it is installed: compiled, where that can be done, and else as it is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from topicwire import _batch
from topicwire._compiled import WANTED

RUNTIME = Path(__file__).parents[2] / "runtime"
# It tells which build it is, and reads and writes a message with it.
PROGRAM = """
import sys; sys.path.insert(0, sys.argv[1])
import topicwire, topicwire._batch
from topicwire._codec import Codec
assert topicwire.__file__.startswith(sys.argv[1])
class Reading(topicwire.Payload):
    number: int
codec = Codec("c", (Reading,))
body = codec.encode(Reading(number=7))
assert codec.decode_batch(b"[" + body + b"]", topic="t") == [Reading(number=7)]
print(topicwire._batch.COMPILED)
"""


def install(tmp_path: Path, **environment: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Install the runtime from a clean copy of its sources into a folder of its own."""
    source, target = tmp_path / "runtime", tmp_path / "site"
    leave_out = shutil.ignore_patterns("*.so", "build", "*.egg-info", "__pycache__")
    shutil.copytree(RUNTIME, source, ignore=leave_out)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-deps", "--target", target, source],
        capture_output=True,
        text=True,
        env={**os.environ, "TOPICWIRE_PURE_PYTHON": "", **environment},
        check=False,
    )
    return done, target


def build_in_use(target: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(target)],
        capture_output=True,
        text=True,
        env={**os.environ, "TOPICWIRE_PURE_PYTHON": ""},
        check=True,
    )
    return done.stdout.strip()


def test_these_tests_run_with_what_was_compiled():
    # Elsewhere a missing build goes unnoticed, because the source does the same.
    assert _batch.COMPILED is WANTED


@pytest.mark.parametrize(
    ("environment", "compiled"),
    [({}, "True"), ({"CC": "/bin/false"}, "False"), ({"TOPICWIRE_PURE_PYTHON": "1"}, "False")],
)
def test_it_can_be_installed_with_and_without_a_compiler(tmp_path, environment, compiled):
    done, target = install(tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    assert build_in_use(target) == compiled


def test_who_requires_what_is_compiled_is_told_that_it_was_not(tmp_path):
    done, _ = install(tmp_path, CC="/bin/false", TOPICWIRE_REQUIRE_EXTENSION="1")
    assert done.returncode != 0
    assert "/bin/false" in done.stdout + done.stderr


def test_each_compiled_module_has_its_source(tmp_path):
    sources = {path.stem.removesuffix("_c") for path in RUNTIME.glob("src/topicwire/*_c.pxd")}
    assert sources
    for name in sources:
        assert (RUNTIME / "src/topicwire" / f"{name}_py.py").is_file()
        assert f'"{name}_c": "{name}_py.py"' in (RUNTIME / "setup.py").read_text()
