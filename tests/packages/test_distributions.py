"""The four distributions: whole, of one version, and the tests pass with what was built."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from topicwire import __version__

from tests.packages.environments import CLEAN, ROOT, Environment, contents

PACKAGES = {
    "runtime": "topicwire",
    "codegen": "topicwire_codegen",
    "generated": "suspension_protocol",
    "services": "suspension_services",
}
OURS = {"topicwire", "topicwire-codegen", "suspension-protocol", "suspension-services"}
# What looks into the sources, or builds them itself.
OF_THE_SOURCES = ("tests/unit/test_build.py",)
TESTED = ("tests/unit", "tests/integration", "tests/compat", "tests/services")


@pytest.fixture(scope="module")
def built(factory) -> dict[str, tuple[Path, Path]]:
    """The wheel and the source distribution of each folder."""
    made = {}
    for folder in PACKAGES:
        wheel, source = factory.build(ROOT / folder, "wheel", "sdist")
        made[folder] = wheel, source
    return made


def sources(folder: str) -> set[str]:
    """What git knows of a distribution's package."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "src"], cwd=ROOT / folder, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    return {name.removeprefix("src/") for name in listed.split("\0") if name}


def metadata_of(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return HeaderParser().parsestr(archive.read(name).decode())


@pytest.mark.parametrize("folder", PACKAGES)
def test_nothing_is_missing(built, folder):
    wheel, source = built[folder]
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert inside >= sources(folder)
    assert f"{PACKAGES[folder]}/py.typed" in inside
    with tarfile.open(source) as archive:
        members = {member.name.partition("/")[2]: member for member in archive.getmembers()}
    assert set(members) >= {f"src/{name}" for name in sources(folder)}
    assert not [name for name, member in members.items() if member.issym() or member.islnk()]


@pytest.mark.parametrize("folder", PACKAGES)
def test_the_source_distribution_makes_the_same_wheel(built, factory, folder, tmp_path):
    wheel, source = built[folder]
    before = contents(wheel)  # the new one takes its place
    assert contents(factory.build_again(source, tmp_path)) == before


def test_all_are_of_one_version_and_ask_for_each_other_by_it(built):
    document = metadata_of(built["generated"][0])["Version"]
    for folder, (wheel, _) in built.items():
        metadata = metadata_of(wheel)
        assert metadata["Version"] == (document if folder == "generated" else __version__)
        assert metadata.get_payload().startswith("# "), "PyPI has nothing to show"
        for text in metadata.get_all("Requires-Dist") or []:
            wanted = Requirement(text)
            if wanted.name in OURS:
                version = document if wanted.name == "suspension-protocol" else __version__
                assert wanted.specifier, f"{folder} takes any {wanted.name}"
                assert version in wanted.specifier


def test_no_version_is_written_twice():
    for folder in ("runtime", "codegen", "services"):
        project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
        assert project["dynamic"] == ["version"]
        version = ROOT / folder / "src" / PACKAGES[folder] / "_version.py"
        assert version.resolve() == ROOT / "runtime/src/topicwire/_version.py"


@pytest.mark.skipif(
    "TOPICWIRE_PACKAGES" not in os.environ, reason="runs the tests again; `make packages`"
)
def test_the_tests_pass_with_the_wheels(built, factory, tmp_path):
    factory.build(
        ROOT / "runtime", "wheel", TOPICWIRE_PURE_PYTHON="", TOPICWIRE_REQUIRE_EXTENSION="1"
    )
    made = Environment(tmp_path / "environment")
    made.install("suspension-services[gui]", "topicwire-codegen", wheels=factory.wheels)
    assert "compiled parts" in made.run(ROOT / "tools/check-compiled")
    made.install("--requirement", ROOT / "requirements-dev.txt")
    left_out = [f"--ignore={name}" for name in OF_THE_SOURCES]
    done = subprocess.run(
        [made.python, "-m", "pytest", "-p", "no:cacheprovider", *TESTED, *left_out],
        cwd=ROOT, env={**CLEAN, "PATH": f"{made.folder / 'bin'}:{CLEAN['PATH']}"},
        stdout=sys.stderr, check=False,
    )  # fmt: skip
    assert done.returncode == 0
