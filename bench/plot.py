"""The results in pictures."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bench.results import Results, Rows

OURS, THEIRS = "#0b6e99", "#b8b8b8"


def draw(results: Results, path: Path) -> None:
    """Write a PNG: throughput, CPU, latency, and growth, as far as they were measured."""
    panels = [
        *((_bars, f"Messages a second, QoS {q}", r) for q, r in results.throughput.items()),
        *((_cpu, f"CPU a message (µs), QoS {q}", r) for q, r in results.throughput.items()),
        *((_latency, f"Latency (µs) at 1,000/s, QoS {q}", r) for q, r in results.latency.items()),
        *((_growth, f"CPU a message (µs), by {kind}", g) for kind, g in results.growth.items()),
    ]
    if not panels:
        return
    height = (len(panels) + 1) // 2
    figure, grid = plt.subplots(height, 2, figsize=(13, 4.6 * height), squeeze=False)
    for axes, (panel, title, rows) in zip(grid.flat, panels, strict=False):
        axes.set_title(title)
        panel(axes, rows)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in grid.flat[len(panels) :]:
        axes.remove()
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def _is_ours(name: str) -> bool:
    return name.startswith(("topicwire", "batched"))


def _bars(axes: Axes, rows: Rows) -> None:
    names = sorted(rows, key=lambda name: rows[name]["rate"])
    rates = [rows[name]["rate"] for name in names]
    bars = axes.barh(names, rates, color=[OURS if _is_ours(name) else THEIRS for name in names])
    axes.bar_label(bars, [f" {rate:,.0f}" for rate in rates], fontsize=8)
    axes.margins(x=0.15)


def _cpu(axes: Axes, rows: Rows) -> None:
    names = sorted(rows, key=lambda name: -rows[name]["send_us"] - rows[name]["receive_us"])
    sent = [rows[name]["send_us"] for name in names]
    received = [rows[name]["receive_us"] for name in names]
    axes.barh(names, sent, color="#e2a336", label="to send")
    bars = axes.barh(names, received, left=sent, color=OURS, label="to receive")
    labels = [f" {a:.1f} + {b:.1f}" for a, b in zip(sent, received, strict=True)]
    axes.bar_label(bars, labels, fontsize=8)
    axes.margins(x=0.2)
    axes.legend(loc="lower right")


def _latency(axes: Axes, rows: Rows) -> None:
    for offset, percentile in enumerate(("p50", "p99", "p99.9")):
        places = [number + (offset - 1) * 0.25 for number in range(len(rows))]
        bars = axes.barh(places, [row[percentile] for row in rows.values()], 0.23, label=percentile)
        axes.bar_label(bars, fmt=" {:,.0f}", fontsize=8)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_xscale("log")
    axes.legend(loc="lower right")


def _growth(axes: Axes, lines: dict[str, dict[int, dict[str, float]]]) -> None:
    for name, points in lines.items():
        costs = [row["send_us"] + row["receive_us"] for row in points.values()]
        axes.plot(list(points), costs, marker="o", label=f"{name}, both sides")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
