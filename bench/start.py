"""How long a program takes to import a generated app."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

IMPORTS = {
    "nothing": "",
    "pydantic and paho": "import pydantic, paho.mqtt.client, ssl",
    "topicwire": "import topicwire",
    "a generated app": "from suspension_protocol.apps import Gui",
}
ROUNDS = 9


def measure() -> dict[str, float]:
    """Return milliseconds of a whole process for each import, with bytecode in place."""
    taken: dict[str, list[float]] = {name: [] for name in IMPORTS}
    with tempfile.TemporaryDirectory() as folder:
        # Some environments forbid bytecode beside the sources.
        environment = os.environ | {"PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for number in range(ROUNDS + 1):
            for name, statement in IMPORTS.items():
                began = time.perf_counter()
                subprocess.run([sys.executable, "-c", statement], env=environment, check=True)
                if number:  # the first round only writes the bytecode
                    taken[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(values) for name, values in taken.items()}
