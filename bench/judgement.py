"""Whether the targets hold, from the medians of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.entries import PER_MESSAGE

AS_IN_SPEC = "batched zstd"
Rows = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target, what was measured of it, and its limit."""

    target: str
    value: float
    limit: float
    at_least: bool

    @property
    def holds(self) -> bool:
        """Whether the value is on the right side of its limit."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        word = "holds" if self.holds else "MISSED"
        return f"{word:6} {self.value:6.2f} {sign} {self.limit:<5g} {self.target}"


def judge_throughput(qos: int, rows: Rows, floor: Mapping[str, float]) -> list[Verdict]:
    """Return the verdicts on the rows of one QoS; what was not measured is left out."""
    verdicts: list[Verdict] = []

    def compare(target: str, ours: str, theirs: list[str], limit: float) -> None:
        rates = [rows[name]["rate"] for name in theirs if name in rows]
        if ours in rows and rates:
            ratio = rows[ours]["rate"] / max(rates)
            verdicts.append(Verdict(f"{target}, QoS {qos}", ratio, limit, at_least=True))

    compare("rate: batched / best message by message", AS_IN_SPEC, [*PER_MESSAGE], 4)
    compare("rate: batched / older batching", AS_IN_SPEC, ["older batching"], 2.5)
    compare("rate: unbatched / paho", "topicwire", ["paho"], 1)
    if qos == 1:
        compare("rate: unbatched / gmqtt", "topicwire", ["gmqtt"], 1)
    if "batched" in rows:
        row = rows["batched"]
        for side, alone, limit in (("send", "serialise", 1.5), ("receive", "validate", 1.3)):
            ratio = row[f"{side}_us"] / floor[f"{alone}_us"]
            target = f"CPU: batched, to {side} / {alone} alone, QoS {qos}"
            verdicts.append(Verdict(target, ratio, limit, at_least=False))
        for codec in ("zstd", "gzip"):
            if (name := f"batched signed {codec}") in rows:
                ratio = _cpu(rows[name]) / _cpu(row)
                target = f"CPU: signed and compressed ({codec}) / neither, QoS {qos}"
                verdicts.append(Verdict(target, ratio, 1.25, at_least=False))
    return verdicts


def _cpu(row: Mapping[str, float]) -> float:
    return row["send_us"] + row["receive_us"]


def judge_latency(qos: int, rows: Rows) -> list[Verdict]:
    """Return the verdict on the latency of one QoS."""
    if not {"topicwire", "paho raw"} <= rows.keys():
        return []
    ratio = rows["topicwire"]["p50"] / rows["paho raw"]["p50"]
    return [Verdict(f"latency: median / paho's alone, QoS {qos}", ratio, 1.1, False)]


def judge_topics(rows: Mapping[str, Mapping[int, Mapping[str, float]]]) -> list[Verdict]:
    """Return how much more CPU a message costs with many topics than with one."""
    return [
        Verdict(
            f"CPU: {max(points):,} topics / 1, {name}",
            _cpu(points[max(points)]) / _cpu(points[min(points)]),
            1.25,
            at_least=False,
        )
        for name, points in rows.items()
        if len(points) > 1 and not name.startswith("batched")
    ]


def judge_core(builds: Mapping[str, Mapping[str, float]]) -> list[Verdict]:
    """Return how much faster the compiled core is."""
    return [
        Verdict(
            f"core: {step}, pure / compiled",
            builds["pure"][step] / builds["compiled"][step],
            2,
            at_least=True,
        )
        for step in builds["compiled"]
    ]


def judge_start(milliseconds: Mapping[str, float]) -> list[Verdict]:
    """Return the verdict on the import of a generated app, in seconds."""
    taken = milliseconds["a generated app"] / 1000
    return [Verdict("seconds to import a generated app", taken, 0.3, at_least=False)]
