"""How long a program takes to import a generated app, in an environment as a user has it.

What else is installed counts: pydantic looks through all distributions for its plugins.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import requires
from pathlib import Path

ROOT = Path(__file__).parents[1]
IMPORTS = {
    "nothing": "",
    "pydantic and paho": "import paho.mqtt.client, ssl; from pydantic import BaseModel, RootModel",
    "topicwire": "import topicwire",
    "a generated app": "from suspension_protocol.apps import Gui",
}
ROUNDS = 15


def measure() -> dict[str, float]:
    """Return milliseconds of a whole process for each import, with bytecode in place."""
    taken: dict[str, list[float]] = {name: [] for name in IMPORTS}
    with tempfile.TemporaryDirectory() as folder:
        python = _environment(Path(folder) / "environment")
        # Some environments forbid bytecode beside the sources.
        variables = os.environ | {"PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode")}
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        for number in range(ROUNDS + 1):
            for name, statement in IMPORTS.items():
                began = time.perf_counter()
                subprocess.run([python, "-c", statement], env=variables, check=True)
                if number:  # the first round only writes the bytecode
                    taken[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(values) for name, values in taken.items()}


def _environment(folder: Path) -> Path:
    """Make an environment of the runtime, the generated package and what they need."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin/python"
    needed = [each for each in requires("topicwire") or () if "extra ==" not in each]
    subprocess.run(
        [
            sys.executable, "-m", "pip", "--quiet", "--python", python, "install",
            "--disable-pip-version-check", "--constraint", ROOT / "constraints.txt", *needed,
        ],
        check=True,
    )  # fmt: skip
    (packages,) = folder.glob("lib/python*/site-packages")
    sources = (ROOT / "runtime/src", ROOT / "generated/src")
    (packages / "sources.pth").write_text("".join(f"{source}\n" for source in sources))
    return python
