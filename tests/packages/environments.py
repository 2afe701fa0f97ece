"""Environments with nothing in them but what a test installs, and distributions to install."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BUILD = "import sys, setuptools.build_meta as b; print(getattr(b, sys.argv[1])(sys.argv[2]))"
# Whatever else is installed here, the other environments do not see it.
CLEAN = {
    key: value
    for key, value in os.environ.items()
    if key not in ("PYTHONPATH", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL")
}


def run(*command: object, cwd: Path, **environment: str) -> str:
    """Run a command to its end, and return what it wrote; it must succeed."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True, text=True, check=False, cwd=cwd, env={**CLEAN, **environment},
    )  # fmt: skip
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


class Environment:
    """A virtual environment in a folder; pip stays outside of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
        self.python = folder / "bin" / "python"

    def install(self, *wanted: object, wheels: Path | None = None) -> None:
        links = ("--find-links", wheels) if wheels is not None else ()
        run(
            sys.executable, "-m", "pip", "--quiet", "--python", self.python, "install",
            "--disable-pip-version-check", "--constraint", ROOT / "constraints.txt",
            *links, *wanted, cwd=self.folder,
        )  # fmt: skip

    def run(self, *arguments: object, **environment: str) -> str:
        return run(self.python, *arguments, cwd=self.folder, **environment)


class Factory:
    """Builds wheels and source distributions into `wheels`, as a user's pip would."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        self._sources = folder / "sources"
        self._environment = Environment(folder / "environment")
        self._environment.install("setuptools>=77", "Cython>=3.1,<3.4")
        self._copies = 0

    def build(self, project: Path, *kinds: str, **environment: str) -> list[Path]:
        """Build a project, a copy of it, so that nothing is left behind there.

        Nothing is compiled unless the environment asks for it.
        """
        self._copies += 1
        copy = self._sources / str(self._copies) / project.name
        ignored = shutil.ignore_patterns("build", "*.egg-info", "*.so", "__pycache__")
        shutil.copytree(project, copy, ignore=ignored)
        built = []
        for kind in kinds or ("wheel",):
            written = run(
                self._environment.python, "-c", _BUILD, f"build_{kind}", self.wheels, cwd=copy,
                **{"TOPICWIRE_PURE_PYTHON": "1", **environment},
            )  # fmt: skip
            built.append(self.wheels / written.splitlines()[-1])
        return built

    def build_again(self, source: Path, folder: Path) -> Path:
        """Build a wheel of a source distribution, which is unpacked into an empty folder."""
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        [unpacked] = folder.iterdir()
        [wheel] = self.build(unpacked)
        return wheel


def contents(wheel: Path) -> dict[str, bytes]:
    """What is in a wheel, by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
