import random

import pytest
from topicwire import Latency
from topicwire._latency import Histogram


def test_nothing_measured_is_zero():
    assert Histogram().snapshot() == Latency()


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1000.0])
def test_percentiles_are_right_within_their_promise(scale):
    durations = [random.Random(1).lognormvariate(0, 1) * scale for _ in range(1)]
    source = random.Random(1)
    durations = [source.lognormvariate(0, 1) * scale for _ in range(10_000)]
    histogram = Histogram()
    for duration in durations:
        histogram.add(duration)
    durations.sort()
    found = histogram.snapshot()
    assert found.count == 10_000
    assert found.maximum == durations[-1]
    for share, value in ((0.5, found.p50), (0.9, found.p90), (0.99, found.p99)):
        exact = durations[int(share * 10_000) - 1]
        assert exact <= value <= max(exact * 1.125, 2e-6)


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 1e-9, 1e9])
def test_extremes_are_counted(seconds):
    histogram = Histogram()
    histogram.add(seconds)
    found = histogram.snapshot()
    assert found.count == 1
    assert 0 <= found.p50 <= max(seconds, 2e-6)
