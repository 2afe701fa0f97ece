"""The verdicts of the benchmark, and its percentiles."""

from __future__ import annotations

from bench.entries import THROUGHPUT
from bench.job import Job
from bench.judgement import judge_latency, judge_throughput, judge_topics


def row(rate: float, us: float) -> dict[str, float]:
    return {"rate": rate, "send_us": us, "receive_us": us}


def test_limits_decide_and_what_is_missing_is_left_out() -> None:
    floor = {"serialise_us": 2.0, "validate_us": 2.0}
    rows = {"paho": row(100, 9), "batched zstd": row(400, 9), "batched": row(500, 2.8)}
    verdicts = judge_throughput(0, rows, floor)
    assert [(round(verdict.value, 2), verdict.holds) for verdict in verdicts] == [
        (4.0, True),
        (1.4, True),
        (1.4, False),
    ]


def test_the_best_of_those_that_send_message_by_message_is_the_measure() -> None:
    rows = {"paho": row(100, 9), "gmqtt": row(200, 9), "topicwire": row(150, 9)}
    verdicts = {v.target: v.holds for v in judge_throughput(1, rows, {})}
    assert verdicts == {
        "rate: unbatched / paho, QoS 1": True,
        "rate: unbatched / gmqtt, QoS 1": False,
    }


def test_latency_is_held_against_paho_alone() -> None:
    [verdict] = judge_latency(1, {"topicwire": {"p50": 120}, "paho raw": {"p50": 100}})
    assert not verdict.holds
    assert str(verdict) == "MISSED   1.20 <= 1.1   latency: median / paho's alone, QoS 1"


def test_topics_are_compared_with_one_topic() -> None:
    rows = {"one wildcard": {1: row(1, 5), 10_000: row(1, 6)}}
    [verdict] = judge_topics(rows)
    assert verdict.holds
    assert round(verdict.value, 2) == 1.2


def test_jobs_reach_their_process_as_they_are() -> None:
    for job in THROUGHPUT.values():
        assert Job.parse(job.text()) == job
