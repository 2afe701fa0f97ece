"""What is generated from small documents, to the byte; `--update-golden` writes it anew."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from topicwire_codegen.output import changed_files

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir())


@pytest.mark.parametrize("case", CASES)
def test_generated_as_before(case: str, generated: Callable[[str], Path], request):
    expected = GOLDEN / case / "expected"
    if request.config.getoption("--update-golden"):
        shutil.rmtree(expected, ignore_errors=True)
        shutil.copytree(generated(case), expected, ignore=shutil.ignore_patterns("__pycache__"))
    assert changed_files(generated(case), expected) == []
