"""What changed from version to version of a protocol, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from topicwire_codegen.catalogue.markdown import escape
from topicwire_codegen.diff.compare import compare
from topicwire_codegen.diff.findings import Finding, Verdict
from topicwire_codegen.output import OutputError
from topicwire_codegen.protocol import merge

_SUFFIXES = (".yaml", ".yml", ".json")
_PARTS = re.compile(r"\d+|[^\d.\-+_]+")
_HEADINGS = {
    Verdict.BREAKING: "Breaking",
    Verdict.POSSIBLY: "May break",
    Verdict.COMPATIBLE: "Compatible",
}


@dataclass(frozen=True)
class Change:
    """One finding; texts are Markdown."""

    level: str
    who: str
    channels: tuple[str, ...]
    change: str
    meaning: str
    remedy: str


@dataclass(frozen=True)
class Step:
    """What changed from one version to the next, the worst first."""

    name: str
    before: str
    groups: tuple[tuple[str, tuple[Change, ...]], ...]


def read_versions(folder: Path) -> list[Path]:
    """Return the documents in a folder that are named after their versions, the oldest first.

    Raises `OutputError` where there is none.
    """
    found = [path for path in folder.glob("*") if path.suffix in _SUFFIXES]
    if not found:
        raise OutputError(
            f"{folder} has no versions in it; a version is a document called like it, "
            "such as 1.0.0.yaml"
        )
    return sorted(found, key=lambda path: version_order(path.stem))


def steps(versions: Sequence[Path], spec: Path, current: str) -> tuple[Step, ...]:
    """Return the steps between versions and to the present document, the newest first.

    What came between two equal documents is a step without changes, left out at the end.
    """
    names = [*(path.stem for path in versions), current]
    paths = [*versions, spec]
    found = [
        Step(names[i + 1], names[i], _groups(compare(str(paths[i]), str(paths[i + 1])).findings))
        for i in range(len(versions))
    ]
    if found and not found[-1].groups and found[-1].before == current:
        found.pop()
    return tuple(reversed(found))


def version_order(version: str) -> tuple[object, ...]:
    """Return what versions are sorted by: as semver.org has it, 1.0.0-draft.2 before 1.0.0."""
    release, dash, before = version.partition("-")
    return _key(release), not dash, _key(before)


def _key(text: str) -> tuple[tuple[bool, int, str], ...]:
    return tuple(
        (not part.isdigit(), int(part) if part.isdigit() else 0, part)
        for part in _PARTS.findall(text)
    )


def _groups(findings: Sequence[Finding]) -> tuple[tuple[str, tuple[Change, ...]], ...]:
    """Return the findings by their verdicts; what is the same on several channels is one change."""
    groups: dict[Verdict, dict[Change, tuple[str, ...]]] = {}
    for finding in findings:
        alike = groups.setdefault(finding.verdict, {})
        change = _change(finding)
        alike[change] = merge([alike.get(change, ()), finding.channels])
    return tuple(
        (heading, tuple(replace(c, channels=names) for c, names in groups[verdict].items()))
        for verdict, heading in _HEADINGS.items()
        if verdict in groups
    )


def _change(finding: Finding) -> Change:
    return Change(
        level=finding.level.value,
        who=finding.who.replace("->", "→"),
        channels=(),
        change=escape(finding.change.replace("->", "→")),
        meaning=escape(finding.meaning),
        remedy=escape(finding.remedy),
    )
