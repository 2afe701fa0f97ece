"""What a benchmark found: as JSON, as tables, and in pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.judgement import Verdict

Rows = dict[str, dict[str, float]]


@dataclass
class Results:
    """The medians by part; `failed` are runs that did not come to their end."""

    machine: dict[str, str]
    floor: dict[str, float] = field(default_factory=dict)
    throughput: dict[str, Rows] = field(default_factory=dict)
    latency: dict[str, Rows] = field(default_factory=dict)
    growth: dict[str, dict[str, dict[int, dict[str, float]]]] = field(default_factory=dict)
    core: Rows = field(default_factory=dict)
    start: dict[str, float] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write everything as JSON."""
        found: dict[str, Any] = vars(self) | {
            "verdicts": [
                {"target": v.target, "value": v.value, "limit": v.limit, "holds": v.holds}
                for v in self.verdicts
            ]
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found, indent=1) + "\n")

    def tables(self) -> str:
        """Return everything as text."""
        parts = [" · ".join(f"{name} {value}" for name, value in self.machine.items())]
        if self.floor:
            listed = ", ".join(f"{name[:-3]} {value:.2f}" for name, value in self.floor.items())
            parts.append(f"pydantic alone, us of CPU a message: {listed}")
        for qos, rows in self.throughput.items():
            columns = ("rate", "send_us", "receive_us", "send_mib", "receive_mib")
            titles = ("messages/s", "us to send", "us to receive", "MiB", "MiB")
            parts.append(_table(f"Throughput, QoS {qos}", titles, columns, rows))
        for qos, rows in self.latency.items():
            columns = ("p50", "p99", "p99.9")
            title = f"Latency in us, 1,000 messages/s, QoS {qos}"
            parts.append(_table(title, columns, columns, rows))
        for kind, lines in self.growth.items():
            for name, points in lines.items():
                columns = ("rate", "send_us", "receive_us")
                titles = ("messages/s", "us to send", "us to receive")
                rows = {f"{number:,}": row for number, row in points.items()}
                parts.append(_table(f"By {kind}: {name}", titles, columns, rows))
        if self.core:
            steps = tuple(next(iter(self.core.values())))
            parts.append(_table("The core, us a message", steps, steps, self.core))
        if self.start:
            listed = ", ".join(f"{name} {value:.0f}" for name, value in self.start.items())
            parts.append(f"Milliseconds to start and import: {listed}")
        parts.append("\n".join(map(str, self.verdicts)))
        parts.extend(f"FAILED {failure}" for failure in self.failed)
        return "\n\n".join(part for part in parts if part)


def _table(
    title: str, titles: tuple[str, ...], columns: tuple[str, ...], rows: Mapping[str, Any]
) -> str:
    lines = [f"{title:24}" + "".join(f"{name:>15}" for name in titles)]
    for name, row in rows.items():
        values = (row[column] for column in columns)
        cells = (f"{value:15,.0f}" if value >= 1000 else f"{value:15.2f}" for value in values)
        lines.append(f"{name:24}" + "".join(cells))
    return "\n".join(lines)
