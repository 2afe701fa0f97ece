"""A report as text, JSON or Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum

from topicwire_codegen.diff.compare import Report
from topicwire_codegen.diff.findings import Finding, Verdict
from topicwire_codegen.errors import Location


class ReportFormat(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def render_report(report: Report, form: ReportFormat) -> str:
    """Return a report, ending with a line feed."""
    if form is ReportFormat.JSON:
        return _json(report)
    lines = _markdown(report) if form is ReportFormat.MARKDOWN else _text(report)
    return "\n".join(lines) + "\n"


def summary(report: Report) -> str:
    """Return in a line what a comparison came to."""
    count = dict.fromkeys(Verdict, 0)
    for finding in report.findings:
        count[finding.verdict] += 1
    versions = f"{report.old_version} -> {report.new_version}"
    if not report.findings:
        return f"{versions}: nothing changes for anybody"
    text = ", ".join(f"{number} {verdict.value}" for verdict, number in count.items() if number)
    if not report.breaking:
        return f"{versions}: {text}"
    if report.major_rises:
        return f"{versions}: {text}; the major version says so"
    return f"{versions}: {text}; raise the major version, or mend it"


def _text(report: Report) -> Iterator[str]:
    for finding in report.findings:
        yield f"{finding.verdict.value}: {finding.level.value}, {finding.who}"
        yield f"  {finding.change}{_channels(finding)}"
        yield f"  old {finding.old}"
        yield f"  new {finding.new}"
        yield f"  {finding.rule}: {finding.meaning}"
        yield f"  remedy: {finding.remedy}"
        yield ""
    yield f"{report.old} -> {report.new}, {summary(report)}"


def _markdown(report: Report) -> Iterator[str]:
    yield f"## {_cell(report.new)}: {_cell(summary(report))}"
    for verdict in Verdict:
        found = [finding for finding in report.findings if finding.verdict is verdict]
        if not found:
            continue
        yield ""
        yield f"### {verdict.value.capitalize()}"
        yield ""
        yield "| level | who | what | what it means | how to mend it | old | new |"
        yield "|---|---|---|---|---|---|---|"
        for finding in found:
            cells = (
                finding.level.value, finding.who,
                f"{finding.change}{_channels(finding)}", finding.meaning, finding.remedy,
                _short(finding.old), _short(finding.new),
            )  # fmt: skip
            yield f"| {' | '.join(map(_cell, cells))} |"


def _json(report: Report) -> str:
    return (
        json.dumps(
            {
                "old": {"file": report.old, "version": report.old_version},
                "new": {"file": report.new, "version": report.new_version},
                "breaking": bool(report.breaking),
                "major_rises": report.major_rises,
                "passes": report.passes,
                "findings": [_object(finding) for finding in report.findings],
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def _object(finding: Finding) -> dict[str, object]:
    return {
        "level": finding.level.value,
        "direction": finding.direction.value,
        "verdict": finding.verdict.value,
        "rule": finding.rule,
        "change": finding.change,
        "meaning": finding.meaning,
        "remedy": finding.remedy,
        "channels": list(finding.channels),
        "old": _place(finding.old),
        "new": _place(finding.new),
    }


def _place(location: Location) -> dict[str, object]:
    return {
        "file": location.file,
        "line": location.line,
        "column": location.column,
        "pointer": location.pointer,
    }


def _channels(finding: Finding) -> str:
    return f" ({', '.join(finding.channels)})" if finding.channels else ""


def _short(location: Location) -> str:
    return f"`{location.file}:{location.line}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("->", "→")
