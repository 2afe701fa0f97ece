"""Whether the targets hold, from the medians of one run."""

from __future__ import annotations

from collections.abc import Mapping

PER_MESSAGE = ("paho", "gmqtt", "aiomqtt")
Verdict = tuple[str, float, bool]


def judge(medians: Mapping[str, Mapping[str, float]], floor: Mapping[str, float]) -> list[Verdict]:
    """Return (target, measured ratio, whether it holds); what was not measured is left out."""
    verdicts: list[Verdict] = []
    for qos in (0, 1):
        rate = {
            name.partition("/")[0]: row["rate"]
            for name, row in medians.items()
            if name.endswith(f"/{qos}")
        }
        others = [rate[peer] for peer in PER_MESSAGE if peer in rate]
        if "topicwire" in rate:
            row = medians[f"topicwire/{qos}"]
            if others:
                verdicts.append(at_least(f"batched >= 4x best peer, QoS {qos}", rate["topicwire"] / max(others), 4))  # fmt: skip  # noqa: E501
            if "older" in rate:
                verdicts.append(at_least(f"batched >= 2.5x older batching, QoS {qos}", rate["topicwire"] / rate["older"], 2.5))  # fmt: skip  # noqa: E501
            for side, alone, limit in (("send", "serialise", 1.5), ("receive", "validate", 1.3)):
                ratio = row[f"{side}_us"] / floor[f"{alone}_us"]
                verdicts.append((f"CPU to {side} <= {limit}x {alone} alone, QoS {qos}", ratio, ratio <= limit))  # fmt: skip  # noqa: E501
        for peer in ("paho", "gmqtt") if qos == 1 else ("paho",):
            if "unbatched" in rate and peer in rate:
                verdicts.append(at_least(f"unbatched >= {peer}, QoS {qos}", rate["unbatched"] / rate[peer], 1))  # fmt: skip  # noqa: E501
    return verdicts


def at_least(target: str, ratio: float, limit: float) -> Verdict:
    """Return the verdict on a ratio that has to reach its limit."""
    return target, ratio, ratio >= limit
