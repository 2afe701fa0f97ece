import random

import pytest
from topicwire import ReconnectPolicy
from topicwire._reconnect import Backoff


def test_waits_are_drawn_between_nothing_and_a_growing_limit():
    backoff = Backoff(ReconnectPolicy(base=1, cap=8), random=random.Random(1))
    waits = [backoff.next_delay(now=1e6 if i else 0.0) for i in range(200)]
    for limit, wait in zip([1, 2, 4, 8, *[8] * 196], waits, strict=True):
        assert wait is not None
        assert 0 <= wait <= limit
    assert max(wait for wait in waits if wait is not None) > 7, "the whole range is used"


def test_no_wait_is_longer_than_the_trouble_has_lasted():
    for seed in range(100):
        backoff = Backoff(ReconnectPolicy(base=0.5, cap=60), random=random.Random(seed))
        now = 0.0
        while now < 5.0:
            wait = backoff.next_delay(1000.0 + now)
            assert wait is not None
            assert wait <= max(0.5, now)
            now += wait
        assert now < 10.0


def test_a_list_is_used_as_it_stands_and_its_end_is_kept():
    backoff = Backoff(ReconnectPolicy(delays=[1, 2, 4]))
    assert [backoff.next_delay(now=0.0) for _ in range(5)] == [1, 2, 4, 4, 4]


def test_attempts_run_out():
    backoff = Backoff(ReconnectPolicy(delays=[1], attempts=2))
    assert [backoff.next_delay(now=0.0) for _ in range(3)] == [1, 1, None]


def test_only_a_stable_connection_starts_the_count_anew():
    backoff = Backoff(ReconnectPolicy(delays=[1, 2, 3], stable_after=60))
    backoff.next_delay(now=0.0)
    backoff.connected_for(59.9)
    assert backoff.next_delay(now=0.0) == 2
    backoff.connected_for(60)
    assert backoff.next_delay(now=0.0) == 1


def test_a_client_offline_for_years_does_not_overflow():
    backoff = Backoff(ReconnectPolicy(), failures=10**6)
    wait = backoff.next_delay(now=0.0)
    assert wait is not None
    assert wait <= 60


@pytest.mark.parametrize("wrong", [{"base": 0}, {"base": 5, "cap": 1}, {"delays": [-1]}])
def test_policies_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        ReconnectPolicy(**wrong)
