"""The whole way from two documents to a report."""

from __future__ import annotations

import re
from dataclasses import dataclass

from topicwire_codegen.diff.classes import Models
from topicwire_codegen.diff.compat import compare_compat
from topicwire_codegen.diff.exchanges import compare_exchanges
from topicwire_codegen.diff.findings import Direction, Finding, order
from topicwire_codegen.diff.models import compare_models
from topicwire_codegen.diff.operations import compare_operations
from topicwire_codegen.diff.payloads import compare_payloads
from topicwire_codegen.diff.servers import compare_servers
from topicwire_codegen.diff.sources import open_version
from topicwire_codegen.diff.stubs import compare_stubs
from topicwire_codegen.diff.topics import compare_topics
from topicwire_codegen.diff.versions import Comparison
from topicwire_codegen.references import Workspace

_MAJOR = re.compile(r"v?(\d+)")
# What is looked at under `--direction`: programs that meet in it, and code of any kind.
_IGNORED = {
    Direction.OLD_TO_NEW: {Direction.NEW_TO_OLD},
    Direction.NEW_TO_OLD: {Direction.OLD_TO_NEW},
}


@dataclass(frozen=True)
class Report:
    """What a comparison came to: the two files with their versions, and the findings."""

    old: str
    new: str
    old_version: str
    new_version: str
    findings: tuple[Finding, ...]

    @property
    def breaking(self) -> tuple[Finding, ...]:
        """The findings that break something."""
        return tuple(finding for finding in self.findings if finding.breaks)

    @property
    def major_rises(self) -> bool:
        """Whether the new version says by itself that it breaks with the old one."""
        before, now = (_MAJOR.match(text) for text in (self.old_version, self.new_version))
        return before is not None and now is not None and int(now[1]) > int(before[1])

    @property
    def passes(self) -> bool:
        """Whether nothing breaks, or it is said that it does."""
        return not self.breaking or self.major_rises


def compare(old: str, new: str, direction: Direction = Direction.EITHER) -> Report:
    """Compare two documents, given by their paths or as `REVISION:path`.

    `direction` leaves out what breaks only in the other one. Raises `SpecError` for a document
    that is not valid and `SourceError` for one that is not there.
    """
    with open_version(old) as before, open_version(new) as now:
        found = compare_documents(before, now)
        ignored = _IGNORED.get(direction, set())
        return Report(
            old,
            new,
            _version(before),
            _version(now),
            tuple(finding for finding in found if finding.direction not in ignored),
        )


def compare_documents(old: Workspace, new: Workspace) -> tuple[Finding, ...]:
    """Return what changes between two documents that the lint has found right."""
    comparison = Comparison(old, new)
    models = Models(comparison)
    on_the_way = (
        compare_payloads, compare_topics, compare_operations, compare_servers, compare_compat,
    )  # fmt: skip
    in_code = (compare_models, compare_stubs, compare_exchanges)
    return order(
        [
            *(finding for compare_part in on_the_way for finding in compare_part(comparison)),
            *(finding for compare_part in in_code for finding in compare_part(models)),
        ]
    )


def _version(workspace: Workspace) -> str:
    info = workspace.root.get("info")
    value = info.mapping().get("version") if info is not None else None
    return str(value) if value is not None else ""
