from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from topicwire_codegen.generate import generate

from tests.codegen.asyncapi_documents import USABLE, package_folder

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Generate the package of a golden case, once; return the output folder."""
    made: dict[str, Path] = {}

    def make(case: str) -> Path:
        if case not in made:
            output = tmp_path_factory.mktemp(case) / "out"
            generate(
                GOLDEN / case / "asyncapi.yaml", output, case,
                conventions=False, official=False, write=True,
            )  # fmt: skip
            made[case] = output
        return made[case]

    return make


@pytest.fixture
def imported(generated: Callable[[str], Path]) -> Iterator[Callable[[str, str], ModuleType]]:
    """Import a module of the generated package of a golden case."""
    cases: set[str] = set()

    def load(case: str, module: str) -> ModuleType:
        folder = str(generated(case) / "src")
        if folder not in sys.path:
            sys.path.insert(0, folder)
        cases.add(case)
        return importlib.import_module(f"{case}.{module}")

    yield load
    for case in cases:
        sys.path.remove(str(generated(case) / "src"))
        for name in [name for name in sys.modules if name.partition(".")[0] == case]:
            del sys.modules[name]
        shutil.rmtree(generated(case) / "src" / case / "__pycache__", ignore_errors=True)


@pytest.fixture(scope="session")
def packages() -> Iterator[dict[str, Path]]:
    """The packages of all documents of our own, importable."""
    made = {name: package_folder(name) for name in USABLE}
    sys.path[:0] = map(str, made.values())
    yield made
    for path in made.values():
        sys.path.remove(str(path))
    for name in [name for name in sys.modules if name.startswith("document_")]:
        del sys.modules[name]
